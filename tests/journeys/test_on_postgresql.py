"""Every story of lines, connections and journeys once more on PostgreSQL."""

import pytest

from tests.journeys.test_actions import *  # noqa: F403  # pytest runs each test that it finds here
from tests.journeys.test_timeline import *  # noqa: F403


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database
