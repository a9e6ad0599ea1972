"""What is erased of visits when somebody is forgotten or the time of a visit is over; what was handed out stays."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Table, or_, select, update

from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.encounters.models import Encounter, NaloxoneTalk, QueueEntry, SharpsCollection, StatedNeed
from harmreduction.sites.models import Site

ENCOUNTER = cast(Table, Encounter.__table__)
TALK = cast(Table, NaloxoneTalk.__table__)
NEED = cast(Table, StatedNeed.__table__)
SHARPS = cast(Table, SharpsCollection.__table__)
QUEUE = cast(Table, QueueEntry.__table__)


def forget(participant_ids: Collection[int]) -> None:
    """Part visits and tickets from these people for good, and erase the notes of those visits."""
    own = ENCOUNTER.c.participant_id.in_(participant_ids)
    db.session.execute(update(ENCOUNTER).where(own).values(participant_id=None, note_sealed=None))
    waiting = QUEUE.c.participant_id.in_(participant_ids)
    db.session.execute(update(QUEUE).where(waiting).values(participant_id=None, wish=None))


def visits_of(participant_ids: Collection[int]) -> Select[int]:
    """Return the row ids of these people's visits."""
    return select(Encounter.id).where(Encounter.participant_id.in_(participant_ids))


def seen_since(day: date) -> list[Select[int | None]]:
    """Return who came, or waits, on this day or after."""
    return [
        select(Encounter.participant_id).where(Encounter.participant_id.is_not(None), ~_is_before(day)),
        select(QueueEntry.participant_id).where(QueueEntry.participant_id.is_not(None)),
    ]


def roll_up(before: date, *, limit: int) -> int:
    """Roll up at most so many visits from before a day at their sites, and return how many; 0: none is left.

    Code and note go, and the moments become noon of the day on which the visit was, so that every count by day stays.
    """
    _roll_up_sharps(before)
    of_day: dict[datetime, list[int]] = defaultdict(list)
    rows = db.session.execute(
        select(Encounter.id, Encounter.occurred_at, Site.time_zone)
        .join(Site, Site.id == Encounter.site_id)
        .where(_is_before(before), _is_exact())
        .order_by(Encounter.id)
        .limit(limit)
    ).all()
    for visit_id, occurred_at, time_zone in rows:
        of_day[_noon(occurred_at, time_zone)].append(visit_id)
    for noon, visit_ids in of_day.items():
        coarse = {"occurred_at": noon, "recorded_at": noon, "is_time_known": False}
        own = ENCOUNTER.c.id.in_(visit_ids)
        db.session.execute(update(ENCOUNTER).where(own).values(**coarse, participant_id=None, note_sealed=None))
        db.session.execute(update(TALK).where(TALK.c.encounter_id.in_(visit_ids)).values(recorded_at=noon))
        db.session.execute(update(NEED).where(NEED.c.encounter_id.in_(visit_ids)).values(told_at=noon))
    return len(rows)


def _roll_up_sharps(before: date) -> None:
    """Erase where sharps were found, and the notes about it; the numbers stay."""
    has_words = or_(SHARPS.c.area_sealed.is_not(None), SHARPS.c.note_sealed.is_not(None))
    old = update(SHARPS).where(SHARPS.c.happened_on < before, has_words)
    db.session.execute(old.values(area_sealed=None, note_sealed=None))


def _is_before(day: date) -> ColumnElement[bool]:
    """Return the condition that a visit was before a day, as the clocks of its site count days."""
    zones = db.session.scalars(select(Site.time_zone).distinct()).all()
    return or_(
        False,
        *(
            Encounter.site_id.in_(select(Site.id).where(Site.time_zone == zone))
            & (Encounter.occurred_at < start_of_day(day, zone))
            for zone in zones
        ),
    )


def _is_exact() -> ColumnElement[bool]:
    """Return the condition that a visit was not rolled up yet, or that something was added since."""
    later_talk = select(NaloxoneTalk.id).where(
        NaloxoneTalk.encounter_id == Encounter.id, NaloxoneTalk.recorded_at != Encounter.occurred_at
    )
    later_need = select(StatedNeed.encounter_id).where(
        StatedNeed.encounter_id == Encounter.id, StatedNeed.told_at != Encounter.occurred_at
    )
    return or_(
        Encounter.is_time_known,
        Encounter.recorded_at != Encounter.occurred_at,
        Encounter.participant_id.is_not(None),
        Encounter.note_sealed.is_not(None),
        later_talk.exists(),
        later_need.exists(),
    )


def _noon(moment: datetime, time_zone: str) -> datetime:
    """Return noon of the local day of a moment."""
    return datetime.combine(today(time_zone, moment), time(12), ZoneInfo(time_zone))
