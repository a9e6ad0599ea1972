"""Whatever happens between phones and server once more, on PostgreSQL."""

import pytest

from tests.sync.test_phone_machine import *  # noqa: F403  # pytest runs the test that it finds here


@pytest.fixture
def app(postgresql_app):
    """Take the place of the application on the embedded database."""
    return postgresql_app


@pytest.fixture
def start_over(start_over_on_postgresql):
    """Take the place of the embedded database's."""
    return start_over_on_postgresql


@pytest.fixture
def stories():
    """A few: each begins with a database of its own."""
    return 3, 30
