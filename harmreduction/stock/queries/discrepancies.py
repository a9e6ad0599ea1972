"""Read what does not fit and waits for a lead."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from harmreduction.core.db import db
from harmreduction.stock.models import (
    Lot,
    StockDiscrepancy,
)


def list_open_discrepancies(location_ids: Collection[int]) -> Sequence[StockDiscrepancy]:
    """Return what does not fit at these places, oldest first."""
    return db.session.scalars(
        select(StockDiscrepancy)
        .join(StockDiscrepancy.lot)
        .join(Lot.item)
        .options(
            contains_eager(StockDiscrepancy.lot).contains_eager(Lot.item),
            joinedload(StockDiscrepancy.location),
        )
        .where(StockDiscrepancy.location_id.in_(location_ids), StockDiscrepancy.closed_at.is_(None))
        .order_by(StockDiscrepancy.opened_at)
    ).all()
