"""Replay the ledger and name any difference; it looks, and never repairs."""

from collections.abc import Iterator

from sqlalchemy import func, literal, select, union_all

from harmreduction.core.db import db
from harmreduction.stock.ledger import BALANCE, DISCREPANCY, FACT, MOVEMENT, VIRTUAL_IDS
from harmreduction.stock.models import Lot, StockLocation
from harmreduction.stock.rules import DiscrepancyKind, TransactionKind


def count_movements() -> int:
    """Return how many movements the ledger holds."""
    return db.session.scalar(select(func.count()).select_from(MOVEMENT)) or 0


def find_differences() -> Iterator[str]:
    """Name each balance that is not the sum of its movements, and whatever else cannot be."""
    yield from _balances()
    yield from _reversals()
    yield from _facts_without_movements()
    yield from _negative_without_discrepancy()


def _balances() -> Iterator[str]:
    """Compare every balance with the replay of its movements."""
    moved = union_all(
        select(
            MOVEMENT.c.to_location_id.label("location_id"),
            MOVEMENT.c.lot_id,
            MOVEMENT.c.quantity.label("units"),
        ),
        select(MOVEMENT.c.from_location_id, MOVEMENT.c.lot_id, -MOVEMENT.c.quantity),
    ).subquery()
    replayed = select(moved.c.location_id, moved.c.lot_id, func.sum(moved.c.units)).group_by(
        moved.c.location_id, moved.c.lot_id
    )
    truth = {(location_id, lot_id): int(units) for location_id, lot_id, units in db.session.execute(replayed)}
    book = {(row.location_id, row.lot_id): row.on_hand for row in db.session.execute(select(BALANCE))}
    for place in sorted(truth.keys() | book.keys()):
        if truth.get(place, 0) != book.get(place, 0):
            yield f"{_name(*place)}: the balance says {book.get(place, 0)}, its movements say {truth.get(place, 0)}."


def _reversals() -> Iterator[str]:
    """Check that each reversal mirrors its target line by line."""
    back = MOVEMENT.alias("back")
    mirrored = (
        (back.c.lot_id == MOVEMENT.c.lot_id)
        & (back.c.from_location_id == MOVEMENT.c.to_location_id)
        & (back.c.to_location_id == MOVEMENT.c.from_location_id)
        & (back.c.quantity == MOVEMENT.c.quantity)
    )
    wrong = select(back.c.id).join(MOVEMENT, MOVEMENT.c.id == back.c.reverses_id).where(~mirrored)
    for (number,) in db.session.execute(wrong):
        yield f"Movement {number} takes something else back than what it names."
    of_target = select(func.count()).where(MOVEMENT.c.transaction_id == FACT.c.reverses_id).scalar_subquery()
    of_reversal = select(func.count()).where(MOVEMENT.c.transaction_id == FACT.c.id).scalar_subquery()
    partial = select(FACT.c.client_id).where(FACT.c.kind == TransactionKind.REVERSAL.value, of_target != of_reversal)
    for (client_id,) in db.session.execute(partial):
        yield f"The taking back {client_id} does not take everything back."


def _facts_without_movements() -> Iterator[str]:
    """Check that every fact moved something."""
    moved = select(literal(1)).where(MOVEMENT.c.transaction_id == FACT.c.id).exists()
    for (client_id,) in db.session.execute(select(FACT.c.client_id).where(~moved)):
        yield f"The fact {client_id} moved nothing."


def _negative_without_discrepancy() -> Iterator[str]:
    """Check that a real place is below zero exactly where a discrepancy is open."""
    kind = DiscrepancyKind.NEGATIVE_BALANCE.value
    waiting = select(DISCREPANCY.c.location_id, DISCREPANCY.c.lot_id).where(
        DISCREPANCY.c.kind == kind, DISCREPANCY.c.closed_at.is_(None)
    )
    below = select(BALANCE.c.location_id, BALANCE.c.lot_id).where(
        BALANCE.c.on_hand < 0, BALANCE.c.location_id.not_in(VIRTUAL_IDS)
    )
    open_ones = {tuple(row) for row in db.session.execute(waiting)}
    negative = {tuple(row) for row in db.session.execute(below)}
    for place in sorted(negative - open_ones):
        yield f"{_name(*place)}: below zero, and no discrepancy is open."
    for place in sorted(open_ones - negative):
        yield f"{_name(*place)}: a discrepancy is open, and the balance is not below zero."


def _name(location_id: int, lot_id: int) -> str:
    """Name a place and a lot for a person."""
    location = db.session.get_one(StockLocation, location_id)
    lot = db.session.get_one(Lot, lot_id)
    return f"{location.name}, {lot.item.name}, lot {lot.lot_number or 'without a number'}"
