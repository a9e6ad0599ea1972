"""Counts and late facts once more, on PostgreSQL."""

import pytest

from tests.stock.test_anchors import *  # noqa: F403  # pytest runs each test that it finds here


@pytest.fixture
def database(postgresql_database):
    """Take the place of the embedded database."""
    return postgresql_database
