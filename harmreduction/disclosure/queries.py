"""Read which numbers were shown outside."""

from collections.abc import Mapping

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.disclosure.models import ReleasedFigure


def list_released_periods(page: str) -> list[str]:
    """Return the periods of a page that were shown, the latest first."""
    periods = select(ReleasedFigure.period).where(ReleasedFigure.page == page).distinct()
    return list(db.session.scalars(periods.order_by(ReleasedFigure.period.desc())))


def find_released(page: str, period: str) -> Mapping[str, ReleasedFigure]:
    """Return what a page shows of a period, by figure; empty while it was not released."""
    rows = db.session.scalars(
        select(ReleasedFigure).where(ReleasedFigure.page == page, ReleasedFigure.period == period)
    )
    return {row.figure: row for row in rows}
