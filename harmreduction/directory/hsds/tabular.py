"""Reading the tables of the HSDS 3.x data package into records with nested documents."""

import json
from collections.abc import Iterable, Iterator, Mapping

from harmreduction.directory.hsds.bundle import Bundle
from harmreduction.directory.hsds.cells import read_cell
from harmreduction.directory.hsds.ids import content_id
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.hsds.structure import ROOT_KINDS, TABLES, Document, RootKind, Table, table_name

EXTRA = "extra"  # our own table: what the columns of the others have no room for, as JSON
OWN_COLUMNS = "_own"  # in it: columns that an object carried beside being nested
LISTED_PLACES = "_locations"  # in it: places that an organisation lists although they belong to another
UNLISTED = "_unlisted"  # it says that a row names an owner which does not list it: a programme only of a service
OWN_LINKS = {"attribute": ("link_id", "link_entity"), "metadata": ("resource_id", "resource_type")}
POINTERS: dict[RootKind, dict[str, RootKind]] = {
    "location": {"organization_id": "organization"},
    "service": {"organization_id": "organization"},
    "service_at_location": {"service_id": "service", "location_id": "location"},
}

Rows = dict[str, dict[str, Document]]  # table → id → row
Own = dict[tuple[str, str], Document]  # (table, id) → columns


def read_tables(tables: Mapping[str, Iterable[Mapping[str, str]]]) -> Bundle:
    """Return the directory in the tables of a 3.x data package, named as their files are: "phones", "url.csv".

    Rows become part of the document of every owner that they name; a column that named one of them is then left out,
    and made again on writing. Rows without any owner, and tables that nobody knows, are `loose`.
    """
    bundle, rows = Bundle(), _empty()
    for name, source in tables.items():
        known = table_name(name)
        if known:
            _take_rows(rows[known], TABLES[known], source)
        elif name.removesuffix(".csv") != EXTRA:
            bundle.loose[name.removesuffix(".csv")] = _loose(name, source)
    for extra in _find(tables, EXTRA):
        _take_extra(rows, extra)
    own = _take_own(rows)
    nesting = _Nesting(rows)
    nesting.nest()
    _give_own({name: of_table for name, of_table in rows.items() if name not in POINTERS}, own)
    _build(bundle, rows)
    _give_own({kind: {key: r.document for key, r in bundle.records(kind).items()} for kind in POINTERS}, own)
    _keep_loose(bundle, nesting)
    return bundle


def _empty() -> Rows:
    return {name: {} for name in TABLES}


def _find(tables: Mapping[str, Iterable[Mapping[str, str]]], wanted: str) -> Iterator[Mapping[str, str]]:
    for name, source in tables.items():
        if name.removesuffix(".csv") == wanted:
            yield from source


def _take_rows(rows: dict[str, Document], table: Table, source: Iterable[Mapping[str, str]]) -> None:
    """Read rows, without their empty cells; a row that comes twice with different words gets an id of its own."""
    for line in source:
        cells = {column: read_cell(table, column, text) for column, text in line.items() if text}
        if not cells:
            continue
        key = str(cells.get("id") or content_id(table.name, cells))
        if key in rows and rows[key] != cells:
            key = content_id(table.name, cells)
        rows[key] = cells | {"id": key}


def _loose(name: str, source: Iterable[Mapping[str, str]]) -> dict[str, Document]:
    found = {}
    for line in source:
        row = {column: text for column, text in line.items() if text}
        found[str(row.get("id") or content_id(name, row))] = row
    return found


def _take_extra(rows: Rows, extra: Mapping[str, str]) -> None:
    """Give a row what its columns had no room for; null takes away what only a column needed."""
    known = table_name(extra["table"])
    if not known:
        return
    row = rows[known].setdefault(extra["id"], {"id": extra["id"]})
    for key, value in json.loads(extra["json"]).items():
        if value is None:
            row.pop(key, None)
        else:
            row[key] = value


class _Nesting:
    """Puts each row into its owners, and what it names into it."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.placed: set[tuple[str, str]] = set()

    def nest(self) -> None:
        """Nest every row; rows are shared by their owners, so the order does not matter."""
        for name, of_table in self.rows.items():
            table = TABLES[name]
            pointers = {column for kind in ROOT_KINDS if kind == name for column in POINTERS.get(kind, ())}
            columns = [pair for pair in table.references.items() if pair[0] not in pointers]
            for row in of_table.values():
                self._nest_row(table, row, columns)

    def _nest_row(self, table: Table, row: Document, columns: list[tuple[str, str]]) -> None:
        is_unlisted = row.pop(UNLISTED, False)
        for column, target in columns:
            inside = property_for(table.one, target)
            key = str(row.get(column))
            if is_unlisted and not inside:
                row.pop(column, None)
            elif key in self.rows[target]:
                del row[column]
                self._join(row, table.name, target, key, inside)
        if table.name in OWN_LINKS:
            self._link(table.name, row)

    def _join(self, row: Document, name: str, target: str, key: str, inside: str | None) -> None:
        """Put what a row names into it, or the row into what it names."""
        other = self.rows[target][key]
        if inside:
            row[inside] = other
            self.placed.add((target, key))
        else:
            self._put(row, name, target, other)

    def _put(self, row: Document, name: str, target: str, owner: Document) -> None:
        inside = property_for(TABLES[target].many, name)
        if inside:
            owner.setdefault(inside, []).append(row)
            self.placed.add((name, row["id"]))

    def _link(self, name: str, row: Document) -> None:
        """Put an attribute or an entry of the history into the row of whatever table that it names."""
        id_column, table_column = OWN_LINKS[name]
        named = table_name(str(row.get(table_column, "")))
        for target in (named, *ROOT_KINDS, *TABLES):
            if target and row.get(id_column) in self.rows[target]:
                self._put(row, name, target, self.rows[target][row.pop(id_column)])
                if row.get(table_column) == target:
                    del row[table_column]
                return


def property_for(nested: Mapping[str, str], target: str) -> str | None:
    """Return the property that holds objects of a table, or None."""
    return next((key for key, table in nested.items() if table == target), None)


def _build(bundle: Bundle, rows: Rows) -> None:
    """Make records of the rows that are records, pointing to each other."""
    listed = {key: row.pop(LISTED_PLACES, []) for key, row in rows["organization"].items()}
    for kind in ROOT_KINDS:
        for row in rows[kind].values():
            bundle.merge(split(row, kind))
    for kind in POINTERS:
        _point(bundle, kind)
    for key, location in bundle.locations.items():
        if location.organization_id in bundle.organizations:
            bundle.organizations[location.organization_id].location_ids.append(key)
    for key, places in listed.items():
        bundle.organizations[key].location_ids += places


def _point(bundle: Bundle, kind: RootKind) -> None:
    """Leave out of documents the columns that point to records that are here."""
    for record in bundle.records(kind).values():
        for column, target in POINTERS[kind].items():
            if record.document.get(column) in bundle.records(target):
                del record.document[column]


def _take_own(rows: Rows) -> Own:
    """Take out of the rows what they carried themselves; it is given back when they are nested."""
    return {
        (name, key): row.pop(OWN_COLUMNS)
        for name, of_table in rows.items()
        for key, row in of_table.items()
        if OWN_COLUMNS in row
    }


def _give_own(rows: Mapping[str, Mapping[str, Document]], own: Own) -> None:
    """Give these rows their own columns back."""
    for (name, key), columns in own.items():
        if name in rows:
            rows[name][key].update(columns)


def _keep_loose(bundle: Bundle, nesting: _Nesting) -> None:
    """Keep the rows that found no owner, under the name of their file."""
    for name, of_table in nesting.rows.items():
        if name in ROOT_KINDS:
            continue
        left = {key: row for key, row in of_table.items() if (name, key) not in nesting.placed}
        if left:
            bundle.loose[TABLES[name].file] = left
