"""How long a phone may send by itself."""

from datetime import datetime, timedelta

SENDS_FOR = timedelta(days=14)  # without anybody signed in
RENEWED_BELOW = timedelta(days=13)  # so that a phone in daily use never runs out


def renewed(expires_at: datetime | None, at: datetime) -> datetime:
    """Return until when a phone may send once it was set up at a moment; within a day it stays as it is."""
    if expires_at is not None and expires_at - at > RENEWED_BELOW:
        return expires_at
    return at + SENDS_FOR
