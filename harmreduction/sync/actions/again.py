"""Apply a record once more after a lead mended what was wrong, or as a lead puts it right."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update

from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import DomainError, NotFound, OutOfDate
from harmreduction.core.messages import message
from harmreduction.sync.actions.applying import RECORD, Candidate, do_it, row_of, write_rows
from harmreduction.sync.actions.batch import Batch, CannotApply, NotYet, batch_for
from harmreduction.sync.actions.deeds import Doing
from harmreduction.sync.actions.opening import Opened, open_kept
from harmreduction.sync.actions.receiving import apply_kept
from harmreduction.sync.models import FieldRecord
from harmreduction.sync.queries.records import Waiting, find_record
from harmreduction.sync.rules.changes import Changes, changed
from harmreduction.sync.rules.clocks import Happened
from harmreduction.sync.rules.records import Written
from harmreduction.sync.rules.statuses import NOT_OURS, REASONS, Reason, Status


class StaysAsItIs(DomainError):
    """A record that cannot be saved, not even by a lead."""


def try_again(public_id: str, *, at: datetime) -> Status:
    """Apply a record that waits for a lead, or that could not be applied yet, and return where it stands then."""
    with transaction():
        waits = (RECORD.c.public_id == public_id) & (RECORD.c.status == Status.REVIEW.value)
        db.session.execute(update(RECORD).where(waits).values(status=Status.RECEIVED.value))
    apply_kept([public_id], now=at)
    return Status(_get(public_id).status)


def apply_with(public_id: str, changes: Changes, *, by: Actor, at: datetime) -> Status:
    """Save a record as a lead puts it right, as who wrote it if they still may, else as the lead.

    Raises a DomainError with a sentence, and saves nothing, where it still cannot be saved or is decided on already.
    """
    with transaction():
        record = _get(public_id, for_change=True)
        if record.status not in (Status.REVIEW, Status.RECEIVED):
            raise OutOfDate(message("This record is decided on already."))
        candidate = _opened(record)
        written = candidate.opened.written
        if written is None:
            raise StaysAsItIs(REASONS[Reason.UNREADABLE])
        written = replace(written, deed=changed(written.deed, changes))
        candidate = replace(candidate, opened=_as_decided(candidate.opened, written, changes, by))
        batch = batch_for([(candidate.waiting, candidate.opened)])
        happened = _when(candidate, written, changes, batch)
        status = _save(candidate, written, happened, batch, by)
        write_rows([row_of(candidate, happened, status, None)])
        return status


def _get(public_id: str, *, for_change: bool = False) -> FieldRecord:
    """Return a record."""
    record = find_record(public_id, for_change=for_change)
    if record is None:
        raise NotFound(message("There is no such record."))
    return record


def _opened(record: FieldRecord) -> Candidate:
    """Open a record; raises StaysAsItIs for one of which nobody knows who wrote it."""
    text = record.envelope_sealed or "{}"
    opened = open_kept(text)
    if opened.trouble is not None and opened.trouble.reason in NOT_OURS:
        raise StaysAsItIs(opened.trouble.sentence)
    waiting = Waiting(
        row_id=record.id,
        public_id=record.public_id,
        text=text,
        sent_at=record.sent_at,
        received_at=record.received_at,
    )
    return Candidate(waiting=waiting, opened=opened)


def _as_decided(opened: Opened, written: Written, changes: Changes, by: Actor) -> Opened:
    """Return what was opened with an author in any case: who is named now, who wrote it, or the lead."""
    author_id = changes.author_id or opened.author_id or by.account_id
    return replace(opened, written=written, author_id=author_id, trouble=None)


def _when(candidate: Candidate, written: Written, changes: Changes, batch: Batch) -> Happened:
    """Return when it happened, as decided or as far as the phone's clock tells."""
    if changes.at is not None:
        return Happened(at=min(changes.at, candidate.waiting.received_at), is_doubtful=False)
    return batch.happened(candidate.waiting, candidate.opened, written)


def _save(candidate: Candidate, written: Written, happened: Happened, batch: Batch, by: Actor) -> Status:
    """Do what a record tells."""
    phone, author_id = candidate.opened.phone, candidate.opened.author_id
    author: Actor = by if author_id is None else batch.person(author_id)
    place = batch.names.places.get(getattr(written.deed, "place_id", ""))
    doing = Doing(
        record_id=candidate.waiting.public_id,
        device_id=phone.row_id if phone else None,
        by=author if place is None or author.works_at(place.site_id) else by,
        at=happened.at,
        batch=batch,
    )
    try:
        return do_it(written, doing)
    except CannotApply as problem:
        raise StaysAsItIs(problem.trouble.sentence) from problem
    except NotYet as problem:
        raise StaysAsItIs(REASONS[Reason.NO_TARGET]) from problem
