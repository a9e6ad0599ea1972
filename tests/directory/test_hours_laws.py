"""What holds for any opening hours: the spans say what RFC 5545 says, and every edge agrees with the rest."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.directory.hours import (
    OpenSpan,
    SpecialDays,
    is_open,
    next_opening,
    open_until,
    spans,
    state_at,
)
from harmreduction.directory.hours_words import SCHEDULE_PROBLEMS, hours_lines, state_words
from harmreduction.directory.schedules import schedule_problems

TODAY = date(2026, 11, 22)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ONE_MINUTE = timedelta(minutes=1)

near = st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=200))
minutes = st.integers(0, 1438)
moments = st.builds(
    lambda day, minute: datetime.combine(day, time(minute // 60, minute % 60)),
    st.dates(TODAY, TODAY + timedelta(days=399)),
    st.integers(0, 1439),
)
counted_days = st.sampled_from([f"{which}{day}" for which in (1, 2, 3, 4, 5, -1, -2) for day in WEEKDAYS])


def some(values):
    return st.lists(values, min_size=1, max_size=3, unique=True).map(lambda chosen: ",".join(map(str, chosen)))


def clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


month_days = some(st.integers(1, 31) | st.integers(-31, -1))
year_days = some(st.integers(1, 365) | st.integers(-365, -1))


@st.composite
def schedules(draw):
    """An HSDS schedule in any of the ways that the standard allows; no rule is one whose days never come."""
    schedule = {
        "opens_at": clock(draw(minutes)),
        "closes_at": clock(draw(minutes)),
        "freq": draw(st.sampled_from(["WEEKLY", "MONTHLY"])),
    }
    if schedule["freq"] == "WEEKLY":
        schedule["byday"] = draw(some(st.sampled_from(WEEKDAYS)))
        which = st.just({}) | st.builds(dict, byweekno=some(st.integers(1, 53))) | st.builds(dict, byyearday=year_days)
    else:
        plain = st.fixed_dictionaries({"byday": some(st.sampled_from(WEEKDAYS))}, optional={"bymonthday": month_days})
        which = plain | st.builds(dict, byday=some(counted_days)) | st.builds(dict, bymonthday=month_days)
    schedule |= draw(which)
    optional = {"interval": st.integers(1, 4), "count": st.integers(1, 30), "wkst": st.sampled_from(WEEKDAYS)}
    optional |= {name: near.map(date.isoformat) for name in ("dtstart", "valid_from", "valid_to", "until")}
    schedule |= draw(st.fixed_dictionaries({}, optional=optional))
    if schedule.get("interval", 1) > 1 or "count" in schedule:
        schedule.setdefault("dtstart", draw(near).isoformat())
    return schedule


def starts_of(schedule, until):
    """The independent oracle: the (naive) times at which a schedule opens, as dateutil alone says."""
    days = [(day[-2:], int(day[:-2] or 0)) for day in schedule.get("byday", "").split(",") if day]
    numbers = {
        f"by{name}": [int(number) for number in schedule[key].split(",")]
        for name, key in (("monthday", "bymonthday"), ("yearday", "byyearday"), ("weekno", "byweekno"))
        if key in schedule
    }
    opens = time.fromisoformat(schedule["opens_at"])
    rule = rrule(
        MONTHLY if schedule["freq"] == "MONTHLY" else WEEKLY,
        dtstart=datetime.combine(date.fromisoformat(schedule.get("dtstart", "2026-01-01")), opens),
        interval=schedule.get("interval", 1),
        wkst=WEEKDAYS.index(schedule.get("wkst", "MO")),
        byweekday=[weekday(WEEKDAYS.index(day), which or None) for day, which in days] or None,
        until=until,
        **numbers,
    )
    first, last = (
        schedule.get("valid_from", "0001-01-01"),
        min(schedule.get("valid_to", "9999"), schedule.get("until", "9999")),
    )
    last = "9999-12-31" if last == "9999" else last
    every = takewhile(lambda start: start <= until, islice(rule, schedule.get("count")))
    return [start for start in every if date.fromisoformat(first) <= start.date() <= date.fromisoformat(last)]


def length_of(schedule):
    opens, closes = (int(schedule[name][:2]) * 60 + int(schedule[name][3:]) for name in ("opens_at", "closes_at"))
    return timedelta(minutes=closes - opens if closes > opens else closes + 1440 - opens)


@given(schedule=schedules(), local=moments, data=st.data())
def test_a_place_is_open_exactly_when_the_rule_says_so(schedule, local, data):
    starts, length = starts_of(schedule, local + timedelta(days=60)), length_of(schedule)
    found = spans([schedule], [], today=TODAY)
    edges = [edge for start in starts for edge in (start, start + length) if edge.date() >= TODAY]
    near_edge = data.draw(st.sampled_from(edges)) if edges else local
    for asked in (local, near_edge, near_edge - ONE_MINUTE):
        if asked.date() < TODAY + timedelta(days=400):
            assert is_open(found, asked) == any(start <= asked < start + length for start in starts), asked


open_spans = st.builds(
    lambda weekday, opens, length, valid: OpenSpan(
        weekday=weekday, opens=opens, closes=opens + length, valid_from=min(valid), valid_until=max(valid)
    ),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.tuples(near, near),
)


@given(found=st.lists(open_spans, max_size=12), local=moments)
def test_it_stays_open_until_it_closes_and_closed_until_it_opens(found, local):
    if is_open(found, local):
        until = open_until(found, local)
        edge, is_open_before = until or local + timedelta(days=8), True
        assert until is None or not is_open(found, until)
    else:
        edge, is_open_before = next_opening(found, local) or local + timedelta(days=60), False
        assert next_opening(found, local) is None or is_open(found, edge)
    assert edge > local
    wherever = {edge - ONE_MINUTE, *(edge - timedelta(hours=hour) for hour in range(1, 200, 3))}
    assert all(is_open(found, asked) == is_open_before for asked in wherever if local <= asked)


def what_sql_asks(found, local):
    """The question as the database asks it, row by row."""
    today, minute = local.date(), local.hour * 60 + local.minute
    return any(
        span.weekday == day.weekday()
        and span.opens <= asked < span.closes
        and span.valid_from <= day <= span.valid_until
        for span in found
        for day, asked in ((today, minute), (today - timedelta(days=1), minute + 1440))
    )


@given(found=st.lists(open_spans, max_size=12), local=moments)
def test_the_database_may_ask_the_same(found, local):
    assert is_open(found, local) == what_sql_asks(found, local)
    assert all(span.opens < span.closes <= 2880 for span in found)


some_days = st.builds(
    lambda first, length, hours: SpecialDays(
        from_day=first,
        until_day=None if length is None else first + timedelta(days=length),
        opens=hours and hours[0],
        closes=hours and hours[1],
    ),
    near,
    st.none() | st.integers(0, 30),
    st.none() | st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
)


def expected_with(special, usual, local):
    """The oracle of special days: the hours that begin today or began yesterday, day by day."""
    for day in (local.date(), local.date() - timedelta(days=1)):
        minute = (local - datetime.combine(day, time())) // ONE_MINUTE
        on = [days for days in special if days.from_day <= day <= (days.until_day or date.max)]
        hours = [(span.opens, span.closes) for span in usual if span.begins_on(day)]
        if on:
            hours = [(days.opens, days.closes) for days in on] if all(days.opens is not None for days in on) else []
        if any(opens <= minute < (closes if closes > opens else closes + 1440) for opens, closes in hours):
            return True
    return False


@given(schedule=schedules(), special=st.lists(some_days, max_size=4), local=moments)
def test_special_days_replace_the_usual_ones_and_only_those(schedule, special, local):
    usual = spans([schedule], [], today=TODAY)
    assert is_open(spans([schedule], special, today=TODAY), local) == expected_with(special, usual, local)


@given(schedule=schedules(), closure=some_days.filter(lambda days: days.is_closure), local=moments)
def test_in_a_closure_only_a_shift_begun_before_goes_on(schedule, closure, local):
    found = spans([schedule], [closure], today=TODAY)
    if closure.from_day <= local.date() <= closure.last_day and is_open(found, local):
        assert local.date() == closure.from_day
        assert is_open(found, datetime.combine(closure.from_day - timedelta(days=1), time(23, 59)))


zones = st.sampled_from(["America/New_York", "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "UTC"])


@given(found=st.lists(open_spans, max_size=6), moment=moments, zone=zones)
def test_moments_are_never_in_the_past_and_carry_the_zone_of_the_place(found, moment, zone):
    moment = moment.replace(tzinfo=UTC)
    state = state_at(found, moment, zone, has_schedules=True)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert state.is_open == is_open(found, local)
    for edge in filter(None, (state.until, state.next_opens)):
        assert edge >= moment
        assert edge.tzinfo == ZoneInfo(zone)
    assert str(state_words(state, moment))


FIELDS = ("freq", "byday", "bymonthday", "byyearday", "byweekno", "interval", "count", "wkst", "dtstart", "until")
FIELDS += ("valid_from", "valid_to", "opens_at", "closes_at")
junk = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.lists(st.text(max_size=3), max_size=2)
)
likely = st.sampled_from(
    ["MO", "1SA,XX", "09:00", "25:61", "2026-02-30", "9999-12-31", "0001-01-01", "WEEKLY", "-1", "1e9", "٣"]
)


@given(schedule=st.dictionaries(st.sampled_from(FIELDS), junk | likely), start=schedules())
def test_garbage_raises_nothing_and_every_problem_has_words(schedule, start):
    for garbage in (schedule, start | schedule):
        found, problems = spans([garbage], [], today=TODAY), schedule_problems(garbage)
        assert not (found and problems)
        assert SCHEDULE_PROBLEMS.keys() >= set(problems)
        assert len(problems) == len(set(problems))
        assert isinstance(hours_lines([garbage], [], today=TODAY), list)
