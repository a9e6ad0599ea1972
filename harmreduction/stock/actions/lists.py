"""The lists a programme edits itself, and what a lead looked into."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from typing import cast

from sqlalchemy import ColumnElement, Table, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, StockLocation
from harmreduction.stock.queries import get_item, has_moved
from harmreduction.stock.rules import ChangedFact, ItemHasMoved, LocationKind, NameTaken

ITEM = cast(Table, Item.__table__)
LOCATION = cast(Table, StockLocation.__table__)
NAME_LENGTH = 80


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


def add_item(code: str, change: ItemChange, *, by: Actor) -> Item:
    """Add an item to the programme's list once, however often it is sent; its code was made with the page.

    Raises ChangedFact when the same page was sent before and said something else, NameTaken when another item in use
    is called that.
    """
    with transaction():
        _check_free(change, Item.code != code)
        is_new = db.session.scalar(insert_if_new(ITEM).returning(ITEM.c.id), {"code": code, **asdict(change)})
        item = db.session.scalars(select(Item).where(Item.code == code)).one()
        if is_new is not None:
            record(Event.ITEM_CHANGED, by=by, subject=item.public_id)
        elif any(getattr(item, name) != value for name, value in asdict(change).items()):
            raise ChangedFact(
                message("This page was sent before, and that item was saved. Open a new page for another one.")
            )
        return item


def change_item(public_id: str, change: ItemChange, *, by: Actor) -> None:
    """Change an item; what was handed out stays what it was.

    Raises ItemHasMoved for other doses or another group once it was booked in or handed out, NameTaken when another
    item in use is called that.
    """
    with transaction():
        item = get_item(public_id)
        counts_otherwise = (item.doses_per_unit, item.category) != (change.doses_per_unit, change.category)
        if counts_otherwise and has_moved(item.id):
            raise ItemHasMoved(
                message(
                    "This item was in stock before, and totals count with its doses and its group."
                    " Take it out of use and add a new item."
                )
            )
        if not (item.is_active and item.name == change.name):  # two that are called alike already may change
            _check_free(change, Item.code != item.code)
        for name, value in asdict(change).items():
            setattr(item, name, value)
        record(Event.ITEM_CHANGED, by=by, subject=public_id)


def open_location(
    name: str, kind: LocationKind, *, site_id: int | None, by: Actor, is_strict: bool = False
) -> StockLocation:
    """Open a place that holds stock; raises NameTaken when another place is called that."""
    with transaction():
        location = _open_if_free(name, kind, site_id, is_strict, by)
        if location is None:
            raise NameTaken(message("Another place has this name. Choose one that the team can tell apart."))
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
        opened = (
            _open_if_free(name, LocationKind.FIXED_SITE, site_id, is_strict=False, by=by)
            for name in _numbered(f"{site_name} shelf")
        )
        return next(place for place in opened if place is not None)


def _check_free(change: ItemChange, others: ColumnElement[bool]) -> None:
    """Refuse the name of another item in use: on a page nobody could tell the two apart."""
    names = db.session.scalars(select(Item.name).where(others, Item.is_active))
    if change.is_active and change.name.casefold() in {name.casefold() for name in names}:
        raise NameTaken(message("Another item has this name. Choose one that the team can tell apart."))


def _open_if_free(
    name: str, kind: LocationKind, site_id: int | None, is_strict: bool, by: Actor
) -> StockLocation | None:
    """Open a place, or return None when another one is called that, be it since this moment."""
    location_id = db.session.scalar(
        insert_if_new(LOCATION).returning(LOCATION.c.id),
        {"name": name, "kind": kind.value, "site_id": site_id, "is_strict": is_strict},
    )
    if location_id is None:
        return None
    location = db.session.get_one(StockLocation, location_id)
    record(Event.STOCK_LOCATION_CHANGED, by=by, subject=location.public_id, site_id=site_id)
    return location


def _numbered(name: str) -> Iterator[str]:
    """Return the name, then the name with 2, 3 … for as long as others are called that."""
    yield name[:NAME_LENGTH]
    for number in count(2):
        yield f"{name[: NAME_LENGTH - 5]} {number}"
