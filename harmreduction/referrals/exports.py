"""How many got there, as rows of a page and of a CSV file."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import gettext

from harmreduction.core.spreadsheets import Cell
from harmreduction.referrals.queries import BarrierCount
from harmreduction.referrals.rules.kinds import BARRIERS
from harmreduction.referrals.rules.linkage import Followed, Linkage, count_linkage
from harmreduction.referrals.words import need_name, service_named
from harmreduction.web.i18n import say

CsvRow = Sequence[Cell]
ServiceNames = Mapping[int, str]  # by row id
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Referrals that belong together, by the name that a person reads."""

    name: str
    linkage: Linkage


def by_need(referrals: Iterable[Followed]) -> list[Group]:
    """Return the figures of each need, most often asked for first."""
    return _grouped(referrals, lambda referral: referral.need, need_name)


def by_service(referrals: Iterable[Followed], names: ServiceNames) -> list[Group]:
    """Return the figures of each service, most often offered first; two services of one name are two rows."""
    return _grouped(referrals, lambda referral: referral.service_id, lambda key: service_named(names, key))


def rows_of_linkage(
    referrals: Sequence[Followed], barriers: Iterable[BarrierCount], names: ServiceNames
) -> Iterator[CsvRow]:
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
        (gettext("By service"), by_service(referrals, names)),
        (gettext("All"), [Group(name="", linkage=count_linkage(referrals))]),
    ):
        for group in groups:
            yield (title, group.name, *_cells(group.linkage))
    for barrier in barriers:
        words = f"{say(BARRIERS[barrier.barrier])}, {service_named(names, barrier.service_id)}"
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


def _grouped(
    referrals: Iterable[Followed], key_of: Callable[[Followed], Key], name_of: Callable[[Key], str]
) -> list[Group]:
    """Return the figures of referrals with the same key."""
    groups: dict[Key, list[Followed]] = {}
    for referral in referrals:
        groups.setdefault(key_of(referral), []).append(referral)
    counted = [Group(name=name_of(key), linkage=count_linkage(members)) for key, members in groups.items()]
    return sorted(counted, key=lambda group: (-group.linkage.offered, group.name))
