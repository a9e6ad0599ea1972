"""Read what may be listed twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, RowMapping, Table, select

from harmreduction.core.db import db
from harmreduction.directory.entries import ABOUT_THERE
from harmreduction.directory.models import NotDuplicate, Service, ServiceAtLocation, ServiceLocation
from harmreduction.directory.place_names import fold
from harmreduction.directory.queries.records import rows_where
from harmreduction.directory.rules.duplicates import Alike, Listed, find_alike
from harmreduction.directory.rules.links import digits_of
from harmreduction.directory.view import objects, text

SERVICE = cast(Table, Service.__table__)
PAIR = cast(Table, ServiceAtLocation.__table__)
PLACE = cast(Table, ServiceLocation.__table__)


@dataclass(frozen=True, kw_only=True)
class AlikePair:
    """Two services that look like one, as a list names them."""

    first: RowMapping
    second: RowMapping
    alike: Alike


@dataclass(frozen=True, kw_only=True)
class AlikePage:
    """A part of the pairs that were found, and how many there are."""

    pairs: list[AlikePair]
    total: int


def list_alike(*, limit: int, offset: int = 0) -> AlikePage:
    """Return services that may be one, those apart that somebody said are two; it compares the whole directory."""
    two = _said_to_be_two()
    found = [alike for alike in find_alike(list(_listed())) if (alike.first, alike.second) not in two]
    shown = found[offset : offset + limit]
    wanted = {service_id for alike in shown for service_id in (alike.first, alike.second)}
    rows = {row["id"]: row for row in rows_where(SERVICE, SERVICE.c.id, wanted)}
    pairs = [AlikePair(first=rows[alike.first], second=rows[alike.second], alike=alike) for alike in shown]
    return AlikePage(pairs=pairs, total=len(found))


def list_merged_into(service: Service) -> Sequence[Service]:
    """Return the services that were merged into this one."""
    return db.session.scalars(select(Service).where(Service.merged_into_id == service.id).order_by(Service.name)).all()


def list_merged(*, limit: int) -> Sequence[Row[Any]]:
    """Return (name, HSDS id, name of the kept one, its HSDS id) of merged services, the latest first."""
    kept = SERVICE.alias()
    statement = (
        select(SERVICE.c.name, SERVICE.c.hsds_id, kept.c.name.label("kept_name"), kept.c.hsds_id.label("kept_id"))
        .join(kept, kept.c.id == SERVICE.c.merged_into_id)
        .order_by(SERVICE.c.changed_at.desc(), SERVICE.c.id.desc())
    )
    return cast(Sequence[Row[Any]], db.session.execute(statement.limit(limit)).all())


def _said_to_be_two() -> set[tuple[int, int]]:
    """Return the pairs that somebody looked at and found to be two."""
    return {
        (first, second) for first, second in db.session.execute(select(NotDuplicate.first_id, NotDuplicate.second_id))
    }


def _listed() -> Iterator[Listed]:
    """Return every service at every place."""
    joined = SERVICE.outerjoin(PAIR, PAIR.c.service_id == SERVICE.c.id)
    statement = (
        select(
            SERVICE.c.id,
            SERVICE.c.name,
            SERVICE.c.document,
            SERVICE.c.organization_id,
            SERVICE.c.source_id,
            PLACE.c.postal_code,
            PLACE.c.latitude,
            PLACE.c.longitude,
            PLACE.c.position_from,
            PLACE.c.document.label("place_document"),
        )
        .select_from(joined.outerjoin(PLACE, PLACE.c.id == PAIR.c.location_id))
        .where(SERVICE.c.merged_into_id.is_(None), SERVICE.c.status != "defunct")
        .order_by(SERVICE.c.id)
    )
    for row in db.session.execute(statement).mappings():
        yield _one(row)


def _one(row: RowMapping) -> Listed:
    """Return a service at a place as it is compared."""
    is_exact = row["latitude"] is not None and row["position_from"] != ABOUT_THERE
    return Listed(
        service_id=row["id"],
        name=fold(row["name"]),
        postal_code=(row["postal_code"] or "").strip()[:5],
        phones=frozenset(_numbers((row["document"], row["place_document"] or {}))),
        position=(row["latitude"], row["longitude"]) if is_exact else None,
        publisher=(row["organization_id"], row["source_id"]),
    )


def _numbers(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Return the numbers of documents, each as its last ten digits."""
    for document in documents:
        for phone in objects(document.get("phones")):
            digits = digits_of(text(phone, "number")).lstrip("+")
            if digits:
                yield digits[-10:]
