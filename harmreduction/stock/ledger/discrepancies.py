"""What does not fit and waits for a lead; below zero opens and closes by itself."""

from sqlalchemy import select, update

from harmreduction.core.clock import now
from harmreduction.core.db import db, insert_if_new
from harmreduction.core.messages import message
from harmreduction.stock.ledger.tables import DISCREPANCY, Place
from harmreduction.stock.models import StockLocation
from harmreduction.stock.rules import GUARDED_KINDS, DiscrepancyKind, NotEnoughHere, TransactionKind


def settle(transaction_id: int, kind: TransactionKind, place: Place, *, before: int, after: int) -> None:
    """Keep a discrepancy open exactly while a real place holds less than nothing of a lot.

    Raises NotEnoughHere when a guarded fact takes more than a strict place holds.
    """
    location_id, lot_id = place
    if after < min(before, 0) and kind in GUARDED_KINDS and _is_strict(location_id):
        raise NotEnoughHere(message("There is not that much here. Count what is on the shelf, or move less."))
    if after < 0 <= before:
        open_discrepancy(location_id, lot_id, DiscrepancyKind.NEGATIVE_BALANCE, transaction_id)
    elif before < 0 <= after:
        _close_negative_balance(location_id, lot_id)


def open_discrepancy(location_id: int, lot_id: int, kind: DiscrepancyKind, transaction_id: int) -> None:
    """Note once that something does not fit, for a lead to look into."""
    db.session.execute(
        insert_if_new(DISCREPANCY).values(
            location_id=location_id,
            lot_id=lot_id,
            kind=kind.value,
            opened_at=now(),
            opened_by_transaction_id=transaction_id,
        )
    )


def _is_strict(location_id: int) -> bool:
    """Say whether a place guards what it holds."""
    return db.session.scalars(select(StockLocation.is_strict).where(StockLocation.id == location_id)).one()


def _close_negative_balance(location_id: int, lot_id: int) -> None:
    """Note that stock was booked in or counted and the balance is not below zero any more."""
    db.session.execute(
        update(DISCREPANCY)
        .where(
            DISCREPANCY.c.location_id == location_id,
            DISCREPANCY.c.lot_id == lot_id,
            DISCREPANCY.c.kind == DiscrepancyKind.NEGATIVE_BALANCE.value,
            DISCREPANCY.c.closed_at.is_(None),
        )
        .values(closed_at=now())
    )
