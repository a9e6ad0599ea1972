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
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, case, cast, func, select, true
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
    """Places (ids), since when, and how many signs of a moment make its hour or minute; some items, or all."""

    location_ids: Collection[int]
    since: datetime
    sign: int = HOUR
    item_ids: Collection[int] | None = None


class Sum(NamedTuple):
    """What happened to a lot at a place in one hour: units that came or, below zero, went; units used."""

    location_id: int
    lot_id: int
    item_id: int
    hour: str
    change: int
    used: int


def read_sums(span: Span) -> Iterator[Sum]:
    """Return how lots changed at places by the hour, and what of it was used; several sums may be of one hour."""
    taken = case((TARGET == PARTICIPANT, StockMovement.quantity), else_=0)
    given_back = case((SOURCE == PARTICIPANT, -StockMovement.quantity), else_=0)
    yield from _add_up(span, SOURCE, -1, taken)
    yield from _add_up(span, TARGET, 1, given_back)
    yield from _add_standing(span, TransactionKind.RETURN, TARGET, PARTICIPANT, 1)
    yield from _add_standing(span, TransactionKind.ASSEMBLE, SOURCE, ASSEMBLY, 1)
    yield from _add_standing(span, TransactionKind.DISASSEMBLE, TARGET, ASSEMBLY, -1)


def _add_up(span: Span, place: InstrumentedAttribute[int], sign: int, used: ColumnElement[int]) -> Iterator[Sum]:
    """Return the sums of all movements at places; through balances, each lot is found by the index of its place."""
    moved = and_(
        place == StockBalance.location_id,
        StockMovement.lot_id == StockBalance.lot_id,
        StockMovement.occurred_at >= span.since,
    )
    hour = _hour(span)
    sums = (
        select(
            StockBalance.location_id,
            StockBalance.lot_id,
            Lot.item_id,
            hour,
            sign * func.sum(StockMovement.quantity),
            func.sum(used),
        )
        .select_from(StockBalance)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(StockMovement, moved)
        .where(StockBalance.location_id.in_(span.location_ids), is_asked_about(span))
        .group_by(StockBalance.location_id, StockBalance.lot_id, Lot.item_id, hour)
    )
    yield from (Sum(*row) for row in db.session.execute(sums))


def _add_standing(
    span: Span, kind: TransactionKind, place: InstrumentedAttribute[int], other_id: int, sign: int
) -> Iterator[Sum]:
    """Return what facts of a kind that were not taken back moved between a virtual place and real ones, as used."""
    reversal = aliased(StockTransaction)
    taken_back = select(reversal.id).where(reversal.reverses_id == StockTransaction.id)
    rows = (
        select(place, StockMovement.lot_id, Lot.item_id, _hour(span), StockMovement.quantity)
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(
            (TARGET if place is SOURCE else SOURCE) == other_id,
            place.in_(span.location_ids),
            StockMovement.occurred_at >= span.since,
            StockTransaction.kind == kind,
            ~taken_back.exists(),
            is_asked_about(span),
        )
    )
    for location_id, lot_id, item_id, hour, units in db.session.execute(rows):
        yield Sum(location_id, lot_id, item_id, hour, 0, sign * units)


def _hour(span: Span) -> ColumnElement[str]:
    """Return the hour of a movement in UTC, as both databases write it."""
    return func.substr(cast(StockMovement.occurred_at, String), 1, span.sign).label("hour")


def is_asked_about(span: Span) -> ColumnElement[bool]:
    """Return the condition that a lot is of the items that are asked about."""
    return true() if span.item_ids is None else Lot.item_id.in_(span.item_ids)
