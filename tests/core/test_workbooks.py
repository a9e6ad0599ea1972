"""Excel workbooks open in a spreadsheet, and nothing in them runs."""

import zipfile
from datetime import date
from io import BytesIO

from harmreduction.core.workbooks import write_workbook


def sheet_of(content):
    with zipfile.ZipFile(BytesIO(content)) as parts:
        return parts.read("xl/worksheets/sheet1.xml").decode(), parts.read("xl/workbook.xml").decode()


def test_texts_stay_texts_days_days_and_numbers_numbers():
    rows = [["Lot", "Use by", "Units"], ["=1+1", date(2026, 11, 22), 12], ["https://example.org", None, -3]]
    cells, book = sheet_of(write_workbook(iter(rows), "On hand"))
    assert "<is><t>=1+1</t></is>" in cells
    assert "<f>" not in cells and "hyperlink" not in cells
    assert "<v>46348</v>" in cells  # 22 November 2026 as spreadsheets count days
    assert "<v>12</v>" in cells and "<v>-3</v>" in cells
    assert 'name="On hand"' in book


def test_any_name_becomes_one_that_a_sheet_can_have():
    for name, expected in (("Store/room: [a]*?", "Storeroom a"), ("x" * 60, "x" * 31), ("", "1")):
        assert f'name="{expected}"' in sheet_of(write_workbook([["A"]], name))[1]
