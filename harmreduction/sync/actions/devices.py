"""Set a phone up: remember its key, who is signed in on it, and until when it may send."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select

from harmreduction.accounts.browsers import describe_browser
from harmreduction.accounts.models import Account
from harmreduction.accounts.queries import digest_of
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, new_id, transaction
from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.keyed import keyed_digest
from harmreduction.core.messages import message
from harmreduction.core.sealed_box import is_public_key
from harmreduction.sync.models import FieldDevice, FieldDeviceAccount
from harmreduction.sync.rules.devices import renewed

DEVICE = cast(Table, FieldDevice.__table__)
WHO_WAS_SIGNED_IN = cast(Table, FieldDeviceAccount.__table__)

OF_KEY = select(FieldDevice).where(FieldDevice.public_key == bindparam("public_key"))


class NotAKey(DomainError):
    """What a phone called its key is none."""


class NeedsNewKey(OutOfDate):
    """The access of this phone was ended, so it begins anew, with another key."""


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """What a phone says of itself: the key of its signature, its browser as we keep those.

    replaces, last_seq: which phone it was before its browser lost what it held, and its last number then. still_holds:
    nothing is lost, its access was ended, and what waits on it is still of the phone that it was.
    """

    public_key: str
    browser: str
    replaces: str | None = None
    last_seq: int = 0
    still_holds: bool = False


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A phone that is set up, what it is called, the token with which it may send, and who is signed in on it.

    The ids are public ones.
    """

    device_id: str
    account_id: str
    label: str
    token: str


def set_up(phone: SetUp, *, by: Actor, at: datetime) -> Ready:
    """Register a phone, or the person who is signed in on a known one now, and let it send for a while.

    Raises NotAKey, and NeedsNewKey for a phone whose access was ended.
    """
    if not is_public_key(phone.public_key):
        raise NotAKey(message("This phone could not be set up. Close the page and open it again."))
    with transaction():
        device = _known(phone.public_key) or _added(phone, by=by, at=at)
        if device.revoked_at is not None:
            raise NeedsNewKey(message("The access of this phone was ended. It is set up anew."))
        token = _renew(device, at)
        device.seen_at = at
        seen = {"device_id": device.id, "account_id": by.account_id, "since": at}
        db.session.execute(insert_if_new(WHO_WAS_SIGNED_IN), seen)
        person = db.session.get_one(Account, by.account_id)
        return Ready(device_id=device.public_id, account_id=person.public_id, label=device.label, token=token)


def _known(public_key: str) -> FieldDevice | None:
    """Return the phone with this key."""
    return db.session.scalar(OF_KEY, {"public_key": public_key})


def _added(phone: SetUp, *, by: Actor, at: datetime) -> FieldDevice:
    """Add a phone; another tab of it may be faster."""
    before = _was_before(phone)
    row = {
        "public_id": new_id(),
        "label": str(describe_browser(phone.browser)),
        "browser": phone.browser,
        "public_key": phone.public_key,
        "made_at": at,
        "made_by_id": by.account_id,
        "seen_at": at,
        "highest_seq": 0,
        "replaces_id": None if before is None else before.id,
    }
    db.session.execute(insert_if_new(DEVICE), row)
    device = db.session.scalars(OF_KEY, {"public_key": phone.public_key}).one()
    if device.public_id == row["public_id"]:
        record(Event.DEVICE_ADDED, by=by, subject=device.public_id)
    return device


def _was_before(phone: SetUp) -> FieldDevice | None:
    """Return which phone this was, and note how far it had counted: what it lost of that shows as a gap."""
    if phone.replaces is None:
        return None
    before = db.session.scalar(select(FieldDevice).where(FieldDevice.public_id == phone.replaces))
    if before is not None:
        before.highest_seq = max(before.highest_seq, phone.last_seq)
        before.waiting = phone.last_seq if phone.still_holds else None
        before.waiting_since = before.waiting_since if phone.still_holds else None
    return before


def _renew(device: FieldDevice, at: datetime) -> str:
    """Let a phone send for two weeks from now, and return its token.

    The token follows from the day it ends, so two tabs that are set up at once get the same one.
    """
    device.token_expires_at = renewed(device.token_expires_at, at)
    token = keyed_digest("phone", f"{device.public_id}|{device.token_expires_at.isoformat()}")
    device.token_digest = digest_of(token)
    return token
