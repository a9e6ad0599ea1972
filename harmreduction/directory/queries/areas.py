"""Read every service of an area with its hours, for paper and for phones without a connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.directory.hours import OpenSpan
from harmreduction.directory.models import ServiceAtLocation
from harmreduction.directory.queries.finder import ENTRY, Found, find_services, spans_by_entry, values_of
from harmreduction.directory.queries.records import in_chunks
from harmreduction.directory.queries.views import list_service_views
from harmreduction.directory.rules.finder import Question
from harmreduction.directory.view import PlaceView, ServiceView

MOST = 150  # services at places on one page


@dataclass(frozen=True, kw_only=True)
class AreaRow:
    """A service at a place of an area, whole, with the spans in which it is open."""

    found: Found
    service: ServiceView
    place: PlaceView
    spans: tuple[OpenSpan, ...]


@dataclass(frozen=True, kw_only=True)
class AreaList:
    """The nearest MOST services of an area; has_more: there would be others."""

    rows: tuple[AreaRow, ...]
    has_more: bool


def list_area(question: Question, *, at: datetime) -> AreaList:
    """Return the services around a place as anybody may read them, nearest first, in few statements."""
    page = find_services(question, at=at, limit=MOST)
    service_ids = [found.entry["service_id"] for found in page.found]
    views = zip(dict.fromkeys(service_ids), list_service_views(service_ids, for_staff=False, at=at), strict=True)
    services = dict(views)
    spans = spans_by_entry([found.entry["id"] for found in page.found])
    pair_ids = _pair_ids([found.entry["service_at_location_id"] for found in page.found])
    rows = (
        AreaRow(
            found=found,
            service=services[found.entry["service_id"]],
            place=_place_of(services[found.entry["service_id"]], pair_ids.get(found.entry["service_at_location_id"])),
            spans=tuple(spans[found.entry["id"]]),
        )
        for found in page.found
    )
    return AreaList(rows=tuple(rows), has_more=page.has_more)


def list_languages() -> list[str]:
    """Return the codes of all languages in which services are offered, in order."""
    return sorted({code for codes in values_of(ENTRY.c.languages) for code in codes.split(",") if code})


def _place_of(service: ServiceView, pair_id: str | None) -> PlaceView:
    """Return the place of a service by its HSDS id; a service without a place has one that says so."""
    return next((place for place in service.places if place.pair_id == (pair_id or "")), service.places[0])


def _pair_ids(row_ids: Sequence[int | None]) -> dict[int, str]:
    """Return the HSDS ids of services at places by their row ids."""
    found: dict[int, str] = {}
    for chunk in in_chunks([row_id for row_id in row_ids if row_id is not None]):
        statement = select(ServiceAtLocation.id, ServiceAtLocation.hsds_id).where(ServiceAtLocation.id.in_(chunk))
        found |= {row_id: hsds_id for row_id, hsds_id in db.session.execute(statement)}
    return found
