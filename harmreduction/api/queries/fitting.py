"""Read which records fit what was asked: their row ids, a page of them or all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, cast, false, func, or_, select

from harmreduction.api.rules import Asked
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.directory.gazetteer import gazetteer
from harmreduction.directory.hsds.structure import RootKind
from harmreduction.directory.models import FinderEntry
from harmreduction.directory.place_names import fold
from harmreduction.directory.queries.finder import conditions_of, find_services
from harmreduction.directory.queries.records import TABLES
from harmreduction.directory.rules.finder import Point, Question

SERVICES, PAIRS, PLACES = TABLES["service"], TABLES["service_at_location"], TABLES["location"]
OWNERS, TERMS, TAXONOMIES = TABLES["organization"], TABLES["taxonomy_term"], TABLES["taxonomy"]
MOST_NEAREST = 1000
Found = tuple[Sequence[int], int]  # a page of row ids, and how many there are on all pages


def find_ids(kind: RootKind, asked: Asked, *, at: datetime) -> Found:
    """Return the row ids of a page of records of one kind, and how many fit.

    The nearest are not counted: of them it is how many were looked at, one more than shown where there are more.
    """
    if kind == "service":
        return _service_ids(asked, at)
    if kind == "service_at_location":
        return _pair_ids(asked, at)
    statements = {"organization": _organizations, "taxonomy": _taxonomies, "taxonomy_term": _terms}
    table = TABLES[kind]
    return _page(statements[kind](asked).order_by(table.c.name, table.c.id), asked)


def _organizations(asked: Asked) -> Select[Any]:
    """Return the statement for organisations that fit."""
    statement = select(OWNERS.c.id)
    if asked.search:
        statement = statement.where(_contains(OWNERS.c.name, asked.search))
    if asked.taxonomy_term_id or asked.taxonomy_id:
        told = select(SERVICES.c.organization_id).where(*_about_terms(SERVICES, asked))
        statement = statement.where(or_(OWNERS.c.id.in_(told), *_about_terms(OWNERS, asked)))
    return statement


def _terms(asked: Asked) -> Select[Any]:
    """Return the statement for taxonomy terms that fit."""
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
    return statement


def _taxonomies(asked: Asked) -> Select[Any]:
    """Return the statement for taxonomies that fit."""
    statement = select(TAXONOMIES.c.id)
    return statement.where(_contains(TAXONOMIES.c.name, asked.search)) if asked.search else statement


def _service_ids(asked: Asked, at: datetime) -> Found:
    """Return the row ids of a page of services, and how many there are."""
    if asked.near is not None:
        fitting = FinderEntry.service_id.in_(select(SERVICES.c.id).where(*_service_filters(asked)))
        return _nearest("service_id", asked, asked.near, fitting, at)
    statement = select(SERVICES.c.id).where(SERVICES.c.merged_into_id.is_(None), *_service_filters(asked))
    if asked.is_for_finder:
        statement = statement.where(SERVICES.c.id.in_(_entries(FinderEntry.service_id, asked, at)))
    return _page(statement.order_by(SERVICES.c.name, SERVICES.c.id), asked)


def _pair_ids(asked: Asked, at: datetime) -> Found:
    """Return the row ids of a page of services at locations, and how many there are."""
    near = asked.near or _point_of(asked)
    if near is not None:
        fitting = FinderEntry.service_at_location_id.in_(_pairs_of(asked))
        return _nearest("service_at_location_id", asked, near, fitting, at)
    statement = _pairs_of(asked)
    if asked.postcode:
        statement = statement.where(
            func.lower(PLACES.c.postal_code) == asked.postcode.lower(), ~PLACES.c.is_confidential
        )
    if asked.is_for_finder:
        statement = statement.where(PAIRS.c.id.in_(_entries(FinderEntry.service_at_location_id, asked, at)))
    return _page(statement.order_by(SERVICES.c.name, PAIRS.c.id), asked)


def _nearest(column: str, asked: Asked, near: Point, fitting: ColumnElement[bool], at: datetime) -> Found:
    """Return the row ids of a page of what is nearest, and how many were looked at.

    What is at several places is listed once, where it is nearest, so that a page may take more entries than it shows.
    """
    wanted = limit = min(asked.offset + asked.per_page + 1, MOST_NEAREST)
    while True:
        page = find_services(_question(asked, near), at=at, limit=limit, also=(fitting,))
        ids = list(dict.fromkeys(found.entry[column] for found in page.found))
        if len(ids) >= wanted or limit >= MOST_NEAREST or not page.has_more:
            return ids[asked.offset : asked.offset + asked.per_page], min(len(ids), wanted)
        limit = min(2 * limit, MOST_NEAREST)


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


def _page(statement: Select[Any], asked: Asked) -> Found:
    """Return one page of row ids, and how many there are on all pages."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    return db.session.scalars(statement.limit(asked.per_page).offset(asked.offset)).all(), total


def _text(table: Table) -> Any:
    """Return a record's document as text."""
    return cast(table.c.document, String)


def _contains(column: Any, words: str) -> ColumnElement[bool]:
    """Return the condition that a text contains words, whatever the case."""
    found: ColumnElement[bool] = column.icontains(words, autoescape=True)
    return found
