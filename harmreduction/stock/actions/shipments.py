"""Send supplies to another site or to a partner, and accept what arrived; in between they are on the way."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, select, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import OutOfDate
from harmreduction.core.messages import message
from harmreduction.stock import ledger
from harmreduction.stock.actions.checks import accepted, check_lots_at, check_places, fingerprint_of
from harmreduction.stock.actions.discrepancies import note_in_transit
from harmreduction.stock.actions.heat import carry_heat
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import Requisition, Shipment, StockMovement
from harmreduction.stock.queries.shipments import get_shipment_of
from harmreduction.stock.rules import MovementLine, NothingToMove, Outcome, TransactionKind
from harmreduction.stock.rules.requests import RequestStatus
from harmreduction.stock.rules.shipments import IN_TRANSIT, acceptance_lines

SHIPMENT = cast(Table, Shipment.__table__)


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Units of lots (lot id, units) that were sent off; client_id becomes the public id of the shipment."""

    client_id: str
    from_location_id: int
    to_location_id: int
    lots: tuple[tuple[int, int], ...]
    occurred_at: datetime
    requisition_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """Units of lots (lot id, units) that arrived of a shipment; what is not named did not arrive.

    reason_id: why another number arrived than was sent, where somebody said so.
    """

    client_id: str
    shipment_id: str
    lots: tuple[tuple[int, int], ...]
    occurred_at: datetime
    reason_id: int | None = None


def send(sending: Sending, *, by: Actor) -> Outcome:
    """Send lots off, once; they are on the way until they are accepted. To another site only who leads.

    Raises NothingToMove without a lot, UnknownLot for one that never lay there, NotEnoughHere where a
    strict place holds less, NotFound or NotAllowed for places that this person does not answer for.
    """
    if not sending.lots:
        raise NothingToMove(message("Enter how many to send of at least one lot."))
    check_places([sending.from_location_id, sending.to_location_id], by)
    fact = Fact(
        client_id=sending.client_id,
        fingerprint=fingerprint_of(sending),
        kind=TransactionKind.DISPATCH,
        occurred_at=sending.occurred_at,
    )
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            check_lots_at(sending.from_location_id, sending.lots)
            ledger.add_lines(opened.transaction_id, fact, _lines_of(sending))
            db.session.add(_shipment_of(sending, opened.transaction_id))
            record(Event.STOCK_SENT, by=by, subject=sending.client_id)
        return accepted(opened)


def accept(acceptance: Acceptance, *, by: Actor) -> Outcome:
    """Book in what arrived of a shipment, once; who works where it was sent to may, and who leads.

    Raises UnknownLot for a lot that was not sent, OutOfDate when it was accepted or taken back meanwhile,
    NotFound for a shipment to somewhere else.
    """
    fact = Fact(
        client_id=acceptance.client_id,
        fingerprint=fingerprint_of(acceptance),
        kind=TransactionKind.ACCEPT,
        occurred_at=acceptance.occurred_at,
    )
    with transaction():
        shipment = get_shipment_of(by, acceptance.shipment_id)
        check_places([shipment.to_location_id], by)
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            end_its_way(shipment, opened.transaction_id, accepted_at=acceptance.occurred_at)
            sent, to_id, reason_id = units_sent(shipment.dispatch_id), shipment.to_location_id, acceptance.reason_id
            arrived = dict(acceptance.lots)
            lines = acceptance_lines(sent, arrived, to_location_id=to_id, reason_id=reason_id)
            ledger.add_lines(opened.transaction_id, fact, lines)
            if reason_id is None:
                note_in_transit(opened.transaction_id, to_id, sent, arrived)
            carry_heat(
                shipment.from_location_id,
                shipment.to_location_id,
                [lot_id for lot_id, units in acceptance.lots if units],
                left_at=shipment.sent_at,
                by=by,
            )
            _settle_request(shipment.requisition_id, RequestStatus.ACCEPTED)
            record(Event.STOCK_ACCEPTED, by=by, subject=acceptance.shipment_id)
        return accepted(opened)


def note_taken_back(shipment: Shipment, reversal_id: int) -> None:
    """Note that a sending was taken back by a fact before anybody accepted it; its request waits again."""
    end_its_way(shipment, reversal_id, accepted_at=None)
    _settle_request(shipment.requisition_id, RequestStatus.APPROVED)


def end_its_way(shipment: Shipment, transaction_id: int, *, accepted_at: datetime | None) -> None:
    """Note by which fact a shipment is no longer on the way; raises OutOfDate when another one came first."""
    ended = db.session.execute(
        update(SHIPMENT)
        .where(SHIPMENT.c.id == shipment.id, SHIPMENT.c.acceptance_id.is_(None))
        .values(acceptance_id=transaction_id, accepted_at=accepted_at)
        .returning(SHIPMENT.c.id)
    )
    if ended.one_or_none() is None:
        raise OutOfDate(message("This shipment is not on the way any more: it was accepted or taken back."))


def units_sent(dispatch_id: int) -> dict[int, int]:
    """Return the units of each lot (by id) that a sending put on the way."""
    sent = select(StockMovement.lot_id, func.sum(StockMovement.quantity)).group_by(StockMovement.lot_id)
    rows = db.session.execute(sent.where(StockMovement.transaction_id == dispatch_id))
    return {lot_id: int(units) for lot_id, units in rows}


def _lines_of(sending: Sending) -> list[MovementLine]:
    """Return the movements of a sending."""
    return [
        MovementLine(
            lot_id=lot_id, from_location_id=sending.from_location_id, to_location_id=IN_TRANSIT, quantity=units
        )
        for lot_id, units in sending.lots
    ]


def _shipment_of(sending: Sending, dispatch_id: int) -> Shipment:
    """Return the shipment that a sending begins."""
    return Shipment(
        public_id=sending.client_id,
        requisition_id=sending.requisition_id,
        from_location_id=sending.from_location_id,
        to_location_id=sending.to_location_id,
        dispatch_id=dispatch_id,
        sent_at=sending.occurred_at,
    )


def _settle_request(requisition_id: int | None, status: RequestStatus) -> None:
    """Let a request for supplies follow its shipment, once none of its shipments is on the way any more."""
    if requisition_id is None:
        return
    on_the_way = select(Shipment.id).where(Shipment.requisition_id == requisition_id, Shipment.acceptance_id.is_(None))
    if db.session.scalar(on_the_way.limit(1)) is None:
        db.session.get_one(Requisition, requisition_id).status = status.value
