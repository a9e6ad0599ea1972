"""The tabular data package: a ZIP of CSV files and the descriptor that says what is in them."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import IO, Any

from harmreduction.directory.hsds.bundle import Bundle
from harmreduction.directory.hsds.cells import read_cell
from harmreduction.directory.hsds.structure import TABLES, VERSION, Document, Table
from harmreduction.directory.hsds.tables import Cells, Tables, collect
from harmreduction.directory.hsds.tabular import EXTRA

EXTRA_FIELDS = ("table", "id", "json")
_MADE = (1980, 1, 1, 0, 0, 0)  # the same directory makes the same file

# What stands in for a required field that the source left empty; "extra" notes that it does.
_STAND_INS = {"status": "active", "location_type": "physical", "address_type": "physical"}


def write_zip(bundle: Bundle, stream: IO[bytes], *, title: str = "Human Services Data Specification") -> None:
    """Write a directory as a data package that validators accept; what no column takes goes to extra.csv."""
    tables = collect(bundle)
    conform(tables)
    files = tables.by_file()
    columns = _columns(files)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(zipfile.ZipInfo("datapackage.json", _MADE), "w") as file:
            file.write(json.dumps(descriptor(columns, title), indent=1, ensure_ascii=False).encode())
        for name, rows in files.items():
            _write_csv(archive, name, columns[name], rows)


def _write_csv(archive: zipfile.ZipFile, name: str, columns: Sequence[str], rows: Sequence[Cells]) -> None:
    info = zipfile.ZipInfo(f"{name}.csv", _MADE)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w") as file, io.TextIOWrapper(file, "utf-8", errors="replace", newline="") as text:
        writer = csv.DictWriter(text, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _columns(files: Mapping[str, Sequence[Cells]]) -> dict[str, list[str]]:
    """Return the columns of each file: those of the standard, or whatever the rows of another have."""
    known: dict[str, list[str]] = {table.file: list(table.fields) for table in TABLES.values()}
    known[EXTRA] = list(EXTRA_FIELDS)
    return {
        name: known.get(name) or list(dict.fromkeys(column for row in rows for column in row)) or ["id"]
        for name, rows in files.items()
    }


def conform(tables: Tables) -> None:
    """Move to `extra` what a validator would refuse: rows without a required field, keys that point nowhere."""
    for table in TABLES.values():
        for key, cells in tables.rows[table.name].items():
            _stand_in(tables, table, key, cells)
    while any([_drop_dangling(tables, table) for table in TABLES.values()]):
        pass


def _stand_in(tables: Tables, table: Table, key: str, cells: Cells) -> None:
    """Fill a required field that can be filled without inventing anything."""
    for column in table.required_in_tables:
        filled = cells.get("name") if column == "description" else _STAND_INS.get(column)
        if column not in cells and filled:
            cells[column] = filled
            tables.extra[table.name, key].setdefault(column, None)


def _drop_dangling(tables: Tables, table: Table) -> bool:
    """Move rows and cells of one table that cannot stay; say whether a row went, so that others may point nowhere."""
    rows = tables.rows[table.name]
    gone = []
    for key, cells in rows.items():
        for column, target in table.references.items():
            if column in cells and cells[column] not in tables.rows[target]:
                tables.extra[table.name, key][column] = cells.pop(column)
        if any(column not in cells for column in table.required_in_tables):
            gone.append(key)
    for key in gone:
        whole = {column: read_cell(table, column, cell) for column, cell in rows.pop(key).items()}
        tables.extra[table.name, key] = whole | tables.extra.get((table.name, key), {})
    return bool(gone)


def descriptor(columns: Mapping[str, Sequence[str]], title: str) -> Document:
    """Return datapackage.json for files with these columns."""
    tables = {table.file: table for table in TABLES.values()}
    return {
        "name": "human_services_data",
        "title": title,
        "description": "Organizations, their services, and the places where these are offered.",
        "profile": "tabular-data-package",
        "version": VERSION,
        "homepage": "https://docs.openreferral.org",
        "resources": [
            _resource(name, tables[name].name, _schema(tables[name]))
            if name in tables
            else _resource(name, name, {"fields": [{"name": column, "type": "string"} for column in named]})
            for name, named in columns.items()
        ],
    }


def _resource(file: str, name: str, schema: Document) -> Document:
    return {
        "name": re.sub(r"[^a-z0-9._-]+", "-", name.lower()),
        "path": f"{file}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": schema,
    }


def _schema(table: Table) -> Document:
    keys = [
        {"fields": column, "reference": {"resource": target, "fields": "id"}}
        for column, target in table.references.items()
    ]
    fields = [_field(table, column, kind) for column, kind in table.fields.items()]
    return {"primaryKey": "id", "fields": fields} | ({"foreignKeys": keys} if keys else {})


def _field(table: Table, column: str, kind: str) -> Document:
    """Return one column. Only ids are unique: the official descriptor allows an organisation but one program."""
    rules: dict[str, Any] = {"required": column in table.required_in_tables}
    if column == "id":
        rules["unique"] = True
    if column in table.choices:
        rules["enum"] = table.choices[column]
    is_text = kind in ("uuid", "email", "uri")
    return {"name": column, "type": "string" if is_text else kind, "constraints": rules} | (
        {"format": kind} if is_text else {}
    )
