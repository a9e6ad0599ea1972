"""Read what a worker logged since their shift began, and what a whole site logged on a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from harmreduction.accounts.models import Account
from harmreduction.core.actor import Actor
from harmreduction.core.clock import start_of_day
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, Encounter
from harmreduction.encounters.queries.visits import Given, counts_as_visit, sum_given, with_lines
from harmreduction.encounters.rules import ReturnMeasure, start_of_shift
from harmreduction.sites.models import Site

ONE_DAY = timedelta(hours=24)
COUNTED = ReturnMeasure.COUNTED.value


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a shift: a hand-out, or a visit on which something only came back."""

    at: datetime
    visit: Encounter
    distribution: Distribution | None
    logged_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What a worker logged since their shift began; syringes counted apart from those estimated.

    Returned syringes stand even where the supplies of their visit were taken back.
    """

    began_at: datetime | None
    visits: int
    given: Sequence[Given]
    returned_counted: int
    returned_estimated: int
    entries: Sequence[Entry]


def get_shift(actor: Actor, *, now: datetime) -> Shift:
    """Return what this person logged since their shift began, newest first."""
    recent = db.session.scalars(
        select(Encounter).where(Encounter.recorded_by_id == actor.account_id, Encounter.recorded_at > now - ONE_DAY)
    ).all()
    began_at = start_of_shift([visit.recorded_at for visit in recent])
    visits = [visit for visit in recent if began_at is not None and visit.recorded_at >= began_at]
    ids = [visit.id for visit in visits]
    distributions = with_lines(select(Distribution).where(Distribution.encounter_id.in_(ids)))
    counting = set(db.session.scalars(select(Encounter.id).where(Encounter.id.in_(ids), counts_as_visit())))
    returned = [visit for visit in visits if visit.id in counting and visit.returned_syringes is not None]
    return Shift(
        began_at=began_at,
        visits=len(counting),
        given=sum_given([distribution for distribution in distributions if distribution.void is None]),
        returned_counted=sum(v.returned_syringes or 0 for v in returned if v.returned_measure == COUNTED),
        returned_estimated=sum(v.returned_syringes or 0 for v in returned if v.returned_measure != COUNTED),
        entries=_entries(visits, distributions),
    )


def _entries(visits: Sequence[Encounter], distributions: Sequence[Distribution]) -> list[Entry]:
    """Return the lines of a shift, newest first: every hand-out, and every visit without one."""
    with_hand_out = {distribution.encounter_id for distribution in distributions}
    entries = [Entry(at=d.recorded_at, visit=d.encounter, distribution=d) for d in distributions]
    entries += [Entry(at=v.recorded_at, visit=v, distribution=None) for v in visits if v.id not in with_hand_out]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def list_day(site: Site, day: date) -> list[Entry]:
    """Return what was logged for a calendar day at a site, newest first, with who logged it."""
    begins, ends = start_of_day(day, site.time_zone), start_of_day(day + ONE_DAY, site.time_zone)
    visits = db.session.scalars(
        select(Encounter).where(
            Encounter.site_id == site.id, Encounter.occurred_at >= begins, Encounter.occurred_at < ends
        )
    ).all()
    ids = [visit.id for visit in visits]
    entries = _entries(visits, with_lines(select(Distribution).where(Distribution.encounter_id.in_(ids))))
    people = select(Account.id, Account.label).where(Account.id.in_({visit.recorded_by_id for visit in visits}))
    labels: dict[int | None, str] = {account_id: label for account_id, label in db.session.execute(people)}
    return [replace(entry, logged_by=labels.get(entry.visit.recorded_by_id, "")) for entry in entries]
