"""Read lots, and which of them lie at a place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Table, bindparam, func, select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import (
    Item,
    ItemCategory,
    Lot,
    StockBalance,
)
from harmreduction.stock.rules import LotOnHand, LotStatus

LOT = cast(Table, Lot.__table__)
BALANCE = cast(Table, StockBalance.__table__)

# Every hand-out reads this, so it is put together once.
LOTS_AT = (
    select(BALANCE.c.lot_id, BALANCE.c.on_hand, LOT.c.item_id, LOT.c.effective_expiry, LOT.c.status, LOT.c.lot_number)
    .join(LOT, LOT.c.id == BALANCE.c.lot_id)
    .where(
        BALANCE.c.location_id == bindparam("location_id"),
        LOT.c.item_id.in_(bindparam("item_ids", expanding=True)),
    )
)


@dataclass(frozen=True, kw_only=True)
class StockRow:
    """A lot as it lies at a place: units and doses on hand."""

    item: Item
    lot: Lot
    on_hand: int

    @property
    def doses(self) -> int:
        """Return the doses in these units."""
        return self.on_hand * self.item.doses_per_unit


def lots_at(location_id: int, item_ids: Collection[int]) -> list[LotOnHand]:
    """Return every lot of these items that has a balance at a place, below zero too."""
    rows = db.session.execute(LOTS_AT, {"location_id": location_id, "item_ids": list(item_ids)})
    return [
        LotOnHand(
            lot_id=row.lot_id,
            item_id=row.item_id,
            on_hand=row.on_hand,
            effective_expiry=row.effective_expiry,
            status=LotStatus(row.status),
            is_numbered=row.lot_number != "",
        )
        for row in rows
    ]


def get_lots(public_ids: Collection[str]) -> dict[str, Lot]:
    """Return lots by public id; raises NotFound when one is not there."""
    lots = db.session.scalars(select(Lot).where(Lot.public_id.in_(public_ids)))
    found = {lot.public_id: lot for lot in lots}
    if len(found) < len(set(public_ids)):
        raise NotFound(message("One of these lots is not known here. Choose it again."))
    return found


def list_below_zero(location_id: int) -> list[StockRow]:
    """Return what went out of a place beyond what was booked in."""
    return [row for row in list_stock(location_id) if row.on_hand < 0]


def lot_ids_at(location_id: int) -> set[int]:
    """Return every lot that lies or ever lay at a place."""
    return set(db.session.scalars(select(StockBalance.lot_id).where(StockBalance.location_id == location_id)))


def list_stock(location_id: int) -> list[StockRow]:
    """Return what lies at a place, by category, item and expiry; below zero counts as something."""
    rows = db.session.execute(
        select(Lot, Item, StockBalance.on_hand)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .join(ItemCategory, ItemCategory.code == Item.category)
        .where(StockBalance.location_id == location_id, StockBalance.on_hand != 0)
        .order_by(ItemCategory.position, Item.name, Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id)
    )
    return [StockRow(item=item, lot=lot, on_hand=on_hand) for lot, item, on_hand in rows]


def list_expiring(location_ids: Collection[int], *, until: date) -> list[StockRow]:
    """Return lots on hand at these places whose last day comes by `until`, soonest first."""
    rows = db.session.execute(
        select(Lot, Item, func.sum(StockBalance.on_hand).label("on_hand"))
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            StockBalance.location_id.in_(location_ids),
            StockBalance.on_hand > 0,
            Lot.effective_expiry <= until,
        )
        .group_by(Lot.id, Item.id)
        .order_by(Lot.effective_expiry, Lot.id)
    )
    return [StockRow(item=item, lot=lot, on_hand=on_hand) for lot, item, on_hand in rows]
