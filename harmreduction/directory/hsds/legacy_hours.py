"""Opening hours of HSDS 1.x: a row for each weekday, "9:00am", free text beside; and its holidays."""

import re
from collections.abc import Iterable
from datetime import date

from harmreduction.core.messages import Message, message
from harmreduction.directory.hsds.bundle import Closure
from harmreduction.directory.hsds.problems import Problem
from harmreduction.directory.hsds.values import clock_minutes, clock_text, read_date

Row = dict[str, str]
OWNERS = ("service_id", "location_id", "service_at_location_id")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LEADING_CLOCK = re.compile(r"\d{1,2}(?:[:.]\d{2}(?::\d{2})?)?\s*(?:[ap]\.?\s?m\b\.?)?", re.IGNORECASE)
_HALF_OF_DAY = re.compile(r"\d\s*[ap]\.?\s?m", re.IGNORECASE)
_TRUE = frozenset({"true", "t", "yes", "y", "1", "x"})
_NO_DATES = message("A holiday says no days that can be read.")


def read_weekday(text: str) -> str | None:
    """Return "MO" to "SU" for "Monday", "mon", "MO" or the number 1 to 7; None for anything else."""
    if text.isdigit():
        return DAYS[int(text) - 1] if 1 <= int(text) <= 7 else None
    short = text[:2].upper()
    return short if len(text) >= 2 and short in DAYS and text.isalpha() else None


def read_hours(opens: str, closes: str) -> tuple[str, str] | None:
    """Return both times as HH:MM:SS; None if one is missing, or only one says which half of the day it means."""
    found = [_LEADING_CLOCK.match(opens), _LEADING_CLOCK.match(closes)]
    texts = [clock.group().strip() for clock in found if clock]
    clocks = [clock for text in texts if (clock := clock_text(text))]
    if len(clocks) != 2 or len({bool(_HALF_OF_DAY.search(text)) for text in texts}) != 1:
        return None
    return clocks[0], clocks[1]


def schedules(rows: Iterable[tuple[int, Row]], problems: list[Problem]) -> list[Row]:
    """Return 3.x schedules: one weekly row for all weekdays that have the same owner, hours and words."""
    weekly: dict[tuple[str, ...], Row] = {}
    for number, row in rows:
        schedule = _schedule(row, f"regular_schedules.{number}", problems)
        key = tuple(schedule.get(name, "") for name in (*OWNERS, "opens_at", "closes_at", "description"))
        known = weekly.setdefault(key, schedule)
        days = {*known.get("byday", "").split(","), *schedule.get("byday", "").split(",")}
        known["byday"] = ",".join(day for day in DAYS if day in days)
    for schedule in weekly.values():
        schedule["freq"] = "WEEKLY" if schedule["byday"] else ""
    return list(weekly.values())


def _schedule(row: Row, path: str, problems: list[Problem]) -> Row:
    """Return one weekday as a weekly schedule, without hours where they cannot be read."""
    schedule = {name: row[name] for name in ("id", *OWNERS) if name in row}
    if description := row.get("original_text") or row.get("description"):
        schedule["description"] = description
    if day := read_weekday(row.get("weekday", "")):
        schedule["byday"] = day
    else:
        sentence = message("“%(weekday)s” is no day of the week.", weekday=row.get("weekday", ""))
        problems.append(Problem(path=path, code="hours_byday", message=sentence))
    opens, closes = row.get("opens_at", ""), row.get("closes_at", "")
    if hours := read_hours(opens, closes):
        schedule["opens_at"], schedule["closes_at"] = hours
    else:
        problems.append(Problem(path=path, code="hours_unread", message=_unread(opens, closes)))
    return schedule


def _unread(opens: str, closes: str) -> Message:
    if not opens and not closes:
        return message("There is a weekday without hours. Its description is kept.")
    return message(
        "The hours “%(opens)s” to “%(closes)s” cannot be read. Their description is kept.", opens=opens, closes=closes
    )


def closures(rows: Iterable[tuple[int, Row]], problems: list[Problem]) -> list[Closure]:
    """Return the days of `holiday_schedules` on which hours differ."""
    found = []
    for number, row in rows:
        first, last = read_date(row.get("start_date", "")[:10]), read_date(row.get("end_date", "")[:10])
        if first is None or (last and last < first):
            problems.append(Problem(path=f"holiday_schedules.{number}", code="not_a_date", message=_NO_DATES))
            continue
        found.append(_closure(row, first, last))
    return found


def _closure(row: Row, first: date, last: date | None) -> Closure:
    opens, closes = clock_minutes(row.get("opens_at", "")), clock_minutes(row.get("closes_at", ""))
    if row.get("closed", "").lower() in _TRUE or opens is None or closes is None:
        opens = closes = None
    elif closes <= opens:
        closes += 24 * 60
    return Closure(
        from_day=first,
        until_day=last,
        opens=opens,
        closes=closes,
        service_id=row.get("service_id"),
        location_id=row.get("location_id"),
        service_at_location_id=row.get("service_at_location_id"),
    )
