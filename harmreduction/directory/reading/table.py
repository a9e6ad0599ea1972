"""A plain table, whether it came as CSV or as a list of JSON objects: rows of cells under the heads of columns."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from harmreduction.core.messages import Message, message
from harmreduction.core.spreadsheets import CannotRead, open_sheet
from harmreduction.directory.reading.content import LIMITS, open_stream
from harmreduction.directory.reading.results import Content
from harmreduction.directory.reading.sniffing import documents_in, json_lines, load_json

DEEPEST = 4  # levels of objects inside objects that become columns


@dataclass(frozen=True)
class RawRow:
    """A row as it came: its number, its cells by column, the values behind them, and why it is none, if so."""

    number: int
    cells: Mapping[str, str]
    values: Mapping[str, Any]
    problem: Message | None = None


class PlainTable:
    """A plain table that can be read again and again; it holds one row at a time, or one JSON file."""

    def __init__(self, content: Content) -> None:
        self._content = content
        with open_stream(content) as stream:
            first = stream.read(4096).decode("utf-8-sig", "replace").lstrip()[:1]
        self._is_json = first in ("{", "[")
        self._listed = _list_in(content) if self._is_json else None

    def header(self) -> tuple[str, ...]:
        """Return the heads of the columns; of JSON, every key in the order in which they first come."""
        if self._is_json:
            return tuple(dict.fromkeys(column for row in self.rows() for column in row.cells))
        with open_stream(self._content) as stream:
            return tuple(column for column in open_sheet(stream, LIMITS).header if column)

    def sample(self, count: int) -> list[dict[str, str]]:
        """Return cells of some rows from all over the table."""
        rows = [dict(row.cells) for row in islice(self.rows(), count * 20) if row.problem is None]
        return rows[:: max(1, len(rows) // count)][:count]

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows that are not empty."""
        if not self._is_json:
            yield from self._rows_of_sheet()
        elif self._listed is not None:
            yield from (_row_of_json(number, value) for number, value in enumerate(self._listed, start=1))
        else:
            yield from (_row_of_json(number, value) for number, value in json_lines(self._content))

    def _rows_of_sheet(self) -> Iterator[RawRow]:
        with open_stream(self._content) as stream:
            sheet = open_sheet(stream, LIMITS)
            for row in sheet.rows:
                cells = {column: cell for column, cell in zip(sheet.header, row.cells, strict=False) if column}
                if row.problem or not row.is_empty:
                    yield RawRow(row.number, cells, cells, row.problem)


def _list_in(content: Content) -> list[Any] | None:
    """Return the list in a JSON file, or None where each line is a value of its own."""
    lines = [value for _, value in islice(json_lines(content), 2)]
    if len(lines) == 2 and all(isinstance(value, dict) for value in lines):
        return None
    documents = documents_in(load_json(content))
    if not documents:
        raise CannotRead(message("This file is empty. Choose the file that holds the table."))
    return documents


def _row_of_json(number: int, value: Any) -> RawRow:
    if not isinstance(value, dict):
        return RawRow(number, {}, {}, message("This is not an object of JSON."))
    cells: dict[str, str] = {}
    values: dict[str, Any] = {}
    _flatten(value, "", cells, values, DEEPEST)
    return RawRow(number, cells, values)


def _flatten(value: Mapping[str, Any], before: str, cells: dict[str, str], values: dict[str, Any], depth: int) -> None:
    """Give each value inside an object a column of its own: "address.city"."""
    for key, inner in value.items():
        column = f"{before}{key}"
        if isinstance(inner, dict) and depth:
            _flatten(inner, f"{column}.", cells, values, depth - 1)
        else:
            cells[column], values[column] = _cell(inner), inner


def _cell(value: Any) -> str:
    """Return a JSON value as a cell; a list of numbers to call as these, other lists of objects as JSON."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return "; ".join(str(item) for item in value)
    if isinstance(value, list) and all(isinstance(item, dict) and "number" in item for item in value):
        return "; ".join(str(item["number"]) for item in value)
    return json.dumps(value, ensure_ascii=False)
