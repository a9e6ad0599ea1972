"""A site, and an outreach worker who works there."""

import pytest

from tests.factories import make_site


@pytest.fixture
def site(database):
    return make_site("Union St")


@pytest.fixture
def worker(sign_in_as, site):
    return sign_in_as("outreach_worker", sites=(site.id,))
