"""Read what waits for a lead: records that could not be saved by themselves, and other content under a known id."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from harmreduction.accounts.models import Account
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import Message, message
from harmreduction.sync.models import FieldDevice, FieldRecord, FieldRecordVariant
from harmreduction.sync.rules.review import STUCK_AFTER
from harmreduction.sync.rules.statuses import REASONS, Reason, Status

NOT_TRIED_YET = message("The server could not save it yet, and tries again by itself.")
NO_SUCH_RECORD = message("There is no such record.")


@dataclass(frozen=True, kw_only=True)
class ForReview:
    """A record that a lead looks at: from which phone, by whom as far as known, and why it waits.

    others: what else came under its id and is not decided on.
    """

    record: FieldRecord
    phone: FieldDevice | None
    author: str | None
    sender: str | None
    others: Sequence[FieldRecordVariant]

    @property
    def waits(self) -> bool:
        """Say whether the record itself waits, and not only what else came under its id."""
        return self.record.status in {Status.REVIEW, Status.RECEIVED}

    @property
    def reason(self) -> Reason | None:
        """Return why it waits, as a word."""
        word = self.record.reason or ""
        return Reason(word) if self.record.status == Status.REVIEW and word in set(Reason) else None

    @property
    def why(self) -> Message:
        """Return why it waits, as a sentence."""
        if self.record.status == Status.RECEIVED:
            return NOT_TRIED_YET
        if not self.waits and self.others:
            return REASONS[Reason.OTHER_CONTENT]
        return problem_of(self.record)


def problem_of(record: FieldRecord) -> Message:
    """Return the sentence that was kept with a record."""
    if record.problem:
        return Message(record.problem, json.loads(record.problem_values or "{}"))
    word = record.reason or ""
    return REASONS[Reason(word) if word in set(Reason) else Reason.CANNOT_BE]


def count_for_review(*, now: datetime) -> int:
    """Return how many records wait for a lead."""
    return db.session.scalar(select(func.count()).select_from(FieldRecord).where(_waits(now))) or 0


def find_oldest_for_review(*, now: datetime) -> datetime | None:
    """Return since when the one that waits longest waits."""
    return db.session.scalar(select(func.min(FieldRecord.received_at)).where(_waits(now)))


def list_for_review(*, now: datetime, offset: int, limit: int) -> list[ForReview]:
    """Return what waits for a lead, the oldest first."""
    oldest = _all_of_it().where(_waits(now)).order_by(FieldRecord.received_at, FieldRecord.id)
    return [_for_review(row) for row in db.session.execute(oldest.offset(offset).limit(limit))]


def get_for_review(public_id: str) -> ForReview:
    """Return one record, also when it waits no more."""
    row = db.session.execute(_all_of_it().where(FieldRecord.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound(NO_SUCH_RECORD)
    return _for_review(row)


def get_variant(record_id: str, variant_id: str) -> FieldRecordVariant:
    """Return other content that came under the id of a record."""
    own = FieldRecordVariant.public_id == variant_id, FieldRecord.public_id == record_id
    variant = db.session.scalar(select(FieldRecordVariant).join(FieldRecord).where(*own))
    if variant is None:
        raise NotFound(NO_SUCH_RECORD)
    return variant


def _waits(now: datetime) -> ColumnElement[bool]:
    """Return the condition that somebody has to look at a record."""
    undecided = select(FieldRecordVariant.record_id).where(FieldRecordVariant.resolved_at.is_(None))
    return or_(
        FieldRecord.status == Status.REVIEW,
        and_(FieldRecord.status == Status.RECEIVED, FieldRecord.received_at <= now - STUCK_AFTER),
        FieldRecord.id.in_(undecided),
    )


def _all_of_it() -> Select[FieldRecord, FieldDevice, str, str]:
    """Return a statement for records with their phone, author and sender."""
    author, sender = aliased(Account), aliased(Account)
    return (
        select(FieldRecord, FieldDevice, author.label, sender.label)
        .outerjoin(FieldDevice, FieldDevice.id == FieldRecord.device_id)
        .outerjoin(author, author.id == FieldRecord.written_by_id)
        .outerjoin(sender, sender.id == FieldRecord.sender_id)
    )


def _for_review(row: Row[FieldRecord, FieldDevice | None, str | None, str | None]) -> ForReview:
    """Return a row as a lead looks at it."""
    record, phone, author, sender = row
    others = [other for other in record.others if other.resolved_at is None]
    return ForReview(record=record, phone=phone, author=author, sender=sender, others=others)
