"""Lots, found or made as supplies name them."""

from datetime import date

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.stock.models import NOT_SAID, Lot
from harmreduction.stock.rules import check_lot


def find_or_make_lot(
    item_id: int, lot_number: str, expiry: date | None = None, *, funding_source_id: int = NOT_SAID
) -> int:
    """Return the id of an item's lot from a source, made now if new; the empty number is what nobody knows the lot of.

    A lot that was merged into another one is that other one. Raises UnknownLot for a date without a number.
    """
    check_lot(lot_number, expiry)
    found = db.session.execute(
        select(Lot.id, Lot.merged_into_id).where(
            Lot.item_id == item_id, Lot.lot_number == lot_number, Lot.funding_source_id == funding_source_id
        )
    ).one_or_none()
    if found is not None:
        return int(found.merged_into_id or found.id)
    lot = Lot(
        item_id=item_id,
        lot_number=lot_number,
        printed_expiry=expiry,
        effective_expiry=expiry,
        funding_source_id=funding_source_id,
    )
    db.session.add(lot)
    db.session.flush()
    return lot.id
