"""Read lots on hand, first to expire first, page by page, however many there are.

A page walks an index of lots in the order of their dates and looks for each whether it lies at one of the
places, so it reads about as many lots as it shows. What only few lots meet (those of a small place, a part of a
lot number, held, below zero) is looked up first, because such a walk would pass by nearly all of them.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, func, select, tuple_
from sqlalchemy.orm import joinedload

from harmreduction.core.db import db
from harmreduction.stock.models import FundingSource, HeatFlag, Item, Lot, StockBalance, StockDiscrepancy, StockLocation
from harmreduction.stock.rules import DiscrepancyKind, LotStatus
from harmreduction.stock.rules.on_hand import Condition, last_days_of

LOT = cast(Table, Lot.__table__)
BALANCE = cast(Table, StockBalance.__table__)
FEW = 500  # lots: so many are put in order in no time
COUNTED_UP_TO = 500


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which lots somebody looks for: at these places, maybe of one item, of a lot number that begins like this.

    only: the few lots (ids) that can meet it, once they are looked up; None where there are many.
    """

    location_ids: Collection[int]
    today: date
    item_id: int | None = None
    number: str = ""
    condition: Condition | None = None
    only: frozenset[int] | None = None


@dataclass(frozen=True, kw_only=True)
class LotOnHand:
    """A lot with the places where it lies: (place, units) each; is_heated: it got too warm or too cold at one."""

    lot: Lot
    places: Sequence[tuple[StockLocation, int]]
    is_heated: bool

    @property
    def on_hand(self) -> int:
        """Return the units at these places together."""
        return sum(units for _place, units in self.places)


@dataclass(frozen=True, kw_only=True)
class ExportedLot:
    """One lot at one place, as a row of a file has it."""

    place: str
    item: Item
    lot_number: str
    printed_expiry: date | None
    effective_expiry: date | None
    status: LotStatus
    source: str
    on_hand: int


def narrowed(wanted: Wanted) -> Wanted:
    """Look up what only few lots meet; to be called once, before a page and its count are read."""
    for few in _lookups(wanted):
        ids = frozenset(db.session.scalars(few.limit(FEW + 1)))
        if len(ids) <= FEW:
            wanted = replace(wanted, only=ids if wanted.only is None else wanted.only & ids)
    return wanted


def list_on_hand(wanted: Wanted, *, after: Lot | None, limit: int) -> list[LotOnHand]:
    """Return lots on hand, first to expire first and those without a date last; after: the last one seen already."""
    where = _where(wanted)
    lots: list[Lot] = []
    if after is None or after.effective_expiry is not None:
        dated = [*where, LOT.c.effective_expiry.is_not(None)]
        if after is not None:
            dated.append(tuple_(LOT.c.effective_expiry, LOT.c.id) > (after.effective_expiry, after.id))
        lots += _first(dated, limit)
    if len(lots) < limit:
        undated = [*where, LOT.c.effective_expiry.is_(None)]
        if after is not None and after.effective_expiry is None:
            undated.append(LOT.c.id > after.id)
        lots += _first(undated, limit - len(lots))
    return _where_they_lie(lots, wanted)


def count_on_hand(wanted: Wanted) -> int:
    """Return how many lots there are, counted up to COUNTED_UP_TO; one more stands for more."""
    some = select(LOT.c.id).where(*_where(wanted)).limit(COUNTED_UP_TO + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def iterate_on_hand(wanted: Wanted) -> Iterator[ExportedLot]:
    """Return every lot at every place, first to expire first, without holding them all."""
    items = {item.id: item for item in db.session.scalars(select(Item))}
    rows = db.session.execute(
        select(LOT, BALANCE.c.on_hand, StockLocation.name.label("place"), FundingSource.name.label("source"))
        .join(BALANCE, BALANCE.c.lot_id == LOT.c.id)
        .join(StockLocation, StockLocation.id == BALANCE.c.location_id)
        .join(FundingSource, FundingSource.id == LOT.c.funding_source_id)
        .where(*_where(wanted), _lies(wanted))
        .order_by(LOT.c.effective_expiry.is_(None), LOT.c.effective_expiry, LOT.c.id, StockLocation.name)
        .execution_options(yield_per=1_000)
    )
    for row in rows:
        yield ExportedLot(
            place=row.place,
            item=items[row.item_id],
            lot_number=row.lot_number,
            printed_expiry=row.printed_expiry,
            effective_expiry=row.effective_expiry,
            status=LotStatus(row.status),
            source=row.source,
            on_hand=row.on_hand,
        )


def find_lot(public_id: str) -> Lot | None:
    """Return a lot, if there is one."""
    return db.session.scalar(select(Lot).where(Lot.public_id == public_id))


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what holds for the lots that are looked for."""
    here = select(BALANCE.c.lot_id).where(BALANCE.c.lot_id == LOT.c.id, _lies(wanted)).correlate(LOT).exists()
    where: list[ColumnElement[bool]] = [here, *_about_the_date(wanted)]
    if wanted.only is not None:
        where.append(LOT.c.id.in_(wanted.only))
    if wanted.item_id is not None:
        where.append(LOT.c.item_id == wanted.item_id)
    if wanted.number:
        where.append(_begins_like(wanted.number))
    if wanted.condition is Condition.HELD:
        where.append(LOT.c.status != LotStatus.AVAILABLE.value)
    return where


def _lies(wanted: Wanted) -> ColumnElement[bool]:
    """Say that something of a lot lies at one of the places."""
    units = BALANCE.c.on_hand < 0 if wanted.condition is Condition.BELOW_ZERO else BALANCE.c.on_hand != 0
    return BALANCE.c.location_id.in_(wanted.location_ids) & units


def _about_the_date(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what holds for the last day of use."""
    if wanted.condition is Condition.NO_DATE:
        return [LOT.c.effective_expiry.is_(None)]
    days = last_days_of(wanted.condition, wanted.today) if wanted.condition else None
    where: list[ColumnElement[bool]] = []
    if days and days.first is not None:
        where.append(LOT.c.effective_expiry >= days.first)
    if days and days.until is not None:
        where.append(LOT.c.effective_expiry <= days.until)
    return where


def _lookups(wanted: Wanted) -> Iterator[Select[Any]]:
    """Return what may hold for few lots only, each as a statement for their ids."""
    if wanted.number:
        yield select(LOT.c.id).where(_begins_like(wanted.number))
    if wanted.condition is Condition.HELD:
        yield select(LOT.c.id).where(LOT.c.status != LotStatus.AVAILABLE.value)
    if wanted.condition is Condition.BELOW_ZERO:
        yield select(StockDiscrepancy.lot_id).where(
            StockDiscrepancy.kind == DiscrepancyKind.NEGATIVE_BALANCE.value, StockDiscrepancy.closed_at.is_(None)
        )
    if len(wanted.location_ids) == 1:
        yield select(BALANCE.c.lot_id).where(_lies(wanted))


def _begins_like(number: str) -> ColumnElement[bool]:
    """Say that a lot number begins like this; numbers are kept in capitals."""
    return LOT.c.lot_number.startswith(number.upper(), autoescape=True)


def _first(where: Sequence[ColumnElement[bool]], limit: int) -> Sequence[Lot]:
    """Return the first lots to expire of those for which this holds, with their items."""
    lots = select(Lot).options(joinedload(Lot.item)).where(*where)
    return db.session.scalars(lots.order_by(LOT.c.effective_expiry, LOT.c.id).limit(limit)).all()


def _where_they_lie(lots: Sequence[Lot], wanted: Wanted) -> list[LotOnHand]:
    """Return lots in this order, with where they lie."""
    ids = [lot.id for lot in lots]
    places: dict[int, list[tuple[StockLocation, int]]] = {lot_id: [] for lot_id in ids}
    lying = (
        select(BALANCE.c.lot_id, BALANCE.c.on_hand, StockLocation)
        .join(StockLocation, StockLocation.id == BALANCE.c.location_id)
        .where(BALANCE.c.lot_id.in_(ids), _lies(wanted))
        .order_by(BALANCE.c.on_hand.desc(), StockLocation.name)
    )
    for lot_id, units, place in db.session.execute(lying):
        places[lot_id].append((place, units))
    heated = _heated(ids, wanted.location_ids)
    return [LotOnHand(lot=lot, places=places[lot.id], is_heated=lot.id in heated) for lot in lots]


def _heated(ids: Collection[int], location_ids: Collection[int]) -> set[int]:
    """Return which of these lots got too warm or too cold at these places."""
    flags = select(HeatFlag.lot_id).where(HeatFlag.lot_id.in_(ids), HeatFlag.location_id.in_(location_ids))
    return set(db.session.scalars(flags.where(HeatFlag.closed_at.is_(None))))
