"""How many got there, as rows of a page and of a CSV file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from harmreduction.core.spreadsheets import Cell
from harmreduction.referrals.queries import BarrierCount
from harmreduction.referrals.rules.kinds import BARRIERS
from harmreduction.referrals.rules.linkage import Followed, Linkage, count_linkage
from harmreduction.referrals.words import need_name, service_name
from harmreduction.web.i18n import say

CsvRow = Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Referrals that belong together, by the name that a person reads."""

    name: str
    linkage: Linkage


def by_need(referrals: Iterable[Followed]) -> list[Group]:
    """Return the figures of each need, most often asked for first."""
    return _grouped(referrals, lambda referral: need_name(referral.need))


def by_service(referrals: Iterable[Followed]) -> list[Group]:
    """Return the figures of each service, most often offered first."""
    return _grouped(referrals, lambda referral: service_name(referral.service))


def rows_of_linkage(referrals: Sequence[Followed], barriers: Iterable[BarrierCount]) -> Iterator[CsvRow]:
    """Return a head and one row for each need, service and barrier."""
    yield (
        gettext("Figures"),
        gettext("For"),
        gettext("Offered"),
        gettext("The service had room"),
        gettext("Appointment, or got there"),
        gettext("Got there"),
        gettext("Did not get there"),
        gettext("Got there: not known yet"),
        gettext("Still going at 30 days"),
        gettext("Not going any more"),
        gettext("Still going: not known yet"),
        gettext("Days until they got there, median"),
    )
    for title, groups in (
        (gettext("By need"), by_need(referrals)),
        (gettext("By service"), by_service(referrals)),
        (gettext("All"), [Group(name="", linkage=count_linkage(referrals))]),
    ):
        for group in groups:
            yield (title, group.name, *_cells(group.linkage))
    for barrier in barriers:
        words = f"{say(BARRIERS[barrier.barrier])}, {service_name(barrier.service)}"
        yield gettext("What stood in the way"), words, barrier.count


def _cells(linkage: Linkage) -> CsvRow:
    """Return the counts in the order of the head."""
    return (
        linkage.offered,
        linkage.accepted,
        linkage.scheduled,
        linkage.attended,
        linkage.not_attended,
        linkage.attendance_unknown,
        linkage.kept,
        linkage.not_kept,
        linkage.keeping_unknown,
        linkage.median_days,
    )


def _grouped(referrals: Iterable[Followed], name_of: Callable[[Followed], str]) -> list[Group]:
    """Return the figures of referrals with the same name."""
    groups: dict[str, list[Followed]] = {}
    for referral in referrals:
        groups.setdefault(name_of(referral), []).append(referral)
    counted = [Group(name=name, linkage=count_linkage(members)) for name, members in groups.items()]
    return sorted(counted, key=lambda group: (-group.linkage.offered, group.name))
