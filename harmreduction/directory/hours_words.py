"""Opening hours as people say them: lines for a page or a slip, and one sentence for now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Any

from harmreduction.core.messages import Message, message
from harmreduction.directory.hours import HORIZON, OpenState, SpecialDays
from harmreduction.directory.schedules import (
    FIRST_DAY,
    LAST_DAY,
    MIDNIGHT,
    Recurrence,
    Weekday,
    closing_after,
    read_schedule,
)

EVERY_DAY = tuple(range(7))
ALL_DAY = (0, MIDNIGHT)

Hours = tuple[int, int]

WEEKDAY_NAMES: tuple[Message, ...] = (
    message("Monday"),
    message("Tuesday"),
    message("Wednesday"),
    message("Thursday"),
    message("Friday"),
    message("Saturday"),
    message("Sunday"),
)
ORDINALS: dict[int, Message] = {
    1: message("first"),
    2: message("second"),
    3: message("third"),
    4: message("fourth"),
    5: message("fifth"),
    -2: message("second to last"),
    -1: message("last"),
}
SCHEDULE_PROBLEMS: dict[str, Message] = {
    "schedule": message("This is no schedule."),
    "freq": message("The frequency is neither WEEKLY nor MONTHLY."),
    "interval": message("The interval is no whole number above 0."),
    "count": message("The count is no whole number above 0."),
    "byday": message("The days are not written like MO,TU or, in a month, 1SA,-1FR."),
    "bymonthday": message("The days of the month are not written like 1,15 or -1."),
    "byyearday": message("The days of the year are not written like 1,100 or -1."),
    "byweekno": message("The weeks of the year are not written like 1,20 or -1."),
    "wkst": message("The first day of the week is not written like MO."),
    "dtstart": message("The first day (dtstart) is no date like 2026-12-31."),
    "until": message("The last day (until) is no date like 2026-12-31."),
    "valid_from": message("The day from which it holds (valid_from) is no date like 2026-12-31."),
    "valid_to": message("The day to which it holds (valid_to) is no date like 2026-12-31."),
    "opens_at": message("The opening time is not written like 09:00."),
    "closes_at": message("The closing time is not written like 17:00."),
    "opens_at_missing": message("It says when it closes, but not when it opens."),
    "closes_at_missing": message("It says when it opens, but not when it closes."),
    "dtstart_missing": message("It counts weeks, months or times, but does not say from which day (dtstart)."),
    "byday_missing": message("It does not say on which days."),
    "ends_before_it_starts": message("It ends before it starts."),
}


def hours_lines(
    schedules: Sequence[Mapping[str, Any]], special: Sequence[SpecialDays], *, today: date
) -> list[Message]:
    """Return the hours of HSDS schedules and the special days to come, a line each; what is past is left out.

    Empty where no hours can be read and no day is special.
    """
    weekly: dict[tuple[date, date], dict[int, set[Hours]]] = defaultdict(lambda: defaultdict(set))
    irregular: dict[Recurrence, set[Hours]] = defaultdict(set)
    for read in filter(None, map(read_schedule, schedules)):
        days, hours = read.recurrence, (read.opens, read.closes)
        if days.valid_until < today:
            continue
        if not days.is_weekly:
            irregular[days].add(hours)
            continue
        for on in days.weekdays:
            weekly[days.valid_from, days.valid_until][on.weekday].add(hours)
    lines = [line for validity in sorted(weekly) for line in _weekly_lines(weekly[validity], validity, today)]
    lines += [line for days in irregular for line in _irregular_line(days, irregular[days], today)]
    coming = sorted((days for days in special if days.last_day >= today), key=lambda days: days.from_day)
    return lines + [_special_line(days, today) for days in coming]


def _weekly_lines(week: Mapping[int, set[Hours]], validity: tuple[date, date], today: date) -> Iterator[Message]:
    """Return a line for all weekdays that have the same hours, in the order of the week."""
    alike: dict[tuple[Hours, ...], list[int]] = defaultdict(list)
    for weekday in sorted(week):
        alike[tuple(sorted(week[weekday]))].append(weekday)
    for hours, weekdays in alike.items():
        if tuple(weekdays) == EVERY_DAY and hours == (ALL_DAY,):
            yield _with_validity(message("Around the clock"), validity, today)
        else:
            yield _with_validity(_line(_weekdays(weekdays), hours), validity, today)


def _irregular_line(days: Recurrence, hours: Iterable[Hours], today: date) -> Iterator[Message]:
    """Return the line of an irregular schedule, with its next day where nobody could count it; none if it is over."""
    coming = days.days_between(today, today + HORIZON)
    if not coming:
        return
    named, first = _named(days), days.valid_from
    if named is None or days.interval > 1:
        named = message("%(days)s (next: %(day)s)", days=named or message("On certain days"), day=coming[0])
        first = FIRST_DAY  # the next day says from when, too
    yield _with_validity(_line(named, sorted(hours)), (first, days.valid_until), today)


def _line(days: Message | date, hours: Iterable[Hours]) -> Message:
    return message("%(days)s: %(hours)s", days=days, hours=_list([_hours(*pair) for pair in hours]))


def _with_validity(line: Message, validity: tuple[date, date], today: date) -> Message:
    """Return a line with the days from and until which it holds, as far as they are still to come."""
    first, last = validity
    if first > today and last < LAST_DAY:
        return message("%(line)s, from %(first)s until %(last)s", line=line, first=first, last=last)
    if first > today:
        return message("%(line)s, from %(day)s", line=line, day=first)
    return message("%(line)s, until %(day)s", line=line, day=last) if last < LAST_DAY else line


def _list(parts: Sequence[Message]) -> Message:
    """Return parts as one list between commas."""
    return reduce(lambda before, part: message("%(before)s, %(part)s", before=before, part=part), parts)


def _weekdays(weekdays: Sequence[int]) -> Message:
    return message("Every day") if tuple(weekdays) == EVERY_DAY else _list(_runs(weekdays))


def _runs(weekdays: Sequence[int]) -> list[Message]:
    """Return weekdays by name, three or more in a row as a range."""
    runs: list[list[int]] = []
    for weekday in weekdays:
        if runs and runs[-1][-1] == weekday - 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    return [part for run in runs for part in _run(run)]


def _run(run: Sequence[int]) -> list[Message]:
    if len(run) < 3:
        return [WEEKDAY_NAMES[weekday] for weekday in run]
    return [message("%(first)s to %(last)s", first=WEEKDAY_NAMES[run[0]], last=WEEKDAY_NAMES[run[-1]])]


def _hours(opens: int, closes: int) -> Message:
    if (opens, closes) == ALL_DAY:
        return message("all day")
    values = {"opens": _clock(opens), "closes": _clock(closes if closes <= MIDNIGHT else closes - MIDNIGHT)}
    if closes > MIDNIGHT:
        return message("%(opens)s–%(closes)s (next day)", **values)
    return message("%(opens)s–%(closes)s", **values)


def _clock(minutes: int) -> str:
    """Return a time of day as 9:00; the end of the day is 24:00."""
    return f"{minutes // 60}:{minutes % 60:02}"


def _named(days: Recurrence) -> Message | None:
    """Return the days of an irregular schedule in words, None where only dates would be understood."""
    if days.year_days or days.weeks or days.count or (days.month_days and (days.weekdays or not days.is_monthly)):
        return None
    if not days.is_monthly:
        on = _list(_runs([day.weekday for day in days.weekdays]))
        return message("Every %(weeks)s weeks on %(days)s", weeks=days.interval, days=on)
    parts = [*map(_day_of_month, days.month_days), *_weekdays_of_month(days.weekdays)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if days.interval == 1:
        return message("Each month on %(days)s", days=_list(known))
    return message("Every %(months)s months on %(days)s", months=days.interval, days=_list(known))


def _day_of_month(number: int) -> Message | None:
    if number < 0:
        return message("the last day") if number == -1 else None
    return message("day %(number)s", number=number)


def _weekdays_of_month(weekdays: Iterable[Weekday]) -> Iterator[Message | None]:
    """Return each weekday once, with all its places in the month: the first and last Friday."""
    places: dict[int, list[int]] = defaultdict(list)
    for day in sorted(weekdays, key=lambda day: (day.which < 0, day.which, day.weekday)):
        places[day.weekday].append(day.which)
    for weekday, numbers in places.items():
        if not ORDINALS.keys() >= set(numbers):
            yield None
            continue
        which = [ORDINALS[number] for number in numbers]
        last = which.pop()
        if which:
            last = message("%(before)s and %(last)s", before=_list(which), last=last)
        yield message("the %(which)s %(weekday)s", which=last, weekday=WEEKDAY_NAMES[weekday])


def _special_line(days: SpecialDays, today: date) -> Message:
    """Return days on which a place is closed or has other hours, with the reason that the programme wrote."""
    if days.opens is None or days.closes is None:
        line = _closed(days, today)
        return message("%(line)s: %(reason)s", line=line, reason=days.reason) if days.reason else line
    line = _line(_days(days), [(days.opens, closing_after(days.opens, days.closes))])
    return message("%(line)s (%(reason)s)", line=line, reason=days.reason) if days.reason else line


def _closed(days: SpecialDays, today: date) -> Message:
    first, last = days.from_day, days.until_day
    if last is None and first <= today:
        return message("Closed until further notice")
    if last is None:
        return message("Closed from %(day)s until further notice", day=first)
    if first == last:
        return message("Closed %(day)s", day=first)
    return message("Closed %(first)s – %(last)s", first=first, last=last)


def _days(days: SpecialDays) -> Message | date:
    if days.until_day is None:
        return message("From %(day)s", day=days.from_day)
    if days.from_day == days.until_day:
        return days.from_day
    return message("%(first)s – %(last)s", first=days.from_day, last=days.until_day)


def state_words(state: OpenState, now: datetime, *, can_call: bool = False) -> Message:
    """Return whether a place is open, and what a person on the way there asks next; now is aware.

    can_call: there is a number beside it, so that it may say to call.
    """
    if not state.is_known:
        return message("Hours not known. Call first.") if can_call else message("Hours not known.")
    if state.is_open:
        return _open_words(state, now)
    if state.next_opens is None:
        return message("Closed now. Call before you go.") if can_call else message("Closed now.")
    opens = state.next_opens
    time, ahead = _clock_of(opens), _days_ahead(opens, now)
    if ahead == 0:
        return message("Opens today at %(time)s", time=time)
    if ahead == 1:
        return message("Opens tomorrow at %(time)s", time=time)
    return message("Opens %(day)s at %(time)s", day=_day(opens, ahead), time=time)


def _open_words(state: OpenState, now: datetime) -> Message:
    if state.is_always or state.until is None:
        return message("Open around the clock")
    time, ahead = _clock_of(state.until), _days_ahead(state.until, now)
    if ahead == 0:
        return message("Open now, closes at %(time)s", time=time)
    if ahead == 1 and time == "0:00":
        return message("Open now, closes at midnight")
    if ahead == 1:
        return message("Open now, until %(time)s tomorrow", time=time)
    return message("Open now, until %(day)s at %(time)s", day=_day(state.until, ahead), time=time)


def _clock_of(moment: datetime) -> str:
    return _clock(moment.hour * 60 + moment.minute)


def _days_ahead(moment: datetime, now: datetime) -> int:
    """Return in how many days a moment comes, as the calendar of the place counts."""
    return (moment.date() - now.astimezone(moment.tzinfo).date()).days


def _day(moment: datetime, ahead: int) -> Message | date:
    """Return the name of one of the next six days, the date of a later one."""
    return WEEKDAY_NAMES[moment.weekday()] if ahead < 7 else moment.date()
