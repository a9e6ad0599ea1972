"""Single values in CSV files: text to JSON and back."""

import math
from collections.abc import Callable
from typing import Any

from harmreduction.directory.hsds.checks import is_email, is_link
from harmreduction.directory.hsds.structure import Table
from harmreduction.directory.hsds.values import clock_text, read_date, read_moment


def read_cell(table: Table, column: str, text: str) -> Any:
    """Return what a cell says, a number where the column holds numbers and it is one; None if it is empty."""
    if text == "":
        return None
    return read_number(text) if table.fields.get(column) == "number" else text


def read_number(text: str) -> int | float | str:
    """Return a number, whole where it is written so; the text itself if it is none."""
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number) or "_" in text:
        return text
    return int(text) if text.strip().lstrip("+-").isdecimal() else number


def write_cell(table: Table, column: str, value: Any) -> str | None:
    """Return a value as a cell that the column's type allows, or None if there is no such."""
    kind = table.fields.get(column, "")
    if kind == "number":
        return repr(value) if type(value) in (int, float) and math.isfinite(value) else None
    if not isinstance(value, str) or value == "" or "\0" in value:
        return None
    if column in table.choices and value not in table.choices[column]:
        return None
    return _TEXTS[kind](value) if kind in _TEXTS else None


def _if(allowed: Callable[[str], object]) -> Callable[[str], str | None]:
    return lambda text: text if allowed(text) else None


def _is_moment(text: str) -> bool:
    return len(text) >= 19 and text[16] == ":" and read_moment(text) is not None


_TEXTS: dict[str, Callable[[str], str | None]] = {
    "string": str,
    "uuid": str,
    "email": _if(is_email),
    "uri": _if(is_link),
    "date": _if(read_date),
    "time": clock_text,
    "datetime": _if(_is_moment),
}
