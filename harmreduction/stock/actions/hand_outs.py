"""Take what was handed out from stock; it happened, so it is never refused for lack of stock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.stock import ledger
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.ledger import Fact, Opened
from harmreduction.stock.models import Lot, StockBalance
from harmreduction.stock.queries import lots_at
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    DiscrepancyKind,
    LocationKind,
    LotOnHand,
    LotStatus,
    MovementLine,
    Origin,
    Outcome,
    Pick,
    TransactionKind,
    UnknownLot,
    Wanted,
    check_quantity,
    is_expired,
    pick_lots,
)

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]


@dataclass(frozen=True, kw_only=True)
class Issue:
    """Supplies that left a place for participants.

    today: the calendar day at the place, which decides what is past its date.
    fingerprint: of the hand-out as it was first written down.
    """

    client_id: str
    fingerprint: str
    location_id: int
    lines: tuple[Wanted, ...]
    occurred_at: datetime
    today: date
    origin: Origin = Origin.ONLINE


def issue(issued: Issue, *, by: Actor) -> Opened:
    """Take a hand-out from stock; it happened, so it is never refused for lack of stock.

    Returns what the ledger answered. Raises UnknownLot when a chosen lot is not one of its item,
    QuantityOutOfBounds for a number that could not have moved; then nothing is saved.
    """
    for line in issued.lines:
        check_quantity(line.quantity)
    fact = Fact(
        client_id=issued.client_id,
        fingerprint=issued.fingerprint,
        kind=TransactionKind.DISTRIBUTE,
        occurred_at=issued.occurred_at,
        origin=issued.origin,
    )
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is not Outcome.CREATED:
            return opened
        lots = lots_at(issued.location_id, {line.item_id for line in issued.lines})
        lots += _chosen_elsewhere(issued.lines, lots)
        _check_chosen(issued.lines, lots)
        lines = _as_they_go_on(issued, lots)
        lots += _chosen_elsewhere(lines, lots)
        picks = pick_lots(lines, lots, today=issued.today)
        ledger.add_lines(opened.transaction_id, fact, [_handed_out(pick, issued.location_id) for pick in picks])
        _note_unusual(opened.transaction_id, issued, picks, lots)
        return opened


def _handed_out(pick: Pick, location_id: int) -> MovementLine:
    """Return the movement of a pick."""
    lot_id = pick.lot_id if pick.lot_id is not None else find_or_make_lot(pick.item_id, "")
    return MovementLine(
        lot_id=lot_id,
        from_location_id=location_id,
        to_location_id=PARTICIPANT,
        quantity=pick.quantity,
        source=pick.source,
    )


def _chosen_elsewhere(lines: Sequence[Wanted], here: Sequence[LotOnHand]) -> list[LotOnHand]:
    """Return chosen lots that have no balance here yet; the ledger may not know that they were carried here."""
    known = {lot.lot_id for lot in here}
    unseen = {line.lot_id for line in lines if line.lot_id is not None} - known
    found: Sequence[Lot] = db.session.scalars(select(Lot).where(Lot.id.in_(unseen))).all() if unseen else ()
    return [
        LotOnHand(
            lot_id=lot.id,
            item_id=lot.item_id,
            on_hand=0,
            effective_expiry=lot.effective_expiry,
            status=LotStatus(lot.status),
            lot_number=lot.lot_number,
            merged_into_id=lot.merged_into_id,
        )
        for lot in found
    ]


def _check_chosen(lines: Sequence[Wanted], lots: Sequence[LotOnHand]) -> None:
    """Refuse a chosen lot that is not one of its item."""
    items = {lot.lot_id: lot.item_id for lot in lots}
    if any(line.lot_id is not None and items.get(line.lot_id) != line.item_id for line in lines):
        raise UnknownLot(message("This lot is not one of this item. Choose the lot again."))


def _as_they_go_on(issued: Issue, lots: Sequence[LotOnHand]) -> tuple[Wanted, ...]:
    """Return the lines with the lots under which merged ones go on.

    A hand-out from before a count of the merged lot stays with it: there that count already holds it.
    """
    goes_on = {lot.lot_id: lot.merged_into_id for lot in lots if lot.merged_into_id is not None}
    merged = [line.lot_id for line in issued.lines if line.lot_id in goes_on]
    if not merged:
        return issued.lines
    counted = select(StockBalance.lot_id).where(
        StockBalance.location_id == issued.location_id,
        StockBalance.lot_id.in_(merged),
        StockBalance.latest_count_at >= issued.occurred_at,
    )
    stay = set(db.session.scalars(counted))
    return tuple(
        replace(line, lot_id=goes_on[line.lot_id])
        if line.lot_id is not None and line.lot_id in goes_on and line.lot_id not in stay
        else line
        for line in issued.lines
    )


def _note_unusual(transaction_id: int, issued: Issue, picks: Sequence[Pick], lots: Sequence[LotOnHand]) -> None:
    """Note for a lead when a lot past its date or on hold went out; the person was asked once more."""
    by_id = {lot.lot_id: lot for lot in lots}
    for pick in picks:
        lot = by_id.get(pick.lot_id) if pick.lot_id is not None else None
        if lot is None:
            continue
        if is_expired(lot.effective_expiry, issued.today) and not lot.is_last_resort:
            ledger.open_discrepancy(issued.location_id, lot.lot_id, DiscrepancyKind.EXPIRED_GIVEN, transaction_id)
        if lot.status is not LotStatus.AVAILABLE:
            ledger.open_discrepancy(issued.location_id, lot.lot_id, DiscrepancyKind.HELD_GIVEN, transaction_id)
