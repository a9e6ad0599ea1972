"""Check that what was handed out and what the ledger moved are the same."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, DistributionVoid, SupplyLine
from harmreduction.stock.models import Lot, StockMovement, StockTransaction
from harmreduction.stock.rules import TransactionKind


def find_differences() -> Iterator[str]:
    """Name each hand-out that is not what the ledger moved, and each void that does not fit its reversal."""
    handed_out: Counter[tuple[int, int]] = Counter()
    lines = select(Distribution.stock_transaction_id, SupplyLine.item_id, SupplyLine.quantity).join(
        SupplyLine, SupplyLine.distribution_id == Distribution.id
    )
    for transaction_id, item_id, quantity in db.session.execute(lines):
        handed_out[transaction_id, item_id] += quantity
    moved: Counter[tuple[int, int]] = Counter()
    movements = (
        select(StockMovement.transaction_id, Lot.item_id, StockMovement.quantity)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .where(StockTransaction.kind == TransactionKind.DISTRIBUTE.value)
    )
    for transaction_id, item_id, quantity in db.session.execute(movements):
        moved[transaction_id, item_id] += quantity
    for transaction_id, item_id in sorted(handed_out.keys() | moved.keys()):
        given, booked = handed_out[transaction_id, item_id], moved[transaction_id, item_id]
        if given != booked:
            yield f"Hand-out {transaction_id}: {given} of item {item_id} were logged, {booked} left the stock."
    yield from _voids_without_reversal()
    yield from _reversals_without_void()


def _voids_without_reversal() -> Iterator[str]:
    """Check that each void points to the reversal of its own hand-out."""
    wrong = (
        select(Distribution.public_id)
        .join(DistributionVoid, DistributionVoid.distribution_id == Distribution.id)
        .join(StockTransaction, StockTransaction.id == DistributionVoid.stock_transaction_id)
        .where(StockTransaction.reverses_id.is_distinct_from(Distribution.stock_transaction_id))
    )
    for (public_id,) in db.session.execute(wrong):
        yield f"The void of hand-out {public_id} takes something else back."


def _reversals_without_void() -> Iterator[str]:
    """Check that each hand-out that the ledger took back is void."""
    wrong = (
        select(Distribution.public_id)
        .join(StockTransaction, StockTransaction.reverses_id == Distribution.stock_transaction_id)
        .outerjoin(DistributionVoid, DistributionVoid.distribution_id == Distribution.id)
        .where(DistributionVoid.distribution_id.is_(None))
    )
    for (public_id,) in db.session.execute(wrong):
        yield f"The ledger took hand-out {public_id} back, and nothing says why."
