"""Show numbers outside, once and for good."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import Table

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.disclosure.models import ReleasedFigure
from harmreduction.disclosure.rules import shown_outside
from harmreduction.settings.queries import current_settings

RELEASED = cast(Table, ReleasedFigure.__table__)


def release(page: str, period: str, counts: Mapping[str, int], *, by: Actor, at: datetime) -> None:
    """Show these counts of a period on a page; a figure that was shown or hidden before stays as it was."""
    smallest = current_settings().smallest_shown
    rows = [
        {
            "page": page,
            "period": period,
            "figure": figure,
            "value": shown_outside(count, smallest=smallest),
            "threshold": smallest,
            "released_at": at,
        }
        for figure, count in counts.items()
    ]
    with transaction():
        for row in rows:
            db.session.execute(insert_if_new(RELEASED), row)
        record(Event.FIGURES_RELEASED, by=by, subject=f"{page} {period}")
