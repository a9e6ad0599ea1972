"""Read items and their categories."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import (
    Item,
    ItemCategory,
    Lot,
    StockMovement,
)


def get_item(public_id: str) -> Item:
    """Return an item."""
    item = db.session.scalar(select(Item).where(Item.public_id == public_id))
    if item is None:
        raise NotFound(message("There is no such item."))
    return item


def get_items(public_ids: Collection[str]) -> dict[str, Item]:
    """Return items by public id; raises NotFound when one is not there."""
    items = db.session.scalars(select(Item).where(Item.public_id.in_(public_ids)))
    found = {item.public_id: item for item in items}
    if len(found) < len(set(public_ids)):
        raise NotFound(message("One of these items is not in the list any more. Choose it again."))
    return found


def has_moved(item_id: int) -> bool:
    """Say whether an item was ever booked in, moved or handed out."""
    moved = select(StockMovement.id).join(Lot, Lot.id == StockMovement.lot_id).where(Lot.item_id == item_id)
    return db.session.scalar(moved.limit(1)) is not None


def list_items(*, only_active: bool = True) -> Sequence[Item]:
    """Return items by category, usual ones first, then by name."""
    items = select(Item).join(ItemCategory, ItemCategory.code == Item.category)
    items = items.order_by(ItemCategory.position, Item.is_usual.desc(), Item.name)
    return db.session.scalars(items.where(Item.is_active) if only_active else items).all()


def list_categories() -> Sequence[ItemCategory]:
    """Return the categories in the programme's order."""
    return db.session.scalars(select(ItemCategory).order_by(ItemCategory.position)).all()
