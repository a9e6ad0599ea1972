"""Lots that got too warm or too cold: used first where they lie, and where they go."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.actions.checks import check_places
from harmreduction.stock.models import HeatFlag, Lot, StockLocation

FLAG = cast(Table, HeatFlag.__table__)


def flag_heat(location_id: int, lot_ids: Iterable[int], note: str, *, by: Actor, at: datetime) -> None:
    """Note that lots got too warm or too cold at a place, so that they go out first there; one flag a lot is enough.

    Raises NotFound for another site's place.
    """
    check_places([location_id], by)
    with transaction():
        place = db.session.get_one(StockLocation, location_id)
        for lot_id in sorted(set(lot_ids)):
            if _is_new(location_id, lot_id, note.strip(), by=by, at=at):
                lot = db.session.get_one(Lot, lot_id)
                record(Event.LOT_CHANGED, by=by, subject=lot.public_id, site_id=place.site_id)


def carry_heat(
    from_location_id: int, to_location_id: int, lot_ids: Collection[int], *, left_at: datetime, by: Actor
) -> None:
    """Let lots that were flagged when they left a place (`left_at`) go out first where they arrive, too.

    Called inside the transaction of a transfer or of an acceptance.
    """
    with transaction():
        carried = select(HeatFlag.lot_id, HeatFlag.note).where(
            HeatFlag.location_id == from_location_id,
            HeatFlag.lot_id.in_(lot_ids),
            HeatFlag.noted_at <= left_at,
            HeatFlag.closed_at.is_(None) | (HeatFlag.closed_at > left_at),
        )
        for lot_id, note in sorted({row.lot_id: row.note for row in db.session.execute(carried)}.items()):
            _is_new(to_location_id, lot_id, note, by=by, at=left_at)


def clear_heat(public_id: str, *, by: Actor, at: datetime) -> None:
    """Close a flag: somebody looked, and the lot takes its turn by date again; raises NotFound for no such flag."""
    with transaction():
        flag = db.session.scalar(select(HeatFlag).where(HeatFlag.public_id == public_id))
        if flag is None:
            raise NotFound(message("There is no such note about heat or frost."))
        check_places([flag.location_id], by)
        if flag.closed_at is None:
            flag.closed_at = at
            record(Event.LOT_CHANGED, by=by, subject=db.session.get_one(Lot, flag.lot_id).public_id)


def _is_new(location_id: int, lot_id: int, note: str, *, by: Actor, at: datetime) -> bool:
    """Open a flag, and say whether none was open yet."""
    flag = {"location_id": location_id, "lot_id": lot_id, "note": note, "noted_at": at, "noted_by_id": by.account_id}
    return db.session.scalar(insert_if_new(FLAG).returning(FLAG.c.id), flag) is not None
