"""The coarse picture of a week: it may take something closed for open, never something open for closed."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harmreduction.directory.hours import OpenSpan, is_open
from harmreduction.directory.open_parts import part_at, parts_of

MONDAY = datetime(2026, 11, 23)  # noqa: DTZ001  (as clocks on the wall show it)
SPANS = st.builds(
    lambda weekday, opens, length: OpenSpan(weekday=weekday, opens=opens, closes=min(opens + length, 2880)),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 2880),
)


@given(spans=st.lists(SPANS, max_size=4), minutes=st.integers(0, 14 * 1440))
def test_whatever_is_open_may_be_open(spans, minutes):
    local = MONDAY + timedelta(minutes=minutes)
    assert not is_open(spans, local) or parts_of(spans) & part_at(local)


def test_office_hours_leave_the_night_out():
    office = [OpenSpan(weekday=0, opens=9 * 60, closes=17 * 60)]
    assert [hour for hour in range(24) if parts_of(office) & part_at(MONDAY.replace(hour=hour))] == list(range(9, 18))


def test_sunday_night_reaches_into_monday():
    night = [OpenSpan(weekday=6, opens=22 * 60, closes=26 * 60)]
    assert parts_of(night) & part_at(MONDAY.replace(hour=1))
