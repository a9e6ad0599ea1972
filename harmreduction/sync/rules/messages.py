"""What a phone posts: its state and sealed records, of which only the outside is looked at here. Plain Python."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from harmreduction.core.errors import DomainError
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.messages import Message, message
from harmreduction.sync.rules.envelopes import as_id

MOST_AT_ONCE = 100  # records in one message
MOST_EVER = 2**31 - 1
WITHOUT_ID = UUID("9b1f6a86-6d0c-5e36-8a53-0a4f3c1f7a0e")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadMessage(DomainError):
    """Something else than a message of a phone was sent."""


class TooMuch(BadMessage):
    """More records came than are taken at once."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An envelope as it came: the id that it was sent under, and the one under which it is kept; its text and digest.

    They are the same unless it was sent under something that is no id. device_id: as it says itself, if it does.
    """

    called: str
    record_id: str
    device_id: str | None
    text: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class PhoneMessage:
    """What a phone tells: when it sent (by its clock), how far it counted, how many wait and since when."""

    device_id: str | None
    sent_at: datetime | None
    last_seq: int
    waiting: int | None
    oldest_at: datetime | None
    records: tuple[Sent, ...]


def read_message(told: object) -> PhoneMessage:
    """Return what a phone posted; raises BadMessage, or TooMuch, with a sentence."""
    if not isinstance(told, Mapping):
        raise BadMessage(NOT_A_MESSAGE)
    records = told.get("records")
    if not isinstance(records, list):
        raise BadMessage(NOT_A_MESSAGE)
    if len(records) > MOST_AT_ONCE:
        raise TooMuch(message("Send up to %(most)s records at once.", most=MOST_AT_ONCE))
    return PhoneMessage(
        device_id=_id(told.get("device")),
        sent_at=_moment(told.get("sent_at")),
        last_seq=_count(told.get("last_seq")) or 0,
        waiting=_count(told.get("waiting")),
        oldest_at=_moment(told.get("oldest_at")),
        records=tuple(read_sent(record) for record in records),
    )


def read_sent(record: object) -> Sent:
    """Return an envelope as it came; raises BadMessage for what could not even be answered."""
    called = record.get("id") if isinstance(record, Mapping) else None
    if not isinstance(record, Mapping) or not isinstance(called, str):
        raise BadMessage(NOT_A_MESSAGE)
    try:
        digest = fingerprint(record)
    except (UnicodeEncodeError, RecursionError) as problem:
        raise BadMessage(NOT_A_MESSAGE) from problem
    return Sent(
        called=called,
        record_id=_id(called) or str(uuid5(WITHOUT_ID, digest)),
        device_id=_id(record.get("device")),
        text=json.dumps(record, sort_keys=True, separators=(",", ":")),
        digest=digest,
    )


NOT_A_MESSAGE: Message = message("This is not what a phone sends. Open the page of the app on the phone again.")


def _id(value: object) -> str | None:
    """Return an id, or None for anything else."""
    try:
        return as_id(value)
    except ValueError:
        return None


def _count(value: object) -> int | None:
    """Return a number of records, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MOST_EVER else None


def _moment(value: object) -> datetime | None:
    """Return a moment told in milliseconds since 1970, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return EPOCH + timedelta(milliseconds=value)
    except (OverflowError, ValueError):
        return None
