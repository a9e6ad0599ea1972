"""Edit services by hand, and say that they are still true."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import OutOfDate
from harmreduction.core.messages import message
from harmreduction.directory.actions.indexing import index_services
from harmreduction.directory.actions.positions import how_position_is_known, place_about_there
from harmreduction.directory.actions.storing import CHANGE, Origin, save_bundle
from harmreduction.directory.columns import first_address, position_in
from harmreduction.directory.editing import ADDRESS, Documents, ServiceEntry, edited
from harmreduction.directory.entries import ABOUT_THERE
from harmreduction.directory.hsds.bundle import Bundle
from harmreduction.directory.hsds.nesting import split
from harmreduction.directory.models import Service, ServiceLocation
from harmreduction.directory.queries.editing import (
    Editable,
    count_services_of,
    find_organization_named,
    get_editable,
)
from harmreduction.directory.queries.records import TABLES, ids_of
from harmreduction.directory.queries.touched import services_touched_by
from harmreduction.directory.view import text
from harmreduction.settings.queries import current_settings


def add_service(hsds_id: str, entry: ServiceEntry, *, by: Actor, at: datetime) -> None:
    """Add a service; its id (UUID) was made with the page, so that the same page sent twice adds one."""
    with transaction():
        if db.session.scalar(select(Service.id).where(Service.hsds_id == hsds_id)) is not None:
            return
        documents = _with_place(Documents(service={"id": hsds_id}), entry)
        made = edited(documents, entry)
        bundle = _bundle(made, _organization(None, entry.organization_name, hsds_id))
        _save(bundle, made, entry, by=by, at=at)


def change_service(hsds_id: str, pair_id: str, entry: ServiceEntry, *, version: str, by: Actor, at: datetime) -> None:
    """Change a service and one of its places; raises OutOfDate where somebody else did since the page was opened."""
    with transaction():
        held = get_editable(hsds_id, pair_id)
        if held.version != version:
            raise OutOfDate(
                message("Somebody changed this service meanwhile. Open it again and enter what is still to change.")
            )
        entry = _leaving_its_zip(held, entry)
        made = edited(_with_place(held.documents, entry), entry)
        bundle = _bundle(made, _organization(held, entry.organization_name, hsds_id))
        _keep_links(bundle, held)
        _save(bundle, made, entry, by=by, at=at)


def confirm_service(hsds_id: str, *, by: Actor, at: datetime) -> None:
    """Remember that somebody checked a service today and found it still true."""
    with transaction():
        held = get_editable(hsds_id)
        today = clock.today(current_settings().time_zone, at)
        service = {**held.service["document"], "assured_date": today.isoformat()}
        bundle = split(service, "service")
        organization = held.organization
        bundle.services[hsds_id].organization_id = organization["hsds_id"] if organization is not None else None
        save_bundle(bundle, Origin(by=by, at=at, deed="checked"))
        table = TABLES["service"]
        checked = {"verified_on": today, "verified_by": by.label[:80]}
        db.session.execute(update(table).where(table.c.hsds_id == hsds_id).values(checked))
        index_services([held.service["id"]], at=at)
        record(Event.SERVICE_CHECKED, by=by, subject=hsds_id)


def remember(kind: str, hsds_id: str, deed: str, differences: Iterable[Any], *, by: Actor, at: datetime) -> None:
    """Add a line to the history of a record that changed beside its document."""
    values = {"kind": kind, "hsds_id": hsds_id, "deed": deed, "changed_at": at, "changed_by": by.label[:80]}
    db.session.execute(insert(CHANGE), {**values, "import_id": None, "differences": [list(one) for one in differences]})


def _with_place(documents: Documents, entry: ServiceEntry) -> Documents:
    """Return documents with a place to enter things into, where one is needed and not there yet."""
    if entry.place.is_empty or documents.place:
        return documents
    owner = UUID(documents.service["id"])
    place = {"id": str(uuid5(owner, "location")), "location_type": "physical"}
    pair = documents.pair or {"id": str(uuid5(owner, "service_at_location"))}
    return replace(documents, pair=pair, place=place)


def _leaving_its_zip(held: Editable, entry: ServiceEntry) -> ServiceEntry:
    """Take a position away that was only the middle of the ZIP, once the address is another; it is found anew."""
    if held.place is None or held.place["position_from"] != ABOUT_THERE:
        return entry
    address = first_address(held.place["document"])
    has_moved = any(text(address, name) != getattr(entry.place, name) for name in ADDRESS)
    is_as_found = position_in(held.place["document"]) == (entry.place.latitude, entry.place.longitude)
    if not (has_moved and is_as_found):
        return entry
    return replace(entry, place=replace(entry.place, latitude=None, longitude=None))


def _organization(held: Editable | None, name: str, hsds_id: str) -> dict[str, Any]:
    """Return the organisation of this name: as before, a known one, renamed, or new."""
    before = held.organization if held is not None else None
    if before is not None and before["document"].get("name", "") == name:
        return dict(before["document"])
    if not name:
        return {}
    known = find_organization_named(name)
    if known is not None:
        return dict(known["document"])
    if before is not None and count_services_of(before["id"]) == 1:
        return {**before["document"], "name": name}
    return {"id": str(uuid5(UUID(hsds_id), f"organization|{name}")), "name": name, "description": name}


def _bundle(made: Documents, organization: dict[str, Any]) -> Bundle:
    """Return the records of a service with its place and organisation."""
    service = {name: value for name, value in made.service.items() if name != "organization_id"}
    if organization:
        service["organization"] = organization
    if made.pair:
        at_place = {**made.pair, "location": made.place} if made.place else made.pair
        service["service_at_locations"] = [at_place]
    return split(service, "service")


def _keep_links(bundle: Bundle, held: Editable) -> None:
    """Keep what the records pointed to beyond this page."""
    for place in bundle.locations.values():
        place.organization_id = held.place_organization_id
    for organization in bundle.organizations.values():
        organization.location_ids = _listed_by(organization.id)


def _listed_by(organization_id: str) -> list[str]:
    """Return the places that a stored organisation lists."""
    table = TABLES["organization"]
    found = db.session.scalar(select(table.c.location_ids).where(table.c.hsds_id == organization_id))
    return list(found or [])


def _save(bundle: Bundle, made: Documents, entry: ServiceEntry, *, by: Actor, at: datetime) -> None:
    """Write the records, where the place is and who may see it, and who did it."""
    places = set(bundle.locations)
    if places and not entry.place.is_confidential:
        _publish(made.place["id"], by=by, at=at)
    origin = Origin(
        by=by,
        at=at,
        deed="edited",
        confidential=places if entry.place.is_confidential else (),
        position_from={place_id: how_position_is_known(place_id, entry.place) for place_id in places},
    )
    save_bundle(bundle, origin)
    if places:
        place_about_there(made.place["id"])
        index_services(services_touched_by({"location": list(ids_of("location", places).values())}), at=at)
    record(Event.SERVICE_CHANGED, by=by, subject=made.service["id"])


def _publish(place_id: str, *, by: Actor, at: datetime) -> None:
    """Let everybody see a place that was confidential; `save_bundle` alone never would."""
    place = db.session.scalar(select(ServiceLocation).where(ServiceLocation.hsds_id == place_id))
    if place is not None and place.is_confidential:
        place.is_confidential = False
        db.session.flush()
        remember("location", place_id, "edited", [("is_confidential", True, False)], by=by, at=at)
