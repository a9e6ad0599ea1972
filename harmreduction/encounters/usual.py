"""The usual hand-outs: what a new programme starts with, and how it changes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.encounters.models import UsualHandout, UsualHandoutLine
from harmreduction.encounters.queries import find_usual_handout
from harmreduction.stock.models import Item
from harmreduction.stock.rules import check_quantity

# name, icon, (item code, units) …; the first is the big tile
STARTING = (
    (message("Nasal naloxone"), "kit", (("naloxone-nasal-4", 1),)),
    (message("Syringes"), "syringe", (("syringe-1ml-28g-half", 10),)),
    (message("Smoking kit"), "pipe", (("kit-smoking", 1),)),
    (message("Test strips"), "strip", (("strip-fentanyl", 5),)),
    (message("Wound care"), "wound", (("wound-kit", 1),)),
)

TILE_ICONS: dict[str, Message] = {
    "kit": message("Kit"),
    "syringe": message("Syringe"),
    "pipe": message("Pipe"),
    "strip": message("Test strip"),
    "wound": message("Wound care"),
    "hygiene": message("Hygiene"),
    "bag": message("Bag"),
    "sharps": message("Sharps container"),
    "box": message("Box"),
}


class EmptyTile(DomainError):
    """A tile that would hand out nothing."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One tile as the programme wants it: its name, icon, place on the page (1 is the big one), item id → units."""

    name: str
    icon: str
    position: int
    is_active: bool
    units: Mapping[int, int]


def load_usual_handouts() -> None:
    """Add the starting tiles if the programme has none."""
    with transaction():
        if db.session.scalar(select(UsualHandout.id).limit(1)) is not None:
            return
        items = {item.code: item for item in db.session.scalars(select(Item))}
        for position, (name, icon, lines) in enumerate(STARTING, start=1):
            tile = UsualHandout(name=name.text, icon=icon, position=position)
            tile.lines = [UsualHandoutLine(item_id=items[code].id, quantity=units) for code, units in lines]
            db.session.add(tile)


def save_usual_handout(public_id: str, wanted: Tile, *, by: Actor) -> None:
    """Add a tile under an id made with the page, or change the one that has it; what was handed out stays.

    Raises EmptyTile without an item, QuantityOutOfBounds for a number that could not be handed out.
    """
    if not wanted.units:
        raise EmptyTile(message("Choose at least one item and how many of it."))
    for units in wanted.units.values():
        check_quantity(units)
    with transaction():
        tile = find_usual_handout(public_id) or UsualHandout(public_id=public_id)
        tile.name, tile.icon = wanted.name, wanted.icon
        tile.position, tile.is_active = wanted.position, wanted.is_active
        known = {line.item_id: line for line in tile.lines}
        tile.lines = [_line(known.get(item_id), item_id, units) for item_id, units in wanted.units.items()]
        db.session.add(tile)
        record(Event.USUAL_HAND_OUT_CHANGED, by=by, subject=public_id)


def _line(known: UsualHandoutLine | None, item_id: int, units: int) -> UsualHandoutLine:
    """Return the line of an item, the one that was there where there was one."""
    line = known or UsualHandoutLine(item_id=item_id)
    line.quantity = units
    return line
