"""Read a service with its places, as a person reads it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, select

from harmreduction.core import clock
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.directory.entries import Offered, as_anybody_may_see, bits_offered
from harmreduction.directory.models import DirectorySource, Service, ServiceAtLocation
from harmreduction.directory.queries.closures import closures_of
from harmreduction.directory.queries.offered import offered_from
from harmreduction.directory.queries.records import Rows, rows_around
from harmreduction.directory.view import (
    ServiceView,
    fees_of,
    language_names,
    phones_in,
    place_view,
    text,
    texts,
)
from harmreduction.settings.queries import current_settings


def get_service(hsds_id: str) -> Service:
    """Return the row of a service; raises NotFound."""
    service = db.session.scalar(select(Service).where(Service.hsds_id == hsds_id))
    if service is None:
        raise NotFound(message("This service is not in the directory."))
    return service


def find_place_row(pair_hsds_id: str | None) -> ServiceAtLocation | None:
    """Return a service at a place by its HSDS id, if there is one."""
    return db.session.scalar(select(ServiceAtLocation).where(ServiceAtLocation.hsds_id == (pair_hsds_id or "")))


def get_service_view(hsds_id: str, *, for_staff: bool, at: datetime) -> ServiceView:
    """Return a service as it is read; only staff see the address of a confidential place. Raises NotFound."""
    return list_service_views([get_service(hsds_id).id], for_staff=for_staff, at=at)[0]


def list_service_views(service_ids: Sequence[int], *, for_staff: bool, at: datetime) -> list[ServiceView]:
    """Return services as they are read, in the order that was asked, in few statements however many they are."""
    rows = rows_around(service_ids)
    closures = closures_of(service_ids)
    time_zone = current_settings().time_zone
    sources = _sources(rows)
    merged = _merged_into(rows)
    views = []
    for service_id in dict.fromkeys(service_ids):
        row = rows.services[service_id]
        pairs: list[RowMapping | None] = [
            pair for pair in rows.service_at_locations.values() if pair["service_id"] == service_id
        ]
        offers = []
        for pair in pairs or [None]:
            offered = offered_from(rows, row, pair, closures[service_id], time_zone)
            seen = offered if for_staff else as_anybody_may_see(offered)
            offers.append((pair["hsds_id"] if pair is not None else "", seen))
        source = sources.get(row["source_id"])
        views.append(_view(row, offers, source, merged.get(row["merged_into_id"], ""), for_staff=for_staff, at=at))
    return views


def _view(
    row: RowMapping,
    offers: Sequence[tuple[str, Offered]],
    source: DirectorySource | None,
    merged_into: str,
    *,
    for_staff: bool,
    at: datetime,
) -> ServiceView:
    """Return one service."""
    document, organization = offers[0][1].service, offers[0][1].organization
    terms = 0
    for _, offered in offers:
        terms |= bits_offered(offered)
    return ServiceView(
        hsds_id=row["hsds_id"],
        name=row["name"],
        alternate_name=text(document, "alternate_name"),
        organization_name=text(organization, "name"),
        about=text(document, "description"),
        status=row["status"],
        alert=text(document, "alert"),
        terms=terms,
        phones=phones_in((document, organization)),
        email=text(document, "email"),
        url=text(document, "url") or text(organization, "website"),
        languages=language_names(
            (document, *(part for _, offered in offers for part in (offered.pair, offered.place)))
        ),
        interpretation=text(document, "interpretation_services"),
        eligibility=text(document, "eligibility_description"),
        minimum_age=document.get("minimum_age"),
        maximum_age=document.get("maximum_age"),
        how_to_start=text(document, "application_process"),
        documents=tuple(texts(document.get("required_documents"), "document")),
        fees=fees_of(document),
        areas=tuple(texts(document.get("service_areas"), "name", "description")),
        places=tuple(
            place_view(pair_id, offered, at=at, today=clock.today(offered.time_zone, at), shows_confidential=for_staff)
            for pair_id, offered in offers
        ),
        verified_on=row["verified_on"],
        verified_by=row["verified_by"] if for_staff else "",
        source_name=source.name if source is not None else "",
        source_licence=source.licence if source is not None else "",
        merged_into=merged_into,
    )


def _sources(rows: Rows) -> dict[int, DirectorySource]:
    """Return the sources of services by row id."""
    wanted = {row["source_id"] for row in rows.services.values()} - {None}
    found = db.session.scalars(select(DirectorySource).where(DirectorySource.id.in_(wanted)))
    return {source.id: source for source in found}


def _merged_into(rows: Rows) -> dict[int, str]:
    """Return the HSDS ids of the services that others were merged into, by row id."""
    wanted = {row["merged_into_id"] for row in rows.services.values()} - {None}
    found = db.session.execute(select(Service.id, Service.hsds_id).where(Service.id.in_(wanted)))
    return {row_id: hsds_id for row_id, hsds_id in found}
