"""Read lots, and which of them lie at a place."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, func, select
from sqlalchemy.orm import joinedload

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.settings.models import Setting
from harmreduction.settings.rules import ExpiredStock
from harmreduction.stock.models import (
    HeatFlag,
    Item,
    ItemCategory,
    Lot,
    StockBalance,
)
from harmreduction.stock.queries.funding import sources_of_twins
from harmreduction.stock.rules import LotOnHand, LotStatus

LOT = cast(Table, Lot.__table__)
BALANCE = cast(Table, StockBalance.__table__)
ITEM = cast(Table, Item.__table__)
HEAT = cast(Table, HeatFlag.__table__)

GOT_TOO_WARM = and_(
    HEAT.c.location_id == BALANCE.c.location_id, HEAT.c.lot_id == BALANCE.c.lot_id, HEAT.c.closed_at.is_(None)
)
EXPIRED_STOCK = select(Setting.value).where(Setting.name == "expired_stock").scalar_subquery()
# What the programme decided about stock past its date holds for reversal medicines, whose doses are counted.
IS_LAST_RESORT: ColumnElement[bool] = and_(
    func.coalesce(EXPIRED_STOCK, "") == ExpiredStock.LAST_RESORT.value, ITEM.c.doses_per_unit > 0
)
OF_A_LOT_HERE = (
    BALANCE.c.lot_id,
    BALANCE.c.on_hand,
    LOT.c.item_id,
    LOT.c.effective_expiry,
    LOT.c.status,
    LOT.c.lot_number,
    LOT.c.merged_into_id,
    HEAT.c.id.is_not(None).label("is_heated"),
    IS_LAST_RESORT.label("is_last_resort"),
)

# Every hand-out reads this, so it is put together once.
LOTS_AT = (
    select(*OF_A_LOT_HERE)
    .join(LOT, LOT.c.id == BALANCE.c.lot_id)
    .join(ITEM, ITEM.c.id == LOT.c.item_id)
    .outerjoin(HEAT, GOT_TOO_WARM)
    .where(
        BALANCE.c.location_id == bindparam("location_id"),
        LOT.c.item_id.in_(bindparam("item_ids", expanding=True)),
    )
)


@dataclass(frozen=True, kw_only=True)
class StockRow:
    """A lot as it lies at a place: units and doses on hand; source: who paid, where only that tells two lots apart."""

    item: Item
    lot: Lot
    on_hand: int
    is_heated: bool = False
    is_last_resort: bool = False
    source: str = ""

    @property
    def doses(self) -> int:
        """Return the doses in these units."""
        return self.on_hand * self.item.doses_per_unit

    @property
    def here(self) -> LotOnHand:
        """Return the lot as the rules see it."""
        return LotOnHand(
            lot_id=self.lot.id,
            item_id=self.item.id,
            on_hand=self.on_hand,
            effective_expiry=self.lot.effective_expiry,
            status=LotStatus(self.lot.status),
            lot_number=self.lot.lot_number,
            is_heated=self.is_heated,
            is_last_resort=self.is_last_resort,
            merged_into_id=self.lot.merged_into_id,
        )


def lots_at(location_id: int, item_ids: Collection[int]) -> list[LotOnHand]:
    """Return every lot of these items that has a balance at a place, below zero too."""
    rows = db.session.execute(LOTS_AT, {"location_id": location_id, "item_ids": list(item_ids)})
    return [_lot_on_hand(row) for row in rows]


def _lot_on_hand(row: Row[Any]) -> LotOnHand:
    """Return a lot as the rules see it."""
    return LotOnHand(
        lot_id=row.lot_id,
        item_id=row.item_id,
        on_hand=row.on_hand,
        effective_expiry=row.effective_expiry,
        status=LotStatus(row.status),
        lot_number=row.lot_number,
        is_heated=bool(row.is_heated),
        is_last_resort=bool(row.is_last_resort),
        merged_into_id=row.merged_into_id,
    )


def find_lot(public_id: str) -> Lot | None:
    """Return a lot, if it is there."""
    return db.session.scalar(select(Lot).options(joinedload(Lot.item)).where(Lot.public_id == public_id))


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
        select(Lot, Item, StockBalance.on_hand, HEAT.c.id.is_not(None), IS_LAST_RESORT)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .join(ItemCategory, ItemCategory.code == Item.category)
        .outerjoin(HEAT, GOT_TOO_WARM)
        .where(StockBalance.location_id == location_id, StockBalance.on_hand != 0)
        .order_by(ItemCategory.position, Item.name, Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id)
    )
    return told_apart(
        StockRow(item=item, lot=lot, on_hand=on_hand, is_heated=bool(heated), is_last_resort=bool(last_resort))
        for lot, item, on_hand, heated, last_resort in rows
    )


def told_apart(rows: Iterable[StockRow]) -> list[StockRow]:
    """Return lots at a place, with their funding source where two of an item have the same number."""
    listed = list(rows)
    sources = sources_of_twins(row.lot for row in listed)
    return [replace(row, source=sources[row.lot.id]) if row.lot.id in sources else row for row in listed]
