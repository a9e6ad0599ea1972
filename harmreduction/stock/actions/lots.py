"""Lots, found or made as supplies name them."""

from datetime import date

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.stock.models import Lot
from harmreduction.stock.rules import check_lot


def find_or_make_lot(item_id: int, lot_number: str, expiry: date | None = None) -> int:
    """Return the id of an item's lot, made now if it is new; the empty number is what nobody knows the lot of.

    Raises UnknownLot for a date without a number.
    """
    check_lot(lot_number, expiry)
    where = (Lot.item_id == item_id, Lot.lot_number == lot_number)
    found = db.session.scalar(select(Lot.id).where(*where))
    if found is not None:
        return found
    lot = Lot(item_id=item_id, lot_number=lot_number, printed_expiry=expiry, effective_expiry=expiry)
    db.session.add(lot)
    db.session.flush()
    return lot.id
