"""Erase participants, and what is past its day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, Table, delete, select, update

from harmreduction.audit.models import AuditEntry
from harmreduction.audit.rules import Event
from harmreduction.core.clock import start_of_day
from harmreduction.core.db import db, new_id
from harmreduction.participants.models import (
    LookupCount,
    Participant,
    ParticipantCode,
    ParticipantSite,
    ProfileAnswer,
)
from harmreduction.settings.queries import current_settings

PARTICIPANT = cast(Table, Participant.__table__)
ANSWER = cast(Table, ProfileAnswer.__table__)
LOOKUP = cast(Table, LookupCount.__table__)
THEIRS = [cast(Table, model.__table__) for model in (ProfileAnswer, ParticipantCode, ParticipantSite)]
COUNTED_FOR = timedelta(days=1)
OF_PARTICIPANTS = [
    event.name
    for event in (
        Event.CODE_STARTED,
        Event.CODE_CHANGED,
        Event.PARTICIPANT_SEEN,
        Event.PARTICIPANTS_MERGED,
        Event.PROFILE_CHANGED,
        Event.JOURNEY_CHANGED,
        Event.INSTRUMENT_USED,
        Event.INSTRUMENT_SEEN,
        Event.INSTRUMENT_ERASED,
    )
]


def hold(participant_ids: Collection[int]) -> None:
    """Let nothing new point to these people until the transaction ends; what is being saved just now is waited for."""
    own = select(Participant.id).where(Participant.id.in_(participant_ids)).order_by(Participant.id)
    db.session.scalars(own.with_for_update()).all()


def forget(participant_ids: Collection[int]) -> None:
    """Erase these people: their codes, sites and answers, and that they were here; after every other feature did."""
    for table in THEIRS:
        db.session.execute(delete(table).where(table.c.participant_id.in_(participant_ids)))
    own = PARTICIPANT.c.id.in_(participant_ids)
    db.session.execute(update(PARTICIPANT).where(own).values(merged_into_id=None))
    db.session.execute(delete(PARTICIPANT).where(own))


def seen_since(day: date) -> list[Select[Any]]:
    """Return who began, showed a code at a new site, got one or told something on this day or after."""
    return [
        select(Participant.id).where(Participant.began_on >= day),
        select(ParticipantSite.participant_id).where(ParticipantSite.since >= day),
        select(ProfileAnswer.participant_id).where(ProfileAnswer.told_on >= day),
        select(ParticipantCode.participant_id).where(
            ParticipantCode.issued_on >= day, ParticipantCode.participant_id.is_not(None)
        ),
    ]


def erase_answers_due(today: date) -> int:
    """Erase the answers whose day has come, and return how many."""
    erased = db.session.execute(delete(ANSWER).where(ANSWER.c.erase_on <= today).returning(ANSWER.c.id))
    return len(erased.all())


def forget_lookups(now: datetime) -> None:
    """Erase how often somebody looked for codes, a day after."""
    db.session.execute(delete(LOOKUP).where(LOOKUP.c.hour_began_at < now - COUNTED_FOR))


def part_from_old_trail(before: date, *, since: date | None) -> None:
    """Give those of whom the audit trail tells from before a day a new id there, so that the old one leads nowhere.

    since: the day up to which this was done before.
    """
    told = _told_in_trail(before, since)
    for participant in db.session.scalars(select(Participant)).all() if told else ():
        if any(participant.in_trail(day) in called for day, called in told.items()):
            participant.trail_id = new_id()
    db.session.flush()


def _told_in_trail(before: date, since: date | None) -> dict[date, set[str | None]]:
    """Return whom the audit trail calls by what on the days (in UTC) from one day to before another."""
    zone = current_settings().time_zone
    entries = select(AuditEntry.at, AuditEntry.subject).where(
        AuditEntry.at < start_of_day(before, zone), AuditEntry.event.in_(OF_PARTICIPANTS)
    )
    if since is not None:
        entries = entries.where(AuditEntry.at >= start_of_day(since, zone))
    told: dict[date, set[str | None]] = defaultdict(set)
    for at, subject in db.session.execute(entries):
        told[at.date()].add(subject)
    return told
