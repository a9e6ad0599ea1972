"""Say that two participants are one person, and take it back; no row is moved for it."""

from datetime import datetime

from sqlalchemy import select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import find_participant, get_participant_of, may_part, stands_for
from harmreduction.participants.rules.codes import CannotMerge


def merge_participants(keep_id: str, other_id: str, *, by: Actor, at: datetime) -> Participant:
    """Let one participant stand for another too, and return who stands for both.

    Raises CannotMerge when they are one already. Both have to be known at the person's sites.
    """
    with transaction():
        keep, other = get_participant_of(by, keep_id), get_participant_of(by, other_id)
        keep, other = _locked(keep, other)
        if keep.id == other.id or other.merged_into_id is not None or keep.merged_into_id is not None:
            raise CannotMerge(message("These two are one person already."))
        other.merged_into_id, other.merged_at = keep.id, at
        record(Event.PARTICIPANTS_MERGED, by=by, subject=other.trail_today)
        record(Event.PARTICIPANTS_MERGED, by=by, subject=keep.trail_today)
        return keep


def part_participants(merged_id: str, *, by: Actor) -> Participant:
    """Take a merge back, and return the participant who stands alone again, with those merged into them before.

    As for merging, both have to be known at the person's sites.
    """
    with transaction():
        merged = find_participant(merged_id)
        if merged is None or merged.merged_into_id is None or not may_part(by, merged):
            raise NotFound(message("These two are not joined any more."))
        record(Event.PARTICIPANTS_MERGED, by=by, subject=stands_for(merged).trail_today)
        merged.merged_into_id, merged.merged_at = None, None
        record(Event.PARTICIPANTS_MERGED, by=by, subject=merged.trail_today)
        return merged


def _locked(keep: Participant, other: Participant) -> tuple[Participant, Participant]:
    """Return both once nobody else changes them; taken in one order, so that no two wait for each other."""
    both = select(Participant).where(Participant.id.in_([keep.id, other.id])).order_by(Participant.id)
    found = db.session.scalars(both.with_for_update().execution_options(populate_existing=True)).all()
    if not {keep, other} <= {*found}:  # forgotten a moment ago
        raise NotFound(message("There is no such participant."))
    return keep, other
