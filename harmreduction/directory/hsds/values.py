"""How single values are written: no nulls, dates and times as ISO, moments with milliseconds in UTC."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

TIME_KEYS = frozenset({"opens_at", "closes_at"})
DATE_KEYS = frozenset({"valid_from", "valid_to", "dtstart", "until", "assured_date", "last_action_date"})
_WRITTEN_KEYS = TIME_KEYS | DATE_KEYS | {"last_modified"}
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2})(?:\.\d+)?)?\s*(?:([ap])\.?\s?m\.?)?\s*(z|[+-]\d{2}:?\d{2})?", re.I
)
_PLAIN_CLOCK = re.compile(r"[0-2]\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")
_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(:00(\.0+)?)?(Z|[+-]00:?00)?")


def without_nulls(value: Any) -> Any:
    """Return a JSON value without the keys and entries that are null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value


def written(value: Any, key: str = "") -> Any:
    """Return a JSON value as it goes out; what cannot be read as a time or a date stays as it is.

    Of times, "10:00" and "10:00:00" are both as the standard says; only others, as "10am", are changed.
    """
    if isinstance(value, str):
        return _text(value, key) if key in _WRITTEN_KEYS else value
    if isinstance(value, dict):
        return {name: written(item, name) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [written(item) for item in value if item is not None]
    if isinstance(value, datetime):
        return moment_text(value)
    return value.isoformat() if isinstance(value, date | time) else value


def _text(value: str, key: str) -> str:
    if key in TIME_KEYS:
        return value if _PLAIN_CLOCK.fullmatch(value) else clock_text(value) or value
    if key == "last_modified":
        moment = read_moment(value)
        return moment_text(moment) if moment else value
    if key in DATE_KEYS and (midnight := _MIDNIGHT.fullmatch(value)):
        return midnight[1]
    return value


def clock_text(text: str) -> str | None:
    """Return "9:00am", "9.30 pm", "09:00" or "09:00Z" as "09:00:00", an offset kept; None if it is no time of day.

    A number alone ("9") is none: nobody knows which half of the day it means.
    """
    found = _CLOCK.fullmatch(text.strip())
    if not found or (found[2] is None and found[4] is None):
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return f"{hour:02}:{minute:02}:{second:02}{_offset(found[5] or '')}"


def _offset(text: str) -> str:
    return text if ":" in text or not text[1:] else f"{text[:3]}:{text[3:]}"


def clock_minutes(text: str) -> int | None:
    """Return minutes from midnight of a time of day in any form that `clock_text` reads."""
    clock = clock_text(text)
    return int(clock[:2]) * 60 + int(clock[3:5]) if clock else None


def read_date(text: str) -> date | None:
    """Return an ISO date, or None."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """Return an ISO moment, taken as UTC where it says no zone, or None."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def moment_text(moment: datetime) -> str:
    """Return a moment as HSDS writes it: "2026-03-15T10:30:45.123Z"."""
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
