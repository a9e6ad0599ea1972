"""Read records as HSDS: everything around them in few statements, and no answer without a bound."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, Table, func, select

from harmreduction.api.rules import Asked, read_id
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.directory.hsds.assembly import Shelf, assemble, assemble_organization, assemble_simple
from harmreduction.directory.hsds.shapes import minimal
from harmreduction.directory.hsds.structure import Document, RootKind
from harmreduction.directory.hsds.values import moment_text
from harmreduction.directory.queries.export import owners_with_places, public_records
from harmreduction.directory.queries.records import TABLES, Rows, rows_around, rows_where

SERVICES, PAIRS, OWNERS = TABLES["service"], TABLES["service_at_location"], TABLES["organization"]
MOST_SERVICES = 200  # of an organisation that are nested in it; those of larger ones come with id, name and status
MOST_PLACES = 50  # of an organisation that are nested in each of its services; those of larger ones stay away


def read_documents(kind: RootKind, ids: Sequence[int], asked: Asked) -> list[Document]:
    """Return records by their row ids in the form that was asked for; what is gone since is left out."""
    names = _names(TABLES[kind], ids)
    if kind == "organization":
        return _organizations(names, asked)
    if kind in ("taxonomy", "taxonomy_term"):
        documents = {row["id"]: row["document"] for row in rows_where(TABLES[kind], TABLES[kind].c.id, names)}
        return [_public_term(documents[row_id]) for row_id in names]
    is_service = kind == "service"
    services = list(names) if is_service else [row["service_id"] for row in rows_where(PAIRS, PAIRS.c.id, names)]
    shelf = _shelf_of_services(services, is_whole=asked.full)
    return [_shown(shelf, kind, name, asked) for name in names.values()]


def get_document(kind: RootKind, hsds_id: str, *, full_service: bool = False) -> Document:
    """Return one record, nested whole; raises NotFound."""
    table = TABLES[kind]
    row = db.session.execute(select(table).where(table.c.hsds_id == read_id(hsds_id))).mappings().first()
    if row is None or _is_merged(kind, row):
        raise NotFound(message("There is no record with this id here."))
    if kind == "organization":
        return _nested({row["id"]: row["hsds_id"]}, full_service=full_service)[0]
    if kind in ("service", "service_at_location"):
        service_id = row["id"] if kind == "service" else row["service_id"]
        return assemble(_shelf_of_services([service_id], is_whole=True), kind, row["hsds_id"])
    return _public_term(row["document"])


def _is_merged(kind: RootKind, row: RowMapping) -> bool:
    """Say whether a record is of a service that was merged into another."""
    if kind not in ("service", "service_at_location"):
        return False
    service_id = row["id"] if kind == "service" else row["service_id"]
    return db.session.scalar(select(SERVICES.c.merged_into_id).where(SERVICES.c.id == service_id)) is not None


def _names(table: Table, ids: Sequence[int]) -> dict[int, str]:
    """Return the HSDS ids of rows by row id, in the order that was asked."""
    found = {
        row_id: name
        for row_id, name in db.session.execute(select(table.c.id, table.c.hsds_id).where(table.c.id.in_(ids)))
    }
    return {row_id: found[row_id] for row_id in ids if row_id in found}


def _shown(shelf: Shelf, kind: RootKind, name: str, asked: Asked) -> Document:
    """Return a record in the form that was asked for."""
    if asked.full:
        return assemble(shelf, kind, name)
    short = assemble_simple(shelf, kind, name)
    return minimal(short, kind) if asked.minimal else short


def _shelf_of_services(ids: Sequence[int], *, is_whole: bool) -> Shelf:
    """Return services with all that belongs to them.

    They come with all their own places, also for one of these, because a confidential one decides what may leave.
    """
    bundle = public_records(rows_around(ids, most_listed=MOST_PLACES if is_whole else 0))
    for owner in bundle.organizations.values():
        if len(owner.location_ids) > MOST_PLACES:
            owner.location_ids = []  # or they would be named only as far as they are here by chance
    return Shelf.of(bundle)


def _organizations(names: dict[int, str], asked: Asked) -> list[Document]:
    """Return organisations in the form that was asked for."""
    if asked.is_nested:
        return _nested(names, full_service=asked.full_service)
    owners = {row["id"]: row for row in rows_where(OWNERS, OWNERS.c.id, names)}
    shelf = Shelf.of(public_records(Rows(organizations=owners)))
    return [assemble_simple(shelf, "organization", name) for name in names.values()]


def _nested(names: dict[int, str], *, full_service: bool) -> list[Document]:
    """Return organisations with their places and services; of one with many services only what these are called."""
    offered = (SERVICES.c.organization_id.in_(names), SERVICES.c.merged_into_id.is_(None))
    owner, count = SERVICES.c.organization_id, func.count()
    large = db.session.scalars(select(owner).where(*offered).group_by(owner).having(count > MOST_SERVICES)).all()
    nested = select(SERVICES.c.id).where(*offered, owner.not_in(large)).order_by(SERVICES.c.name, SERVICES.c.id)
    shelf = _shelf_of_organizations(list(names), db.session.scalars(nested).all())
    return [
        assemble_organization(shelf, name, full_service=full_service)
        | ({"services": _called(row_id)} if row_id in large else {})
        for row_id, name in names.items()
    ]


def _called(organization_id: int) -> list[Document]:
    """Return as little of an organisation's services as the standard allows."""
    columns = (SERVICES.c.hsds_id, SERVICES.c.name, SERVICES.c.status, SERVICES.c.changed_at)
    offered = (SERVICES.c.organization_id == organization_id, SERVICES.c.merged_into_id.is_(None))
    return [
        {"id": hsds_id, "name": name, "status": status, "last_modified": moment_text(changed_at)}
        for hsds_id, name, status, changed_at in db.session.execute(
            select(*columns).where(*offered).order_by(SERVICES.c.name, SERVICES.c.id)
        )
    ]


def _shelf_of_organizations(ids: Sequence[int], service_ids: Sequence[int]) -> Shelf:
    """Return organisations with their places, and with these services of theirs."""
    owners, rows = owners_with_places(ids), rows_around(service_ids, most_listed=0)
    rows.organizations |= owners.organizations
    rows.locations |= owners.locations
    return Shelf.of(public_records(rows))


def _public_term(document: Document) -> Document:
    """Return a taxonomy or a term without who changed it."""
    return {key: value for key, value in document.items() if key != "metadata" and not key.startswith("_")}
