"""Visits, talks about naloxone and services for tests, and what addresses call them."""

from typing import Any

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.encounters.actions import ensure_visit
from harmreduction.encounters.actions.naloxone import Talked, record_talk
from harmreduction.encounters.models import Activity, Encounter, NaloxoneTalk
from harmreduction.encounters.rules import Distribution
from harmreduction.encounters.rules.naloxone import Talk
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.participants.models import Participant
from harmreduction.sites.models import Site
from harmreduction.stock.models import StockLocation
from harmreduction.stock.rules import Wanted
from tests.factories import SYSTEM, item


def care_things() -> dict[str, str]:
    """Return one line of the programme's lists, by the name it has in addresses."""
    return {"activity_id": activity().public_id}


def activity(name: str = "HIV test") -> Activity:
    """Return a line of the lists that every programme starts with."""
    return db.session.scalars(select(Activity).where(Activity.name == name)).one()


def visit_start(site: Site, participant: Participant | None = None, **changes: Any) -> VisitStart:
    """Return a visit as whoever writes it down knows it."""
    fields: dict[str, Any] = {
        "visit_id": new_id(),
        "site_id": site.id,
        "time_zone": site.time_zone,
        "participant_id": None if participant is None else participant.id,
    } | changes
    return VisitStart(**fields)


def begin_visit(site: Site, participant: Participant | None = None, *, by: Actor = SYSTEM, **changes: Any) -> Encounter:
    """Begin a visit, of somebody with a code or of anybody."""
    at = changes.pop("at", None) or now()
    return ensure_visit(visit_start(site, participant, **changes), by=by, at=at)


def kits(place: StockLocation, visit: VisitStart, count: int = 1, *, code: str = "naloxone-nasal-4") -> Distribution:
    """Return kits that are taken on a visit."""
    return Distribution(
        client_id=new_id(),
        visit_id=visit.visit_id,
        site_id=visit.site_id,
        location_id=place.id,
        time_zone=visit.time_zone,
        lines=(Wanted(item_id=item(code).id, quantity=count),),
        day=visit.day,
    )


def make_talk(visit: VisitStart, *, by: Actor = SYSTEM, **told: Any) -> Talked:
    """Record a talk about naloxone on a visit."""
    at = told.pop("at", None) or now()
    fields: dict[str, Any] = {"client_id": new_id(), "visit": visit} | told
    return record_talk(Talk(**fields), by=by, at=at)


def the_talk() -> NaloxoneTalk:
    """Return the only talk there is."""
    return db.session.scalars(select(NaloxoneTalk).execution_options(populate_existing=True)).one()
