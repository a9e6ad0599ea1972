"""Every story of consumption, ordering and requests once more on PostgreSQL, which must tell the same."""

import pytest

from tests.stock.test_consumption import *  # noqa: F403  # pytest runs each test that it finds here
from tests.stock.test_ordering import *  # noqa: F403
from tests.stock.test_requests import *  # noqa: F403


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database
