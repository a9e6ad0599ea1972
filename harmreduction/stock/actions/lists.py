"""The lists a programme edits itself, and what a lead looked into."""

from dataclasses import asdict, dataclass

from sqlalchemy import select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, StockDiscrepancy, StockLocation
from harmreduction.stock.queries import get_item
from harmreduction.stock.rules import DiscrepancyKind, LocationKind, NameTaken


@dataclass(frozen=True, kw_only=True)
class ItemChange:
    """An item as the programme names and counts it; see `stock.models.Item` for the units."""

    name: str
    category: str
    unit: str
    unit_plural: str
    doses_per_unit: int
    pack_size: int
    is_lot_tracked: bool
    has_expiry: bool
    is_usual: bool
    is_active: bool
    note: str


def add_item(change: ItemChange, *, by: Actor) -> Item:
    """Add an item to the programme's list."""
    with transaction():
        item = Item(code=new_id(), **asdict(change))
        db.session.add(item)
        db.session.flush()
        record(Event.ITEM_CHANGED, by=by, subject=item.public_id)
        return item


def change_item(public_id: str, change: ItemChange, *, by: Actor) -> None:
    """Change an item; what was handed out stays what it was."""
    with transaction():
        item = get_item(public_id)
        for name, value in asdict(change).items():
            setattr(item, name, value)
        record(Event.ITEM_CHANGED, by=by, subject=public_id)


def open_location(
    name: str, kind: LocationKind, *, site_id: int | None, by: Actor, is_strict: bool = False
) -> StockLocation:
    """Open a place that holds stock; raises NameTaken when another place is called that."""
    with transaction():
        if db.session.scalar(select(StockLocation.id).where(StockLocation.name == name)) is not None:
            raise NameTaken(message("Another place has this name. Choose one that the team can tell apart."))
        location = StockLocation(name=name, kind=kind.value, site_id=site_id, is_strict=is_strict)
        db.session.add(location)
        db.session.flush()
        record(Event.STOCK_LOCATION_CHANGED, by=by, subject=location.public_id, site_id=site_id)
        return location


def shelf_of(site_id: int, site_name: str, *, by: Actor) -> StockLocation:
    """Return a place from which a site hands out, opened now if the site has none: no hand-out waits for one."""
    with transaction():
        place = db.session.scalar(
            select(StockLocation)
            .where(StockLocation.site_id == site_id, StockLocation.is_active)
            .order_by(StockLocation.kind == LocationKind.WAREHOUSE, StockLocation.id)
            .limit(1)
        )
        if place is not None:
            return place
        return open_location(f"{site_name} shelf"[:80], LocationKind.FIXED_SITE, site_id=site_id, by=by)


def look_into(public_id: str, *, by: Actor) -> None:
    """Close a discrepancy that a lead looked into; one below zero closes by itself when stock is booked in."""
    with transaction():
        found = db.session.scalar(select(StockDiscrepancy).where(StockDiscrepancy.public_id == public_id))
        if found is None or found.kind == DiscrepancyKind.NEGATIVE_BALANCE:
            raise NotFound(message("There is nothing to close here."))
        if found.closed_at is None:
            found.closed_at = now()
            record(Event.DISCREPANCY_CLOSED, by=by, subject=public_id)
