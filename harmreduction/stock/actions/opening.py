"""Bring in what lay at the places when the programme began to keep its stock here."""

from collections.abc import Sequence
from datetime import datetime

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import transaction
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message
from harmreduction.stock.actions.receiving import Receipt, receive
from harmreduction.stock.models import NOT_SAID
from harmreduction.stock.queries.opening import fact_of_row
from harmreduction.stock.rules import Origin
from harmreduction.stock.rules.opening import OpeningRow


class NothingToBringIn(DomainError):
    """No row of the sheet can be used, or some cannot and nobody said to leave them out."""


def bring_in(rows: Sequence[OpeningRow], form_id: str, *, leave_out_others: bool, by: Actor, at: datetime) -> int:
    """Book every good row of a sheet, once however often it is sent; return how many rows that were.

    All of it or nothing. Raises NothingToBringIn with a sentence; a row that the stock itself refuses
    (a lot with another date) undoes everything and says which row it was.
    """
    good = [row for row in rows if row.line is not None]
    if not good:
        raise NothingToBringIn(message("No row of this sheet can be brought in yet. Correct it and choose it again."))
    if len(good) < len(rows) and not leave_out_others:
        raise NothingToBringIn(message("Some rows cannot be read. Correct them, or tick that they are left out."))
    with transaction():
        for row in good:
            _book(row, form_id, by=by, at=at)
        record(Event.STOCK_IMPORTED, by=by)
    return len(good)


def _book(row: OpeningRow, form_id: str, *, by: Actor, at: datetime) -> None:
    """Book one row."""
    line = row.line
    if line is None:
        return
    receipt = Receipt(
        client_id=fact_of_row(form_id, row.number),
        location_id=line.place_id,
        item_id=line.item_id,
        lot_number=line.lot_number,
        expiry=line.expiry,
        quantity=line.units,
        occurred_at=at,
        funding_source_id=line.source_id or NOT_SAID,
        is_opening=True,
    )
    try:
        receive(receipt, by=by, origin=Origin.IMPORT)
    except DomainError as problem:
        raise NothingToBringIn(
            message("Row %(number)s: %(reason)s Nothing was brought in.", number=row.number, reason=problem.message)
        ) from problem
