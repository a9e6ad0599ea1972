"""Directory files come in and go out, once more on PostgreSQL."""

import pytest

from tests.directory.test_exports import (  # noqa: F401  # pytest runs each test that it finds here
    test_a_merged_service_stays_behind,
    test_an_official_example_comes_out_as_it_came_in,
    test_what_anybody_may_have_holds_nothing_private,
)
from tests.directory.test_imports import (  # noqa: F401
    test_a_change_is_shown_before_it_comes_in,
    test_a_file_that_stopped_goes_on_where_it_was,
    test_a_private_address_is_marked_confidential,
    test_a_service_that_is_gone_becomes_inactive_only_on_demand_and_comes_back,
    test_old_rows_are_forgotten_after_a_month,
    test_old_tables_come_in_with_their_closures_and_what_nobody_understands,
    test_the_same_file_again_is_unchanged_and_writes_no_history,
    test_what_the_programme_wrote_survives_unless_the_source_changes_the_same_field,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database
