"""Read how much a fact moved, so that whoever takes it back knows."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from harmreduction.core.db import db
from harmreduction.stock.ledger import FACT, MOVEMENT


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many lines a fact has, and how many units they moved together."""

    lines: int
    units: int


def sizes_of(fact_ids: Collection[str]) -> dict[str, Size]:
    """Return how much each of these facts (client ids) moved."""
    rows = db.session.execute(
        select(FACT.c.client_id, func.count(), func.sum(MOVEMENT.c.quantity))
        .join(MOVEMENT, MOVEMENT.c.transaction_id == FACT.c.id)
        .where(FACT.c.client_id.in_(fact_ids))
        .group_by(FACT.c.client_id)
    )
    return {fact_id: Size(lines=lines, units=int(units)) for fact_id, lines, units in rows}
