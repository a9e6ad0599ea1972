"""Find items and lots by what is printed on their packs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, ItemIdentifier, Lot
from harmreduction.stock.rules.codes import NOT_READ, PackCode
from harmreduction.stock.rules.identifiers import IdentifierSystem
from harmreduction.stock.rules.ndc import ndc_readings


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What a code is here: its items (several where it is ambiguous, none where unknown) and lots known by it.

    pack_size: units in the pack that carries the code.
    """

    code: PackCode
    items: tuple[Item, ...]
    lots: tuple[Lot, ...]
    pack_size: int = 1

    @property
    def item(self) -> Item | None:
        """Return the item where there is no doubt which."""
        return self.items[0] if len(self.items) == 1 else None

    @property
    def lot_number(self) -> str:
        """Return the lot: one that is known here before one that is only likely."""
        return next((lot.lot_number for lot in self.lots), next(iter(self.code.lot_numbers), ""))


def find_scanned(code: PackCode) -> Scanned:
    """Return what a code is here; a lot number alone finds its item too."""
    identifiers = _identifiers_of(code)
    items = tuple(dict.fromkeys(item for _identifier, item in identifiers if item.is_active))
    numbers = code.lot_numbers or ((code.raw.upper(),) if code.raw and not items else ())
    lots = _lots(items, numbers)
    if lots and code.warnings == (NOT_READ,):
        code = replace(code, warnings=())  # a lot number that somebody typed is no code, and still understood
    if not items:
        items = tuple(dict.fromkeys(lot.item for lot in lots)) if not code.gtin else ()
    sizes = {identifier.pack_size for identifier, _item in identifiers}
    return Scanned(code=code, items=items, lots=lots, pack_size=sizes.pop() if len(sizes) == 1 else 1)


def list_identifiers(item_id: int) -> Sequence[ItemIdentifier]:
    """Return the codes of an item."""
    return db.session.scalars(
        select(ItemIdentifier)
        .where(ItemIdentifier.item_id == item_id)
        .order_by(ItemIdentifier.system, ItemIdentifier.value)
    ).all()


def get_identifier(public_id: str) -> ItemIdentifier:
    """Return a code of an item."""
    found = db.session.scalar(select(ItemIdentifier).where(ItemIdentifier.public_id == public_id))
    if found is None:
        raise NotFound(message("This code is not in the list any more."))
    return found


def _identifiers_of(code: PackCode) -> list[tuple[ItemIdentifier, Item]]:
    """Return the codes that are this one, with their items; the number of a barcode before an NDC in it."""
    rows = db.session.execute(select(ItemIdentifier, Item).join(Item, Item.id == ItemIdentifier.item_id)).all()
    exact = [(known, item) for known, item in rows if known.value in {code.gtin, code.raw.upper()} - {""}]
    if exact or not code.ndcs:
        return exact
    return [
        (known, item)
        for known, item in rows
        if known.system == IdentifierSystem.NDC and ndc_readings(known.value) & code.ndcs
    ]


def _lots(items: Sequence[Item], numbers: Sequence[str]) -> tuple[Lot, ...]:
    """Return the lots with one of these numbers, of these items where some are known; merged ones as what they are."""
    if not numbers:
        return ()
    lots = select(Lot).options(joinedload(Lot.item)).where(Lot.lot_number.in_(numbers)).order_by(Lot.id)
    if items:
        lots = lots.where(Lot.item_id.in_([item.id for item in items]))
    found = [
        lot if lot.merged_into_id is None else db.session.get_one(Lot, lot.merged_into_id)
        for lot in db.session.scalars(lots)
    ]
    return tuple(dict.fromkeys(found))
