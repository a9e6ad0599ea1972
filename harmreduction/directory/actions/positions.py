"""Place records that say where they are in words but not in degrees, without asking anybody."""

from datetime import datetime

from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.directory.actions.indexing import index_services
from harmreduction.directory.columns import first_address, position_in
from harmreduction.directory.editing import PlaceEntry
from harmreduction.directory.entries import ABOUT_THERE
from harmreduction.directory.gazetteer import Place, gazetteer
from harmreduction.directory.hsds.structure import Document
from harmreduction.directory.models import GeocodedAddress, ServiceLocation
from harmreduction.directory.queries.records import in_chunks
from harmreduction.directory.queries.touched import services_touched_by
from harmreduction.directory.view import text


def place_about_there(hsds_id: str) -> bool:
    """Put a place whose document says no position in the middle of its ZIP or town; say whether it has moved.

    An address that no gazetteer knows takes such a position away again.
    """
    with transaction():
        place = db.session.scalar(
            select(ServiceLocation).where(ServiceLocation.hsds_id == hsds_id).execution_options(populate_existing=True)
        )
        return place is not None and _put(place)


def place_all_about_there(*, at: datetime) -> int:
    """Do so for every place that has no position yet, and let them be found there; return how many were placed.

    Some at a time, so that hand-outs need not wait.
    """
    without = list(db.session.scalars(select(ServiceLocation.id).where(ServiceLocation.latitude.is_(None))))
    placed = 0
    for chunk in in_chunks(without):
        with transaction():
            places = db.session.scalars(select(ServiceLocation).where(ServiceLocation.id.in_(chunk)))
            moved = [place.id for place in places if _put(place)]
            db.session.flush()
            index_services(services_touched_by({"location": moved}), at=at)
        placed += len(moved)
    return placed


def how_position_is_known(hsds_id: str, entry: PlaceEntry) -> str:
    """Return how the position of a place is known that is being saved: as before, or entered, or by the geocoder."""
    place = db.session.scalar(select(ServiceLocation).where(ServiceLocation.hsds_id == hsds_id))
    position = (entry.latitude, entry.longitude)
    if position == (None, None) or (place is not None and position == position_in(place.document)):
        return place.position_from if place is not None else "source"
    found = select(GeocodedAddress.id).where(
        GeocodedAddress.latitude == entry.latitude, GeocodedAddress.longitude == entry.longitude
    )
    return "geocoder" if db.session.scalar(found.limit(1)) is not None else "entered"


def find_about(document: Document) -> Place | None:
    """Return the ZIP area, or else the town, of the address in a place's document."""
    address = first_address(document)
    code, country = text(address, "postal_code"), text(address, "country").upper()
    found = gazetteer().zip_of(code) if code and country in ("", "US", "USA") else None
    if found is not None:
        return found
    town = ", ".join(filter(None, (text(address, "city"), text(address, "state_province"))))
    meant = gazetteer().find_places(town, 2) if town else []
    return meant[0] if len(meant) == 1 else None


def _put(place: ServiceLocation) -> bool:
    """Put one place about where its address is."""
    if position_in(place.document) != (None, None):
        return False
    found = find_about(place.document)
    before = (place.latitude, place.longitude)
    place.latitude, place.longitude = (found.latitude, found.longitude) if found is not None else (None, None)
    place.position_from = ABOUT_THERE if found is not None else "source"
    return before != (place.latitude, place.longitude)
