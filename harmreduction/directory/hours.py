"""When a place is open: rows that this module and one SQL query can ask alike.

Hours are wall-clock time. A place is open at a moment when the time that its clocks show lies in [opens, closes) of a
span, so that the days on which clocks change are days like any other. Only what is shown to people, "closes at" and
"opens next", becomes a moment again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harmreduction.core.clock import UTC_ZONE
from harmreduction.directory.schedules import FIRST_DAY, LAST_DAY, MIDNIGHT, Schedule, closing_after, read_schedule

LOOKS_BACK = timedelta(days=2)  # a shift of the evening before, in a place where it is still yesterday
HORIZON = timedelta(days=400)  # so far ahead the days of irregular schedules are written out
AROUND_THE_CLOCK = timedelta(days=8)  # open for longer than every weekday once
LOOKS_AHEAD = 60  # days in which the next opening is looked for
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True, kw_only=True)
class OpenSpan:
    """Hours on a weekday (0 Monday), each week from one day to another, both included.

    opens and closes are minutes from the midnight that begins the weekday; closes passes 1440 overnight, 2880 at most.
    What begins on a valid day lasts until it closes. A day of an irregular schedule is a span valid on that one day.
    """

    weekday: int
    opens: int
    closes: int
    valid_from: date = FIRST_DAY
    valid_until: date = LAST_DAY

    def begins_on(self, day: date) -> bool:
        """Say whether it opens on a calendar day."""
        return self.weekday == day.weekday() and self.valid_from <= day <= self.valid_until


@dataclass(frozen=True, kw_only=True)
class SpecialDays:
    """Days with other hours than usual: none, or those from opens to closes (minutes from midnight).

    until_day None is until further notice. A closure wins over special hours on the same day.
    """

    from_day: date
    until_day: date | None
    opens: int | None
    closes: int | None
    reason: str = ""

    @property
    def is_closure(self) -> bool:
        """Say whether there are no hours on these days."""
        return self.opens is None or self.closes is None

    @property
    def last_day(self) -> date:
        """Return the last of these days."""
        return self.until_day or LAST_DAY


@dataclass(frozen=True, kw_only=True)
class OpenState:
    """Whether a place is open, until when, or when it opens next; moments carry the zone of the place."""

    is_open: bool
    until: datetime | None = None
    next_opens: datetime | None = None
    is_always: bool = False
    is_known: bool = True


def has_hours(schedules: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether any of these HSDS schedules says hours that can be read."""
    return any(read_schedule(schedule) for schedule in schedules)


def spans(schedules: Sequence[Mapping[str, Any]], special: Sequence[SpecialDays], *, today: date) -> list[OpenSpan]:
    """Return the hours of HSDS schedules, with special days in the place of the usual ones.

    Irregular schedules reach from two days before today to HORIZON after it; what is past is left out.
    """
    lately = [days for days in special if days.last_day >= today - LOOKS_BACK]
    closures = [days for days in lately if days.is_closure]
    usual = (span for schedule in schedules for span in _usual_spans(read_schedule(schedule), today))
    extra = (span for days in lately for span in _special_spans(days))
    return sorted({*_cut(usual, lately), *_cut(extra, closures)})


def _usual_spans(schedule: Schedule | None, today: date) -> Iterator[OpenSpan]:
    if schedule is None:
        return
    days = schedule.recurrence
    if not days.is_weekly:
        for day in days.days_between(today - LOOKS_BACK, today + HORIZON):
            yield _span(day.weekday(), schedule.opens, schedule.closes, day, day)
        return
    for on in days.weekdays:
        yield _span(on.weekday, schedule.opens, schedule.closes, days.valid_from, days.valid_until)


def _special_spans(days: SpecialDays) -> Iterator[OpenSpan]:
    """Return special hours: a span for each weekday among these days."""
    if days.opens is None or days.closes is None:
        return
    for weekday in range(7):
        yield _span(weekday, days.opens, closing_after(days.opens, days.closes), days.from_day, days.last_day)


def _span(weekday: int, opens: int, closes: int, first: date, last: date) -> OpenSpan:
    return OpenSpan(weekday=weekday, opens=opens, closes=closes, valid_from=first, valid_until=last)


def _cut(usual: Iterable[OpenSpan], special: Iterable[SpecialDays]) -> Iterator[OpenSpan]:
    """Return spans without the special days: what was valid through them is valid before and after."""
    left = [_trimmed(span) for span in usual]
    for days in special:
        left = [_trimmed(piece) for span in left if span is not None for piece in _around(span, days)]
    return (span for span in left if span is not None)


def _around(span: OpenSpan, days: SpecialDays) -> Iterator[OpenSpan]:
    """Return what is left of a span before and after special days; the whole where its weekday is not among them."""
    first, last = max(span.valid_from, days.from_day), min(span.valid_until, days.last_day)
    if _trimmed(replace(span, valid_from=first, valid_until=last)) is None:
        yield span
        return
    if span.valid_from < days.from_day:
        yield replace(span, valid_until=days.from_day - ONE_DAY)
    if days.last_day < span.valid_until:
        yield replace(span, valid_from=days.last_day + ONE_DAY)


def _trimmed(span: OpenSpan) -> OpenSpan | None:
    """Return a span, None if its weekday does not come in its days; a single day is written as such."""
    length = (span.valid_until - span.valid_from).days
    if length >= 7:
        return span
    ahead = (span.weekday - span.valid_from.weekday()) % 7
    if ahead > length:
        return None
    day = span.valid_from + timedelta(days=ahead)
    return replace(span, valid_from=day, valid_until=day)


def is_open(spans: Iterable[OpenSpan], local: datetime) -> bool:
    """Say whether a place is open when its clocks show this (naive) time."""
    return any(True for _ in _endings(spans, local))


def _endings(spans: Iterable[OpenSpan], local: datetime) -> Iterator[datetime]:
    """Return when each span that is open at a time closes; it may have begun the evening before."""
    today, minute = local.date(), local.hour * 60 + local.minute
    for span in spans:
        if span.opens <= minute < span.closes and span.begins_on(today):
            yield _at(today, span.closes)
        elif today > date.min and minute + MIDNIGHT < span.closes and span.begins_on(today - ONE_DAY):
            yield _at(today - ONE_DAY, span.closes)


def _at(day: date, minutes: int) -> datetime:
    """Return the naive time so many minutes after midnight."""
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def open_until(spans: Sequence[OpenSpan], local: datetime) -> datetime | None:
    """Return when a place that is open closes, through spans that touch; None if it is open around the clock.

    Times are naive, as the clocks of the place show them. A closed place gives the time that was asked for.
    """
    until = local
    while ends := list(_endings(spans, until)):
        until = max(ends)
        if until - local >= AROUND_THE_CLOCK:
            return None
    return until


def next_opening(spans: Sequence[OpenSpan], local: datetime) -> datetime | None:
    """Return when a place that is closed opens next, within LOOKS_AHEAD days; times are naive."""
    for ahead in range(LOOKS_AHEAD + 1):
        day = local.date() + timedelta(days=ahead)
        openings = [_at(day, span.opens) for span in spans if span.begins_on(day)]
        later = [opening for opening in openings if opening > local]
        if later:
            return min(later)
    return None


def zone_named(name: str, *, fallback: str = UTC_ZONE) -> ZoneInfo:
    """Return an IANA time zone; the fallback, and at last UTC, where there is none of that name."""
    for wanted in (name, fallback):
        try:
            return ZoneInfo(wanted)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # names come from files: "EST5", "", "../x"
            continue
    return ZoneInfo(UTC_ZONE)


def state_at(
    spans: Sequence[OpenSpan], moment: datetime, zone: str, *, has_schedules: bool, fallback: str = UTC_ZONE
) -> OpenState:
    """Return whether a place is open at a moment (aware), with what people ask next.

    has_schedules: whether its hours are known at all, see `has_hours`. fallback: the zone where `zone` names none.
    """
    if not has_schedules and not spans:
        return OpenState(is_open=False, is_known=False)
    info = zone_named(zone, fallback=fallback)
    local = moment.astimezone(info).replace(tzinfo=None, fold=0)
    if not is_open(spans, local):
        opening = next_opening(spans, local)
        return OpenState(is_open=False, next_opens=opening and _moment(opening, info, after=moment))
    until = open_until(spans, local)
    return OpenState(is_open=True, until=until and _moment(until, info, after=moment), is_always=until is None)


def _moment(local: datetime, zone: ZoneInfo, *, after: datetime) -> datetime:
    """Return when clocks show a time, never before the moment of asking.

    A time that clocks skip in spring moves forward by as much; of a time that comes twice in autumn it is the first,
    or the second when the first has gone by.
    """
    first = local.replace(tzinfo=zone).astimezone(UTC)
    chosen = first if first >= after else local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return chosen.astimezone(zone)
