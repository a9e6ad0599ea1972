"""Read a service as it is edited: its documents as they are stored, and what else they belong to."""

from dataclasses import dataclass

from sqlalchemy import RowMapping, func, select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.directory.editing import Documents
from harmreduction.directory.models import Organization, Service, ServiceAtLocation
from harmreduction.directory.queries.records import Rows, rows_around
from harmreduction.directory.queries.views import get_service
from harmreduction.directory.view import text


@dataclass(frozen=True, kw_only=True)
class Editable:
    """A service with one of its places; shared_by: how many other services are there too.

    place_organization_id is the HSDS id of the organisation that the place is listed under.
    """

    service: RowMapping
    organization: RowMapping | None
    pair: RowMapping | None
    place: RowMapping | None
    place_organization_id: str | None
    other_places: tuple[tuple[str, str], ...]
    shared_by: int

    @property
    def documents(self) -> Documents:
        """Return the documents, each a copy."""
        rows = {"organization": self.organization, "pair": self.pair, "place": self.place}
        found = {name: dict(row["document"]) for name, row in rows.items() if row is not None}
        return Documents(service=dict(self.service["document"]), **found)

    @property
    def version(self) -> str:
        """Return what differs as soon as somebody changes one of these records."""
        rows = (self.service, self.organization, self.pair, self.place)
        return ".".join(f"{row['id']}-{row['version']}" for row in rows if row is not None)


def get_editable(hsds_id: str, pair_id: str = "") -> Editable:
    """Return a service at the place that is asked for by the HSDS id of the two, else at its first place.

    Raises NotFound.
    """
    rows = rows_around([get_service(hsds_id).id])
    (service,) = rows.services.values()
    pairs = [pair for pair in rows.service_at_locations.values() if pair["service_id"] == service["id"]]
    pair = next((pair for pair in pairs if pair["hsds_id"] == pair_id), pairs[0] if pairs else None)
    if pair_id and (pair is None or pair["hsds_id"] != pair_id):
        raise NotFound(message("This place is not in the directory."))
    place = rows.locations.get(pair["location_id"]) if pair is not None else None
    lister = rows.organizations.get(place["organization_id"]) if place is not None else None
    return Editable(
        service=service,
        organization=rows.organizations.get(service["organization_id"]),
        pair=pair,
        place=place,
        place_organization_id=lister["hsds_id"] if lister is not None else None,
        other_places=tuple(_named(other, rows) for other in pairs if other is not pair),
        shared_by=_others_at(place, service),
    )


def find_organization_named(name: str) -> RowMapping | None:
    """Return the organisation of this name, the oldest where there are several."""
    table = Organization.__table__
    statement = select(table).where(table.c.name == name).order_by(table.c.id).limit(1)
    return db.session.execute(statement).mappings().first()


def count_services_of(organization_id: int) -> int:
    """Return how many services an organisation has."""
    counted = select(func.count()).select_from(Service).where(Service.organization_id == organization_id)
    return db.session.scalar(counted) or 0


def _named(pair: RowMapping, rows: Rows) -> tuple[str, str]:
    """Return a place as (HSDS id of the service at it, name)."""
    place = rows.locations.get(pair["location_id"])
    return pair["hsds_id"], text(place["document"], "name") if place is not None else ""


def _others_at(place: RowMapping | None, service: RowMapping) -> int:
    """Return how many other services are at a place."""
    if place is None:
        return 0
    counted = select(func.count()).select_from(ServiceAtLocation)
    theirs = counted.where(ServiceAtLocation.location_id == place["id"], ServiceAtLocation.service_id != service["id"])
    return db.session.scalar(theirs) or 0
