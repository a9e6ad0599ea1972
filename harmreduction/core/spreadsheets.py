"""Spreadsheets as people save them, in and out: CSV of any size, whatever the program that wrote it.

Reading works out the encoding and the separator, numbers rows as a spreadsheet shows them, and keeps
a bad row from spoiling the others. Writing is safe to open in a spreadsheet: no cell runs as a formula.
"""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import count
from typing import Any, BinaryIO

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message

LONGEST_LINE = 1_000_000  # characters; longer is no row of a table, and would fill the memory
CHUNK = 64 * 1024
SEPARATORS = (",", ";", "\t")
WORKBOOK_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods; .xls
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"  # without it, Excel reads UTF-8 as something else
LONGEST_FIELD = 131_072  # characters in which a quotation mark must close

Cell = str | int | float | date | None


class CannotRead(DomainError):
    """The file is no table that could be read."""


class Encoding(StrEnum):
    """How the letters of a file were written; the value is the name that people know."""

    UTF_8 = "UTF-8"
    UTF_16 = "UTF-16"
    WINDOWS = "Windows-1252"

    @property
    def codec(self) -> str:
        """Return Python's name for it; UTF-8 with or without the mark at its beginning."""
        return {Encoding.UTF_8: "utf-8-sig", Encoding.UTF_16: "utf-16", Encoding.WINDOWS: "cp1252"}[self]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The widest table and the longest cell (characters) that make sense for what is read."""

    columns: int = 200
    cell: int = 32_767  # what a cell of Excel can hold


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet shows it, its cells, and why it cannot be used, if it cannot."""

    number: int
    cells: tuple[str, ...]
    problem: Message | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether nothing stands in any cell."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table: its first row that is not empty, and the rows below it, each read when it is asked for."""

    encoding: Encoding
    separator: str
    header: tuple[str, ...]
    rows: Iterator[Row]


def open_sheet(stream: BinaryIO, limits: Limits | None = None) -> Sheet:
    """Read a CSV file of any size, holding one row at a time.

    Raises CannotRead when it is no such file. The stream has to be a real file or in memory, because it
    is read twice; whoever opened it closes it.
    """
    limits = limits or Limits()
    encoding = _encoding_of(stream)
    separator = _separator_of(stream, encoding)
    rows = _rows(stream, encoding, separator, limits)
    header = next((row for row in rows if row.problem or not row.is_empty), None)
    if header is None:
        raise CannotRead(message("This file is empty. Choose the file that holds the table."))
    if header.problem is not None:
        raise CannotRead(message("The first row cannot be read. %(reason)s", reason=header.problem))
    names = tuple(" ".join(cell.split()) for cell in header.cells)
    return Sheet(encoding=encoding, separator=separator, header=names, rows=rows)


def decoded(content: bytes) -> str:
    """Return a whole CSV file as text, whatever its encoding; raises CannotRead when it is no such file."""
    return content.decode(_encoding_of(io.BytesIO(content)).codec)


def digest_of(stream: BinaryIO) -> str:
    """Return the SHA-256 (hexadecimal) of a whole file."""
    digest = hashlib.sha256()
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def csv_cell(value: Cell) -> str | int | float:
    """Return a value as a cell that no spreadsheet runs as a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = value.isoformat() if isinstance(value, date) else value
    runs = text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if runs else text


def write_csv(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Return a CSV file line by line: UTF-8 with a mark for Excel, every text in quotation marks.

    In quotation marks, because where a semicolon separates cells, `a;=b` would become two of them.
    """
    line = io.StringIO(newline="")
    writer = csv.writer(line, quoting=csv.QUOTE_NONNUMERIC)
    line.write(BYTE_ORDER_MARK)
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _encoding_of(stream: BinaryIO) -> Encoding:
    """Work out how the letters were written, by reading the whole file once."""
    if not stream.seekable():
        raise CannotRead(message("Save this as a file first, then give the file's name."))
    stream.seek(0)
    start = stream.read(4)
    if start.startswith(WORKBOOK_SIGNATURES):
        raise CannotRead(message("This is a workbook. Save it as “CSV UTF-8” and send that file."))
    marked = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in (Encoding.UTF_16,) if marked else (Encoding.UTF_8, Encoding.WINDOWS):
        if _can_decode(stream, encoding):
            return encoding
    raise CannotRead(message("The letters of this file cannot be read. Save it as “CSV UTF-8”."))


def _can_decode(stream: BinaryIO, encoding: Encoding) -> bool:
    """Say whether the whole file reads in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    stream.seek(0)
    try:
        while chunk := stream.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _separator_of(stream: BinaryIO, encoding: Encoding) -> str:
    """Work out what separates cells: whatever makes most of them in the first row that is not empty."""
    first = next((line for line in _lines(stream, encoding) if line.strip()), "")
    return max(SEPARATORS, key=lambda separator: len(next(csv.reader([first], delimiter=separator), [])))


def _rows(stream: BinaryIO, encoding: Encoding, separator: str, limits: Limits) -> Iterator[Row]:
    """Read the rows, the first being row 1; an empty line is a row too, as in a spreadsheet."""
    csv.field_size_limit(LONGEST_FIELD)  # one number for the whole process, which others may have changed
    reader = csv.reader(_lines(stream, encoding), delimiter=separator)
    for number in count(1):
        try:
            cells = tuple(next(reader))
        except StopIteration:
            return
        except csv.Error:  # a cell without end; the reader goes on with the line after
            yield Row(number, (), message("A quotation mark is missing, so the row does not end."))
            continue
        yield Row(number, cells, _problem_of(cells, limits))


def _problem_of(cells: tuple[str, ...], limits: Limits) -> Message | None:
    """Say why a row is no row of a table, if so."""
    if len(cells) > limits.columns:
        return message("It has more than %(most)s cells.", most=limits.columns)
    if any(len(cell) > limits.cell for cell in cells):
        return message("A cell is longer than %(most)s characters. A quotation mark may be missing.", most=limits.cell)
    if any(CONTROL_CHARACTER.search(cell) for cell in cells):
        return message("It holds characters that are not text. Type this row again.")
    return None


def _lines(stream: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """Read the file line by line, never more than the longest line at once."""
    stream.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Lent(stream)), encoding=encoding.codec, newline="")
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise CannotRead(message("This file has no rows, only one endless line. It is no table."))
        yield line


class _Lent(io.RawIOBase):
    """A file that stays open when whoever reads it is done."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read as much as fits, and return how much that was."""
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)
