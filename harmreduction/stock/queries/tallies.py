"""Read what became of the supplies of a shift, lot by lot and item by item."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, or_, select

from harmreduction.core.db import db
from harmreduction.stock.models import (
    Item,
    ItemCategory,
    Lot,
    StockAnchor,
    StockBalance,
    StockCount,
    StockCountLine,
    StockMovement,
    StockShift,
    StockTransaction,
)
from harmreduction.stock.rules import LotOnHand, TransactionKind
from harmreduction.stock.rules.loading import should_be_left
from harmreduction.stock.rules.tally import Moved, Tally, add_up, tally


@dataclass(frozen=True, kw_only=True)
class LotTally:
    """What became of one lot in a shift; expected: the units that a person should find, never fewer than none."""

    item: Item
    lot: Lot
    tally: Tally
    expected: int


@dataclass(frozen=True, kw_only=True)
class ItemTally:
    """What became of one item in a shift."""

    item: Item
    tally: Tally


def tally_lots(shift: StockShift) -> list[LotTally]:
    """Return every lot that lay in a van or a backpack during a shift, in the order of the shelf.

    Late entries change what is here: a hand-out that arrives after the close-out explains its difference.
    """
    moved, counted = _moved(shift), _counted(shift)
    on_hand = {} if shift.closed_at else _on_hand(shift.location_id)
    lot_ids = moved.keys() | counted.keys() | {lot_id for lot_id, units in on_hand.items() if units}
    rows = [
        (item, lot, tally(moved.get(lot.id, ()), on_hand=on_hand.get(lot.id, 0), counted=counted.get(lot.id)))
        for item, lot in _in_order(lot_ids)
    ]
    expected = should_be_left([_as_on_hand(lot, row.should_be_left) for _item, lot, row in rows])
    return [LotTally(item=item, lot=lot, tally=row, expected=expected[lot.id]) for item, lot, row in rows]


def tally_items(rows: Iterable[LotTally]) -> list[ItemTally]:
    """Return lots added up by item, those first that moved in the shift."""
    same_item = groupby(rows, key=lambda row: row.item.id)
    groups = [list(group) for _item_id, group in same_item]
    items = [ItemTally(item=group[0].item, tally=add_up(row.tally for row in group)) for group in groups]
    return sorted(items, key=lambda row: not row.tally.has_moved)


def _moved(shift: StockShift) -> Mapping[int, Sequence[Moved]]:
    """Return what moved from and to a van while its shift was open, by lot."""
    close_out = db.session.scalar(select(StockCount.transaction_id).where(StockCount.id == shift.count_id))
    counted_by = StockAnchor.transaction_id  # none where a movement is no difference of a count
    kind, source, target = StockTransaction.kind, StockMovement.from_location_id, StockMovement.to_location_id
    moves = (
        select(StockMovement.lot_id, source, target, kind, counted_by, func.sum(StockMovement.quantity))
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .outerjoin(StockAnchor, StockAnchor.id == StockMovement.anchor_id)
        .where(
            or_(source == shift.location_id, target == shift.location_id), StockMovement.occurred_at >= shift.opened_at
        )
        .group_by(StockMovement.lot_id, source, target, kind, counted_by)
    )
    if shift.closed_at is not None:
        moves = moves.where(StockMovement.occurred_at <= shift.closed_at)
    found: dict[int, list[Moved]] = defaultdict(list)
    for lot_id, from_id, to_id, of_kind, count_fact_id, units in db.session.execute(moves):
        is_in = to_id == shift.location_id
        found[lot_id].append(
            Moved(
                units=int(units if is_in else -units),
                other_place_id=from_id if is_in else to_id,
                kind=TransactionKind(of_kind),
                is_difference=count_fact_id is not None and count_fact_id == close_out,
            )
        )
    return found


def _counted(shift: StockShift) -> dict[int, int]:
    """Return the units of each lot that were counted at the close-out."""
    rows = db.session.execute(
        select(StockCountLine.lot_id, StockCountLine.counted).where(
            StockCountLine.count_id == shift.count_id, StockCountLine.counted.is_not(None)
        )
    )
    return {lot_id: units for lot_id, units in rows if units is not None}


def _on_hand(location_id: int) -> dict[int, int]:
    """Return the units of each lot at a place by the book now."""
    rows = db.session.execute(
        select(StockBalance.lot_id, StockBalance.on_hand).where(StockBalance.location_id == location_id)
    )
    return {lot_id: units for lot_id, units in rows}


def _in_order(lot_ids: Iterable[int]) -> list[tuple[Item, Lot]]:
    """Return lots with their items, in the order of the shelf."""
    rows = db.session.execute(
        select(Item, Lot)
        .join(Lot, Lot.item_id == Item.id)
        .join(ItemCategory, ItemCategory.code == Item.category)
        .where(Lot.id.in_(list(lot_ids)))
        .order_by(
            ItemCategory.position, Item.name, Item.id, Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id
        )
    )
    return [(item, lot) for item, lot in rows]


def _as_on_hand(lot: Lot, units: int) -> LotOnHand:
    """Return a lot as rules speak of it."""
    return LotOnHand(
        lot_id=lot.id,
        item_id=lot.item_id,
        on_hand=units,
        effective_expiry=lot.effective_expiry,
        lot_number=lot.lot_number,
    )
