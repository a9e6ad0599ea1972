"""Bring the records of a service at a place together."""

from collections.abc import Sequence

from sqlalchemy import RowMapping

from harmreduction.directory.entries import Offered
from harmreduction.directory.models import Closure
from harmreduction.directory.queries.closures import special_days
from harmreduction.directory.queries.records import Rows


def offered_from(
    rows: Rows, service: RowMapping, pair: RowMapping | None, closures: Sequence[Closure], time_zone: str
) -> Offered:
    """Return a service at one of its places; `time_zone` is the programme's, for places that say none."""
    place = rows.locations.get(pair["location_id"]) if pair is not None else None
    organization = rows.organizations.get(service["organization_id"])
    return Offered(
        service=service["document"],
        organization=organization["document"] if organization is not None else {},
        pair=pair["document"] if pair is not None else {},
        place=place["document"] if place is not None else {},
        special=special_days(closures, pair["id"] if pair is not None else None),
        time_zone=(place["time_zone"] if place is not None else None) or time_zone,
        status=service["status"],
        is_confidential=place is not None and place["is_confidential"],
        position=(place["latitude"], place["longitude"]) if place is not None else (None, None),
        position_from=place["position_from"] if place is not None else "source",
    )
