"""What the names in an opening stock sheet stand for, and what lies at the places already."""

import io
from collections.abc import Iterable, Iterator
from uuid import UUID, uuid5

from sqlalchemy import Row, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.messages import message
from harmreduction.core.spreadsheets import Row as SheetRow
from harmreduction.core.spreadsheets import open_sheet
from harmreduction.stock.models import (
    NOT_SAID,
    FundingSource,
    Item,
    ItemIdentifier,
    Lot,
    StockBalance,
    StockLocation,
    StockTransaction,
)
from harmreduction.stock.queries.places import list_locations_of
from harmreduction.stock.rules.ndc import ndc_readings
from harmreduction.stock.rules.opening import (
    LONGEST_SHEET,
    Known,
    OpeningRow,
    UnreadableSheet,
    columns_of,
    read_row,
)

LotAtPlace = tuple[int, int, str, int]  # place, item, lot number, source

LIES_HERE = message("This lot lies there already. Count it instead, so that nothing is booked twice.")
TWICE = message("The sheet names this lot at this place twice. Put both in one row.")


def read_opening_sheet(content: bytes, actor: Actor, form_id: str) -> list[OpeningRow]:
    """Return the rows of a CSV file with what each says; raises CannotRead or UnreadableSheet.

    form_id: the id made with the page; what was booked in under it already is no reason to refuse a row.
    """
    sheet = open_sheet(io.BytesIO(content))
    columns = columns_of(sheet.header)
    known = _known(actor)
    rows = [
        OpeningRow(number=row.number, cells=row.cells, problem=row.problem)
        if row.problem
        else read_row(row.number, row.cells, columns, known)
        for row in _not_too_many(row for row in sheet.rows if row.problem or not row.is_empty)
    ]
    return _without_doubles(rows, form_id)


def fact_of_row(form_id: str, number: int) -> str:
    """Return the id of the fact that a row becomes, the same whenever the page is sent."""
    return str(uuid5(UUID(form_id), f"row {number}"))


def _not_too_many(rows: Iterable[SheetRow]) -> Iterator[SheetRow]:
    """Stop at a sheet that is longer than a page can show."""
    for number, row in enumerate(rows):
        if number == LONGEST_SHEET:
            raise UnreadableSheet(
                message("The sheet has more than %(most)s rows. Split it into several files.", most=LONGEST_SHEET)
            )
        yield row


def _known(actor: Actor) -> Known:
    """Return what names can stand for; an item has its code, its name, and the codes on its packs."""
    items = db.session.scalars(select(Item).where(Item.is_active)).all()
    codes = db.session.execute(
        select(ItemIdentifier.value, ItemIdentifier.item_id)
        .join(Item, Item.id == ItemIdentifier.item_id)
        .where(Item.is_active)
    ).all()
    places: Iterable[StockLocation] = list_locations_of(actor)
    return Known(
        places={place.name.casefold(): place.id for place in places},
        items={value.casefold(): item_id for value, item_id in codes}
        | {item.name.casefold(): item.id for item in items}
        | {item.code.casefold(): item.id for item in items},
        codes=_all_forms(codes),
        sources={source.name.casefold(): source.id for source in db.session.scalars(select(FundingSource))},
    )


def _all_forms(codes: Iterable[Row[str, int]]) -> dict[str, set[int]]:
    """Return the codes as numbers: a barcode as it is, an NDC in each of its 11-digit readings."""
    found: dict[str, set[int]] = {}
    for value, item_id in codes:
        for number in {value, *ndc_readings(value)}:
            found.setdefault(number, set()).add(item_id)
    return found


def _without_doubles(rows: list[OpeningRow], form_id: str) -> list[OpeningRow]:
    """Refuse rows whose lot lies at their place already, or stands in the sheet twice."""
    lying = _lying({row.line.place_id for row in rows if row.line})
    facts = {fact_of_row(form_id, row.number): row for row in rows}
    ids = select(StockTransaction.client_id).where(StockTransaction.client_id.in_(facts))
    booked = {facts[client_id].number for client_id in db.session.scalars(ids)}
    seen: set[LotAtPlace] = set()
    return [row if row.number in booked else _checked(row, lying, seen) for row in rows]


def _checked(row: OpeningRow, lying: set[LotAtPlace], seen: set[LotAtPlace]) -> OpeningRow:
    """Return a row, or why it would book something twice; what it names is seen from now on."""
    line = row.line
    if line is None:
        return row
    lot = (line.place_id, line.item_id, line.lot_number, line.source_id or NOT_SAID)
    problem = LIES_HERE if lot in lying else TWICE if lot in seen else None
    seen.add(lot)
    return OpeningRow(number=row.number, cells=row.cells, problem=problem) if problem else row


def _lying(place_ids: set[int]) -> set[LotAtPlace]:
    """Return (place, item, lot number, source) of what lies, or lay, at places."""
    rows = db.session.execute(
        select(StockBalance.location_id, Lot.item_id, Lot.lot_number, Lot.funding_source_id)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(StockBalance.location_id.in_(place_ids))
    )
    return {(row.location_id, row.item_id, row.lot_number, row.funding_source_id) for row in rows}
