"""The stories whose SQL could differ, once more on PostgreSQL."""

import pytest

from tests.reports import test_actions, test_queries

pytestmark = pytest.mark.usefixtures("postgresql_database")

STORIES = (
    test_queries.test_a_night_belongs_to_the_month_of_the_site_not_of_the_server,
    test_queries.test_the_first_and_last_moment_of_a_year_are_in_it,
    test_queries.test_estimated_returns_stay_visible_and_nothing_asked_is_not_zero,
    test_queries.test_what_was_taken_back_does_not_count_nor_does_a_visit_of_which_nothing_stands,
    test_queries.test_past_totals_join_the_hand_outs_of_the_site_they_were_matched_to,
    test_actions.test_a_file_comes_in_and_what_was_not_recorded_stays_absent,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_on_postgresql(story: object) -> None:
    assert callable(story)
    story()


def test_a_corrected_file_on_postgresql(postgresql_database: object) -> None:
    test_actions.test_a_corrected_file_changes_only_what_is_different(postgresql_database)
