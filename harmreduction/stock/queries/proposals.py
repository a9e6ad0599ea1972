"""Propose which lots go along when so many units of items leave a place: first expired, first out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from harmreduction.core.messages import Message
from harmreduction.stock.queries.lots import lots_at
from harmreduction.stock.rules import LotOnHand, Pick, Wanted, is_expired, pick_lots
from harmreduction.stock.rules.lots import Skipped, better_than_none, skipped_among


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Lots to take, what is short (item id → units), every lot that lies there, and what was left out and why.

    past_date: lots to take that are past their date, because the programme decided so and nothing else is left.
    """

    picks: tuple[Pick, ...]
    short: Mapping[int, int]
    lots: tuple[LotOnHand, ...]
    skipped: tuple[Skipped, ...] = ()
    past_date: tuple[LotOnHand, ...] = ()

    def sentences_on(self, item_id: int) -> list[Message]:
        """Say to a person which lots of an item were left out, and which are taken past their date."""
        left_out = [entry.sentence for entry in self.skipped if entry.lot.item_id == item_id]
        return left_out + [better_than_none(lot) for lot in self.past_date if lot.item_id == item_id]


def propose_lots(location_id: int, wanted: Mapping[int, int], *, today: date) -> Proposal:
    """Propose lots for units of items (item id → units) at a place; never more than lies there."""
    lots = lots_at(location_id, wanted.keys())
    picks = pick_lots([Wanted(item_id=item, quantity=n) for item, n in wanted.items() if n > 0], lots, today=today)
    taken = {pick.lot_id for pick in picks}
    return Proposal(
        picks=tuple(pick for pick in picks if pick.lot_id is not None),
        short={pick.item_id: pick.quantity for pick in picks if pick.lot_id is None},
        lots=tuple(lots),
        skipped=tuple(skipped_among((lot for lot in lots if wanted[lot.item_id] > 0), today)),
        past_date=tuple(lot for lot in lots if lot.lot_id in taken and is_expired(lot.effective_expiry, today)),
    )
