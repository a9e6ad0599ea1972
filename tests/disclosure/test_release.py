"""A number that was told stays as it was told."""

import pytest

from harmreduction.core.clock import now
from harmreduction.disclosure.actions import release
from harmreduction.disclosure.queries import find_released, list_released_periods
from harmreduction.settings.actions import set_values
from tests.factories import SYSTEM

pytestmark = pytest.mark.usefixtures("database")


def told(period):
    return {figure: row.value for figure, row in find_released("report_back", period).items()}


def test_a_quarter_is_told_once_and_small_counts_stay_hidden_for_good():
    release("report_back", "2026-Q3", {"kits": 310, "reversals": 7, "strips": 0}, by=SYSTEM, at=now())
    release("report_back", "2026-Q3", {"kits": 311, "reversals": 12, "strips": 4}, by=SYSTEM, at=now())
    assert told("2026-Q3") == {"kits": 310, "reversals": None, "strips": 0}
    assert list_released_periods("report_back") == ["2026-Q3"]


def test_the_programme_decides_from_which_count_on_a_number_is_told():
    set_values({"smallest_shown": "5"}, by=SYSTEM)
    release("report_back", "2026-Q2", {"reversals": 7, "kits": 4}, by=SYSTEM, at=now())
    assert told("2026-Q2") == {"reversals": 7, "kits": None}
