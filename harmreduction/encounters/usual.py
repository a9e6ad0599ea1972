"""The usual hand-outs that a new programme starts with."""

from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.encounters.models import UsualHandout, UsualHandoutLine
from harmreduction.stock.models import Item

# name, icon, (item code, units) …; the first is the big tile
STARTING = (
    (message("Nasal naloxone"), "kit", (("naloxone-nasal-4", 1),)),
    (message("Syringes"), "syringe", (("syringe-1ml-28g-half", 10),)),
    (message("Smoking kit"), "pipe", (("kit-smoking", 1),)),
    (message("Test strips"), "strip", (("strip-fentanyl", 5),)),
    (message("Wound care"), "wound", (("wound-kit", 1),)),
)


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
