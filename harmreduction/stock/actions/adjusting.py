"""Set right what a place holds, throw supplies away, and take back what participants bring."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.stock import ledger
from harmreduction.stock.actions.checks import accepted, check_lots_at, check_places, fingerprint_of
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import Lot, StockReason
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    LotSource,
    MovementLine,
    NothingToMove,
    Outcome,
    ReasonUse,
    TransactionKind,
    check_quantity,
    is_expired,
)

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]
VARIANCE = VIRTUAL_LOCATION_IDS[LocationKind.VARIANCE]
WASTE = VIRTUAL_LOCATION_IDS[LocationKind.WASTE]


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """Units of a lot more or fewer at a place than was booked; which of the two, its reason says."""

    client_id: str
    location_id: int
    lot_id: int
    units: int
    reason_id: int
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class Waste:
    """Units of lots (lot id, units) that were thrown away at a place, and why."""

    client_id: str
    location_id: int
    lots: tuple[tuple[int, int], ...]
    reason_id: int
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class CameBack:
    """Units that a participant brought back; the empty lot number is not known.

    is_usable: nobody opened it, so it goes back on the shelf if it is in date. today: the day at the place.
    """

    client_id: str
    location_id: int
    item_id: int
    lot_number: str
    units: int
    is_usable: bool
    reason_id: int | None
    occurred_at: datetime
    today: date


def adjust(adjustment: Adjustment, *, by: Actor) -> Outcome:
    """Set right what is booked of a lot at a place, once.

    Raises UnknownLot for a lot that never lay there, NotFound for another site's place.
    """
    check_places([adjustment.location_id], by)
    fact = Fact(
        client_id=adjustment.client_id,
        fingerprint=fingerprint_of(adjustment),
        kind=TransactionKind.ADJUST,
        occurred_at=adjustment.occurred_at,
    )
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            check_lots_at(adjustment.location_id, [(adjustment.lot_id, adjustment.units)])
            ledger.add_lines(opened.transaction_id, fact, [_line_of(adjustment)])
            record(Event.STOCK_ADJUSTED, by=by, subject=adjustment.client_id)
        return accepted(opened)


def throw_away(waste: Waste, *, by: Actor) -> Outcome:
    """Book out what was thrown away, once; it happened, so neither date nor hold nor what is booked stops it.

    Raises NothingToMove without a lot, UnknownLot for one that never lay there, NotFound for another site's place.
    """
    if not waste.lots:
        raise NothingToMove(message("Enter how many were thrown away of at least one lot."))
    check_places([waste.location_id], by)
    fact = Fact(
        client_id=waste.client_id,
        fingerprint=fingerprint_of(waste),
        kind=TransactionKind.WASTE,
        occurred_at=waste.occurred_at,
    )
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            check_lots_at(waste.location_id, waste.lots)
            lines = [
                MovementLine(
                    lot_id=lot_id,
                    from_location_id=waste.location_id,
                    to_location_id=WASTE,
                    quantity=units,
                    reason_id=waste.reason_id,
                )
                for lot_id, units in waste.lots
            ]
            ledger.add_lines(opened.transaction_id, fact, lines)
            record(Event.STOCK_WASTED, by=by, subject=waste.client_id)
        return accepted(opened)


def take_in(came: CameBack, *, by: Actor) -> bool:
    """Book what a participant brought back, once; return whether it is on the shelf again.

    What is opened, damaged or past its date passes through the place to the waste in the same fact.
    Raises QuantityOutOfBounds for a number that could not have come back, NotFound for another site's place.
    """
    check_places([came.location_id], by)
    check_quantity(came.units)
    fact = Fact(
        client_id=came.client_id,
        fingerprint=fingerprint_of(came),
        kind=TransactionKind.RETURN,
        occurred_at=came.occurred_at,
    )
    with transaction():
        lot = _lot_that_came_back(came)
        is_on_the_shelf = came.is_usable and not is_expired(lot.effective_expiry, came.today)
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            ledger.add_lines(opened.transaction_id, fact, _lines_of(came, lot, is_on_the_shelf=is_on_the_shelf))
            record(Event.STOCK_CAME_BACK, by=by, subject=came.client_id)
        accepted(opened)
        return is_on_the_shelf


def _line_of(adjustment: Adjustment) -> MovementLine:
    """Return the movement of an adjustment, in the direction that its reason says."""
    reason = db.session.get_one(StockReason, adjustment.reason_id)
    ends = (VARIANCE, adjustment.location_id)
    source, target = ends if reason.use == ReasonUse.MORE else reversed(ends)
    return MovementLine(
        lot_id=adjustment.lot_id,
        from_location_id=source,
        to_location_id=target,
        quantity=adjustment.units,
        reason_id=adjustment.reason_id,
    )


def _lines_of(came: CameBack, lot: Lot, *, is_on_the_shelf: bool) -> list[MovementLine]:
    """Return the movements of what came back: to the place, and from there to the waste where it is no use."""
    way = (PARTICIPANT, came.location_id) if is_on_the_shelf else (PARTICIPANT, came.location_id, WASTE)
    return [
        MovementLine(
            lot_id=lot.id,
            from_location_id=source,
            to_location_id=target,
            quantity=came.units,
            source=LotSource.PICKED if lot.lot_number else LotSource.UNKNOWN,
            reason_id=came.reason_id,
        )
        for source, target in pairwise(way)
    ]


def _lot_that_came_back(came: CameBack) -> Lot:
    """Return the lot of an item by its number, whoever paid for it; one that was never here is noted now."""
    lots = select(Lot.merged_into_id, Lot.id).where(Lot.item_id == came.item_id, Lot.lot_number == came.lot_number)
    known = db.session.execute(lots.order_by(Lot.id).limit(1)).one_or_none()
    lot_id = find_or_make_lot(came.item_id, came.lot_number) if known is None else known.merged_into_id or known.id
    return db.session.get_one(Lot, lot_id)
