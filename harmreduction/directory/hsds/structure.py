"""The 24 tables of HSDS 3.2.3: their fields, and which objects are nested in which."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

Document = dict[str, Any]  # one HSDS object as JSON
RootKind = Literal["organization", "service", "location", "service_at_location", "taxonomy", "taxonomy_term"]

ROOT_KINDS: tuple[RootKind, ...] = (
    "taxonomy",
    "taxonomy_term",
    "organization",
    "location",
    "service",
    "service_at_location",
)
VERSION = "3.2.3"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of HSDS.

    fields: column → "string", "uuid", "number", "date", "time", "datetime", "email" or "uri".
    required: keys that the JSON object must have; required_in_tables: columns that a row must fill.
    many and one: properties of the JSON object that hold a list of objects, or one, of another table.
    """

    name: str
    file: str
    fields: Mapping[str, str]
    choices: Mapping[str, list[str]]
    required: list[str]
    required_in_tables: list[str]
    references: Mapping[str, str]
    many: Mapping[str, str]
    one: Mapping[str, str]


def _load() -> dict[str, Table]:
    text = resources.files("harmreduction.data").joinpath("hsds_fields.json").read_text(encoding="utf-8")
    return {name: Table(name=name, **rules) for name, rules in json.loads(text).items()}


TABLES: dict[str, Table] = _load()
_NAMES = {table.file: name for name, table in TABLES.items()} | {name: name for name in TABLES}


def table_name(file_name: str) -> str | None:
    """Return the table that a file or resource is called after: "phones.csv", "phones" and "phone" are one."""
    return _NAMES.get(file_name.strip().lower().removesuffix(".csv"))
