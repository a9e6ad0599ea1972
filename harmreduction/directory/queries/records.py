"""Read records of the directory as they are stored, many at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, RowMapping, Table, select

from harmreduction.core.db import db
from harmreduction.directory.hsds.assembly import Shelf
from harmreduction.directory.hsds.bundle import Record
from harmreduction.directory.hsds.structure import RootKind
from harmreduction.directory.models import (
    Organization,
    Service,
    ServiceAtLocation,
    ServiceLocation,
    Taxonomy,
    TaxonomyTerm,
)

MANY = 500  # values that one statement is given at most

TABLES: dict[RootKind, Table] = {
    "taxonomy": cast(Table, Taxonomy.__table__),
    "taxonomy_term": cast(Table, TaxonomyTerm.__table__),
    "organization": cast(Table, Organization.__table__),
    "location": cast(Table, ServiceLocation.__table__),
    "service": cast(Table, Service.__table__),
    "service_at_location": cast(Table, ServiceAtLocation.__table__),
}
Value = TypeVar("Value")


@dataclass(kw_only=True)
class Rows:
    """Records with everything that belongs to them, by row id."""

    organizations: dict[int, RowMapping] = field(default_factory=dict)
    services: dict[int, RowMapping] = field(default_factory=dict)
    locations: dict[int, RowMapping] = field(default_factory=dict)
    service_at_locations: dict[int, RowMapping] = field(default_factory=dict)


def in_chunks(values: Iterable[Value], size: int = MANY) -> Iterator[list[Value]]:
    """Return values in lists of at most so many; databases take only so many in one statement."""
    chunk: list[Value] = []
    for value in values:
        chunk.append(value)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def rows_where(table: Table, column: ColumnElement[Any], values: Iterable[Any]) -> list[RowMapping]:
    """Return whole rows of a table whose column has one of these values, in the order of their ids."""
    found: list[RowMapping] = []
    for chunk in in_chunks(dict.fromkeys(values)):
        statement = select(table).where(column.in_(chunk)).order_by(table.c.id)
        found += db.session.execute(statement).mappings().all()
    return found


def stored_records(kind: RootKind, hsds_ids: Iterable[str]) -> dict[str, RowMapping]:
    """Return the rows of these records by HSDS id; what is not stored is absent."""
    table = TABLES[kind]
    return {row["hsds_id"]: row for row in rows_where(table, table.c.hsds_id, hsds_ids)}


def ids_of(kind: RootKind, hsds_ids: Iterable[str]) -> dict[str, int]:
    """Return row ids by HSDS id."""
    table = TABLES[kind]
    found: dict[str, int] = {}
    for chunk in in_chunks(dict.fromkeys(hsds_ids)):
        found |= {
            hsds_id: row_id
            for hsds_id, row_id in db.session.execute(
                select(table.c.hsds_id, table.c.id).where(table.c.hsds_id.in_(chunk))
            )
        }
    return found


def rows_around(service_ids: Sequence[int], *, most_listed: int | None = None) -> Rows:
    """Return services with their places and organisations, in four statements however many they are.

    Organisations come with the places that they list; those that list more than `most_listed` come without.
    """
    services, pairs, places = TABLES["service"], TABLES["service_at_location"], TABLES["location"]
    rows = Rows()
    rows.services = _by_id(rows_where(services, services.c.id, service_ids))
    rows.service_at_locations = _by_id(rows_where(pairs, pairs.c.service_id, service_ids))
    location_ids = {row["location_id"] for row in rows.service_at_locations.values()} - {None}
    rows.locations = _by_id(rows_where(places, places.c.id, location_ids))
    organizations = TABLES["organization"]
    wanted = {row["organization_id"] for row in (*rows.services.values(), *rows.locations.values())} - {None}
    rows.organizations = _by_id(rows_where(organizations, organizations.c.id, wanted))
    _add_listed_places(rows, most_listed)
    return rows


def shelf_of(rows: Rows) -> Shelf:
    """Return the records as the HSDS writer takes them."""
    organizations = {number: row["hsds_id"] for number, row in rows.organizations.items()}
    services = {number: row["hsds_id"] for number, row in rows.services.items()}
    locations = {number: row["hsds_id"] for number, row in rows.locations.items()}
    return Shelf(
        organizations=[
            Record(id=row["hsds_id"], document=row["document"], location_ids=row["location_ids"])
            for row in rows.organizations.values()
        ],
        services=[
            Record(
                id=row["hsds_id"], document=row["document"], organization_id=organizations.get(row["organization_id"])
            )
            for row in rows.services.values()
        ],
        locations=[
            Record(
                id=row["hsds_id"], document=row["document"], organization_id=organizations.get(row["organization_id"])
            )
            for row in rows.locations.values()
        ],
        service_at_locations=[
            Record(
                id=row["hsds_id"],
                document=row["document"],
                service_id=services.get(row["service_id"]),
                location_id=locations.get(row["location_id"]),
            )
            for row in rows.service_at_locations.values()
        ],
    )


def _add_listed_places(rows: Rows, most: int | None) -> None:
    """Add the places that organisations list, so that their documents can be put together whole."""
    table = TABLES["location"]
    lists = [row["location_ids"] for row in rows.organizations.values()]
    listed = {name for names in lists if most is None or len(names) <= most for name in names}
    known = {row["hsds_id"] for row in rows.locations.values()}
    rows.locations.update(_by_id(rows_where(table, table.c.hsds_id, listed - known)))


def _by_id(rows: Iterable[RowMapping]) -> dict[int, RowMapping]:
    """Return rows by their ids."""
    return {row["id"]: row for row in rows}
