"""A worker with a stocked shelf, in a programme on disk."""

from dataclasses import dataclass

import pytest

from harmreduction.accounts.queries import signed_in_as
from harmreduction.encounters import actions as encounters
from harmreduction.stock.models import Lot, StockLocation
from tests.factories import make_account, make_location, make_session_cookie, make_site, receive
from tests.instances import Instance
from tests.pages import PageClient

BUSY = 20  # milliseconds that a connection waits for another one, instead of ten seconds


@dataclass(frozen=True)
class Outreach:
    """Where a worker hands out from, and the cookie of their phone."""

    instance: Instance
    shelf: StockLocation
    lot: Lot
    cookie: tuple[str, str]

    def browser(self) -> PageClient:
        """Return their browser; each call is another tab."""
        browser = PageClient(self.instance.app)
        browser.set_cookie(*self.cookie)
        return browser


@pytest.fixture
def outreach(instance: Instance) -> Outreach:
    """Somebody with a hundred kits on the shelf who hands out from there."""
    instance.set_on_every_connection(f"busy_timeout={BUSY}")
    site = make_site("Union St")
    shelf = make_location(site, "Union St shelf")
    lot = receive(shelf, 100)
    account = make_account("outreach_worker", sites=(site.id,))
    encounters.choose_working_place(site.public_id, shelf.public_id, day=None, by=signed_in_as(account.id))
    return Outreach(instance, shelf, lot, make_session_cookie(account))
