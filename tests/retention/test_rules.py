"""Which day is long enough ago, and that every column has its treatment."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from harmreduction.core.classification import Retention
from harmreduction.core.db import Base
from harmreduction.retention.rules import TREATMENTS
from harmreduction.settings.rules import day_before_which_all_goes


def test_a_year_ago_is_the_same_day_and_the_last_of_a_shorter_month() -> None:
    assert day_before_which_all_goes(date(2026, 11, 22), keep_months=12) == date(2025, 11, 22)
    assert day_before_which_all_goes(date(2026, 3, 31), keep_months=1) == date(2026, 2, 28)
    assert day_before_which_all_goes(date(2028, 2, 29), keep_months=12) == date(2027, 2, 28)
    assert day_before_which_all_goes(date(2026, 1, 15), keep_months=60) == date(2021, 1, 15)


@given(some.dates(date(2020, 1, 1), date(2100, 1, 1)), some.integers(1, 60))
def test_the_day_moves_on_with_every_day_and_is_never_later_with_more_months(today: date, months: int) -> None:
    day = day_before_which_all_goes(today, keep_months=months)
    assert day < today
    assert day <= day_before_which_all_goes(today + timedelta(days=1), keep_months=months)
    assert day_before_which_all_goes(today, keep_months=months + 1) < day
    assert (today - day).days <= 31 * months


def test_every_column_that_is_rolled_up_says_what_becomes_of_it() -> None:
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    assert {str(column) for column in columns if column.info["retention"] == Retention.ROLLUP} == set(TREATMENTS)
