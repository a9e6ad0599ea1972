"""What other programs ask, once more on PostgreSQL."""

import pytest

from tests.api.test_bounds import (  # noqa: F401  # pytest runs each test that it finds here
    test_an_organization_with_many_services_comes_with_what_they_are_called,
    test_no_read_stays_open_while_a_slow_program_reads_line_by_line,
    test_the_nearest_are_looked_at_no_further_than_the_page,
)
from tests.api.test_hsds_api import (  # noqa: F401
    test_a_confidential_place_leaves_without_a_way_to_it,
    test_places_are_found_by_postcode_and_by_distance_from_it,
    test_what_is_asked_narrows_the_list,
)
from tests.api.test_hsds_asking import (  # noqa: F401
    test_a_search_has_as_many_words_as_people_write,
    test_the_nearest_are_the_nearest_of_those_that_fit,
)
from tests.api.test_package import test_the_data_package_follows_every_change  # noqa: F401


@pytest.fixture
def app(postgresql_app):
    """Take the place of the application on the embedded database."""
    return postgresql_app


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database
