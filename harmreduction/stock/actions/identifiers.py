"""Teach the programme which item a printed code belongs to."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Table, delete, func, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_or_change, new_id, transaction
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, ItemIdentifier
from harmreduction.stock.queries.identifiers import get_identifier
from harmreduction.stock.rules.identifiers import IdentifierSystem, UnusableCode, normalised_identifier

IDENTIFIER = cast(Table, ItemIdentifier.__table__)


@dataclass(frozen=True, kw_only=True)
class PrintedCode:
    """A code on a pack that holds pack_size units; verified_on: when somebody compared it with a pack."""

    system: IdentifierSystem
    text: str
    pack_size: int = 1
    verified_on: date | None = None


def add_identifier(item: Item, code: PrintedCode, *, by: Actor) -> None:
    """Say that a code belongs to an item, or what its pack holds where that is said already.

    Raises UnusableCode where it is no code, or another item's.
    """
    value = normalised_identifier(code.system, code.text)
    with transaction():
        said = insert_or_change(IDENTIFIER)
        db.session.execute(
            said.on_conflict_do_update(
                index_elements=["system", "value"],
                set_={
                    "pack_size": said.excluded.pack_size,
                    "verified_on": func.coalesce(said.excluded.verified_on, IDENTIFIER.c.verified_on),
                },
                where=IDENTIFIER.c.item_id == item.id,
            ),
            {
                "public_id": new_id(),
                "item_id": item.id,
                "system": code.system.value,
                "value": value,
                "pack_size": code.pack_size,
                "verified_on": code.verified_on,
            },
        )
        owner = db.session.scalars(
            select(ItemIdentifier.item_id).where(
                ItemIdentifier.system == code.system.value, ItemIdentifier.value == value
            )
        ).one()
        if owner != item.id:
            raise UnusableCode(message("Another item has this code already. Take it away there first."))
        record(Event.ITEM_CHANGED, by=by, subject=item.public_id)


def remove_identifier(public_id: str, *, by: Actor) -> str:
    """Take a code away from its item, and return the item's public id."""
    with transaction():
        found = get_identifier(public_id)
        item = db.session.get_one(Item, found.item_id)
        db.session.execute(delete(IDENTIFIER).where(IDENTIFIER.c.id == found.id))
        record(Event.ITEM_CHANGED, by=by, subject=item.public_id)
        return item.public_id
