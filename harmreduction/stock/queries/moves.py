"""Read what moved: the latest movements of a place, and between which places a fact moved something."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, Table, or_, select
from sqlalchemy.orm import joinedload

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import (
    Item,
    Lot,
    StockDocument,
    StockLocation,
    StockMovement,
    StockReason,
    StockTransaction,
)
from harmreduction.stock.queries.merged import other_lots
from harmreduction.stock.rules import TransactionKind

MOVEMENT = cast(Table, StockMovement.__table__)
FACT = cast(Table, StockTransaction.__table__)
PLACE = cast(Table, StockLocation.__table__)
LATEST = 5_000  # among so many movements of the programme a busy place finds its own at once


@dataclass(frozen=True, kw_only=True)
class Move:
    """One movement as people read it: when it happened and was logged, what, from where to where, and why.

    kind: of the fact; undoes: the kind of the fact that it takes back. sites: how many it touched.
    supplier: who sent what was received. merged_with: the lot that it went over to, or came over from.
    """

    id: int
    fact_id: str
    happened_at: datetime
    order_key: str
    logged_at: datetime
    kind: str
    undoes: str | None
    lot: Lot
    quantity: int
    from_id: int
    from_name: str
    to_id: int
    to_name: str
    reason: str
    supplier: str
    sites: int
    is_reversed: bool
    anchor_id: int | None
    merged_with: Lot | None = None

    @property
    def item(self) -> Item:
        """Return what moved."""
        return self.lot.item


def _moves() -> Select[Any]:
    """Return the statement that reads movements with everything their sentence says; its rows go to `as_moves`."""
    source, target = PLACE.alias("source"), PLACE.alias("target")
    undone, undoing = FACT.alias("undone"), FACT.alias("undoing")
    is_reversed = select(undoing.c.id).where(undoing.c.reverses_id == MOVEMENT.c.transaction_id).exists()
    return (
        select(
            MOVEMENT,
            FACT.c.client_id,
            FACT.c.kind,
            FACT.c.recorded_at,
            undone.c.kind.label("undoes"),
            source.c.name.label("from_name"),
            source.c.site_id.label("from_site_id"),
            target.c.name.label("to_name"),
            target.c.site_id.label("to_site_id"),
            StockReason.name.label("reason"),
            StockDocument.supplier,
            is_reversed.label("is_reversed"),
        )
        .join(FACT, FACT.c.id == MOVEMENT.c.transaction_id)
        .join(source, source.c.id == MOVEMENT.c.from_location_id)
        .join(target, target.c.id == MOVEMENT.c.to_location_id)
        .outerjoin(undone, undone.c.id == FACT.c.reverses_id)
        .outerjoin(StockReason, StockReason.id == MOVEMENT.c.reason_id)
        .outerjoin(StockDocument, StockDocument.transaction_id == FACT.c.id)
    )


# Every page of a story reads this, so it is put together once.
MOVES = _moves()


def list_moves(location_id: int, *, limit: int) -> list[Move]:
    """Return the movements of what was logged last at a place, about `limit`; what happened last comes first."""
    ids = _ids_among_the_latest(location_id, limit)
    here = or_(MOVEMENT.c.from_location_id == location_id, MOVEMENT.c.to_location_id == location_id)
    if len(ids) < limit:  # a quiet place
        ids = list(db.session.scalars(select(MOVEMENT.c.id).where(here).order_by(MOVEMENT.c.id.desc()).limit(limit)))
    facts = select(MOVEMENT.c.transaction_id).where(MOVEMENT.c.id.in_(ids))
    found = db.session.execute(MOVES.where(MOVEMENT.c.transaction_id.in_(facts))).all()
    # The place is looked for here, because SQLite would go by it, through all that ever moved there.
    rows = [row for row in found if location_id in (row.from_location_id, row.to_location_id)]
    return sorted(as_moves(rows), key=lambda move: (move.happened_at, move.order_key, move.id), reverse=True)


def as_moves(rows: Sequence[Row[Any]]) -> list[Move]:
    """Return rows of MOVES with their lots."""
    lots = _lots(row.lot_id for row in rows)
    others = other_lots([row.id for row in rows if row.kind == TransactionKind.MERGE])
    return [
        Move(
            id=row.id,
            fact_id=row.client_id,
            happened_at=row.occurred_at,
            order_key=row.order_key,
            logged_at=row.recorded_at,
            kind=row.kind,
            undoes=row.undoes,
            lot=lots[row.lot_id],
            quantity=row.quantity,
            from_id=row.from_location_id,
            from_name=row.from_name,
            to_id=row.to_location_id,
            to_name=row.to_name,
            reason=row.reason or "",
            supplier=row.supplier or "",
            sites=len({row.from_site_id, row.to_site_id} - {None}),
            is_reversed=row.is_reversed,
            anchor_id=row.anchor_id,
            merged_with=others.get(row.id),
        )
        for row in rows
    ]


def is_known(client_id: str) -> bool:
    """Say whether a fact was written down already: what is sent again was asked about before."""
    return db.session.scalar(select(StockTransaction.id).where(StockTransaction.client_id == client_id)) is not None


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


def _ids_among_the_latest(location_id: int, limit: int) -> list[int]:
    """Return a place's latest movements among the latest of the programme, without looking at older ones."""
    latest = (
        select(MOVEMENT.c.id, MOVEMENT.c.from_location_id, MOVEMENT.c.to_location_id)
        .order_by(MOVEMENT.c.id.desc())
        .limit(LATEST)
        .subquery()
    )
    here = or_(latest.c.from_location_id == location_id, latest.c.to_location_id == location_id)
    return list(db.session.scalars(select(latest.c.id).where(here).order_by(latest.c.id.desc()).limit(limit)))


def _lots(ids: Iterable[int]) -> dict[int, Lot]:
    """Return lots with their items; where all is about one lot, its page has it at hand."""
    wanted = set(ids)
    if len(wanted) == 1:
        return {lot_id: db.session.get_one(Lot, lot_id, options=[joinedload(Lot.item)]) for lot_id in wanted}
    found = db.session.scalars(select(Lot).options(joinedload(Lot.item)).where(Lot.id.in_(wanted)))
    return {lot.id: lot for lot in found}
