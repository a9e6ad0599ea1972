"""When a phone needs somebody. Plain Python."""

from datetime import datetime, timedelta

WAITS_TOO_LONG = timedelta(days=3)
CLOCK_IS_OFF = timedelta(minutes=5)
NOT_SEEN_FOR = timedelta(days=60)


def waits_too_long(waiting: int | None, since: datetime | None, *, now: datetime) -> bool:
    """Say whether records wait on a phone for three days or longer."""
    return bool(waiting) and since is not None and now - since >= WAITS_TOO_LONG


def is_clock_off(ahead_seconds: int | None) -> bool:
    """Say whether a phone's clock is five minutes off or more."""
    return ahead_seconds is not None and timedelta(seconds=abs(ahead_seconds)) >= CLOCK_IS_OFF


def is_put_away(seen_at: datetime, *, now: datetime) -> bool:
    """Say whether a phone was not seen for so long that it no longer stands among those in use."""
    return now - seen_at >= NOT_SEEN_FOR
