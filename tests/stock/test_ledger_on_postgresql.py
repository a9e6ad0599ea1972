"""Every story of the ledger once more, on PostgreSQL."""

import pytest

from tests.stock.test_ledger import *  # noqa: F403  # pytest runs each test that it finds here


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database


@pytest.fixture
def start_over(start_over_on_postgresql):
    """Take the place of the embedded database's."""
    return start_over_on_postgresql
