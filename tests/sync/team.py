"""A worker with a stocked shelf and a phone, and what the server made of what it sent."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from harmreduction.accounts.models import Account
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, DistributionVoid, Encounter
from harmreduction.stock.models import Lot, StockLocation
from harmreduction.sync.models import FieldRecord
from tests.factories import make_account, make_location, make_session_cookie, make_site, on_hand, receive
from tests.sync.phones import Phone, make_phone

KITS = 100


@dataclass
class Outreach:
    """A shelf with a hundred kits, a worker of its site, and their phone."""

    shelf: StockLocation
    lot: Lot
    worker: Account
    phone: Phone

    @property
    def handed_out(self) -> int:
        """Return how many kits left the shelf."""
        return KITS - on_hand(self.shelf, self.lot)

    def browser(self, kind: Any, app: Any) -> Any:
        """Return the browser of the phone, in which the worker is signed in."""
        browser = kind(app)
        browser.set_cookie(*make_session_cookie(self.worker))
        return browser


def make_outreach(role: str = "outreach_worker") -> Outreach:
    """Open a site with a shelf, and give its worker a phone."""
    shelf = make_location(make_site())
    worker = make_account(role, sites=(shelf.site_id,))
    return Outreach(shelf, receive(shelf, KITS), worker, make_phone(worker))


def record_of(envelope: dict[str, Any]) -> FieldRecord:
    """Return what the server made of a record."""
    own = select(FieldRecord).where(FieldRecord.public_id == envelope["id"])
    return db.session.scalars(own.execution_options(populate_existing=True)).one()


def visit_of(public_id: str) -> Encounter:
    """Return a visit."""
    own = select(Encounter).where(Encounter.public_id == public_id)
    return db.session.scalars(own.execution_options(populate_existing=True)).one()


def count(model: type) -> int:
    """Return how many rows a table holds."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def void_of(envelope: dict[str, Any]) -> str | None:
    """Return why the hand-out of a record was taken back, if it was."""
    of_record = select(DistributionVoid.reason).join(Distribution, Distribution.id == DistributionVoid.distribution_id)
    return db.session.scalar(of_record.where(Distribution.public_id == envelope["id"]))
