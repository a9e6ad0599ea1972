"""Stories of schedules: which days and hours the fields of the standard mean, and what cannot be read."""

from datetime import UTC, date, datetime, timedelta

import pytest

from harmreduction.directory.hours import (
    OpenState,
    has_hours,
    is_open,
    spans,
    state_at,
)
from harmreduction.directory.schedules import schedule_problems

TODAY = date(2026, 11, 22)  # a Sunday
NEW_YORK, LONDON = "America/New_York", "Europe/London"


def weekly(byday, opens, closes, **more):
    return {"freq": "WEEKLY", "byday": byday, "opens_at": opens, "closes_at": closes, **more}


def monthly(opens="10:00", closes="14:00", **more):
    return {"freq": "MONTHLY", "opens_at": opens, "closes_at": closes, **more}


def hours(*schedules):
    return spans(schedules, [], today=TODAY)


def at(text):
    return datetime.fromisoformat(text)


def days_open(found, first=TODAY, days=60):
    """Return the days on which something opens, as month-day."""
    every = (first + timedelta(days=number) for number in range(days))
    return [f"{day:%m-%d}" for day in every if any(span.begins_on(day) for span in found)]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("09:00", 540),
        ("9:00", 540),
        ("09:00:00", 540),
        ("9:00am", 540),
        ("9 AM", 540),
        ("9:30 p.m.", 1290),
        ("12am", 0),
        ("12:15pm", 735),
        ("09:00:00Z", 540),
        ("09:00-05:00", 540),
        ("09:00+0530", 540),
        (" 09:00 ", 540),
    ],
)
def test_a_time_is_what_the_clock_on_the_wall_shows(text, minutes):
    [span] = hours(weekly("MO", text, "23:00"))
    assert span.opens == minutes


@pytest.mark.parametrize(
    "text", ["9", "25:00", "24:01", "24:00", "09:60", "13pm", "0am", "noon", "09:00-5", 900, True, [], {}]
)
def test_what_is_no_time_opens_nothing(text):
    schedule = weekly("MO", text, "17:00")
    assert hours(schedule) == []
    assert schedule_problems(schedule) == ["opens_at"]


def test_every_second_tuesday_counts_from_its_first_day():
    schedule = weekly("TU", "10:00", "12:00", interval=2, dtstart="2026-11-03")
    assert days_open(hours(schedule), days=40) == ["12-01", "12-15", "12-29"]


def test_every_second_week_begins_on_the_day_on_which_weeks_begin():
    schedule = weekly("SU,MO", "10:00", "12:00", interval=2, dtstart="2026-11-02")
    assert days_open(hours(schedule), days=20) == ["11-22", "11-30", "12-06"]
    assert days_open(hours(schedule | {"wkst": "SU"}), days=20) == ["11-29", "11-30"]


THURSDAYS = ["11-26", "12-03", "12-10", "12-17", "12-24", "12-31", "01-07", "01-14"]
EACH_THURSDAY_AND_FIRST_SATURDAY = [*THURSDAYS[:2], "12-05", *THURSDAYS[2:6], "01-02", *THURSDAYS[6:]]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"byday": "1SA,3SA"}, ["12-05", "12-19", "01-02", "01-16"]),
        ({"byday": "-1FR"}, ["11-27", "12-25"]),
        ({"byday": "2MO,-1FR"}, ["11-27", "12-14", "12-25", "01-11"]),
        ({"byday": "1SA,1TH,2TH,3TH,4TH,5TH"}, EACH_THURSDAY_AND_FIRST_SATURDAY),
        ({"byday": "1SA,TH"}, EACH_THURSDAY_AND_FIRST_SATURDAY),
        ({"byday": "FR", "bymonthday": "25"}, ["12-25"]),
        ({"bymonthday": "15"}, ["12-15", "01-15"]),
        ({"bymonthday": "1,-1"}, ["11-30", "12-01", "12-31", "01-01"]),
        ({"bymonthday": "31"}, ["12-31"]),
        ({"dtstart": "2026-10-07"}, ["12-07", "01-07"]),
        ({"byday": "1MO", "interval": 2, "dtstart": "2026-10-01"}, ["12-07"]),
        ({"byday": "1MO", "count": 3, "dtstart": "2026-10-01"}, ["12-07"]),
    ],
)
def test_days_of_the_month(days, expected):
    assert days_open(hours(monthly(**days))) == expected


def test_every_saturday_of_each_month_is_every_saturday():
    assert hours(monthly(byday="SA")) == hours(weekly("SA", "10:00", "14:00"))


def test_days_tell_the_frequency_where_none_is_given():
    bare = {"opens_at": "10:00", "closes_at": "14:00"}
    assert hours(bare | {"byday": "SA"}) == hours(weekly("SA", "10:00", "14:00"))
    assert hours(bare | {"byday": "1SA"}) == hours(monthly(byday="1SA"))
    assert hours(bare | {"bymonthday": "15"}) == hours(monthly(bymonthday="15"))
    assert schedule_problems(bare) == ["byday_missing"]


def test_a_weekly_schedule_without_days_recurs_on_the_weekday_of_its_start():
    [span] = hours({"freq": "WEEKLY", "dtstart": "2026-11-18", "opens_at": "10:00", "closes_at": "11:00"})
    assert (span.weekday, span.valid_from) == (2, date(2026, 11, 18))


@pytest.mark.parametrize("bound", ["until", "valid_to"])
def test_both_kinds_of_last_day_are_the_last_day(bound):
    [span] = hours(weekly("MO", "22:00", "02:00", valid_from="2026-11-01", **{bound: "2026-11-23"}))
    assert (span.valid_from, span.valid_until) == (date(2026, 11, 1), date(2026, 11, 23))
    assert is_open([span], at("2026-11-24T01:00"))
    assert not is_open([span], at("2026-11-30T22:30"))


def test_the_later_start_and_the_earlier_end_bind():
    dates = {"dtstart": "2026-01-01", "valid_from": "2026-02-01", "until": "20261231T235959Z", "valid_to": "2027-06-30"}
    [span] = hours(weekly("MO", "9:00", "17:00", **dates))
    assert (span.valid_from, span.valid_until) == (date(2026, 2, 1), date(2026, 12, 31))


def test_hours_without_an_end_are_not_known():
    for schedule in (weekly("MO", "09:00", None), weekly("MO", None, "17:00"), weekly("MO", None, ""), {}):
        assert hours(schedule) == []
        assert not has_hours([schedule])
    state = state_at([], datetime(2026, 11, 23, tzinfo=UTC), NEW_YORK, has_schedules=False)
    assert state == OpenState(is_open=False, is_known=False)


@pytest.mark.parametrize(
    ("schedule", "problems"),
    [
        (weekly("MO", "09:00", "17:00"), []),
        (weekly("MO", "", "17:00"), ["opens_at_missing"]),
        (weekly("MO", "09:00", None), ["closes_at_missing"]),
        (weekly("1MO", "09:00", "17:00"), ["byday"]),
        (weekly("Monday", "09:00", "17:00"), ["byday"]),
        (weekly("MO,", "09:00", "17:00"), ["byday"]),
        (weekly("MO", "09:00", "17:00", interval=2), ["dtstart_missing"]),
        (weekly("MO", "09:00", "17:00", count=2), ["dtstart_missing"]),
        (weekly("MO", "09:00", "17:00", interval=2, dtstart="0001-01-01"), ["dtstart_missing"]),
        (weekly("MO", "09:00", "17:00", interval=2, dtstart="next week"), ["dtstart"]),
        (weekly("MO", "09:00", "17:00", interval=0), ["interval"]),
        (weekly("MO", "09:00", "17:00", count="many"), ["count"]),
        (weekly("MO", "09:00", "17:00", wkst="XX"), ["wkst"]),
        (weekly("MO", "09:00", "17:00", valid_from="2026-02-30"), ["valid_from"]),
        (weekly("MO", "09:00", "17:00", valid_from="2026-12-01", until="2026-11-01"), ["ends_before_it_starts"]),
        (monthly(bymonthday="0"), ["bymonthday"]),
        (monthly(bymonthday="32"), ["bymonthday"]),
        (monthly(byday="6SA"), ["byday"]),
        (monthly(), ["byday_missing"]),
        (weekly("MO", "09:00", "17:00", freq="DAILY"), ["freq"]),
        (None, ["schedule"]),
    ],
)
def test_what_cannot_be_read_is_named_and_opens_nothing(schedule, problems):
    assert schedule_problems(schedule) == problems
    assert bool(hours(schedule)) == (problems == [])
