"""Requests for supplies as tests make them, and how addresses name one."""

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.sites.models import Site
from harmreduction.stock.actions.requests import Asking, draft
from harmreduction.stock.models import Requisition, StockLocation
from tests.factories import SYSTEM, item, make_location


def make_request(source: StockLocation, target: StockLocation, *, code: str = "naloxone-nasal-4", units: int = 10):
    """Write down that a place asks another one for so many units of an item; a draft."""
    public_id = new_id()
    asking = Asking(from_location_id=source.id, to_location_id=target.id, units={item(code).id: units})
    draft(public_id, asking, by=SYSTEM, at=now())
    return read_request(public_id)


def read_request(public_id: str) -> Requisition:
    """Return a request as the database has it now."""
    db.session.expire_all()
    return db.session.scalars(db.select(Requisition).where(Requisition.public_id == public_id)).one()


def request_things(target: StockLocation) -> dict[str, str]:
    """Let a place ask its site's store for supplies, and return how addresses name the request."""
    store = make_location(db.session.get_one(Site, target.site_id), f"Store {new_id()[:8]}")
    return {"request_id": make_request(store, target).public_id}
