"""Write down what somebody says they need."""

from dataclasses import asdict
from datetime import datetime
from typing import cast

from sqlalchemy import Table

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_or_change, transaction
from harmreduction.encounters.actions.visits import ensure_visit
from harmreduction.encounters.models import StatedNeed
from harmreduction.encounters.rules.coverage import NeedTold, check_need
from harmreduction.encounters.rules.starting import VisitStart

STATED_NEED = cast(Table, StatedNeed.__table__)


def tell_need(visit: VisitStart, told: NeedTold, *, by: Actor, at: datetime, told_at: datetime | None = None) -> None:
    """Write down what somebody says they need, on the visit on which they said it; sent twice, it is told once.

    It is the whole of what was told on that visit, so what was emptied is erased, and what was told last stays in
    whichever order records come in. told_at: when a record that comes in late was told; no clock is taken to be ahead.
    Raises NotBelievable, and saves nothing, for a number that cannot be.
    """
    check_need(told)
    row = {**asdict(told), "told_at": min(told_at or at, at)}
    with transaction():
        encounter = ensure_visit(visit, by=by, at=at)
        newest = insert_or_change(STATED_NEED).on_conflict_do_update(
            index_elements=["encounter_id"], set_=row, where=STATED_NEED.c.told_at < row["told_at"]
        )
        db.session.execute(newest, {"encounter_id": encounter.id, **row})
        record(Event.NEED_TOLD, by=by, subject=visit.visit_id, site_id=encounter.site_id)
