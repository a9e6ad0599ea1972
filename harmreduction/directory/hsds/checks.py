"""Our own checks of a document, where the official JSON Schemas are blind: dates, times, days, shapes, positions.

They say what is off; they refuse nothing. An import shows them, and people decide.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from harmreduction.core.messages import Message, message
from harmreduction.directory.hours_words import SCHEDULE_PROBLEMS
from harmreduction.directory.hsds.ids import as_uuid
from harmreduction.directory.hsds.problems import Problem
from harmreduction.directory.hsds.structure import TABLES, Table
from harmreduction.directory.hsds.values import clock_text, read_date, read_moment
from harmreduction.directory.schedules import schedule_problems

SENTENCES: dict[str, Message] = {
    "null": message("There is nothing in it. Leave the field out instead."),
    "missing": message("The standard asks for this field."),
    "not_text": message("This is not text."),
    "not_a_number": message("This is not a number."),
    "not_an_object": message("This is not what the standard has here."),
    "not_an_id": message("This id is not a UUID."),
    "not_a_date": message("This is not a date. Dates are written as 2026-12-31."),
    "not_a_time": message("This is not a time of day. Times are written as 09:00."),
    "not_a_moment": message("This is not a date with a time. It is written as 2026-12-31T09:00:00Z."),
    "not_an_email": message("This is not an email address."),
    "not_a_link": message("This is not a web address. It begins with https://."),
    "not_a_choice": message("The standard does not know this value."),
    "not_a_shape": message("This area cannot be read as GeoJSON."),
    "not_a_position": message("There is no such place on earth."),
} | {f"hours_{code}": sentence for code, sentence in SCHEDULE_PROBLEMS.items()}

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_LINK = re.compile(r"[a-z][a-z0-9+.-]*:[^\s]+", re.IGNORECASE)
_POSITIONS = {"latitude": 90, "longitude": 180}
_GEOMETRIES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
_SHAPES = _GEOMETRIES | {"GeometryCollection", "Feature", "FeatureCollection"}


def is_email(text: str) -> bool:
    """Say whether a text has the form of an email address."""
    return _EMAIL.fullmatch(text) is not None


def is_link(text: str) -> bool:
    """Say whether a text is a web address with its scheme, as validators want it."""
    return _LINK.fullmatch(text) is not None


# What a text of each type must be, and the code of the problem if it is not.
_READS: dict[str, tuple[str, Callable[[str], object]]] = {
    "uuid": ("not_an_id", as_uuid),
    "date": ("not_a_date", read_date),
    "time": ("not_a_time", clock_text),
    "datetime": ("not_a_moment", lambda text: len(text) > 10 and read_moment(text)),
    "email": ("not_an_email", is_email),
    "uri": ("not_a_link", is_link),
    "string": ("", lambda text: True),
}


def check(document: Mapping[str, Any], kind: str) -> list[Problem]:
    """Return what is wrong in a document of a kind, and in all that is nested in it; empty if nothing is."""
    found: dict[str, str] = {}
    for path, code in _object(document, kind, kind):
        found.setdefault(path, code)
    return [Problem(path=path, code=code, message=SENTENCES[code]) for path, code in found.items()]


def _object(document: Mapping[str, Any], name: str, path: str) -> Iterator[tuple[str, str]]:
    table = TABLES[name]
    yield from ((f"{path}.{key}", "missing") for key in table.required if document.get(key) is None)
    for key, value in document.items():
        yield from _property(table, key, value, f"{path}.{key}")
    yield from ((f"{path}.{key}", code) for key, code in _whole(table, document))


def _property(table: Table, key: str, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is None:
        yield path, "null"
    elif key in table.many:
        yield from _list(value, table.many[key], path)
    elif key in table.one:
        yield from _object(value, table.one[key], path) if isinstance(value, Mapping) else [(path, "not_an_object")]
    elif key in table.fields:
        yield from ((path, code) for code in _field(table, key, value))


def _list(value: Any, nested: str, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        yield path, "not_an_object"
        return
    for position, item in enumerate(value):
        here = f"{path}.{position}"
        yield from _object(item, nested, here) if isinstance(item, Mapping) else [(here, "not_an_object")]


def _field(table: Table, key: str, value: Any) -> list[str]:
    """Return the codes of what is wrong with a single value."""
    kind = table.fields[key]
    if kind == "number":
        return _number(key, value)
    if not isinstance(value, str):
        return ["not_text"]
    if key in table.choices and value not in table.choices[key]:
        return ["not_a_choice"]
    code, reads = _READS[kind]
    return [] if reads(value) else [code]


def _number(key: str, value: Any) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ["not_a_number"]
    return ["not_a_position"] if abs(value) > _POSITIONS.get(key, float("inf")) else []


def _whole(table: Table, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is wrong with several fields together."""
    if table.name == "schedule":
        return _schedule(document)
    if table.name == "service_area" and document.get("extent_type") == "geojson":
        return [] if is_geojson(document.get("extent")) else [("extent", "not_a_shape")]
    return []


def _schedule(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the reader of opening hours cannot make sense of."""
    return [(code.removesuffix("_missing"), f"hours_{code}") for code in schedule_problems(document)]


def is_geojson(text: object) -> bool:
    """Say whether a text is a GeoJSON shape, feature or collection."""
    if not isinstance(text, str):
        return False
    try:
        shape = json.loads(text)
    except ValueError:
        return False
    return isinstance(shape, dict) and shape.get("type") in _SHAPES
