"""An opening stock sheet: what each of its rows says lies where, or why it cannot be read."""

import calendar
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.stock.rules.codes import read_code
from harmreduction.stock.rules.dates import is_believable
from harmreduction.stock.rules.movements import MOST_AT_ONCE

LONGEST_SHEET = 500  # rows; they are booked in one go, for which hand-outs wait a few seconds
LONGEST_LOT = 40
FULL_DAY = re.compile(r"(20\d{2})-(\d{1,2})-(\d{1,2})")  # what expires in another century is a slip
MONTH = re.compile(r"(20\d{2})[-/.](\d{1,2})|(\d{1,2})[-/.](20\d{2})")
UNITS = re.compile(r"([0-9]{1,12}|[0-9]{1,3}(?:[, ][0-9]{3})+)(?:\.0+)?")
SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](20\d{2})")


class Column(StrEnum):
    """What a column of the sheet says."""

    PLACE = "place"
    ITEM = "item"
    LOT = "lot"
    EXPIRY = "expiry"
    UNITS = "units"
    SOURCE = "source"


HEADERS: dict[str, Column] = {
    name: column
    for column, names in {
        Column.PLACE: "place|stock place|location|where|lugar|depósito|deposito|ubicación|ubicacion",
        Column.ITEM: "item|item code|code|product|name|ndc|artículo|articulo|producto|código|codigo",
        Column.LOT: "lot|lot number|batch|lote|número de lote",
        Column.EXPIRY: "use by|expiry|expires|expiration|expiration date|expiry date|caduca|caducidad|vencimiento",
        Column.UNITS: "units|quantity|qty|count|on hand|unidades|cantidad",
        Column.SOURCE: "source|funding|funding source|fund|fuente|financiación",
    }.items()
    for name in names.split("|")
}
NEEDED = (Column.PLACE, Column.ITEM, Column.UNITS)


class UnreadableSheet(DomainError):
    """The sheet lacks a column that it needs, or is too long."""


class UnreadableCell(DomainError):
    """A cell says nothing that could be used."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What names in a sheet can stand for: each name in small letters, and the id of what it names.

    codes: barcode numbers (14 digits) and NDCs (11 digits), and the ids of the items whose packs can carry each.
    """

    places: Mapping[str, int]
    items: Mapping[str, int]
    codes: Mapping[str, AbstractSet[int]]
    sources: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class OpeningLine:
    """Units of a lot that lie at a place, as a row of the sheet says; ids are ours, source 0 is not said."""

    place_id: int
    item_id: int
    lot_number: str
    expiry: date | None
    units: int
    source_id: int


@dataclass(frozen=True, kw_only=True)
class OpeningRow:
    """A row of the sheet by its number: what it says, or why it cannot be used."""

    number: int
    cells: Sequence[str]
    line: OpeningLine | None = None
    problem: Message | None = None


def columns_of(header: Sequence[str]) -> dict[Column, int]:
    """Return where each column stands; raises UnreadableSheet, with what is missing."""
    found: dict[Column, int] = {}
    for place, name in enumerate(header):
        column = HEADERS.get(name.strip().casefold())
        if column is not None:
            found.setdefault(column, place)
    missing = [column.value for column in NEEDED if column not in found]
    if missing:
        raise UnreadableSheet(
            message(
                "The first row names the columns. Missing: %(names)s. Download the empty sheet to see how.",
                names=", ".join(missing),
            )
        )
    return found


def read_row(number: int, cells: Sequence[str], columns: Mapping[Column, int], known: Known) -> OpeningRow:
    """Return what a row says, or the first thing in it that cannot be."""

    def cell(column: Column) -> str:
        place = columns.get(column)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    try:
        line = OpeningLine(
            place_id=_named(cell(Column.PLACE), known.places, PLACE_UNKNOWN),
            item_id=_item(cell(Column.ITEM), known),
            lot_number=_lot(cell(Column.LOT)),
            expiry=read_expiry(cell(Column.EXPIRY)),
            units=_units(cell(Column.UNITS)),
            source_id=_named(cell(Column.SOURCE), known.sources, SOURCE_UNKNOWN) if cell(Column.SOURCE) else 0,
        )
    except UnreadableCell as problem:
        return OpeningRow(number=number, cells=cells, problem=problem.message)
    if line.expiry is not None and not is_believable(line.expiry):
        return OpeningRow(number=number, cells=cells, problem=YEAR_IS_A_SLIP)
    if line.expiry is not None and not line.lot_number:
        return OpeningRow(number=number, cells=cells, problem=DATE_WITHOUT_LOT)
    return OpeningRow(number=number, cells=cells, line=line)


PLACE_UNKNOWN = message("There is no stock place of this name. Open it first, or correct the name.")
ITEM_UNKNOWN = message("There is no item of this name or code. Add it first, or correct it.")
SOURCE_UNKNOWN = message("There is no funding source of this name. Add it first, or leave the cell empty.")
YEAR_IS_A_SLIP = message("Look at the year: no supplies have such a date.")
DATE_WITHOUT_LOT = message("A date belongs to a lot. Enter the lot number too, or leave the date empty.")


def read_expiry(text: str) -> date | None:
    """Return a last day of use as people write it; a month alone means its last day, nothing means none.

    Raises UnreadableCell for a day that could be read in two ways.
    """
    if not text or text.casefold() in {"-", "n/a", "na", "none"}:
        return None
    try:
        if found := FULL_DAY.fullmatch(text):
            return date(*map(int, found.groups()))
        if found := MONTH.fullmatch(text):
            year, month = (int(found[1]), int(found[2])) if found[1] else (int(found[4]), int(found[3]))
            return date(year, month, calendar.monthrange(year, month)[1])
        if found := SLASHED.fullmatch(text):
            return _unambiguous(*map(int, found.groups()))
    except (ValueError, calendar.IllegalMonthError):
        pass
    raise UnreadableCell(message("This date cannot be read without doubt. Write it like 2028-01-31 or 2028-01."))


def _unambiguous(first: int, second: int, year: int) -> date:
    """Return a date with slashes where only one order of day and month is possible."""
    if first > 12:
        return date(year, second, first)
    if second > 12 or first == second:
        return date(year, first, second)
    raise ValueError


def _item(text: str, known: Known) -> int:
    """Return the item of a name or of a code on its pack; one that two items share is not guessed."""
    found = known.items.get(text.casefold())
    if found is not None:
        return found
    code = read_code(text)
    items = known.codes.get(code.gtin) or {item for ndc in code.ndcs for item in known.codes.get(ndc, ())}
    if len(items) != 1:
        raise UnreadableCell(ITEM_UNKNOWN)
    return next(iter(items))


def _named(text: str, known: Mapping[str, int], problem: Message) -> int:
    """Return what a name stands for."""
    found = known.get(text.casefold())
    if found is None:
        raise UnreadableCell(problem)
    return found


def _lot(text: str) -> str:
    """Return a lot number."""
    number = text.upper()  # which can be longer: ß becomes SS
    if len(number) > LONGEST_LOT:
        raise UnreadableCell(message("A lot number has at most 40 signs."))
    return number


def _units(text: str) -> int:
    """Return a number of units; a comma or a space parts thousands, and 1,5 is not 15."""
    found = UNITS.fullmatch(text)
    units = int(re.sub(r"\D", "", found[1])) if found else 0
    if not 0 < units <= MOST_AT_ONCE:
        raise UnreadableCell(message("Enter a whole number from 1 to %(most)s.", most=f"{MOST_AT_ONCE:,}"))
    return units
