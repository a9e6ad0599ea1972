"""Read what somebody says they need beside what they took."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.core.permissions import Permission
from harmreduction.encounters.models import Encounter, StatedNeed
from harmreduction.encounters.queries.taken import list_taken
from harmreduction.encounters.rules.coverage import FORTNIGHT, Coverage, NeedTold, Taken
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import ids_of_group, own_site_ids
from harmreduction.sites.models import Site

TWO_WEEKS = timedelta(days=FORTNIGHT)
ABOUT_SYRINGES = StatedNeed.injections.is_not(None) | StatedNeed.supplies_days.is_not(None)
ABOUT_PEOPLE = StatedNeed.people_around.is_not(None)


def find_need_on(visit: Encounter) -> NeedTold | None:
    """Return what was told on a visit, or None when nothing was, or it was emptied."""
    row = db.session.get(StatedNeed, visit.id)
    told = NeedTold() if row is None else as_told(row)
    return None if told.is_empty else told


def start_of(visit: Encounter) -> VisitStart:
    """Return a visit as whoever adds to it writes it down."""
    return VisitStart(
        visit_id=visit.public_id,
        site_id=visit.site_id,
        time_zone=db.session.get_one(Site, visit.site_id).time_zone,
        participant_id=visit.participant_id,
    )


def coverage_on(actor: Actor, visit: Encounter, now: datetime) -> Coverage | None:
    """Return what is known at a visit: by its code where it has one, else by this visit alone.

    None when nothing was told, or to whom it is not to be shown: then nothing is shown.
    """
    if not actor.may(Permission.RECORD_CARE):
        return None
    if visit.participant_id is not None:
        ids = ids_of_group(db.session.get_one(Participant, visit.participant_id))
        return coverage_of(actor, ids, now, going_on=visit)
    told = find_need_on(visit)
    if told is None:
        return None
    taken = list_taken(Encounter.id == visit.id)[0].taken
    told_on = today(db.session.get_one(Site, visit.site_id).time_zone, visit.occurred_at)
    return Coverage(told=told, syringes_told_on=told_on, people_told_on=told_on, today=taken, visits=(taken,))


def coverage_of(
    actor: Actor, participant_ids: Collection[int], now: datetime, *, going_on: Encounter | None = None
) -> Coverage | None:
    """Return what a code told last, at sites of this person, beside what it took in the two weeks until now.

    None when it told nothing there. going_on: the visit that is looked at, with which the two weeks end.
    """
    of_code = seen_by(actor, participant_ids)
    until = now if going_on is None else going_on.occurred_at
    syringes, people = _latest(of_code, ABOUT_SYRINGES), _latest(of_code, ABOUT_PEOPLE)
    if syringes is None and people is None:
        return None
    recent = list_taken(of_code & (Encounter.occurred_at > until - TWO_WEEKS) & (Encounter.occurred_at <= until))
    this_one = [visit.taken for visit in recent if going_on is not None and visit.visit_id == going_on.id]
    return Coverage(
        told=_joined(syringes, people),
        syringes_told_on=syringes and syringes[1],
        people_told_on=people and people[1],
        today=this_one[0] if this_one else Taken(),
        visits=tuple(visit.taken for visit in recent),
        is_of_code=True,
    )


def seen_by(actor: Actor, participant_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a visit is one of these participants' at a site of this person."""
    return Encounter.participant_id.in_(participant_ids) & Encounter.site_id.in_(own_site_ids(actor))


def as_told(row: StatedNeed) -> NeedTold:
    """Return a row as rules speak of it."""
    return NeedTold(
        injections=row.injections,
        injection_days=row.injection_days,
        supplies_units=row.supplies_units,
        supplies_days=row.supplies_days,
        people_around=row.people_around,
    )


def _latest(of_code: ColumnElement[bool], is_told: ColumnElement[bool]) -> tuple[NeedTold, date] | None:
    """Return what was told last that meets the condition, and the day on which it was, where that was."""
    found = db.session.execute(
        select(StatedNeed, Encounter.occurred_at, Site.time_zone)
        .join(Encounter, Encounter.id == StatedNeed.encounter_id)
        .join(Site, Site.id == Encounter.site_id)
        .where(of_code, is_told)
        .order_by(Encounter.occurred_at.desc(), Encounter.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else (as_told(found[0]), today(found[2], found[1]))


def _joined(syringes: tuple[NeedTold, date] | None, people: tuple[NeedTold, date] | None) -> NeedTold:
    """Return what was told last about syringes and about people as one."""
    sets = syringes[0] if syringes else NeedTold()
    return replace(sets, people_around=people[0].people_around if people else None)
