"""Filling a van, a backpack, a machine or a box, and what should be left in it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from harmreduction.stock.rules.lots import LotOnHand, expiry_order

LONG_OUT = timedelta(hours=20)  # a shift that is open for longer was forgotten


def top_up(wanted: Mapping[int, int], here: Mapping[int, int], there: Mapping[int, int]) -> dict[int, int]:
    """Return the units of each item that bring a place up to what it wants, as far as the source holds them."""
    return {
        item_id: max(0, min(units - max(here.get(item_id, 0), 0), there.get(item_id, 0)))
        for item_id, units in wanted.items()
    }


def fit(units: Mapping[int, int], room: int | None) -> dict[int, int]:
    """Return the units of each item that fit into the room that is left, in the order given; None is room for all."""
    if room is None:
        return dict(units)
    fitting: dict[int, int] = {}
    for item_id, wanted in units.items():
        fitting[item_id] = min(wanted, max(room - sum(fitting.values()), 0))
    return fitting


def should_be_left(lots: Sequence[LotOnHand]) -> dict[int, int]:
    """Return the units of each lot (lot id → units) that a person should find; nobody finds less than nothing.

    What one lot of an item went below zero by was taken from its other lots, first expiring first.
    """
    by_item: dict[int, list[LotOnHand]] = defaultdict(list)
    for lot in lots:
        by_item[lot.item_id].append(lot)
    return {lot_id: units for same in by_item.values() for lot_id, units in _settled(same)}


def _settled(lots: Iterable[LotOnHand]) -> Iterable[tuple[int, int]]:
    """Yield the units left of each lot of one item."""
    in_order = sorted(lots, key=lambda lot: expiry_order(lot.effective_expiry, lot.lot_id))
    missing = -sum(min(lot.on_hand, 0) for lot in in_order)
    for lot in in_order:
        taken = min(missing, max(lot.on_hand, 0))
        missing -= taken
        yield lot.lot_id, max(lot.on_hand, 0) - taken
