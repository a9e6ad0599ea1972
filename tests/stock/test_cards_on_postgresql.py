"""Every story of the card of a lot once more on PostgreSQL."""

import pytest

from tests.stock.test_cards import *  # noqa: F403  # pytest runs each test that it finds here
from tests.stock.test_on_hand import *  # noqa: F403


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database
