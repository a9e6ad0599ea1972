"""One moment in UTC, and the calendar day that it is where people are."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.clock import in_zone, now, start_of_day, today

ZONES = ("UTC", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati", "Europe/Lisbon")
LATE_ON_SATURDAY = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)  # in New York it is half past ten in the evening

zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(1980, 1, 2), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # its bounds


def test_the_clock_says_utc():
    with time_machine.travel(LATE_ON_SATURDAY, tick=False):
        assert (now(), now().tzinfo) == (LATE_ON_SATURDAY, UTC)


def test_a_shift_past_midnight_in_utc_is_still_today():
    assert today("America/New_York", LATE_ON_SATURDAY) == date(2026, 11, 21)
    assert today("UTC", LATE_ON_SATURDAY) == date(2026, 11, 22)
    assert in_zone(LATE_ON_SATURDAY, "America/New_York").strftime("%H:%M") == "22:30"


def test_without_a_moment_today_is_now():
    with time_machine.travel(LATE_ON_SATURDAY, tick=False):
        assert today("America/New_York") == date(2026, 11, 21)


@given(moment=moments, zone=zones)
def test_every_moment_lies_in_the_day_that_it_is(moment, zone):
    day = today(zone, moment)
    assert start_of_day(day, zone) <= moment < start_of_day(day + timedelta(days=1), zone)


@given(day=st.dates(date(1980, 1, 2), date(2090, 1, 1)), zone=zones)
def test_a_day_begins_in_itself_at_midnight_where_people_are(day, zone):
    begins = start_of_day(day, zone)
    assert begins.tzinfo is UTC
    assert today(zone, begins) == day
    assert begins.astimezone(ZoneInfo(zone)).date() == day


def test_days_on_which_clocks_change_are_23_and_25_hours_long():
    assert length_of(date(2026, 3, 8), "America/New_York") == timedelta(hours=23)
    assert length_of(date(2026, 11, 1), "America/New_York") == timedelta(hours=25)
    assert length_of(date(2026, 11, 2), "America/New_York") == timedelta(hours=24)


def length_of(day, zone):
    return start_of_day(day + timedelta(days=1), zone) - start_of_day(day, zone)
