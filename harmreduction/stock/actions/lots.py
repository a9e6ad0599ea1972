"""Lots, found or made as supplies name them."""

from datetime import date
from typing import cast

from sqlalchemy import Table, select

from harmreduction.core.db import db, insert_or_change
from harmreduction.stock.models import NOT_SAID, Item, Lot
from harmreduction.stock.rules import LotStatus, check_lot

LOT = cast(Table, Lot.__table__)


def find_or_make_lot(
    item_id: int, lot_number: str, expiry: date | None = None, *, funding_source_id: int = NOT_SAID
) -> int:
    """Return the id of an item's lot from a source, made now if new; the empty number is what nobody knows the lot of.

    A lot or an item that was merged into another one is that other one. Raises UnknownLot for a date without a number.
    """
    check_lot(lot_number, expiry)
    found = db.session.execute(
        select(Lot.id, Lot.merged_into_id).where(
            Lot.item_id == item_id, Lot.lot_number == lot_number, Lot.funding_source_id == funding_source_id
        )
    ).one_or_none()
    if found is not None:
        return int(found.merged_into_id or found.id)
    goes_on_as = db.session.scalar(select(Item.merged_into_id).where(Item.id == item_id))
    if goes_on_as is not None:
        return find_or_make_lot(goes_on_as, lot_number, expiry, funding_source_id=funding_source_id)
    twin = _of_other_source(item_id, lot_number)
    is_dated = twin is not None and twin.printed_expiry is not None
    made = insert_or_change(LOT)
    lot_id = db.session.scalar(  # of two who name a lot for the first time at one moment, both get the same
        made.on_conflict_do_update(
            index_elements=["item_id", "lot_number", "funding_source_id"], set_={"lot_number": lot_number}
        ).returning(LOT.c.id),
        {
            "item_id": item_id,
            "lot_number": lot_number,
            "printed_expiry": twin.printed_expiry if twin and is_dated else expiry,
            "effective_expiry": twin.effective_expiry if twin and is_dated else expiry,
            "funding_source_id": funding_source_id,
            "status": twin.status if twin else LotStatus.AVAILABLE.value,
        },
    )
    return int(lot_id)


def _of_other_source(item_id: int, lot_number: str) -> Lot | None:
    """Return the same batch as another source paid for it: its dates and its status hold here too."""
    batch = select(Lot).where(Lot.item_id == item_id, Lot.lot_number == lot_number, Lot.lot_number != "")
    return db.session.scalar(batch.order_by(Lot.id).limit(1))
