"""Read what needs somebody's eye: services to check, suggestions to decide on, days with other hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import cos, radians
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, and_, case, func, or_, select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.sealing import unseal
from harmreduction.directory.models import Closure, DirectorySource, FinderEntry, Organization, Service, Suggestion
from harmreduction.directory.queries.finder import KILOMETRES_PER_DEGREE
from harmreduction.directory.rules.finder import Point
from harmreduction.directory.rules.freshness import FRESH_FOR

SERVICE = cast(Table, Service.__table__)
ENTRY = cast(Table, FinderEntry.__table__)
ORGANIZATION = cast(Table, Organization.__table__)
OFFERED = ("active", "temporarily closed")
OWN = "own"  # instead of a source: what the team entered
AREA_KM = 80
SEALED_IN = {"table": "suggestion", "column": "text_sealed"}

ToCheck = Row[tuple[str, str, str | None, date | None, str]]


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """A suggestion as it is read; service_id (HSDS) is empty for a service that is not in the directory yet."""

    public_id: str
    topic: str
    text: str
    service_id: str
    service_name: str
    is_from_public: bool
    made_at: datetime
    made_by: str
    state: str


def list_to_check(
    *, today: date, near: Point | None = None, source: str = "", limit: int, offset: int = 0
) -> Sequence[ToCheck]:
    """Return (HSDS id, name, organisation, checked on, by whom) of services: those of the programme itself first.

    Of those whose check is not fresh any more, its own stand first, then what is near a point; then comes the rest. Of
    each the never checked ones stand first. source: the public id of one alone, or OWN.
    """
    statement = (
        select(
            SERVICE.c.hsds_id,
            SERVICE.c.name,
            ORGANIZATION.c.name.label("organization_name"),
            SERVICE.c.verified_on,
            SERVICE.c.verified_by,
        )
        .select_from(SERVICE.outerjoin(ORGANIZATION, ORGANIZATION.c.id == SERVICE.c.organization_id))
        .where(SERVICE.c.merged_into_id.is_(None), SERVICE.c.status.in_(OFFERED), *_from_source(source))
        .order_by(_turn(near, today), SERVICE.c.verified_on.asc().nulls_first(), SERVICE.c.name, SERVICE.c.id)
    )
    return cast(Sequence[ToCheck], db.session.execute(statement.limit(limit).offset(offset)).all())


def _from_source(source: str) -> list[ColumnElement[bool]]:
    """Return the condition that keeps the services of one source."""
    if not source:
        return []
    if source == OWN:
        return [SERVICE.c.source_id.is_(None)]
    return [SERVICE.c.source_id.in_(select(DirectorySource.id).where(DirectorySource.public_id == source))]


def _turn(near: Point | None, today: date) -> ColumnElement[int]:
    """Return when the turn of a service comes: 0 first."""
    is_due = or_(SERVICE.c.verified_on.is_(None), SERVICE.c.verified_on < today - FRESH_FOR)
    turns: list[tuple[ColumnElement[bool], int]] = [(and_(is_due, SERVICE.c.source_id.is_(None)), 0)]
    if near is not None:
        turns.append((and_(is_due, SERVICE.c.id.in_(_around(near))), 1))
    return case(*turns, else_=2)


def _around(near: Point) -> Select[int]:
    """Return the statement that reads the services of an own area: a box, which is near enough."""
    tall = AREA_KM / KILOMETRES_PER_DEGREE
    wide = tall / max(cos(radians(near.latitude)), tall / 180)
    return select(ENTRY.c.service_id).where(
        ENTRY.c.latitude.between(near.latitude - tall, near.latitude + tall),
        ENTRY.c.longitude.between(near.longitude - wide, near.longitude + wide),
    )


def list_suggestions(*, limit: int, offset: int = 0) -> list[Suggested]:
    """Return the suggestions that nobody decided on yet, the oldest first."""
    statement = _suggestions().where(Suggestion.state == "open").order_by(Suggestion.made_at, Suggestion.id)
    return [_read(*row) for row in db.session.execute(statement.limit(limit).offset(offset))]


def get_suggestion(public_id: str) -> Suggested:
    """Return one suggestion; raises NotFound."""
    row = db.session.execute(_suggestions().where(Suggestion.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound(message("This suggestion is not here."))
    return _read(*row)


def count_open_suggestions() -> int:
    """Return how many suggestions wait."""
    counted = select(func.count()).select_from(Suggestion).where(Suggestion.state == "open")
    return db.session.scalar(counted) or 0


def list_closures(service: Service, *, today: date) -> list[Closure]:
    """Return the closures of a service that are not over, in the order of their days."""
    is_coming = (Closure.until_day.is_(None)) | (Closure.until_day >= today)
    statement = select(Closure).where(Closure.service_id == service.id, is_coming)
    return list(db.session.scalars(statement.order_by(Closure.from_day, Closure.id)))


def get_closure(public_id: str) -> Closure:
    """Return one closure; raises NotFound."""
    closure = db.session.scalar(select(Closure).where(Closure.public_id == public_id))
    if closure is None:
        raise NotFound(message("These days are not in the list."))
    return closure


def hsds_id_of(service_id: int) -> str:
    """Return the HSDS id of a service by its row."""
    return db.session.scalars(select(Service.hsds_id).where(Service.id == service_id)).one()


def _suggestions() -> Select[Any, Any, Any]:
    """Return the statement that reads suggestions with the service they are about."""
    return select(Suggestion, Service.hsds_id, Service.name).outerjoin(Service, Service.id == Suggestion.service_id)


def _read(suggestion: Suggestion, hsds_id: str | None, name: str | None) -> Suggested:
    """Return a suggestion with its text."""
    return Suggested(
        public_id=suggestion.public_id,
        topic=suggestion.topic,
        text=unseal(suggestion.text_sealed, **SEALED_IN, row=suggestion.public_id),
        service_id=hsds_id or "",
        service_name=name or "",
        is_from_public=suggestion.is_from_public,
        made_at=suggestion.made_at,
        made_by=suggestion.made_by,
        state=suggestion.state,
    )
