"""Move supplies between places, and take back a slip."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import transaction
from harmreduction.core.errors import NotAllowed
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock import ledger, queries
from harmreduction.stock.actions.checks import accepted, check_lots_at, check_places, check_way, fingerprint_of
from harmreduction.stock.actions.heat import carry_heat
from harmreduction.stock.actions.shipments import note_taken_back
from harmreduction.stock.ledger import Fact
from harmreduction.stock.queries.shipments import find_shipment_sent_by
from harmreduction.stock.rules import (
    MovementLine,
    NothingToMove,
    Outcome,
    ReversalReason,
    TransactionKind,
    is_fresh_slip,
    may_take_back,
)
from harmreduction.stock.rules.movements import check_kind_taken_back


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Units of lots that went from one place to another: (lot id, units) each."""

    client_id: str
    from_location_id: int
    to_location_id: int
    lots: tuple[tuple[int, int], ...]
    occurred_at: datetime


def transfer(move: Transfer, *, by: Actor) -> Outcome:
    """Move lots from one place to another, once; from one site to another only who leads, or from what serves it.

    Raises NothingToMove without a lot, UnknownLot for one that never lay there, NotEnoughHere where a
    strict place holds less, NotFound or NotAllowed for places that this person does not answer for.
    """
    if not move.lots:
        raise NothingToMove(message("Enter how many to move of at least one lot."))
    check_way(move.from_location_id, move.to_location_id, by)
    fact = Fact(
        client_id=move.client_id,
        fingerprint=fingerprint_of(move),
        kind=TransactionKind.TRANSFER,
        occurred_at=move.occurred_at,
    )
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            check_lots_at(move.from_location_id, move.lots)
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
            carry_heat(
                move.from_location_id,
                move.to_location_id,
                [lot_id for lot_id, _quantity in move.lots],
                left_at=move.occurred_at,
                by=by,
            )
            record(Event.STOCK_TRANSFERRED, by=by, subject=move.client_id)
        return accepted(opened)


def take_back_at(location_id: int, client_id: str, *, by: Actor, at: datetime) -> Outcome:
    """Take back what somebody booked at a place by a mirroring fact; pressed twice, it is taken back once.

    Raises CannotReverse for what is corrected elsewhere, like a hand-out; NotAllowed for what only a lead
    takes back, NotFound for what did not happen at this person's places, OutOfDate for a sending that arrived.
    """
    with transaction():
        fact = queries.get_fact_at(location_id, client_id)
        check_kind_taken_back(TransactionKind(fact.kind))
        shipment = find_shipment_sent_by(fact.id)
        ends = [] if shipment is None else [shipment.from_location_id, shipment.to_location_id]
        sites = check_places([*queries.list_places_of_fact(fact.id), *ends], by)
        leads = by.may(Permission.MANAGE_CATALOGUE)
        if not may_take_back(recorded_at=fact.recorded_at, now=at, sites=len(sites), leads=leads):
            raise NotAllowed(message("Ten minutes have passed. Ask a programme lead to take it back."))
        reason = ReversalReason.UNDO if is_fresh_slip(fact.recorded_at, at) else ReversalReason.OTHER
        opened = ledger.reverse(fact.id, client_id=str(uuid5(UUID(client_id), "take back")), reason=reason, by=by)
        if opened.outcome is Outcome.CREATED:
            if shipment is not None:
                note_taken_back(shipment, opened.transaction_id)
            record(Event.STOCK_REVERSED, by=by, subject=client_id)
        return opened.outcome
