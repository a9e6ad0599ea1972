"""Read pages of the directory as HSDS: ids first, then everything around them in few statements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, String, Table, cast, false, func, or_, select

from harmreduction.api.rules import Asked, read_id
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.directory.gazetteer import gazetteer
from harmreduction.directory.hsds.assembly import (
    Shelf,
    assemble,
    assemble_organization,
    assemble_simple,
)
from harmreduction.directory.hsds.shapes import minimal
from harmreduction.directory.hsds.structure import Document, RootKind
from harmreduction.directory.models import FinderEntry
from harmreduction.directory.place_names import fold
from harmreduction.directory.queries.export import owners_with_places, public_records, public_shelf
from harmreduction.directory.queries.finder import conditions_of, find_services
from harmreduction.directory.queries.records import TABLES, rows_around, rows_where
from harmreduction.directory.rules.finder import Point, Question

SERVICES, PAIRS, PLACES = TABLES["service"], TABLES["service_at_location"], TABLES["location"]
OWNERS, TERMS, TAXONOMIES = TABLES["organization"], TABLES["taxonomy_term"], TABLES["taxonomy"]
MOST_NEAREST = 1000


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A page of documents, and how many there are on all pages."""

    contents: list[Document]
    total: int


def list_services(asked: Asked, *, at: datetime) -> Listed:
    """Return a page of services: nested whole, in the short form of the standard, or as little as it allows."""
    ids, total = _service_ids(asked, at)
    shelf = public_shelf(ids)
    names = _names(SERVICES, ids)
    return Listed(contents=[_shown(shelf, "service", name, asked) for name in names], total=total)


def list_places(asked: Asked, *, at: datetime) -> Listed:
    """Return a page of services at locations."""
    ids, total = _pair_ids(asked, at)
    shelf = _shelf_of_pairs(ids)
    return Listed(
        contents=[_shown(shelf, "service_at_location", name, asked) for name in _names(PAIRS, ids)], total=total
    )


def list_organizations(asked: Asked) -> Listed:
    """Return a page of organisations."""
    statement = select(OWNERS.c.id)
    if asked.search:
        statement = statement.where(_contains(OWNERS.c.name, asked.search))
    if asked.taxonomy_term_id or asked.taxonomy_id:
        told = select(SERVICES.c.organization_id).where(*_about_terms(SERVICES, asked))
        statement = statement.where(or_(OWNERS.c.id.in_(told), *_about_terms(OWNERS, asked)))
    ids, total = _page(statement.order_by(OWNERS.c.name, OWNERS.c.id), asked)
    is_nested = asked.full or asked.full_service
    shelf = _shelf_of_organizations(ids, with_services=is_nested)
    shown: Callable[[str], Document] = lambda name: (  # noqa: E731
        assemble_organization(shelf, name, full_service=asked.full_service)
        if is_nested
        else assemble_simple(shelf, "organization", name)
    )
    return Listed(contents=[shown(name) for name in _names(OWNERS, ids)], total=total)


def list_terms(asked: Asked) -> Listed:
    """Return a page of taxonomy terms."""
    statement = select(TERMS.c.id)
    if asked.search:
        statement = statement.where(_contains(TERMS.c.name, asked.search))
    if asked.taxonomy_id:
        inside = select(TAXONOMIES.c.id).where(TAXONOMIES.c.hsds_id == asked.taxonomy_id)
        statement = statement.where(TERMS.c.taxonomy_id.in_(inside))
    if asked.top_only:
        statement = statement.where(TERMS.c.parent_hsds_id.is_(None))
    if asked.parent_id:
        statement = statement.where(TERMS.c.parent_hsds_id == asked.parent_id)
    return _plain(TERMS, "taxonomy_term", statement, asked)


def list_taxonomies(asked: Asked) -> Listed:
    """Return a page of taxonomies."""
    statement = select(TAXONOMIES.c.id)
    if asked.search:
        statement = statement.where(_contains(TAXONOMIES.c.name, asked.search))
    return _plain(TAXONOMIES, "taxonomy", statement, asked)


def get_document(kind: RootKind, hsds_id: str, *, full_service: bool = False) -> Document:
    """Return one record, nested whole; raises NotFound."""
    table = TABLES[kind]
    row = db.session.execute(select(table).where(table.c.hsds_id == read_id(hsds_id))).mappings().first()
    if row is None or _is_merged(kind, row):
        raise NotFound(message("There is no record with this id here."))
    if kind == "service":
        return assemble(public_shelf([row["id"]]), kind, row["hsds_id"])
    if kind == "organization":
        shelf = _shelf_of_organizations([row["id"]], with_services=True)
        return assemble_organization(shelf, row["hsds_id"], full_service=full_service)
    if kind == "service_at_location":
        return assemble(_shelf_of_pairs([row["id"]]), kind, row["hsds_id"])
    return _public_term(row["document"])


def _is_merged(kind: RootKind, row: RowMapping) -> bool:
    """Say whether a record is of a service that was merged into another."""
    if kind not in ("service", "service_at_location"):
        return False
    service_id = row["id"] if kind == "service" else row["service_id"]
    return db.session.scalar(select(SERVICES.c.merged_into_id).where(SERVICES.c.id == service_id)) is not None


def _shown(shelf: Shelf, kind: RootKind, name: str, asked: Asked) -> Document:
    """Return a record in the form that was asked for."""
    if asked.full:
        return assemble(shelf, kind, name)
    short = assemble_simple(shelf, kind, name)
    return minimal(short, kind) if asked.minimal else short


def _service_ids(asked: Asked, at: datetime) -> tuple[Sequence[int], int]:
    """Return the row ids of a page of services, and how many there are."""
    if asked.near is not None:
        fitting = FinderEntry.service_id.in_(select(SERVICES.c.id).where(*_service_filters(asked)))
        nearest = find_services(_question(asked), at=at, limit=MOST_NEAREST, also=(fitting,)).found
        ids = list(dict.fromkeys(found.entry["service_id"] for found in nearest))
        return ids[asked.offset : asked.offset + asked.per_page], len(ids)
    statement = select(SERVICES.c.id).where(SERVICES.c.merged_into_id.is_(None), *_service_filters(asked))
    if asked.is_for_finder:
        statement = statement.where(SERVICES.c.id.in_(_entries(FinderEntry.service_id, asked, at)))
    return _page(statement.order_by(SERVICES.c.name, SERVICES.c.id), asked)


def _pair_ids(asked: Asked, at: datetime) -> tuple[Sequence[int], int]:
    """Return the row ids of a page of services at locations, and how many there are."""
    near = asked.near or _point_of(asked)
    if near is not None:
        fitting = FinderEntry.service_at_location_id.in_(_pairs_of(asked))
        nearest = find_services(_question(asked, near=near), at=at, limit=MOST_NEAREST, also=(fitting,)).found
        ids = [found.entry["service_at_location_id"] for found in nearest]
        return ids[asked.offset : asked.offset + asked.per_page], len(ids)
    statement = _pairs_of(asked)
    if asked.postcode:
        statement = statement.where(
            func.lower(PLACES.c.postal_code) == asked.postcode.lower(), ~PLACES.c.is_confidential
        )
    if asked.is_for_finder:
        statement = statement.where(PAIRS.c.id.in_(_entries(FinderEntry.service_at_location_id, asked, at)))
    return _page(statement.order_by(SERVICES.c.name, PAIRS.c.id), asked)


def _pairs_of(asked: Asked) -> Select[Any]:
    """Return the statement for services at locations whose service fits."""
    joined = PAIRS.join(SERVICES, SERVICES.c.id == PAIRS.c.service_id).outerjoin(
        PLACES, PLACES.c.id == PAIRS.c.location_id
    )
    filters = (SERVICES.c.merged_into_id.is_(None), *_service_filters(asked))
    return select(PAIRS.c.id).select_from(joined).where(*filters)


def _service_filters(asked: Asked) -> list[ColumnElement[bool]]:
    """Return what a service must fulfil."""
    filters = _about_terms(SERVICES, asked)
    if asked.search:
        words = [_contains(FinderEntry.searched, word) for word in fold(asked.search).split()]
        listed = select(FinderEntry.service_id).where(*words)  # it holds nothing that may not leave
        filters.append(or_(_contains(SERVICES.c.name, asked.search), SERVICES.c.id.in_(listed)))
    if asked.organization_id:
        owner = select(OWNERS.c.id).where(OWNERS.c.hsds_id == asked.organization_id)
        filters.append(SERVICES.c.organization_id.in_(owner))
    if asked.modified_after is not None:
        filters.append(SERVICES.c.changed_at > asked.modified_after)
    return filters


def _about_terms(table: Table, asked: Asked) -> list[ColumnElement[bool]]:
    """Return what a record's document must name of the terms that were asked for."""
    filters: list[ColumnElement[bool]] = []
    if asked.taxonomy_term_id:
        filters.append(_contains(_text(table), f'"{asked.taxonomy_term_id}"'))
    if asked.taxonomy_id:
        inside = select(TERMS.c.hsds_id).join(TAXONOMIES, TAXONOMIES.c.id == TERMS.c.taxonomy_id)
        names = db.session.scalars(inside.where(TAXONOMIES.c.hsds_id == asked.taxonomy_id).limit(200)).all()
        filters.append(or_(false(), *(_contains(_text(table), f'"{name}"') for name in names)))
    return filters


def _question(asked: Asked, near: Point | None = None) -> Question:
    """Return what the finder is asked."""
    within = asked.proximity / 1000 if asked.proximity is not None else None
    return Question(near=near or asked.near, within_km=within, is_open_now=asked.open_now, terms=asked.offers)


def _point_of(asked: Asked) -> Point | None:
    """Return the middle of a postcode, where a distance from it is asked."""
    if not asked.postcode or asked.proximity is None:
        return None
    place = gazetteer().zip_of(asked.postcode)
    if place is None:
        raise NotFound(message("This postcode is not known here. Leave proximity out to compare it as it is written."))
    return Point(latitude=place.latitude, longitude=place.longitude)


def _entries(column: Any, asked: Asked, at: datetime) -> Select[Any]:
    """Return the statement for what the finder would show."""
    return select(column).where(column.is_not(None), *conditions_of(_question(asked), at=at))


def _page(statement: Select[Any], asked: Asked) -> tuple[Sequence[int], int]:
    """Return one page of row ids, and how many there are on all pages."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    return db.session.scalars(statement.limit(asked.per_page).offset(asked.offset)).all(), total


def _names(table: Table, ids: Sequence[int]) -> list[str]:
    """Return the HSDS ids of rows, in the order that was asked."""
    found = {
        row_id: name
        for row_id, name in db.session.execute(select(table.c.id, table.c.hsds_id).where(table.c.id.in_(ids)))
    }
    return [found[row_id] for row_id in ids]


def _shelf_of_pairs(ids: Sequence[int]) -> Shelf:
    """Return services at locations with what is around them.

    Their services come with all their places, for a confidential one among these decides what may leave.
    """
    return public_shelf([row["service_id"] for row in rows_where(PAIRS, PAIRS.c.id, ids)])


def _shelf_of_organizations(ids: Sequence[int], *, with_services: bool) -> Shelf:
    """Return organisations with their places, and with their services if asked."""
    rows = owners_with_places(ids)
    if with_services:
        offered = select(SERVICES.c.id).where(SERVICES.c.organization_id.in_(ids), SERVICES.c.merged_into_id.is_(None))
        around = rows_around(db.session.scalars(offered.order_by(SERVICES.c.name)).all())
        around.organizations |= rows.organizations
        around.locations |= rows.locations
        rows = around
    return Shelf.of(public_records(rows))


def _plain(table: Table, kind: RootKind, statement: Select[Any], asked: Asked) -> Listed:
    """Return a page of records that hold no others."""
    ids, total = _page(statement.order_by(table.c.name, table.c.id), asked)
    documents = {row["id"]: row["document"] for row in rows_where(table, table.c.id, ids)}
    return Listed(contents=[_public_term(documents[row_id]) for row_id in ids], total=total)


def _public_term(document: Document) -> Document:
    """Return a taxonomy or a term without who changed it."""
    return {key: value for key, value in document.items() if key != "metadata" and not key.startswith("_")}


def _text(table: Table) -> Any:
    """Return a record's document as text."""
    return cast(table.c.document, String)


def _contains(column: Any, words: str) -> ColumnElement[bool]:
    """Return the condition that a text contains words, whatever the case."""
    found: ColumnElement[bool] = column.icontains(words, autoescape=True)
    return found
