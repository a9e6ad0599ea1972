"""Add up by stretches of time how lots changed at places, and what of it was used, in SQL that both databases speak.

Used is what went to participants: hand-outs, what was taken from machines and boxes, what partners handed on. What was
taken back nets out; what came back from participants does not, because it had been needed. Parts packed into kits are
used, too.

The calendars of the places come in as moments at which a stretch of time begins, so the database adds up days or months
without knowing of time zones.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from harmreduction.core.db import db
from harmreduction.stock.models import Lot, StockBalance, StockMovement, StockTransaction
from harmreduction.stock.queries.stretches import stretch_of
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, LocationKind, LotStatus, TransactionKind

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]
ASSEMBLY = VIRTUAL_LOCATION_IDS[LocationKind.ASSEMBLY]
SOURCE, TARGET = StockMovement.from_location_id, StockMovement.to_location_id


@dataclass(frozen=True, kw_only=True)
class Span:
    """Places (ids), the moments at which stretches of time begin, in order; some items, or all.

    today: the latest day at these places. Lots that may be handed out on it, as on every day before, are added up.
    """

    location_ids: Collection[int]
    starts: Sequence[datetime]
    today: date
    item_ids: Collection[int] | None = None


class Sum(NamedTuple):
    """What happened at a place in one stretch of time: units that came or, below zero, went; units used.

    lot_id: of a lot that is past its date or held back; None for all others of the item together.
    """

    location_id: int
    lot_id: int | None
    item_id: int
    start: datetime
    change: int
    used: int


def read_sums(span: Span) -> Iterator[Sum]:
    """Return how lots changed at places, and what of it was used; several sums may be of one stretch of time."""
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
        StockMovement.occurred_at >= span.starts[0],
    )
    sums = (
        select(
            StockBalance.location_id.label("place_id"),
            _lot_apart(span),
            Lot.item_id.label("kind_id"),
            _stretch(span),
            sign * func.sum(StockMovement.quantity),
            func.sum(used),
        )
        .select_from(StockBalance)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(StockMovement, moved)
        .where(StockBalance.location_id.in_(span.location_ids), is_asked_about(span))
        .group_by("place_id", "apart_id", "kind_id", "stretch")
    )
    for location_id, lot_id, item_id, number, change, units in db.session.execute(sums):
        yield Sum(location_id, lot_id, item_id, span.starts[number], int(change), int(units))


def _add_standing(
    span: Span, kind: TransactionKind, place: InstrumentedAttribute[int], other_id: int, sign: int
) -> Iterator[Sum]:
    """Return what facts of a kind that were not taken back moved between a virtual place and real ones, as used."""
    reversal = aliased(StockTransaction)
    taken_back = select(reversal.id).where(reversal.reverses_id == StockTransaction.id)
    rows = (
        select(place, _lot_apart(span), Lot.item_id, _stretch(span), StockMovement.quantity)
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(
            (TARGET if place is SOURCE else SOURCE) == other_id,
            place.in_(span.location_ids),
            StockMovement.occurred_at >= span.starts[0],
            StockTransaction.kind == kind,
            ~taken_back.exists(),
            is_asked_about(span),
        )
    )
    for location_id, lot_id, item_id, number, units in db.session.execute(rows):
        yield Sum(location_id, lot_id, item_id, span.starts[number], 0, sign * units)


def is_apart(span: Span) -> ColumnElement[bool]:
    """Return the condition that a lot could not be handed out on every day up to today."""
    return or_(
        Lot.status != LotStatus.AVAILABLE.value,
        and_(Lot.effective_expiry.is_not(None), Lot.effective_expiry < span.today),
    )


def _lot_apart(span: Span) -> ColumnElement[int | None]:
    """Return the id of a lot that is told apart, and nothing for the others."""
    return case((is_apart(span), Lot.id), else_=null()).label("apart_id")


def _stretch(span: Span) -> ColumnElement[int]:
    """Return in which of the stretches of time a movement happened, counted from 0."""
    return _numbered(tuple(span.starts[1:]))


@lru_cache(maxsize=8)
def _numbered(starts: tuple[datetime, ...]) -> ColumnElement[int]:
    """Return the number of a stretch; the hundreds of days of half a year are put together once a day."""
    return stretch_of(StockMovement.occurred_at, starts).label("stretch")


def is_asked_about(span: Span) -> ColumnElement[bool]:
    """Return the condition that a lot is of the items that are asked about."""
    return true() if span.item_ids is None else Lot.item_id.in_(span.item_ids)
