"""Read which lots went over to which when two were merged."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from harmreduction.core.db import db
from harmreduction.stock.ledger import FACT, MOVEMENT
from harmreduction.stock.models import Lot
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, LocationKind, TransactionKind

ASSEMBLY = VIRTUAL_LOCATION_IDS[LocationKind.ASSEMBLY]


def other_lots(move_ids: Collection[int]) -> dict[int, Lot]:
    """Return, for movements (row ids) of merges, the lot with which theirs was merged.

    A merge moves units out of one lot and right after into the other, so its lines stand in pairs.
    """
    if not move_ids:
        return {}
    other = MOVEMENT.alias("other")
    in_pair = (MOVEMENT.c.line_no + 1) // 2 == (other.c.line_no + 1) // 2
    rows = db.session.execute(
        select(MOVEMENT.c.id, Lot)
        .join(other, (other.c.transaction_id == MOVEMENT.c.transaction_id) & in_pair & (other.c.id != MOVEMENT.c.id))
        .join(Lot, Lot.id == other.c.lot_id)
        .options(joinedload(Lot.item))
        .where(MOVEMENT.c.id.in_(move_ids))
    )
    return {move_id: lot for move_id, lot in rows}


def units_merged(lot: Lot) -> int:
    """Return the units that went over from a lot to others; below zero where more came over to it."""
    twin = aliased(Lot)
    touched = lot.merged_into_id or db.session.scalar(select(twin.id).where(twin.merged_into_id == lot.id).limit(1))
    if not touched:
        return 0  # as nearly every lot, so that nothing else is read
    went, came = (
        db.session.scalar(
            select(func.sum(MOVEMENT.c.quantity))
            .join(FACT, FACT.c.id == MOVEMENT.c.transaction_id)
            .where(MOVEMENT.c.lot_id == lot.id, side == ASSEMBLY, FACT.c.kind == TransactionKind.MERGE.value)
        )
        for side in (MOVEMENT.c.to_location_id, MOVEMENT.c.from_location_id)
    )
    return int(went or 0) - int(came or 0)
