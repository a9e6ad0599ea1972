"""Open a stock place, change it, close it and open it again."""

from dataclasses import asdict, dataclass
from typing import cast

from sqlalchemy import Table, or_, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.messages import message
from harmreduction.stock import queries
from harmreduction.stock.models import Shipment, StockBalance, StockLocation, StockShift
from harmreduction.stock.rules import LocationKind, NameTaken
from harmreduction.stock.rules.places import CannotClose, CannotServe

LOCATION = cast(Table, StockLocation.__table__)
TAKEN = message("Another place has this name. Choose one that the team can tell apart.")


@dataclass(frozen=True, kw_only=True)
class PlaceChange:
    """A stock place as the programme names it; see `stock.models.StockLocation`. served_from_id: of the place."""

    name: str
    kind: LocationKind
    served_from_id: int | None
    directions: str
    capacity: int | None
    is_strict: bool
    note: str


def open_place(change: PlaceChange, *, site_id: int, by: Actor) -> StockLocation:
    """Open a place that holds stock; raises NameTaken when another place is called that."""
    with transaction():
        place_id = db.session.scalar(
            insert_if_new(LOCATION).returning(LOCATION.c.id), {"site_id": site_id, **asdict(change)}
        )
        if place_id is None:
            raise NameTaken(TAKEN)
        place = db.session.get_one(StockLocation, place_id)
        record(Event.STOCK_LOCATION_CHANGED, by=by, subject=place.public_id, site_id=site_id)
        return place


def change_place(public_id: str, change: PlaceChange, *, by: Actor) -> None:
    """Change a place; raises NameTaken, or CannotServe where it would be filled from itself in the end."""
    with transaction():
        place = queries.get_location_of(by, public_id)
        _check_name(change.name, place.id)
        _check_supply(change.served_from_id, place.id)
        for name, value in asdict(change).items():
            setattr(place, name, value)
        record(Event.STOCK_LOCATION_CHANGED, by=by, subject=public_id, site_id=place.site_id)


def close_place(public_id: str, *, by: Actor) -> None:
    """Take a place out of use; raises CannotClose while anything lies there, is out with it, or comes to it."""
    with transaction():
        place = queries.get_location_of(by, public_id)
        _check_empty(place.id)
        place.is_active = False
        record(Event.STOCK_LOCATION_CHANGED, by=by, subject=public_id, site_id=place.site_id)


def reopen_place(public_id: str, *, by: Actor) -> None:
    """Take a closed place into use again."""
    with transaction():
        place = queries.get_location_of(by, public_id)
        place.is_active = True
        record(Event.STOCK_LOCATION_CHANGED, by=by, subject=public_id, site_id=place.site_id)


def _check_name(name: str, own_id: int) -> None:
    """Refuse a name that another place has."""
    taken_by = db.session.scalar(select(StockLocation.id).where(StockLocation.name == name))
    if taken_by not in (None, own_id):
        raise NameTaken(TAKEN)


def _check_supply(served_from_id: int | None, own_id: int) -> None:
    """Refuse a place that would be filled from itself, be it by way of others."""
    rows = db.session.execute(select(StockLocation.id, StockLocation.served_from_id))
    sources = {location_id: source_id for location_id, source_id in rows}
    seen = {own_id}
    while served_from_id is not None:
        if served_from_id in seen:
            raise CannotServe(message("These places would fill up each other. Choose another one."))
        seen.add(served_from_id)
        served_from_id = sources[served_from_id]


def _check_empty(location_id: int) -> None:
    """Refuse to close a place that is still at work."""
    held = select(StockBalance.lot_id).where(StockBalance.location_id == location_id, StockBalance.on_hand != 0)
    if db.session.scalar(held.limit(1)) is not None:
        raise CannotClose(message("This place still holds stock. Move it, throw it away or count it first."))
    out = select(StockShift.id).where(StockShift.location_id == location_id, StockShift.closed_at.is_(None))
    if db.session.scalar(out.limit(1)) is not None:
        raise CannotClose(message("This place is out on a shift. Close the shift first."))
    coming = select(Shipment.id).where(
        or_(Shipment.to_location_id == location_id, Shipment.from_location_id == location_id),
        Shipment.acceptance_id.is_(None),
    )
    if db.session.scalar(coming.limit(1)) is not None:
        raise CannotClose(message("Supplies are on the way to or from this place. Accept them first."))
