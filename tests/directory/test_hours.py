"""Stories of opening hours: when the door is open, until when, and when it opens next."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from harmreduction.directory.hours import (
    OpenSpan,
    OpenState,
    SpecialDays,
    is_open,
    next_opening,
    open_until,
    spans,
    state_at,
    zone_named,
)
from harmreduction.directory.schedules import LAST_DAY

TODAY = date(2026, 11, 22)  # a Sunday
NEW_YORK, LONDON = "America/New_York", "Europe/London"


def weekly(byday, opens, closes, **more):
    return {"freq": "WEEKLY", "byday": byday, "opens_at": opens, "closes_at": closes, **more}


def closed(first, last):
    return SpecialDays(from_day=first, until_day=last, opens=None, closes=None)


def hours(*schedules, special=(), today=TODAY):
    return spans(schedules, special, today=today)


def at(text):
    return datetime.fromisoformat(text)


def test_a_weekday_from_morning_to_evening():
    found = hours(weekly("MO,TU,WE,TH,FR", "09:00", "17:00"))
    assert len(found) == 5
    assert not is_open(found, at("2026-11-23T08:59:59"))
    assert is_open(found, at("2026-11-23T09:00"))
    assert is_open(found, at("2026-11-23T16:59:59"))
    assert not is_open(found, at("2026-11-23T17:00"))
    assert not is_open(found, at("2026-11-22T12:00"))
    assert next_opening(found, at("2026-11-20T17:00")) == at("2026-11-23T09:00")


def test_a_night_shift_goes_on_after_midnight():
    found = hours(weekly("FR,SA", "20:00", "02:00"))
    assert is_open(found, at("2026-11-27T23:59"))
    assert is_open(found, at("2026-11-28T01:59"))
    assert not is_open(found, at("2026-11-28T02:00"))
    assert not is_open(found, at("2026-11-27T01:00"))
    assert is_open(found, at("2026-11-29T01:00"))
    assert open_until(found, at("2026-11-27T21:00")) == at("2026-11-28T02:00")


def test_a_lunch_break_is_closed():
    found = hours(weekly("TU", "09:00", "12:00"), weekly("TU", "13:00", "17:00"))
    assert not is_open(found, at("2026-11-24T12:30"))
    assert open_until(found, at("2026-11-24T10:00")) == at("2026-11-24T12:00")
    assert next_opening(found, at("2026-11-24T12:00")) == at("2026-11-24T13:00")


def test_spans_that_touch_are_one_opening():
    found = hours(weekly("FR", "20:00", "23:59"), weekly("SA", "00:00", "02:00"))
    assert open_until(found, at("2026-11-27T20:00")) == at("2026-11-28T02:00")


@pytest.mark.parametrize(
    ("opens", "closes"), [("00:00", "23:59"), ("00:00", "00:00"), ("00:00:00", "24:00"), ("0:00", "23:59:59")]
)
def test_all_day_every_day_is_around_the_clock(opens, closes):
    found = hours(weekly("MO,TU,WE,TH,FR,SA,SU", opens, closes))
    assert {(span.opens, span.closes) for span in found} == {(0, 1440)}
    assert open_until(found, at("2026-11-24T23:59:59")) is None
    state = state_at(found, datetime(2026, 11, 22, tzinfo=UTC), NEW_YORK, has_schedules=True)
    assert state == OpenState(is_open=True, is_always=True)


def test_an_irregular_shift_of_last_night_is_still_open():
    found = hours(weekly("SA", "22:00", "03:00", interval=2, dtstart="2026-11-07"))
    assert is_open(found, at("2026-11-22T02:00"))


def test_a_closure_ends_what_would_begin_in_it_but_no_shift_before():
    found = hours(weekly("FR,SA", "20:00", "02:00"), special=[closed(date(2026, 11, 28), date(2026, 12, 4))])
    assert is_open(found, at("2026-11-28T01:00"))
    assert not is_open(found, at("2026-11-28T21:00"))
    assert not is_open(found, at("2026-12-05T01:00"))
    assert is_open(found, at("2026-12-05T21:00"))


def test_a_closure_until_further_notice_leaves_nothing_after_it():
    found = hours(weekly("MO", "09:00", "17:00"), special=[closed(date(2026, 11, 30), None)])
    assert is_open(found, at("2026-11-23T10:00"))
    assert max(span.valid_until for span in found) == date(2026, 11, 29)
    shut = hours(weekly("MO", "09:00", "17:00"), special=[closed(date(2026, 11, 1), None)], today=date(2026, 12, 25))
    state = state_at(shut, datetime(2026, 12, 28, 15, tzinfo=UTC), NEW_YORK, has_schedules=True)
    assert (state.is_open, state.next_opens, state.is_known) == (False, None, True)


def test_special_hours_take_the_place_of_the_usual_ones_for_a_day():
    day = SpecialDays(from_day=date(2026, 12, 24), until_day=date(2026, 12, 24), opens=600, closes=840)
    found = hours(weekly("TH", "09:00", "17:00"), special=[day])
    assert not is_open(found, at("2026-12-24T09:30"))
    assert open_until(found, at("2026-12-24T10:00")) == at("2026-12-24T14:00")
    assert is_open(found, at("2026-12-31T09:30"))


def test_a_summer_of_special_hours_is_one_span_a_weekday_and_closures_win():
    summer = SpecialDays(from_day=date(2027, 6, 1), until_day=date(2027, 8, 31), opens=1200, closes=120)
    found = hours(weekly("MO", "09:00", "17:00"), special=[summer, closed(date(2027, 7, 4), date(2027, 7, 4))])
    assert len(found) == 2 + 7 + 1
    assert is_open(found, at("2027-07-04T01:00"))
    assert not is_open(found, at("2027-07-04T21:00"))
    assert is_open(found, at("2027-07-05T21:00"))


def test_days_at_the_end_of_time_do_no_harm():
    assert hours(weekly("MO", "09:00", "17:00", valid_from="9999-12-31")) == []
    assert hours(weekly("FR", "09:00", "17:00", valid_from="9999-12-31")) != []
    assert hours(weekly("FR", "09:00", "17:00"), special=[closed(date(9999, 12, 31), None)])[-1].valid_until < LAST_DAY


def test_closures_of_the_past_cut_nothing_any_more():
    past = closed(date(2026, 5, 1), date(2026, 5, 31))
    assert hours(weekly("MO", "09:00", "17:00"), special=[past]) == [OpenSpan(weekday=0, opens=540, closes=1020)]
    assert OpenSpan(weekday=0, opens=540, closes=1020).valid_until == LAST_DAY


ALWAYS_AT_NIGHT = hours(weekly("MO,TU,WE,TH,FR,SA,SU", "22:00", "02:30"))


@pytest.mark.parametrize(
    ("zone", "moment", "until"),
    [
        # Clocks in New York go from 2:00 to 3:00 on March 14 2027: 2:30 does not come, so it closes at 3:30.
        (NEW_YORK, "2027-03-14T01:30:00-05:00", "2027-03-14T03:30:00-04:00"),
        (NEW_YORK, "2026-10-31T23:00:00-04:00", "2026-11-01T02:30:00-05:00"),
        (LONDON, "2027-03-28T00:30:00+00:00", "2027-03-28T02:30:00+01:00"),
        (LONDON, "2026-10-25T01:45:00+01:00", "2026-10-25T02:30:00+00:00"),
    ],
)
def test_a_night_in_which_clocks_change_closes_when_the_clock_says_so(zone, moment, until):
    state = state_at(ALWAYS_AT_NIGHT, at(moment), zone, has_schedules=True)
    assert state.is_open
    assert state.until.isoformat() == until


def test_an_opening_in_the_hour_that_is_skipped_is_an_hour_later():
    found = hours(weekly("SU", "02:30", "05:00"))
    state = state_at(found, at("2027-03-14T00:30:00-05:00"), NEW_YORK, has_schedules=True)
    assert state.next_opens.isoformat() == "2027-03-14T03:30:00-04:00"


def test_in_the_hour_that_comes_twice_both_are_open_and_nothing_closes_in_the_past():
    found = hours(weekly("SU", "01:00", "01:45"))
    first, second = at("2026-11-01T01:30:00-04:00"), at("2026-11-01T01:30:00-05:00")
    for moment in (first, second):
        state = state_at(found, moment, NEW_YORK, has_schedules=True)
        assert state.is_open
        assert state.until - moment == timedelta(minutes=15)


def test_the_zone_of_the_place_decides():
    found = hours(weekly("MO", "09:00", "17:00"))
    moment = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    assert state_at(found, moment, NEW_YORK, has_schedules=True).is_open
    assert not state_at(found, moment, "America/Los_Angeles", has_schedules=True).is_open


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "America", "a\0b", "EST5EDT4", "é" * 300]
)
def test_an_unknown_zone_falls_back_to_the_one_given(name):
    assert zone_named(name, fallback=LONDON) == ZoneInfo(LONDON)
    assert zone_named(name, fallback=name) == ZoneInfo("UTC")


def test_the_next_opening_is_looked_for_sixty_days_ahead():
    far = hours(weekly("MO", "09:00", "17:00", valid_from="2027-02-01"))
    assert next_opening(far, at("2026-11-22T12:00")) is None
    assert next_opening(far, at("2026-12-04T12:00")) == at("2027-02-01T09:00")
