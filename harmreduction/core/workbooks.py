"""Tables as Excel workbooks, safe to open: a text stays a text and never runs as a formula or a link."""

import io
from collections.abc import Iterable, Sequence
from datetime import date

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it ships no types
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from harmreduction.core.spreadsheets import Cell

MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NAME_LENGTH = 31  # Excel allows no longer one
COLUMN_WIDTH = 18  # letters
# One row is held at a time, and nothing typed by a person turns into something that runs.
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_workbook(rows: Iterable[Sequence[Cell]], name: str) -> bytes:
    """Return a workbook with one sheet of this name: the first row is its head, days are days, numbers numbers."""
    content = io.BytesIO()
    with Workbook(content, OPTIONS) as workbook:
        sheet = workbook.add_worksheet(_sheet_name(name))
        head = workbook.add_format({"bold": True})
        days = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 30, COLUMN_WIDTH)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                _write(sheet, number, column, value, head if number == 0 else days)
    return content.getvalue()


def _write(sheet: Worksheet, row: int, column: int, value: Cell, look: object) -> None:
    """Write one cell as what it is."""
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, look)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value, look)


def _sheet_name(name: str) -> str:
    """Return a name that Excel accepts for a sheet."""
    return "".join(sign for sign in name if sign not in "[]:*?/\\'")[:SHEET_NAME_LENGTH] or "1"
