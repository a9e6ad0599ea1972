"""The only callers of the system clock; rules take time as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

UTC_ZONE = "UTC"


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def today(time_zone: str, at: datetime | None = None) -> date:
    """Return the calendar day in an IANA time zone, now or at a given moment."""
    return (at or now()).astimezone(ZoneInfo(time_zone)).date()


def start_of_day(day: date, time_zone: str) -> datetime:
    """Return the moment in UTC at which a calendar day begins in an IANA time zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def in_zone(moment: datetime, time_zone: str) -> datetime:
    """Return the same moment as the clocks of an IANA time zone show it."""
    return moment.astimezone(ZoneInfo(time_zone))
