"""Read the lots that a place knows, and whether a lot is held."""

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.stock.models import Item, ItemCategory, Lot, StockBalance
from harmreduction.stock.queries.lots import StockRow
from harmreduction.stock.rules import LotStatus


def list_known_lots(location_id: int) -> list[StockRow]:
    """Return the lots that lie or ever lay at a place, by category, item and expiry."""
    rows = db.session.execute(
        select(Lot, Item, StockBalance.on_hand)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .join(ItemCategory, ItemCategory.code == Item.category)
        .where(StockBalance.location_id == location_id, Lot.merged_into_id.is_(None))
        .order_by(ItemCategory.position, Item.name, Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id)
    )
    return [StockRow(item=item, lot=lot, on_hand=on_hand) for lot, item, on_hand in rows]


def is_held(item_id: int, lot_number: str) -> bool:
    """Say whether a lot of an item is on hold, quarantined or recalled, whoever paid for it."""
    held = select(Lot.id).where(Lot.item_id == item_id, Lot.lot_number == lot_number)
    held = held.where(Lot.status != LotStatus.AVAILABLE.value)
    return db.session.scalar(held.limit(1)) is not None
