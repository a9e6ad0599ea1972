"""Read what lies at a place, item by item, with what goes out next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import func, select

from harmreduction.core.db import db
from harmreduction.stock.models import Item, ItemCategory, Lot, StockBalance
from harmreduction.stock.queries.lots import StockRow, told_apart
from harmreduction.stock.queries.proposals import propose_lots

MOST_SHOWN = 300  # lots; a page that long is read by nobody, and the list of lots on hand has them all


@dataclass(frozen=True, kw_only=True)
class ItemHere:
    """An item at a place: its lots, and the one that goes out next, where that is known. total: units of all lots."""

    item: Item
    rows: Sequence[StockRow]
    total: int
    next_lot_id: int | None


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What lies at a place by item; lots: how many there are, which may be more than are listed."""

    items: Sequence[ItemHere]
    lots: int


def list_shelf(location_id: int, *, today: date) -> Shelf:
    """Return what lies at a place, by category, item and date; below zero counts as something."""
    lies = (StockBalance.location_id == location_id, StockBalance.on_hand != 0)
    found = db.session.execute(
        select(Lot, Item, StockBalance.on_hand)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .join(ItemCategory, ItemCategory.code == Item.category)
        .where(*lies)
        .order_by(ItemCategory.position, Item.name, Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id)
        .limit(MOST_SHOWN + 1)
    )
    rows = told_apart(StockRow(item=item, lot=lot, on_hand=on_hand) for lot, item, on_hand in found)
    lots = len(rows)
    if lots > MOST_SHOWN:  # then what is listed is not all there is
        lots = db.session.scalar(select(func.count()).where(*lies)) or 0
        of_items = select(Lot.item_id, func.sum(StockBalance.on_hand)).join(StockBalance).where(*lies)
        totals = {item_id: int(units) for item_id, units in db.session.execute(of_items.group_by(Lot.item_id))}
        return Shelf(items=_by_item(rows[:MOST_SHOWN], totals, {}), lots=lots)
    proposal = propose_lots(location_id, {row.item.id: 1 for row in rows}, today=today)
    return Shelf(items=_by_item(rows, {}, {pick.item_id: pick.lot_id for pick in proposal.picks}), lots=lots)


def _by_item(
    rows: Sequence[StockRow], totals: Mapping[int, int], goes_next: Mapping[int, int | None]
) -> list[ItemHere]:
    """Return lots by item, each with its total and what goes out next."""
    grouped = [(item, list(here)) for item, here in groupby(rows, key=lambda row: row.item)]
    return [
        ItemHere(
            item=item,
            rows=here,
            total=totals.get(item.id, sum(row.on_hand for row in here)),
            next_lot_id=goes_next.get(item.id),
        )
        for item, here in grouped
    ]
