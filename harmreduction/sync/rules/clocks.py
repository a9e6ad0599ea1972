"""When something happened, as far as a phone's clock and the order of its records tell. Plain Python."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BELIEVED = timedelta(minutes=5)  # a clock this close to ours is taken at its word
LONGEST_ON_A_PHONE = timedelta(days=366)
NO_SKEW = timedelta(0)
LAST_MOMENT = datetime.max.replace(tzinfo=UTC)
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Happened:
    """When something happened, and whether the phone's clock was not simply believed."""

    at: datetime
    is_doubtful: bool


def skew_of(sent_at: datetime | None, received_at: datetime) -> timedelta:
    """Return by how much our clock is ahead of a phone's; nothing where the phone did not say when it sent."""
    return NO_SKEW if sent_at is None else received_at - sent_at


def happened_at(
    device_at: datetime,
    *,
    skew: timedelta,
    received_at: datetime,
    after: datetime | None = None,
    before: datetime | None = None,
) -> Happened:
    """Return when a record was written down, by our clock.

    after, before: when the records of that phone with lower and with higher numbers happened. It lies between them,
    never after it was received, and never longer ago than a phone keeps records. A clock that jumped meanwhile, so that
    nothing fits, leaves what its neighbours tell.
    """
    told = moved(device_at, skew if abs(skew) > BELIEVED else NO_SKEW)
    latest = received_at if before is None else min(before, received_at)
    if told < received_at - LONGEST_ON_A_PHONE:
        told = latest if after is None else after
        return Happened(at=min(told, latest), is_doubtful=True)
    at = min(told if after is None else max(told, after), latest)
    return Happened(at=at, is_doubtful=abs(skew) > BELIEVED or abs(told - at) > BELIEVED)


def moved(moment: datetime, by: timedelta) -> datetime:
    """Return a moment moved, at most to the ends of the calendar."""
    try:
        return moment + by
    except OverflowError:
        return LAST_MOMENT if by > NO_SKEW else FIRST_MOMENT
