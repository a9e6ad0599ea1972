"""The single fields of an HSDS schedule, in the forms that sources really write; ValueError for anything else."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

MIDNIGHT = 24 * 60
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("WEEKLY", "MONTHLY")

_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(:(?P<minute>[0-9]{2})(:[0-9]{2}([.][0-9]+)?)?)?"
    r"\s*((?P<half>[ap])[.]?m[.]?)?\s*(z|[+-][0-9]{2}(:?[0-9]{2})?)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})([T ].*)?")
_WHOLE = re.compile(r"([+-]?[0-9]{1,6})([.]0+)?")
_DAY = re.compile(r"([+-]?[0-9])?(MO|TU|WE|TH|FR|SA|SU)")


@dataclass(frozen=True, order=True, kw_only=True)
class Weekday:
    """A day of the week, 0 Monday; which: the first (1) to the last (-1) one of a month, 0 each of them."""

    which: int = 0
    weekday: int


def opening_time(value: Any) -> int:
    """Return an opening time in minutes from midnight, below 1440."""
    minutes = _minutes(value)
    if minutes == MIDNIGHT:
        raise ValueError(value)
    return minutes


def closing_time(value: Any) -> int:
    """Return a closing time in minutes from midnight; 23:59 is how forms without 24:00 write the end of the day."""
    minutes = _minutes(value)
    return MIDNIGHT if minutes == MIDNIGHT - 1 else minutes


def _minutes(value: Any) -> int:
    """Return minutes from midnight of "9:00", "09:00:00", "9 am", "09:00Z" or "24:00"."""
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or not (found["minute"] or found["half"]):
        raise ValueError(value)
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(value)
        hour = hour % 12 + (12 if found["half"] in "pP" else 0)
    if minute > 59 or hour * 60 + minute > MIDNIGHT:
        raise ValueError(value)
    return hour * 60 + minute


def calendar_day(value: Any) -> date:
    """Return the day of "2026-12-31", "20261231" or a moment on it."""
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(value)
    return date(int(found[1]), int(found[2]), int(found[3]))


def frequency(value: Any) -> str:
    """Return "WEEKLY" or "MONTHLY"."""
    text = str(value).strip().upper()
    if text not in FREQUENCIES:
        raise ValueError(value)
    return text


def week_start(value: Any) -> int:
    """Return the weekday (0 Monday) on which weeks begin, from "MO"."""
    return WEEKDAYS.index(str(value).strip().upper())


def weekdays(value: Any) -> tuple[Weekday, ...]:
    """Return the weekdays of "MO,TU" or "1SA,-1FR"."""
    return tuple(sorted({_weekday(part) for part in _parts(value)}))


def _weekday(text: str) -> Weekday:
    found = _DAY.fullmatch(text.upper())
    which = int(found[1] or 0) if found else 0
    if found is None or abs(which) > 5 or (found[1] and not which):
        raise ValueError(text)
    return Weekday(which=which, weekday=WEEKDAYS.index(found[2]))


def numbers(most: int) -> Callable[[Any], tuple[int, ...]]:
    """Return a parser of numbers that count from the start, or, below zero, from the end."""

    def parse(value: Any) -> tuple[int, ...]:
        found = {number(-most, most)(part) for part in _parts(value)}
        if 0 in found:
            raise ValueError(value)
        return tuple(sorted(found))

    return parse


def number(least: int, most: int) -> Callable[[Any], int]:
    """Return a parser of a whole number, as JSON or a spreadsheet writes it: 2, 2.0 or "2"."""

    def parse(value: Any) -> int:
        found = None if isinstance(value, bool) else _WHOLE.fullmatch(str(value).strip())
        if found is None or not least <= int(found[1]) <= most:
            raise ValueError(value)
        return int(found[1])

    return parse


def _parts(value: Any) -> list[str]:
    """Return the parts of a list, which the standard writes between commas."""
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(part).strip() for part in parts]
