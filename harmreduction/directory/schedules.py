"""What one HSDS schedule says: a recurrence in the fields of RFC 5545, and from when to when on those days.

Times are wall-clock times of the place, so an offset or a Z behind a time is not read: sources that write one mean the
clock on the wall, and a fixed offset would be wrong for half of the year. What cannot be read makes no hours, because a
wrong "open" sends a person to a closed door.
"""

from calendar import isleap, monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Any, TypeVar

from dateutil.rrule import MONTHLY, WEEKLY, rrule

from harmreduction.directory import schedule_fields as fields
from harmreduction.directory.schedule_fields import MIDNIGHT, WEEKDAYS, Weekday

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "MIDNIGHT",
    "WEEKDAYS",
    "Recurrence",
    "Schedule",
    "Weekday",
    "closing_after",
    "read_schedule",
    "schedule_problems",
]

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)  # "always", as a range of days
MOST_STEPS, MOST_TIMES = 1000, 100_000  # a larger interval or count is a slip

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """The days of a schedule; starts is its first day, from which intervals and counts run."""

    is_monthly: bool
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    week_start: int = 0
    count: int | None = None
    starts: date | None = None
    valid_from: date = FIRST_DAY
    valid_until: date = LAST_DAY

    @property
    def is_weekly(self) -> bool:
        """Say whether these are the same days every week, within a range of days."""
        every_week = not self.is_monthly and self.interval == 1 and self.count is None
        return every_week and not (self.month_days or self.year_days or self.weeks)

    def days_between(self, first: date, last: date) -> list[date]:
        """Return the days on which it happens, first and last included.

        dateutil would look for what never comes (a February 30) until the year 9999. So it gives the days of the
        weeks or months that count, and which of them are meant is asked of each.
        """
        first, last = max(first, self.valid_from), min(last, self.valid_until)
        rule = rrule(
            MONTHLY if self.is_monthly else WEEKLY,
            dtstart=datetime.combine(self._anchor(first), time()),
            interval=self.interval,
            wkst=self.week_start,
            byweekday=sorted({on.weekday for on in self.weekdays}) or range(7),
            byweekno=self.weeks or None,
        )
        days = takewhile(lambda day: day <= last, (moment.date() for moment in rule))
        return [day for day in islice(filter(self._means, days), self.count) if day >= first]

    def _anchor(self, first: date) -> date:
        """Return from which day to count: the start, or a day whole intervals after it that is nearer."""
        if self.starts is None or (self.interval == 1 and self.count is None):
            return first
        if self.is_monthly or self.count is not None:
            return self.starts
        weeks = max((first - self.starts).days, 0) // 7
        return self.starts + timedelta(weeks=weeks - weeks % self.interval)

    def _means(self, day: date) -> bool:
        """Say whether a day of the right week or month is one of those that are named."""
        before, after = day.day - 1, monthrange(day.year, day.month)[1] - day.day
        places = {0, before // 7 + 1, -(after // 7 + 1)}
        in_year, year = day.timetuple().tm_yday, 365 + isleap(day.year)
        return (
            (not self.weekdays or any(on.weekday == day.weekday() and on.which in places for on in self.weekdays))
            and (not self.month_days or not {day.day, -after - 1}.isdisjoint(self.month_days))
            and (not self.year_days or not {in_year, in_year - year - 1}.isdisjoint(self.year_days))
        )


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Days and their hours: minutes from midnight, past 1440 when it closes on the next day."""

    recurrence: Recurrence
    opens: int
    closes: int


def read_schedule(schedule: Mapping[str, Any]) -> Schedule | None:
    """Return what an HSDS schedule says; None where it says no hours, or says them in a way that cannot be read."""
    return _Reader(schedule).read()


def schedule_problems(schedule: Mapping[str, Any]) -> list[str]:
    """Return codes of what is wrong in an HSDS schedule: a field, or what is missing; words are in `hours_words.py`."""
    reader = _Reader(schedule)
    reader.read()
    return reader.problems


class _Reader:
    """Reads one schedule and gathers what is wrong in it."""

    def __init__(self, schedule: Mapping[str, Any]) -> None:
        self.schedule = schedule if isinstance(schedule, Mapping) else {}
        self.problems: list[str] = [] if isinstance(schedule, Mapping) else ["schedule"]

    def read(self) -> Schedule | None:
        """Return the schedule, or None."""
        recurrence, hours = self._recurrence(), self._hours()
        if self.problems or hours is None:
            return None
        return Schedule(recurrence=recurrence, opens=hours[0], closes=hours[1])

    def _field(self, name: str, parse: Callable[[Any], Value]) -> Value | None:
        """Return a field as parsed; None where it is empty or cannot be read."""
        value = self.schedule.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return parse(value)
        except (ValueError, TypeError):
            self.problems.append(name)
            return None

    def _hours(self) -> tuple[int, int] | None:
        opens, closes = self._field("opens_at", fields.opening_time), self._field("closes_at", fields.closing_time)
        unread = {"opens_at", "closes_at"} & set(self.problems)
        if (opens is None) != (closes is None) and not unread:
            self.problems.append("opens_at_missing" if opens is None else "closes_at_missing")
        return None if opens is None or closes is None else (opens, closing_after(opens, closes))

    def _recurrence(self) -> Recurrence:
        starts = self._field("dtstart", fields.calendar_day)
        count = self._field("count", fields.number(1, MOST_TIMES))
        interval = self._field("interval", fields.number(1, MOST_STEPS)) or 1
        if (interval > 1 or count) and (starts is None or starts < FIRST_DAY) and "dtstart" not in self.problems:
            self.problems.append("dtstart_missing")
        weekdays = self._field("byday", fields.weekdays) or ()
        month_days = self._field("bymonthday", fields.numbers(31)) or ()
        year_days = self._field("byyearday", fields.numbers(366)) or ()
        weeks = self._field("byweekno", fields.numbers(53)) or ()
        is_monthly = self._is_monthly(weekdays, month_days)
        if not (weekdays or month_days or year_days or weeks):
            weekdays, month_days = self._days_of_start(starts, is_monthly=is_monthly)
        valid_from, valid_until = self._validity(starts)
        return Recurrence(
            is_monthly=is_monthly and not _is_each_week(weekdays, interval),
            interval=interval,
            weekdays=weekdays,
            month_days=month_days,
            year_days=year_days,
            weeks=weeks,
            week_start=self._field("wkst", fields.week_start) or 0,
            count=count,
            starts=starts,
            valid_from=valid_from,
            valid_until=valid_until,
        )

    def _is_monthly(self, weekdays: tuple[Weekday, ...], month_days: tuple[int, ...]) -> bool:
        """Read the frequency; where none is given, the days tell it."""
        counted = any(day.which for day in weekdays)
        frequency = self._field("freq", fields.frequency)
        if frequency == "WEEKLY" and counted:
            self.problems.append("byday")  # no week has a second Saturday
        return frequency == "MONTHLY" or (frequency is None and (counted or bool(month_days)))

    def _days_of_start(self, starts: date | None, *, is_monthly: bool) -> tuple[tuple[Weekday, ...], tuple[int, ...]]:
        """Return the weekday, or the day of the month, of the first day: what recurs where no days are named."""
        has_frequency = bool(self._field("freq", str))
        if starts is None or not has_frequency:
            if not self.problems:
                self.problems.append("byday_missing")
            return (), ()
        return ((), (starts.day,)) if is_monthly else ((Weekday(weekday=starts.weekday()),), ())

    def _validity(self, starts: date | None) -> tuple[date, date]:
        bounds = ("valid_from", "valid_to", "until")
        valid_from, valid_to, until = (self._field(name, fields.calendar_day) for name in bounds)
        first = max(day for day in (starts, valid_from, FIRST_DAY) if day)
        last = min(day for day in (until, valid_to, LAST_DAY) if day)
        if first > last:
            self.problems.append("ends_before_it_starts")
        return first, last


def closing_after(opens: int, closes: int) -> int:
    """Return when it closes, in minutes from the midnight before it opens: not after opening means the next day."""
    return closes if closes > opens else closes + MIDNIGHT


def _is_each_week(weekdays: tuple[Weekday, ...], interval: int) -> bool:
    """Say whether a monthly rule means every week: its weekdays are not counted and no month is left out."""
    return interval == 1 and bool(weekdays) and not any(day.which for day in weekdays)
