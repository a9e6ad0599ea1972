"""Remember what a phone told of itself when it sent something."""

from contextlib import suppress
from datetime import datetime
from typing import cast

from sqlalchemy import Table, case, literal, or_, select, update

from harmreduction.core.db import UtcDateTime, db, insert_if_new, transaction
from harmreduction.core.errors import NotSaved
from harmreduction.sync.actions.receiving import Sender
from harmreduction.sync.models import FieldDevice, FieldDeviceAccount
from harmreduction.sync.queries.senders import is_known_on
from harmreduction.sync.rules.clocks import moved, skew_of
from harmreduction.sync.rules.messages import PhoneMessage

DEVICE = cast(Table, FieldDevice.__table__)
ON_PHONE = cast(Table, FieldDeviceAccount.__table__)


def note_seen(told: PhoneMessage, *, sender: Sender, at: datetime) -> None:
    """Remember when a phone was seen, how far it counted, what it still holds, and how its clock goes.

    Only the phone itself is believed, and who was signed in on it.
    """
    if told.device_id is None:
        return
    since = told.oldest_at and moved(told.oldest_at, skew_of(told.sent_at, at))
    seen: dict[str, object] = {"seen_at": at, "waiting": told.waiting}
    seen["waiting_since"] = min(since, at) if told.waiting and since else None
    seen["highest_seq"] = case((DEVICE.c.highest_seq < told.last_seq, told.last_seq), else_=DEVICE.c.highest_seq)
    if told.sent_at is not None:
        seen["clock_off_seconds"] = _within_bounds(round((told.sent_at - at).total_seconds()))
    own = select(FieldDeviceAccount.device_id).where(FieldDeviceAccount.account_id == sender.account_id)
    is_own = or_(DEVICE.c.public_id == sender.phone_id, DEVICE.c.id.in_(own))
    with suppress(NotSaved), transaction():  # a note that is lost harms nobody; the records are kept
        db.session.execute(update(DEVICE).where(DEVICE.c.public_id == told.device_id, is_own).values(**seen))


def note_signed_in(phone_id: str, account_id: int | None, *, at: datetime) -> None:
    """Remember that somebody is signed in on a phone, which may hold records of theirs already."""
    if account_id is None or is_known_on(phone_id, account_id):
        return
    own = select(DEVICE.c.id, literal(account_id), literal(at, UtcDateTime())).where(DEVICE.c.public_id == phone_id)
    with transaction():
        db.session.execute(insert_if_new(ON_PHONE).from_select(["device_id", "account_id", "since"], own))


def _within_bounds(seconds: int) -> int:
    """Return seconds as the column takes them."""
    return max(-(2**31) + 1, min(2**31 - 1, seconds))
