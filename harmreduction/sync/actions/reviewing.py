"""Put right what a phone sent and what could not be saved by itself; each step is one of a lead's."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.messages import message
from harmreduction.encounters.actions import void_distribution
from harmreduction.stock.rules import ReversalReason
from harmreduction.sync.actions import again
from harmreduction.sync.actions.opening import Opened, open_kept
from harmreduction.sync.actions.receiving import apply_kept
from harmreduction.sync.models import FieldRecord, FieldRecordVariant
from harmreduction.sync.queries.records import find_record
from harmreduction.sync.queries.review import get_for_review, get_variant
from harmreduction.sync.rules.changes import Changes
from harmreduction.sync.rules.records import Kind
from harmreduction.sync.rules.review import SetAside
from harmreduction.sync.rules.statuses import Status

RECORD = cast(Table, FieldRecord.__table__)


class CannotDecide(DomainError):
    """Nothing is left to decide on."""


def look_at(public_id: str, *, by: Actor) -> None:
    """Write down that somebody looks at what a record tells."""
    get_for_review(public_id)
    record(Event.FIELD_RECORD_SEEN, by=by, subject=public_id)


def opened(envelope: str | None) -> Opened:
    """Return what stands in an envelope (JSON) that is kept, as far as it can be opened now; an erased one is empty."""
    return Opened() if envelope is None else open_kept(envelope)


def try_again(public_id: str, *, by: Actor, at: datetime) -> Status:
    """Try to save a record as it is, after what was wrong was mended; returns what it is then, or was meanwhile."""
    found = get_for_review(public_id)
    if not found.waits:
        return Status(found.record.status)
    return _resolved(public_id, again.try_again(public_id, at=at), by=by, at=at)


def save_with(public_id: str, changes: Changes, *, by: Actor, at: datetime) -> Status:
    """Save a record as a lead says; returns what it is then."""
    with transaction():
        return _resolved(public_id, again.apply_with(public_id, changes, by=by, at=at), by=by, at=at)


def set_aside(public_id: str, reason: SetAside, *, by: Actor, at: datetime) -> None:
    """Erase what a record tells, and never save it, however often a phone sends it."""
    with transaction():
        found = find_record(public_id, for_change=True)
        if found is None or found.status not in {Status.REVIEW, Status.RECEIVED}:
            raise OutOfDate(message("This record is decided on already."))
        found.status, found.reason = Status.SET_ASIDE.value, reason.value
        found.problem = found.problem_values = found.envelope_sealed = None
        found.resolved_at, found.resolved_by_id = at, by.account_id
        record(Event.FIELD_RECORD_SET_ASIDE, by=by, subject=public_id)


def drop_other(record_id: str, variant_id: str, *, by: Actor, at: datetime) -> str | None:
    """Let the first content under an id stand alone: the other one is erased; returns no record."""
    with transaction():
        _decided(_undecided(record_id, variant_id), by=by, at=at)
        record(Event.FIELD_RECORD_SET_ASIDE, by=by, subject=record_id)
    return None


def save_other_too(record_id: str, variant_id: str, *, by: Actor, at: datetime) -> str | None:
    """Save other content that came under a known id as a record of its own; returns its public id."""
    with transaction():
        new_id = _made_its_own(_undecided(record_id, variant_id), by=by, at=at)
        record(Event.FIELD_RECORD_RESOLVED, by=by, subject=record_id)
    apply_kept([new_id], now=at)
    return new_id


def save_other_instead(record_id: str, variant_id: str, *, by: Actor, at: datetime) -> str | None:
    """Void the hand-out that came first under an id, and save the other content as a record of its own."""
    with transaction():
        variant = _undecided(record_id, variant_id)
        first = get_for_review(record_id).record
        if first.kind != Kind.HAND_OUT or first.status != Status.APPLIED:
            raise CannotDecide(message("The first one cannot be voided from here. Save both, then correct the first."))
        void_distribution(record_id, reason=ReversalReason.ENTERED_TWICE, by=by)
        new_id = _made_its_own(variant, by=by, at=at)
        record(Event.FIELD_RECORD_RESOLVED, by=by, subject=record_id)
    apply_kept([new_id], now=at)
    return new_id


# What a lead can say is right of two contents under one id.
DECISIONS = {"first": drop_other, "both": save_other_too, "other": save_other_instead}


def _resolved(public_id: str, status: Status, *, by: Actor, at: datetime) -> Status:
    """Write down who put a record right, if it is now."""
    if status in {Status.APPLIED, Status.UNDONE}:
        with transaction():
            found = get_for_review(public_id).record
            found.resolved_at, found.resolved_by_id = at, by.account_id
            record(Event.FIELD_RECORD_RESOLVED, by=by, subject=public_id)
    return status


def _undecided(record_id: str, variant_id: str) -> FieldRecordVariant:
    """Return other content on which nobody decided yet."""
    variant = get_variant(record_id, variant_id)
    if variant.resolved_at is not None:
        raise OutOfDate(message("This record is decided on already."))
    return variant


def _decided(variant: FieldRecordVariant, *, by: Actor, at: datetime) -> None:
    """Be done with other content; what it told is erased here."""
    variant.envelope_sealed = None
    variant.resolved_at, variant.resolved_by_id = at, by.account_id


def _made_its_own(variant: FieldRecordVariant, *, by: Actor, at: datetime) -> str:
    """Make a record of other content, to be applied like any; it is called by the id that it has here."""
    first = db.session.get_one(FieldRecord, variant.record_id)
    row = {
        "public_id": variant.public_id,
        "device_id": first.device_id,
        "sender_id": first.sender_id,
        "digest": variant.digest,
        "envelope_sealed": variant.envelope_sealed,
        "sent_at": None,
        "received_at": variant.received_at,
        "status": Status.RECEIVED.value,
        "is_time_doubtful": False,
        "times_sent": 1,
    }
    db.session.execute(insert(RECORD), row)
    _decided(variant, by=by, at=at)
    return variant.public_id
