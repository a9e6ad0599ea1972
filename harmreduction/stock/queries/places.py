"""Read stock places: whose they are, where supplies may go from them, what day it is there."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.sites.models import Site
from harmreduction.stock.models import (
    StockLocation,
)
from harmreduction.stock.rules import HAND_OUT_KINDS, REAL_KINDS, LocationKind


def list_locations_of(
    actor: Actor, *, only_active: bool = True, kinds: Collection[LocationKind] = REAL_KINDS
) -> Sequence[StockLocation]:
    """Return the real places of the sites that a person works for, by name."""
    places = select(StockLocation).where(StockLocation.kind.in_(kinds)).order_by(StockLocation.name)
    if only_active:
        places = places.where(StockLocation.is_active)
    return [place for place in db.session.scalars(places) if actor.works_at(place.site_id)]


def list_hand_out_places_of(actor: Actor) -> Sequence[StockLocation]:
    """Return the places from which a person may hand out, by name."""
    return list_locations_of(actor, kinds=HAND_OUT_KINDS)


def list_targets_of(actor: Actor, source: StockLocation) -> Sequence[StockLocation]:
    """Return the places to which a person may move supplies: those of the same site, or of any for who leads."""
    anywhere = actor.may(Permission.MANAGE_CATALOGUE)
    places = [place for place in list_locations_of(actor) if place.id != source.id]
    return [place for place in places if anywhere or place.site_id == source.site_id]


def get_location_of(actor: Actor, public_id: str) -> StockLocation:
    """Return a real place of a site that a person works for; another is as good as none."""
    place = db.session.scalar(select(StockLocation).where(StockLocation.public_id == public_id))
    if place is None or place.kind not in REAL_KINDS or not actor.works_at(place.site_id):
        raise NotFound(message("There is no such stock place."))
    return place


def time_zone_of(location: StockLocation) -> str:
    """Return the IANA time zone of the place's site, in which its days begin and end."""
    return db.session.scalars(select(Site.time_zone).where(Site.id == location.site_id)).one()


def today_at(location_ids: Collection[int], *, now: datetime) -> date:
    """Return the calendar day at these places; where their zones differ, the one that lasts longest.

    So no lot is called past its date while it still has its last day at one of their sites.
    """
    zones = select(Site.time_zone).join(StockLocation, StockLocation.site_id == Site.id)
    found = db.session.scalars(zones.where(StockLocation.id.in_(location_ids)).distinct())
    return min((today(zone, now) for zone in found), default=now.date())


def sites_of(location_ids: Collection[int]) -> set[int | None]:
    """Return the sites of those of these places that are real; None stands for a place without one."""
    real = select(StockLocation.site_id).where(StockLocation.kind.in_(REAL_KINDS))
    return set(db.session.scalars(real.where(StockLocation.id.in_(location_ids))))
