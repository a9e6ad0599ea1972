"""Trainings, clean-ups and what distributors tell, for tests; nobody is named."""

from typing import Any

from harmreduction.core.actor import Actor
from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id
from harmreduction.encounters.actions.community import record_collection, record_group
from harmreduction.encounters.actions.peers import tell_peer_report
from harmreduction.encounters.rules.community import (
    Collected,
    GivenThere,
    GroupHeld,
    GroupKind,
    PeerTold,
    SharpsKind,
)
from harmreduction.sites.models import Site
from harmreduction.stock.actions import open_location
from harmreduction.stock.models import StockLocation
from harmreduction.stock.rules import LocationKind, Wanted
from tests.factories import SYSTEM, item


def given_from(shelf: StockLocation, *lines: tuple[str, int]) -> GivenThere:
    """Return supplies (item code, units) given at a training, from a shelf."""
    wanted = tuple(Wanted(item_id=item(code).id, quantity=units) for code, units in lines)
    return GivenThere(client_id=new_id(), location_id=shelf.id, lines=wanted)


def a_training(site: Site, **told: Any) -> GroupHeld:
    """Return a training held at a site today."""
    fields: dict[str, Any] = {
        "client_id": new_id(),
        "site_id": site.id,
        "time_zone": site.time_zone,
        "kind": GroupKind.TRAINING,
        "title": "overdose response at the library",
        "held_on": today(site.time_zone),
    }
    return GroupHeld(**fields | told)


def a_clean_up(site: Site, **told: Any) -> Collected:
    """Return a clean-up of today."""
    fields: dict[str, Any] = {
        "client_id": new_id(),
        "site_id": site.id,
        "time_zone": site.time_zone,
        "kind": SharpsKind.CLEAN_UP,
        "happened_on": today(site.time_zone),
    }
    return Collected(**fields | told)


def told_by(partner: StockLocation, **told: Any) -> PeerTold:
    """Return what a distributor tells of today."""
    day = today(db.session.get_one(Site, partner.site_id).time_zone)
    fields: dict[str, Any] = {"client_id": new_id(), "location_id": partner.id, "begins_on": day, "ends_on": day}
    return PeerTold(**fields | told)


def gathering_things(site: Site, *, by: Actor = SYSTEM) -> dict[str, str]:
    """Write down a training, a clean-up and what a distributor told, and return how addresses name them."""
    partner = open_location(f"Peers {new_id()[:8]}", LocationKind.SECONDARY_DISTRIBUTOR, site_id=site.id, by=SYSTEM)
    event, collected, report = a_training(site), a_clean_up(site), told_by(partner, people_reached=4)
    record_group(event, by=by, at=now())
    record_collection(collected, by=by, at=now())
    tell_peer_report(report, by=by, at=now())
    return {"event_id": event.client_id, "collection_id": collected.client_id, "peer_report_id": report.client_id}
