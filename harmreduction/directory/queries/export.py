"""Read the directory to give it away: as anybody may have it, or whole, for another programme.

Services that were merged into others stay behind. In the whole form, what only our own tables know goes along under
keys that begin with "_", which never leave in public; `taken_back()` finds them again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import RowMapping, select

from harmreduction.core.db import db
from harmreduction.directory.hsds.assembly import Shelf, assemble
from harmreduction.directory.hsds.bundle import Bundle, Record
from harmreduction.directory.hsds.privacy import without_address, without_private
from harmreduction.directory.hsds.structure import Document, RootKind
from harmreduction.directory.hsds.values import moment_text
from harmreduction.directory.models import LooseRecord
from harmreduction.directory.queries.records import TABLES, Rows, in_chunks, rows_around, rows_where
from harmreduction.directory.rules.giving import with_own_marks, without_whereabouts

Clean = Callable[[RootKind, RowMapping], Document]

SERVICES, PAIRS = TABLES["service"], TABLES["service_at_location"]
PLACES, OWNERS = TABLES["location"], TABLES["organization"]


def list_service_ids() -> list[int]:
    """Return the row ids of every service that may leave, in the order in which they came."""
    return list(db.session.scalars(select(SERVICES.c.id).where(SERVICES.c.merged_into_id.is_(None)).order_by("id")))


def public_shelf(service_ids: Sequence[int]) -> Shelf:
    """Return services with all that belongs to them, as anybody may have them."""
    return Shelf.of(public_records(rows_around(service_ids)))


def whole_shelf(service_ids: Sequence[int]) -> Shelf:
    """Return services with all that belongs to them, as they are stored."""
    return Shelf.of(whole_records(rows_around(service_ids)))


def public_records(rows: Rows) -> Bundle:
    """Return records without names of staff, codes of doors, and ways to a confidential place."""
    hidden = {row["id"] for row in rows.locations.values() if row["is_confidential"]}

    def clean(kind: RootKind, row: RowMapping) -> Document:
        document = row["document"]
        if kind == "location" and row["id"] in hidden:
            document = without_address(document)
        elif kind == "service_at_location" and row["location_id"] in hidden:
            document = without_whereabouts(document)
        elif kind == "service":
            document = document | {"last_modified": moment_text(row["changed_at"])}
        return without_private(document)

    return _records(rows, clean)


def whole_records(rows: Rows) -> Bundle:
    """Return records as they are stored."""
    return _records(rows, _whole)


def public_bundle() -> Bundle:
    """Return the whole directory as anybody may have it."""
    bundle = public_records(_every_row())
    _add_terms(bundle)
    for record in (*bundle.taxonomies.values(), *bundle.taxonomy_terms.values()):
        record.document = without_private(record.document)  # their history names who changed them
    return bundle


def stored_bundle() -> Bundle:
    """Return the whole directory as it is stored, confidential places and loose rows with it."""
    bundle = whole_records(_every_row())
    _add_terms(bundle)
    for row in db.session.scalars(select(LooseRecord).order_by(LooseRecord.id)):
        bundle.loose.setdefault(row.table_name, {})[row.hsds_id] = row.document
    return bundle


def list_documents(*, is_whole: bool) -> Iterator[tuple[RootKind, Document]]:
    """Yield every service as nested HSDS JSON; a few hundred records are held at a time.

    The whole form goes on with organisations and places that no service points to, taxonomies and their terms.
    """
    taken: dict[RootKind, set[int]] = {"organization": set(), "location": set()}
    for chunk in in_chunks(list_service_ids()):
        yield from _documents("service", rows_around(chunk), taken, is_whole=is_whole)
    if not is_whole:
        return
    for chunk in in_chunks(_others("organization", taken)):
        yield from _documents("organization", owners_with_places(chunk), taken, is_whole=True)
    for chunk in in_chunks(_others("location", taken)):
        yield from _documents("location", _places_alone(chunk), taken, is_whole=True)
    bundle = Bundle()
    _add_terms(bundle)
    yield from (("taxonomy", record.document) for record in bundle.taxonomies.values())
    yield from (("taxonomy_term", record.document) for record in bundle.taxonomy_terms.values())


def stored_services(hsds_ids: Iterable[str]) -> dict[str, tuple[Record, RowMapping]]:
    """Return services as records that can be saved again, with their rows, by HSDS id."""
    services = {row["id"]: row for row in rows_where(SERVICES, SERVICES.c.hsds_id, hsds_ids)}
    wanted = {row["organization_id"] for row in services.values()} - {None}
    owners = {row["id"]: row for row in rows_where(OWNERS, OWNERS.c.id, wanted)}
    records = _records(Rows(organizations=owners, services=services), _whole).services
    return {row["hsds_id"]: (records[row["hsds_id"]], row) for row in services.values()}


def _documents(
    kind: RootKind, rows: Rows, taken: dict[RootKind, set[int]], *, is_whole: bool
) -> Iterator[tuple[RootKind, Document]]:
    """Yield the nested documents of one kind, and note what is in them."""
    taken["organization"].update(rows.organizations)
    taken["location"].update(rows.locations)
    bundle = whole_records(rows) if is_whole else public_records(rows)
    shelf = Shelf.of(bundle)
    for key in bundle.records(kind):
        yield kind, assemble(shelf, kind, key)


def _records(rows: Rows, clean: Clean) -> Bundle:
    """Return records that name each other by their HSDS ids."""
    names: dict[str, dict[int, str]] = {
        "organization_id": {number: row["hsds_id"] for number, row in rows.organizations.items()},
        "service_id": {number: row["hsds_id"] for number, row in rows.services.items()},
        "location_id": {number: row["hsds_id"] for number, row in rows.locations.items()},
    }
    kinds: tuple[tuple[RootKind, dict[int, RowMapping]], ...] = (
        ("organization", rows.organizations),
        ("location", rows.locations),
        ("service", rows.services),
        ("service_at_location", rows.service_at_locations),
    )
    bundle = Bundle()
    for kind, of_kind in kinds:
        bundle.records(kind).update({row["hsds_id"]: _record(kind, row, names, clean) for row in of_kind.values()})
    return bundle


def _record(kind: RootKind, row: RowMapping, names: dict[str, dict[int, str]], clean: Clean) -> Record:
    """Return one record."""
    pointers: dict[str, Any] = {name: known.get(row[name]) for name, known in names.items() if name in row}
    listed = list(row["location_ids"]) if kind == "organization" else []
    return Record(
        id=row["hsds_id"], document=clean(kind, row), location_ids=listed, source_key=row["source_key"], **pointers
    )


def _whole(kind: RootKind, row: RowMapping) -> Document:
    """Return a document as it is stored, with what our tables know beside it."""
    if kind != "location":
        return dict(row["document"])
    return with_own_marks(row["document"], is_confidential=row["is_confidential"], position_from=row["position_from"])


def _every_row() -> Rows:
    """Return every record that may leave, by row id, one statement a table."""
    rows = Rows()
    rows.organizations = _all(select(OWNERS))
    rows.locations = _all(select(PLACES).where(PLACES.c.id.not_in(_only_of_merged())))
    rows.services = _all(select(SERVICES).where(SERVICES.c.merged_into_id.is_(None)))
    rows.service_at_locations = _all(select(PAIRS).where(PAIRS.c.service_id.not_in(_merged())))
    return rows


def _merged() -> Any:
    """Return the statement for services that were merged into others."""
    return select(SERVICES.c.id).where(SERVICES.c.merged_into_id.is_not(None))


def _only_of_merged() -> Any:
    """Return the statement for places at which there are merged services and no others."""
    others = select(PAIRS.c.location_id).where(PAIRS.c.service_id.not_in(_merged()), PAIRS.c.location_id.is_not(None))
    theirs = select(PAIRS.c.location_id).where(PAIRS.c.service_id.in_(_merged()), PAIRS.c.location_id.is_not(None))
    return theirs.where(PAIRS.c.location_id.not_in(others))


def _all(statement: Any) -> dict[int, RowMapping]:
    """Return the rows of a statement in the order of their ids."""
    return {row["id"]: row for row in db.session.execute(statement.order_by("id")).mappings()}


def _others(kind: RootKind, taken: dict[RootKind, set[int]]) -> list[int]:
    """Return the row ids of a kind that are in no document yet."""
    table = TABLES[kind]
    statement = select(table.c.id).order_by(table.c.id)
    if kind == "location":
        statement = statement.where(table.c.id.not_in(_only_of_merged()))
    every = db.session.scalars(statement)
    return [row_id for row_id in every if row_id not in taken[kind]]


def owners_with_places(row_ids: Sequence[int]) -> Rows:
    """Return organisations with the places that they list."""
    owners = {row["id"]: row for row in rows_where(OWNERS, OWNERS.c.id, row_ids)}
    listed = (place for row in owners.values() for place in row["location_ids"])
    places = {row["id"]: row for row in rows_where(PLACES, PLACES.c.hsds_id, listed)}
    return Rows(organizations=owners, locations=places)


def _places_alone(row_ids: Sequence[int]) -> Rows:
    """Return places by themselves."""
    return Rows(locations={row["id"]: row for row in rows_where(PLACES, PLACES.c.id, row_ids)})


def _add_terms(bundle: Bundle) -> None:
    """Add every taxonomy and its terms."""
    kinds: tuple[RootKind, ...] = ("taxonomy", "taxonomy_term")
    for kind in kinds:
        for row in _all(select(TABLES[kind])).values():
            bundle.records(kind)[row["hsds_id"]] = Record(id=row["hsds_id"], document=row["document"])
