"""Set how much of each item a place wants to hold, and note who took an order sheet along."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import cast

from sqlalchemy import Table, delete

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_or_change, transaction
from harmreduction.stock.actions.checks import check_places
from harmreduction.stock.models import StockLocation, StockPolicy
from harmreduction.stock.queries.ordering import levels_of
from harmreduction.stock.rules.ordering import NOT_SET, Levels, check_levels

POLICY = cast(Table, StockPolicy.__table__)


def set_levels(location_id: int, levels: Mapping[int, Levels], *, by: Actor) -> None:
    """Set the levels of items (by id) at a place; what is not named stays, and what is NOT_SET goes.

    Raises LevelsDoNotFit, or NotFound for another site's place.
    """
    check_places([location_id], by)
    for wanted in levels.values():
        check_levels(wanted)
    with transaction():
        known = levels_of([location_id])
        changed = {
            item_id: wanted
            for item_id, wanted in levels.items()
            if wanted != known.get((location_id, item_id), NOT_SET)
        }
        for item_id, wanted in changed.items():
            _set(location_id, item_id, wanted)
        if changed:
            place = db.session.get_one(StockLocation, location_id)
            record(Event.STOCK_POLICY_CHANGED, by=by, subject=place.public_id, site_id=place.site_id)


def record_export(location_id: int, *, by: Actor) -> None:
    """Note that somebody downloaded the order sheet of a place."""
    with transaction():
        place = db.session.get_one(StockLocation, location_id)
        record(Event.STOCK_EXPORTED, by=by, subject=place.public_id, site_id=place.site_id)


def _set(location_id: int, item_id: int, wanted: Levels) -> None:
    """Write the levels of one item, or take them away."""
    if wanted == NOT_SET:
        db.session.execute(delete(POLICY).where(POLICY.c.location_id == location_id, POLICY.c.item_id == item_id))
        return
    row = {"location_id": location_id, "item_id": item_id, **asdict(wanted)}
    db.session.execute(
        insert_or_change(POLICY).on_conflict_do_update(index_elements=["location_id", "item_id"], set_=asdict(wanted)),
        row,
    )
