"""Propose which lots go along when so many units of items leave a place: first expired, first out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from harmreduction.stock.queries.lots import lots_at
from harmreduction.stock.rules import LotOnHand, Pick, Wanted, pick_lots


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Lots to take, what is short (item id → units), and every lot that lies there."""

    picks: tuple[Pick, ...]
    short: Mapping[int, int]
    lots: tuple[LotOnHand, ...]


def propose_lots(location_id: int, wanted: Mapping[int, int], *, today: date) -> Proposal:
    """Propose lots for units of items (item id → units) at a place; never more than lies there."""
    lots = lots_at(location_id, wanted.keys())
    picks = pick_lots([Wanted(item_id=item, quantity=n) for item, n in wanted.items() if n > 0], lots, today=today)
    return Proposal(
        picks=tuple(pick for pick in picks if pick.lot_id is not None),
        short={pick.item_id: pick.quantity for pick in picks if pick.lot_id is None},
        lots=tuple(lots),
    )
