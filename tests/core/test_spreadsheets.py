"""Spreadsheets as people save them: what comes in is read or refused with a sentence, what goes out is safe."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core import spreadsheets
from harmreduction.core.spreadsheets import CannotRead, Encoding, Limits, Sheet, csv_cell, open_sheet, write_csv

TABLE = "site,month,given\nUnión,2019-01,10\n"


def opened(content: bytes | str, **limits: int) -> Sheet:
    raw = content.encode() if isinstance(content, str) else content
    return open_sheet(io.BytesIO(raw), Limits(**limits) if limits else None)


def cells_of(sheet: Sheet) -> list[tuple[str, ...]]:
    return [row.cells for row in sheet.rows]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TABLE.encode("utf-8"), Encoding.UTF_8),
        (TABLE.encode("utf-8-sig"), Encoding.UTF_8),
        (TABLE.encode("utf-16"), Encoding.UTF_16),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), Encoding.UTF_16),
        (TABLE.encode("cp1252"), Encoding.WINDOWS),
    ],
)
def test_letters_are_read_however_they_were_written_and_it_says_how(content: bytes, encoding: Encoding) -> None:
    sheet = opened(content)

    assert sheet.encoding is encoding
    assert sheet.header == ("site", "month", "given")
    assert cells_of(sheet) == [("Unión", "2019-01", "10")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_the_one_that_makes_columns(separator: str) -> None:
    sheet = opened(f'"site, or where"{separator}given\nA{separator}"1,5"\n')

    assert sheet.separator == separator
    assert sheet.header == ("site, or where", "given")
    assert cells_of(sheet) == [("A", "1,5")]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    sheet = opened('\n\nsite,given\r\n"Main\nStreet",1\r\n\r\nEast,2\r\n')

    assert sheet.header == ("site", "given")
    assert [(row.number, row.is_empty) for row in sheet.rows] == [(4, False), (5, True), (6, False)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\n \n,,\n", "empty"),
        (b"PK\x03\x04\x14\x00rest of an Excel file", "workbook"),
        (b"\xd0\xcf\x11\xe0 an old one", "workbook"),
        (b"site,given\n\x81\xff,1\n", "letters"),
        (b"\xff\xfes\x00i\x00t", "letters"),
        (b"s\x00i\x00t\x00e\x00,\x00m\x00\n\x00", "not text"),
        ("a," * 201 + "a\n", "200 cells"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes | str, sentence: str) -> None:
    with pytest.raises(CannotRead, match=sentence):
        opened(content)


def test_an_endless_line_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "LONGEST_LINE", 1000)

    with pytest.raises(CannotRead, match="endless line"):
        opened("x" * 5000)


def test_something_that_cannot_be_read_twice_is_refused() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(CannotRead, match="Save this as a file"):
        open_sheet(Pipe(b"a,b\n"))


def test_one_bad_row_does_not_spoil_the_others() -> None:
    sheet = opened(f"site,given\nA,1\nB,{'9' * 30}\nC,\x07\n{'a,' * 5}\nD,4\n", columns=4, cell=20)

    problems = {row.number: str(row.problem) for row in sheet.rows if row.problem}
    assert set(problems) == {3, 4, 5}
    assert "longer than 20" in problems[3]
    assert "not text" in problems[4]
    assert "more than 4 cells" in problems[5]


def test_a_quotation_mark_that_never_closes_is_named_and_reading_goes_on() -> None:
    csv.field_size_limit(10_000_000)  # whatever other code in the process has set
    swallowed = "".join(f"row {number},1\n" for number in range(20_000))
    sheet = opened(f'site,given\n"A,1\n{swallowed}')

    rows = list(sheet.rows)
    assert "quotation mark is missing" in str(rows[0].problem)
    assert len(rows) > 1


def test_whoever_opened_the_file_closes_it() -> None:
    stream = io.BytesIO(TABLE.encode())

    assert len(list(open_sheet(stream).rows)) == 1
    assert len(list(open_sheet(stream).rows)) == 1
    assert not stream.closed


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_with_our_sentence(content: bytes) -> None:
    try:
        numbers = [row.number for row in opened(content).rows]
    except CannotRead as problem:
        assert str(problem)
    else:
        assert numbers == list(range(min(numbers, default=0), max(numbers, default=-1) + 1))


cell = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)


@given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=8))
def test_what_a_spreadsheet_writes_is_read_as_it_was(rows: list[tuple[str, str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("first", "second", "third"), *rows])

    assert cells_of(opened(text.getvalue())) == rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\x00", " =", "＝"])
def test_no_text_that_goes_out_runs_as_a_formula(start: str) -> None:
    assert str(csv_cell(f"{start}cmd|' /C calc'!A0")).startswith("'")


def test_numbers_dates_and_nothing_go_out_as_they_are() -> None:
    values = (-5, 1.5, date(2019, 1, 1), None, "East")

    assert [csv_cell(value) for value in values] == [-5, 1.5, "2019-01-01", "", "East"]


def test_a_file_that_goes_out_opens_in_excel_and_text_stays_in_its_cell() -> None:
    written = "".join(write_csv([("site", "given"), ("a;=1+1", -3)]))

    assert written == '\ufeff"site","given"\r\n"a;=1+1",-3\r\n'


@given(st.lists(st.lists(cell | st.integers(), min_size=1, max_size=4), max_size=6))
def test_whatever_goes_out_no_cell_begins_like_a_formula(rows: list[list[str | int]]) -> None:
    written = "".join(write_csv(rows)).removeprefix("\ufeff")

    for cells, source in zip(csv.reader(io.StringIO(written, newline="")), rows, strict=True):
        for text, value in zip(cells, source, strict=True):
            assert isinstance(value, int) or not text.lstrip().startswith(("=", "+", "-", "@"))
