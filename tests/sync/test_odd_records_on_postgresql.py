"""Odd records once more on PostgreSQL, which takes less than the embedded database does."""

import pytest

from tests.sync.test_odd_records import *  # noqa: F403  # pytest runs each test that it finds here


@pytest.fixture
def app(postgresql_app):
    """Take the place of the application on the embedded database."""
    return postgresql_app


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database
