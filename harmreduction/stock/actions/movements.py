"""Receive supplies, move them between places, and take back a slip."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotAllowed
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock import ledger, queries
from harmreduction.stock.actions.checks import accepted, check_places, fingerprint_of
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import Lot
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    CannotReverse,
    LocationKind,
    MovementLine,
    NothingToMove,
    Origin,
    Outcome,
    ReversalReason,
    TransactionKind,
    UnknownLot,
    check_quantity,
    is_fresh_slip,
    may_take_back,
)

SUPPLIER = VIRTUAL_LOCATION_IDS[LocationKind.SUPPLIER]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Units of one lot that arrived at a place; `expiry` is the date printed on the pack."""

    client_id: str
    location_id: int
    item_id: int
    lot_number: str
    expiry: date | None
    quantity: int
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Units of lots that went from one place to another: (lot id, units) each."""

    client_id: str
    from_location_id: int
    to_location_id: int
    lots: tuple[tuple[int, int], ...]
    occurred_at: datetime


def receive(receipt: Receipt, *, by: Actor, origin: Origin = Origin.ONLINE) -> Outcome:
    """Book in what arrived, once.

    Raises UnknownLot where the number and the date do not fit, NotFound for another site's place.
    """
    check_places([receipt.location_id], by)
    check_quantity(receipt.quantity)
    fact = Fact(
        client_id=receipt.client_id,
        fingerprint=fingerprint_of(receipt),
        kind=TransactionKind.RECEIVE,
        occurred_at=receipt.occurred_at,
        origin=origin,
    )
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            lot_id = _lot_for(receipt)
            line = MovementLine(
                lot_id=lot_id,
                from_location_id=SUPPLIER,
                to_location_id=receipt.location_id,
                quantity=receipt.quantity,
            )
            ledger.add_lines(opened.transaction_id, fact, [line])
            record(Event.STOCK_RECEIVED, by=by, subject=receipt.client_id)
        return accepted(opened)


def transfer(move: Transfer, *, by: Actor) -> Outcome:
    """Move lots from one place to another, once; from one site to another only who leads.

    Raises NothingToMove without a lot, UnknownLot for one that never lay there, NotEnoughHere where a
    strict place holds less, NotFound or NotAllowed for places that this person does not answer for.
    """
    if not move.lots:
        raise NothingToMove(message("Enter how many to move of at least one lot."))
    check_places([move.from_location_id, move.to_location_id], by)
    fact = Fact(
        client_id=move.client_id,
        fingerprint=fingerprint_of(move),
        kind=TransactionKind.TRANSFER,
        occurred_at=move.occurred_at,
    )
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            _check_lots(move)
            lines = [
                MovementLine(
                    lot_id=lot_id,
                    from_location_id=move.from_location_id,
                    to_location_id=move.to_location_id,
                    quantity=quantity,
                )
                for lot_id, quantity in move.lots
            ]
            ledger.add_lines(opened.transaction_id, fact, lines)
            record(Event.STOCK_TRANSFERRED, by=by, subject=move.client_id)
        return accepted(opened)


def take_back_at(location_id: int, client_id: str, *, by: Actor, at: datetime) -> Outcome:
    """Take back a receipt or a move at a place by a mirroring fact; pressed twice, it is taken back once.

    Raises CannotReverse for a hand-out, which is voided where it was logged; NotAllowed for what only
    a lead takes back, and NotFound for what did not happen at this person's places.
    """
    with transaction():
        fact = queries.get_fact_at(location_id, client_id)
        if fact.kind not in (TransactionKind.RECEIVE, TransactionKind.TRANSFER):
            raise CannotReverse(message("Only receipts and moves are taken back here. Void a hand-out in the shift."))
        sites = check_places(queries.list_places_of_fact(fact.id), by)
        leads = by.may(Permission.MANAGE_CATALOGUE)
        if not may_take_back(recorded_at=fact.recorded_at, now=at, sites=len(sites), leads=leads):
            raise NotAllowed(message("Ten minutes have passed. Ask a programme lead to take it back."))
        reason = ReversalReason.UNDO if is_fresh_slip(fact.recorded_at, at) else ReversalReason.OTHER
        opened = ledger.reverse(fact.id, client_id=str(uuid5(UUID(client_id), "take back")), reason=reason, by=by)
        if opened.outcome is Outcome.CREATED:
            record(Event.STOCK_REVERSED, by=by, subject=client_id)
        return opened.outcome


def _check_lots(move: Transfer) -> None:
    """Refuse a lot that never lay at the place it is said to come from."""
    if not {lot_id for lot_id, _quantity in move.lots} <= queries.lot_ids_at(move.from_location_id):
        raise UnknownLot(message("One of these lots does not lie here. Open the page again."))


def _lot_for(receipt: Receipt) -> int:
    """Return the lot of a receipt; the same number with another printed date is refused with a sentence."""
    lot_id = find_or_make_lot(receipt.item_id, receipt.lot_number, receipt.expiry)
    lot = db.session.get_one(Lot, lot_id)
    if receipt.expiry is not None and lot.printed_expiry is None:
        lot.printed_expiry = lot.effective_expiry = receipt.expiry
        db.session.flush()
    elif receipt.expiry is not None and lot.printed_expiry != receipt.expiry:
        raise UnknownLot(
            message(
                "Lot %(lot)s is already here with the date %(date)s. Check the pack: one of the two is a slip.",
                lot=receipt.lot_number,
                date=lot.printed_expiry,
            )
        )
    return lot_id
