"""The starting catalogue and the places that every programme has."""

import csv
from importlib import resources

from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, ItemCategory, ItemIdentifier

CATEGORIES = {
    "naloxone": message("Naloxone and other reversal medicines"),
    "test_strip": message("Test strips"),
    "syringe": message("Syringes"),
    "preparation": message("Preparation"),
    "smoking": message("Safer smoking and snorting"),
    "disposal": message("Sharps disposal"),
    "wound_care": message("Wound care"),
    "sexual_health": message("Sexual health"),
    "self_test": message("Self-tests"),
    "hygiene": message("Hygiene and weather"),
    "other": message("Other"),
}


def load_catalogue() -> int:
    """Add the starting items that are not there yet; return how many were added.

    A programme edits them as it likes; an item that it changed is never touched again.
    """
    with transaction():
        _add_categories()
        known = set(db.session.scalars(select(Item.code)))
        items = [_item(row) for row in _rows("supplies.csv") if row["code"] not in known]
        db.session.add_all(items)
        db.session.flush()
        ids = {item.code: item.id for item in items}
        db.session.add_all(
            ItemIdentifier(
                item_id=ids[row["code"]],
                system=row["system"],
                value=row["value"],
                pack_size=int(row["pack_size"]),
            )
            for row in _rows("identifiers.csv")
            if row["code"] in ids
        )
        return len(items)


def _add_categories() -> None:
    """Add the categories that are not there yet, in their order."""
    known = set(db.session.scalars(select(ItemCategory.code)))
    db.session.add_all(
        ItemCategory(code=code, name=name.text, position=position)
        for position, (code, name) in enumerate(CATEGORIES.items(), start=1)
        if code not in known
    )
    db.session.flush()


def _item(row: dict[str, str]) -> Item:
    """Make an item from a row of the starting catalogue."""
    return Item(
        code=row["code"],
        category=row["category"],
        name=row["name"],
        unit=row["unit"],
        unit_plural=row["unit_plural"],
        doses_per_unit=int(row["doses_per_unit"]),
        pack_size=int(row["pack_size"]),
        is_lot_tracked=row["lot_tracked"] == "yes",
        has_expiry=row["has_expiry"] == "yes",
        is_usual=row["usual"] == "yes",
        note=row["note"],
    )


def _rows(name: str) -> list[dict[str, str]]:
    """Read a file of the starting data."""
    text = resources.files("harmreduction").joinpath("data", name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
