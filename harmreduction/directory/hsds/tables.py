"""Writing records with nested documents as the tables of the HSDS 3.x data package."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harmreduction.directory.hsds.bundle import Bundle, Record
from harmreduction.directory.hsds.cells import write_cell
from harmreduction.directory.hsds.ids import content_id
from harmreduction.directory.hsds.structure import ROOT_KINDS, TABLES, Document, RootKind, Table, table_name
from harmreduction.directory.hsds.tabular import EXTRA, LISTED_PLACES, OWN_COLUMNS, OWN_LINKS, POINTERS, UNLISTED

Cells = dict[str, str]


@dataclass
class _Sorted:
    """The properties of an object: cells, single objects and lists by where they go, and what has no column."""

    cells: Cells = field(default_factory=dict)
    one: list[tuple[str, str, Document]] = field(default_factory=list)  # column, table, object
    many: list[tuple[str, Document]] = field(default_factory=list)  # table, object
    left: Document = field(default_factory=dict)


class Tables:
    """Rows on their way out.

    rows: table → id → cells. extra: (table, id) → what has no column, or does not fit its type.
    own: (table, id) → columns that the object carried itself, for reading leaves out what nesting says already.
    lent: rows that name an owner only because an object that holds them does; listed: those that an owner lists.
    unknown: tables that are none of HSDS.
    """

    def __init__(self) -> None:
        """Begin with every table empty."""
        self.rows: dict[str, dict[str, Cells]] = {name: {} for name in TABLES}
        self.extra: dict[tuple[str, str], Document] = defaultdict(dict)
        self.own: dict[tuple[str, str], Cells] = defaultdict(dict)
        self.lent: set[tuple[str, str]] = set()
        self.listed: set[tuple[str, str]] = set()
        self.unknown: dict[str, list[Cells]] = {}

    def put(self, name: str, document: Mapping[str, Any], owner: Cells) -> str:
        """Add the row of an object, with the columns that point to its owner, and all that is nested in it.

        Return the id of its row.
        """
        found = _sort(TABLES[name], document)
        cells = found.cells | owner
        for column, target, item in found.one:
            shared = _shared(TABLES[target], cells)
            cells[column] = self.put(target, item, shared)
            self.lent |= {(target, cells[column])} if shared else set()
        key = self._place(name, str(document.get("id") or content_id(name, document)), cells, found.left)
        made = {*owner, *(column for column, _, _ in found.one)} & document.keys()
        if made:
            self.own[name, key] |= {column: document[column] for column in made}
        for child, item in found.many:
            self.listed.add((child, self.put(child, item, _owner_cells(child, name, key) or {})))
        return key

    def _place(self, name: str, key: str, cells: Cells, left: Document) -> str:
        """Keep a row under its id. A row has one place for each owner, so a second owner of a kind gets a copy."""
        rows, extra = self.rows[name], self.extra.get((name, key), {})
        known = rows.setdefault(key, {"id": key})
        agrees = all(known.get(column, cell) == cell for column, cell in cells.items())
        if agrees and all(extra.get(column, value) == value for column, value in left.items()):
            known |= cells
        elif name in ROOT_KINDS:
            rows[key] = cells | known
            left = left | extra
        else:
            return self._place(name, content_id(name, {"id": key, **cells, "left": left}), cells, left)
        if left:
            self.extra[name, key] |= left
        return key

    def by_file(self) -> dict[str, list[Cells]]:
        """Return the rows of each file; those without a column under "extra"."""
        files = {table.file: list(self.rows[table.name].values()) for table in TABLES.values()}
        extra = [
            {"table": TABLES[name].file, "id": key, "json": json.dumps(left, ensure_ascii=False)}
            for (name, key), left in self._extra_with_own().items()
        ]
        return files | self.unknown | ({EXTRA: extra} if extra else {})

    def _extra_with_own(self) -> dict[tuple[str, str], Document]:
        """Return what goes to the extra table; a key that points nowhere stays when read, so it needs no note."""
        extra = {row: left for row, left in self.extra.items() if left}
        unlisted = self.lent - self.listed
        for (name, key), own in self.own.items():
            is_lent = (name, key) in unlisted
            noted = {c: value for c, value in own.items() if is_lent or not self._stays(name, key, c, value)}
            if noted:
                extra[name, key] = extra.get((name, key), {}) | {OWN_COLUMNS: noted}
        for row in sorted(unlisted):
            extra[row] = extra.get(row, {}) | {UNLISTED: True}
        return extra

    def _stays(self, name: str, key: str, column: str, value: str) -> bool:
        target = TABLES[name].references.get(column)
        cell = self.rows[name].get(key, {}).get(column)
        return target is not None and cell == value and value not in self.rows[target]


def write_tables(bundle: Bundle) -> dict[str, list[Cells]]:
    """Return the rows of each file ("organizations", "phones", …), with what no column takes under "extra"."""
    return collect(bundle).by_file()


def collect(bundle: Bundle) -> Tables:
    """Return every row of a bundle."""
    tables = Tables()
    listing = _listing(bundle)
    for kind in ROOT_KINDS:
        for record in bundle.records(kind).values():
            tables.put(kind, record.document, _pointers(kind, record, listing))
    for location, owners in listing.items():
        for organization in owners[1:]:
            tables.extra["organization", organization].setdefault(LISTED_PLACES, []).append(location)
    for name, rows in bundle.loose.items():
        _put_loose(tables, name, rows)
    return tables


def _put_loose(tables: Tables, name: str, rows: dict[str, Document]) -> None:
    known = table_name(name)
    if known is None:
        tables.unknown[name] = [{column: str(value) for column, value in row.items()} for row in rows.values()]
        return
    for row in rows.values():
        tables.put(known, row, {})


def _listing(bundle: Bundle) -> dict[str, list[str]]:
    """Return the organisations that list each place, the one it belongs to first."""
    listing: dict[str, list[str]] = defaultdict(list)
    for key, location in bundle.locations.items():
        if location.organization_id:
            listing[key].append(location.organization_id)
    for organization in bundle.organizations.values():
        for key in organization.location_ids:
            if key in bundle.locations and organization.id not in listing[key]:
                listing[key].append(organization.id)
    return listing


def _pointers(kind: RootKind, record: Record, listing: dict[str, list[str]]) -> Cells:
    """Return the columns of a record that point to others."""
    if kind == "location":
        return {"organization_id": listing[record.id][0]} if record.id in listing else {}
    found = {column: getattr(record, column) for column in POINTERS.get(kind, ())}
    return {column: key for column, key in found.items() if key}


def _sort(table: Table, document: Mapping[str, Any]) -> _Sorted:
    """Sort the properties of an object by how they go into tables."""
    found = _Sorted()
    for key, value in document.items():
        nested = table.many.get(key)
        if key == "id" or value is None:
            continue
        if nested and _owner_cells(nested, table.name, "") and _are_objects(value):
            found.many += [(nested, item) for item in value]
        elif key in table.one and isinstance(value, dict) and (column := _column(table, table.one[key])):
            found.one.append((column, table.one[key], value))
        elif (cell := write_cell(table, key, value)) is not None:
            found.cells[key] = cell
        else:
            found.left[key] = value
    return found


def _shared(target: Table, cells: Cells) -> Cells:
    """Return the columns that a single nested object has in common with its owner: a programme its organisation."""
    return {column: cells[column] for column in target.references if column in cells}


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _column(table: Table, target: str) -> str | None:
    """Return the column of a table that points to another, or None."""
    return next((column for column, other in table.references.items() if other == target), None)


def _owner_cells(child: str, owner: str, key: str) -> Cells | None:
    """Return the columns by which a row points to its owner, or None if its table has none for such owners."""
    if child in OWN_LINKS:
        id_column, table_column = OWN_LINKS[child]
        return {id_column: key, table_column: owner}
    column = _column(TABLES[child], owner)
    return {column: key} if column else None
