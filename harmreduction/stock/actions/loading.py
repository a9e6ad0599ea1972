"""Fill a place up from another one: units of items, lots chosen first expired first out, one transfer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import Message, message
from harmreduction.stock.actions.movements import Transfer, transfer
from harmreduction.stock.models import Item, Lot, StockMovement, StockTransaction
from harmreduction.stock.queries.proposals import propose_lots
from harmreduction.stock.rules import ChangedFact, NotEnoughHere, NothingToMove, Outcome


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Units of items (item id → units) to bring from one place to another; today: the calendar day at the source."""

    client_id: str
    from_location_id: int
    to_location_id: int
    items: Mapping[int, int]
    occurred_at: datetime
    today: date


def fill(filling: Filling, *, by: Actor) -> Outcome:
    """Move what was asked for from the lots that expire first, once.

    Raises NothingToMove without an item, NotEnoughHere where the source holds less that can be used,
    ChangedFact where the same page was sent before with other numbers.
    """
    wanted = {item_id: units for item_id, units in filling.items.items() if units}
    if not wanted:
        raise NothingToMove(message("Enter how many to load of at least one item."))
    with transaction():
        if (known := moved_before(filling.client_id)) is not None:
            return _same(known, wanted)
        proposal = propose_lots(filling.from_location_id, wanted, today=filling.today)
        for item_id, missing in proposal.short.items():
            raise _not_enough(db.session.get_one(Item, item_id), wanted[item_id] - missing)
        move = Transfer(
            client_id=filling.client_id,
            from_location_id=filling.from_location_id,
            to_location_id=filling.to_location_id,
            lots=tuple((pick.lot_id, pick.quantity) for pick in proposal.picks if pick.lot_id is not None),
            occurred_at=filling.occurred_at,
        )
        return transfer(move, by=by)


def moved_before(client_id: str) -> dict[int, int] | None:
    """Return the units of each item that this page moved when it was sent before, or None."""
    fact_id = db.session.scalar(select(StockTransaction.id).where(StockTransaction.client_id == client_id))
    if fact_id is None:
        return None
    rows = db.session.execute(
        select(Lot.item_id, func.sum(StockMovement.quantity))
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(StockMovement.transaction_id == fact_id)
        .group_by(Lot.item_id)
    )
    return {item_id: int(units) for item_id, units in rows}


def _same(known: Mapping[int, int], wanted: Mapping[int, int]) -> Outcome:
    """Return that it is saved already; the same page with other numbers is a mistake that a person must see."""
    if known != wanted:
        raise ChangedFact(
            message("This page was sent before with other numbers, and those were saved. Open a new page for more.")
        )
    return Outcome.EXISTS


def _not_enough(item: Item, most: int) -> NotEnoughHere:
    """Return the sentence that says how much of an item can be taken."""
    return NotEnoughHere(
        message(
            "%(item)s: only %(most)s can be taken from there. Load fewer, or count what lies there first.",
            item=Message(item.name),
            most=most,
        )
    )
