"""Add up by the hour how lots changed at places, and what of it was used, in SQL that both databases speak.

Used is what went to participants: hand-outs, what was taken from machines and boxes, what partners handed on. What was
taken back nets out; what came back from participants does not, because it had been needed. Parts packed into kits are
used, too.

The database adds up by the hour in UTC, or by the minute where midnight somewhere is not on the hour; the calendar of
each place is laid over that in Python.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from harmreduction.core.db import db
from harmreduction.stock.models import Lot, StockBalance, StockMovement, StockTransaction
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, LocationKind, TransactionKind

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]
ASSEMBLY = VIRTUAL_LOCATION_IDS[LocationKind.ASSEMBLY]
SOURCE, TARGET = StockMovement.from_location_id, StockMovement.to_location_id

HOUR, MINUTE = len("2026-11-21 22"), len("2026-11-21 22:41")


@dataclass(frozen=True, kw_only=True)
class Span:
    """Places (ids), since when, and how many signs of a moment make its hour or minute; one item, or all."""

    location_ids: Collection[int]
    since: datetime
    sign: int = HOUR
    item_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """Movements that touch a place at one end and count as used, or as not used where sign is −1.

    other_id: the virtual place at their other end. kind: only facts of that kind, unless they were taken back.
    """

    place: InstrumentedAttribute[int]
    other_id: int
    sign: int = 1
    kind: TransactionKind | None = None


USED = (
    Part(place=SOURCE, other_id=PARTICIPANT),
    Part(place=TARGET, other_id=PARTICIPANT, sign=-1),
    Part(place=TARGET, other_id=PARTICIPANT, kind=TransactionKind.RETURN),
    Part(place=SOURCE, other_id=ASSEMBLY, kind=TransactionKind.ASSEMBLE),
    Part(place=TARGET, other_id=ASSEMBLY, sign=-1, kind=TransactionKind.DISASSEMBLE),
)

Sums = Iterator[tuple[int, int, str, int]]


def read_changes(span: Span) -> Sums:
    """Return (place id, lot id, hour, units that came or, below zero, went)."""
    for place, sign in ((SOURCE, -1), (TARGET, 1)):
        yield from _add_up(span, place, StockBalance.lot_id, sign)


def read_used(span: Span) -> Sums:
    """Return (place id, item id, hour, units used)."""
    for part in USED:
        other = TARGET if part.place is SOURCE else SOURCE
        conditions = [other == part.other_id]
        if part.kind is not None:
            conditions.append(StockMovement.transaction_id.in_(_standing(part.kind, span.since)))
        yield from _add_up(span, part.place, Lot.item_id, part.sign, *conditions)


def _add_up(
    span: Span,
    place: InstrumentedAttribute[int],
    of: InstrumentedAttribute[int],
    sign: int,
    *conditions: ColumnElement[bool],
) -> Sums:
    """Return the sums of the movements at places; through balances, each lot is found by the index of its place."""
    hour = func.substr(cast(StockMovement.occurred_at, String), 1, span.sign).label("hour")
    moved = and_(
        place == StockBalance.location_id,
        StockMovement.lot_id == StockBalance.lot_id,
        StockMovement.occurred_at >= span.since,
        *conditions,
    )
    sums = (
        select(StockBalance.location_id, of, hour, func.sum(StockMovement.quantity))
        .select_from(StockBalance)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(StockMovement, moved)
        .where(StockBalance.location_id.in_(span.location_ids))
        .group_by(StockBalance.location_id, of, hour)
    )
    if span.item_id is not None:
        sums = sums.where(Lot.item_id == span.item_id)
    for location_id, thing_id, when, units in db.session.execute(sums):
        yield location_id, thing_id, when, sign * int(units)


def _standing(kind: TransactionKind, since: datetime) -> Select[int]:
    """Return the facts of a kind since a moment that were not taken back."""
    reversal = aliased(StockTransaction)
    taken_back = select(reversal.id).where(reversal.reverses_id == StockTransaction.id)
    facts = select(StockTransaction.id).where(StockTransaction.kind == kind, StockTransaction.occurred_at >= since)
    return facts.where(~taken_back.exists())
