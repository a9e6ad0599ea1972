"""Read what moved: the latest movements of a place, and between which places a fact moved something."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, Lot, StockLocation, StockMovement, StockTransaction


@dataclass(frozen=True, kw_only=True)
class Move:
    """One movement as people read it: when it happened and was logged, what, from where to where.

    `sites` counts those it touched.
    """

    fact_id: str
    happened_at: datetime
    logged_at: datetime
    kind: str
    item: Item
    lot_number: str
    quantity: int
    from_name: str
    to_name: str
    sites: int
    is_reversed: bool


def list_moves(location_id: int, *, limit: int) -> list[Move]:
    """Return the latest movements from and to a place, newest first."""
    source, target = aliased(StockLocation), aliased(StockLocation)
    reversal = aliased(StockTransaction)
    taken_back = select(reversal.id).where(reversal.reverses_id == StockMovement.transaction_id)
    rows = db.session.execute(
        select(
            StockMovement,
            StockTransaction,
            Lot.lot_number,
            Item,
            source,
            target,
            taken_back.exists(),
        )
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(source, source.id == StockMovement.from_location_id)
        .join(target, target.id == StockMovement.to_location_id)
        .where((StockMovement.from_location_id == location_id) | (StockMovement.to_location_id == location_id))
        .order_by(StockMovement.id.desc())
        .limit(limit)
    )
    return [
        Move(
            fact_id=fact.client_id,
            happened_at=fact.occurred_at,
            logged_at=fact.recorded_at,
            kind=fact.kind,
            item=item,
            lot_number=lot_number,
            quantity=movement.quantity,
            from_name=came_from.name,
            to_name=went_to.name,
            sites=len({came_from.site_id, went_to.site_id} - {None}),
            is_reversed=is_reversed,
        )
        for movement, fact, lot_number, item, came_from, went_to, is_reversed in rows
    ]


def get_fact_at(location_id: int, client_id: str) -> StockTransaction:
    """Return a fact that moved something from or to a place."""
    fact = db.session.scalar(select(StockTransaction).where(StockTransaction.client_id == client_id))
    if fact is None or location_id not in list_places_of_fact(fact.id):
        raise NotFound(message("There is no such stock movement."))
    return fact


def list_places_of_fact(transaction_id: int) -> list[int]:
    """Return the places between which a fact moved something, the virtual ones too."""
    moved = StockMovement.transaction_id == transaction_id
    sources = select(StockMovement.from_location_id).where(moved)
    return list(db.session.scalars(sources.union(select(StockMovement.to_location_id).where(moved))))
