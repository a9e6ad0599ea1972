"""Say which items may take the place of another one in a kit when it is short."""

from typing import cast

from sqlalchemy import Table, delete

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.stock.models import Item, ItemSubstitute

SUBSTITUTE = cast(Table, ItemSubstitute.__table__)


def let_stand_in(item: Item, other: Item, *, by: Actor) -> None:
    """Let another item stand in for an item, one for one; said twice, it holds once."""
    with transaction():
        db.session.execute(insert_if_new(SUBSTITUTE), {"item_id": item.id, "substitute_id": other.id})
        record(Event.ITEM_CHANGED, by=by, subject=item.public_id)


def stop_standing_in(item: Item, other: Item, *, by: Actor) -> None:
    """Let another item no longer stand in; kits that were packed with it stay as they are."""
    pair = (SUBSTITUTE.c.item_id == item.id) & (SUBSTITUTE.c.substitute_id == other.id)
    with transaction():
        db.session.execute(delete(SUBSTITUTE).where(pair))
        record(Event.ITEM_CHANGED, by=by, subject=item.public_id)
