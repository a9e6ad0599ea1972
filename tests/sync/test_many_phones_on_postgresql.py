"""Many phones and two servers once more, on PostgreSQL."""

import pytest

from tests.instances import make_instance
from tests.sync.test_many_phones import *  # noqa: F403  # pytest runs the test that it finds here


@pytest.fixture
def environment(postgresql_database, postgresql, tmp_path):
    """Take the place of the embedded database."""
    keys = make_instance(tmp_path)
    return keys.environment | {"HR_DATABASE_URL": postgresql.url("story")}
