"""What does not fit and waits for a lead; below zero opens and closes by itself, and so do differences of counts."""

from collections.abc import Collection

from sqlalchemy import case, func, select, update

from harmreduction.core.clock import now
from harmreduction.core.db import db, insert_if_new
from harmreduction.core.messages import message
from harmreduction.stock.ledger.tables import ANCHOR, DISCREPANCY, MOVEMENT, Place
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


def units_left_to_explain(discrepancy_ids: Collection[int]) -> dict[int, int]:
    """Return by how many units the counts behind these discrepancies (row ids) still differ from the book.

    Counted in are the counts since it was opened for which nobody said why; what one finds that
    the one before missed is explained by that.
    """
    to_here = MOVEMENT.c.to_location_id == ANCHOR.c.location_id
    of_place = (ANCHOR.c.location_id == DISCREPANCY.c.location_id) & (ANCHOR.c.lot_id == DISCREPANCY.c.lot_id)
    rows = db.session.execute(
        select(DISCREPANCY.c.id, func.sum(case((to_here, MOVEMENT.c.quantity), else_=-MOVEMENT.c.quantity)))
        .join(ANCHOR, of_place & (ANCHOR.c.transaction_id >= DISCREPANCY.c.opened_by_transaction_id))
        .join(MOVEMENT, MOVEMENT.c.anchor_id == ANCHOR.c.id)
        .where(
            DISCREPANCY.c.id.in_(discrepancy_ids),
            DISCREPANCY.c.kind == DiscrepancyKind.COUNT_DIFFERS.value,
            ANCHOR.c.reason_id.is_(None),
        )
        .group_by(DISCREPANCY.c.id)
    )
    return {discrepancy_id: int(units) for discrepancy_id, units in rows}


def settle_count(place: Place) -> None:
    """Close what somebody was to look into once everything that a count differed by is explained."""
    location_id, lot_id = place
    found = db.session.scalar(
        select(DISCREPANCY.c.id).where(
            DISCREPANCY.c.location_id == location_id,
            DISCREPANCY.c.lot_id == lot_id,
            DISCREPANCY.c.kind == DiscrepancyKind.COUNT_DIFFERS.value,
            DISCREPANCY.c.closed_at.is_(None),
        )
    )
    if found is not None and not any(units_left_to_explain([found]).values()):
        db.session.execute(update(DISCREPANCY).where(DISCREPANCY.c.id == found).values(closed_at=now()))


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
