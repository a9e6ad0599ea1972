"""Check that what phones sent and what was saved are the same; it looks, and never repairs."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select

from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution
from harmreduction.sync.models import FieldRecord
from harmreduction.sync.rules.records import Kind
from harmreduction.sync.rules.statuses import Status


def find_differences() -> Iterator[str]:
    """Name each record that counts as saved and is not there, and each that waits and tells nothing any more."""
    saved = select(Distribution.id).where(Distribution.public_id == FieldRecord.public_id)
    lost = select(FieldRecord.public_id).where(
        FieldRecord.status == Status.APPLIED, FieldRecord.kind == Kind.HAND_OUT, ~saved.exists()
    )
    for public_id in db.session.scalars(lost.order_by(FieldRecord.id)):
        yield f"Record {public_id} of a phone counts as saved, and there is no such hand-out."
    waits = FieldRecord.status.in_((Status.RECEIVED, Status.REVIEW))
    empty = select(FieldRecord.public_id).where(waits, FieldRecord.envelope_sealed.is_(None))
    for public_id in db.session.scalars(empty.order_by(FieldRecord.id)):
        yield f"Record {public_id} of a phone waits for a lead, and what it told is gone."


def count_records() -> Counter[str]:
    """Return how many records of phones there are of each status."""
    rows = db.session.execute(select(FieldRecord.status, func.count()).group_by(FieldRecord.status))
    return Counter({status: count for status, count in rows})


def summary() -> str:
    """Return in a sentence what became of everything that phones sent, or "" where none ever did."""
    counts = count_records()
    if not counts:
        return ""
    saved, undone = counts[Status.APPLIED], counts[Status.UNDONE]
    waiting = counts[Status.RECEIVED] + counts[Status.REVIEW]
    return (
        f"Phones sent {counts.total()} records: {saved} saved, {undone} undone before they were sent,"
        f" {waiting} waiting, {counts[Status.SET_ASIDE]} set aside."
    )
