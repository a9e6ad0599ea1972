"""A worker in the field, with a shelf, a phone, and a browser on it."""

import pytest

from tests.pages import PageClient
from tests.sync.team import Outreach, make_outreach


@pytest.fixture
def field(database) -> Outreach:
    """Somebody with a hundred kits on the shelf who hands out from there with a phone."""
    return make_outreach()


@pytest.fixture
def browser(field, app) -> PageClient:
    """The browser of the phone, in which they are signed in."""
    return field.browser(PageClient, app)
