"""Read the reasons that people give for stock that changes."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import StockReason
from harmreduction.stock.rules import ReasonUse


def list_reasons(*uses: ReasonUse, only_active: bool = True) -> Sequence[StockReason]:
    """Return the programme's reasons for these uses, in its order."""
    reasons = select(StockReason).where(StockReason.use.in_(uses)).order_by(StockReason.position, StockReason.id)
    return db.session.scalars(reasons.where(StockReason.is_active) if only_active else reasons).all()


def get_reason(public_id: str, uses: Collection[ReasonUse]) -> StockReason:
    """Return a reason for one of these uses."""
    reason = db.session.scalar(select(StockReason).where(StockReason.public_id == public_id, StockReason.use.in_(uses)))
    if reason is None:
        raise NotFound(message("This reason is not in the list any more. Choose another one."))
    return reason


def find_reason(public_id: str | None, uses: Collection[ReasonUse]) -> StockReason | None:
    """Return the reason that a person chose, or None where they said none."""
    return get_reason(public_id, uses) if public_id else None
