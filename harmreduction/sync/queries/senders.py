"""Find phones by what they send."""

from datetime import datetime

from sqlalchemy import or_, select

from harmreduction.accounts.queries import digest_of
from harmreduction.core.db import db
from harmreduction.sync.models import FieldDevice, FieldDeviceAccount


def find_sending_phone(token: str, *, now: datetime) -> str | None:
    """Return which phone (public id) may send with a token; None once that ran out or was ended."""
    if not token:
        return None
    return db.session.scalar(
        select(FieldDevice.public_id).where(
            FieldDevice.token_digest == digest_of(token),
            FieldDevice.token_expires_at > now,
            FieldDevice.revoked_at.is_(None),
        )
    )


def is_ended_since(moment: datetime, *, token: str, public_key: str = "") -> bool:
    """Say whether the access of the phone with this token or this key was ended after a moment."""
    own = or_(FieldDevice.token_digest == digest_of(token), FieldDevice.public_key == public_key)
    return db.session.scalar(select(FieldDevice.id).where(own, FieldDevice.revoked_at > moment).limit(1)) is not None


def is_known_on(phone_id: str, account_id: int) -> bool:
    """Say whether somebody was signed in on a phone (public id) before."""
    seen = select(FieldDeviceAccount.device_id).join(FieldDevice, FieldDevice.id == FieldDeviceAccount.device_id)
    own = seen.where(FieldDevice.public_id == phone_id, FieldDeviceAccount.account_id == account_id)
    return db.session.scalar(own) is not None
