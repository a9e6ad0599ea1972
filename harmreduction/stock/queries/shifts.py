"""Read shifts of vans and backpacks: who is out, what was loaded, handed out and should be left."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import (
    Item,
    ItemCategory,
    Lot,
    StockLocation,
    StockMovement,
    StockShift,
    StockTransaction,
)
from harmreduction.stock.queries.lots import list_stock
from harmreduction.stock.queries.places import list_locations_of
from harmreduction.stock.rules import MOBILE_KINDS
from harmreduction.stock.rules.loading import LONG_OUT


@dataclass(frozen=True, kw_only=True)
class MobilePlace:
    """A van or a backpack, its open shift, and whether that shift is open for so long that it was forgotten."""

    location: StockLocation
    shift: StockShift | None
    is_long_out: bool


@dataclass(frozen=True, kw_only=True)
class VanNow:
    """A van or a backpack and the shift for which it is out, by public ids."""

    public_id: str
    shift_id: str | None


def find_van(location_id: int) -> VanNow | None:
    """Return the van or backpack that a place is, if it is one, and whether it is out."""
    is_out = (StockShift.location_id == StockLocation.id) & StockShift.closed_at.is_(None)
    row = db.session.execute(
        select(StockLocation.public_id, StockShift.public_id)
        .outerjoin(StockShift, is_out)
        .where(StockLocation.id == location_id, StockLocation.kind.in_(MOBILE_KINDS))
    ).one_or_none()
    return None if row is None else VanNow(public_id=row[0], shift_id=row[1])


def get_shift_of(actor: Actor, public_id: str) -> StockShift:
    """Return a shift of a van or a backpack of a site that a person works for."""
    shift = db.session.scalar(
        select(StockShift).options(joinedload(StockShift.location)).where(StockShift.public_id == public_id)
    )
    if shift is None or not actor.works_at(shift.location.site_id):
        raise NotFound(message("There is no such shift."))
    return shift


def open_shift_at(location_id: int) -> StockShift | None:
    """Return the shift for which a van or a backpack is out."""
    return db.session.scalar(
        select(StockShift).where(StockShift.location_id == location_id, StockShift.closed_at.is_(None))
    )


def last_shift_at(location_id: int) -> StockShift | None:
    """Return the latest shift of a van or a backpack."""
    return db.session.scalar(
        select(StockShift)
        .where(StockShift.location_id == location_id)
        .order_by(StockShift.opened_at.desc(), StockShift.id.desc())
        .limit(1)
    )


def list_mobile_places(actor: Actor, *, now: datetime) -> list[MobilePlace]:
    """Return the vans and backpacks of one's sites, those that are out first."""
    places = list_locations_of(actor, kinds=MOBILE_KINDS)
    out = {
        shift.location_id: shift
        for shift in db.session.scalars(
            select(StockShift).where(
                StockShift.location_id.in_([place.id for place in places]), StockShift.closed_at.is_(None)
            )
        )
    }
    found = [
        MobilePlace(
            location=place,
            shift=out.get(place.id),
            is_long_out=place.id in out and now - out[place.id].opened_at > LONG_OUT,
        )
        for place in places
    ]
    return sorted(found, key=lambda place: place.shift is None)


def list_long_out(actor: Actor, *, now: datetime) -> list[MobilePlace]:
    """Return the vans and backpacks of one's sites that went out long ago and were not closed out."""
    return [place for place in list_mobile_places(actor, now=now) if place.is_long_out]


def list_shifts(location_ids: Collection[int], *, limit: int, offset: int = 0) -> Sequence[StockShift]:
    """Return the shifts that were closed out, newest first."""
    return db.session.scalars(
        select(StockShift)
        .options(joinedload(StockShift.location))
        .where(StockShift.location_id.in_(location_ids), StockShift.closed_at.is_not(None))
        .order_by(StockShift.opened_at.desc(), StockShift.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def held_after_load_out(shift: StockShift) -> dict[int, int]:
    """Return the units of each item (item id → units) that a van or backpack held when it last went out."""
    held: dict[int, int] = {}
    for row in list_stock(shift.location_id):
        held[row.item.id] = held.get(row.item.id, 0) + row.on_hand
    source, target = StockMovement.from_location_id, StockMovement.to_location_id
    rows = db.session.execute(
        select(Lot.item_id, target, func.sum(StockMovement.quantity))
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(
            or_(source == shift.location_id, target == shift.location_id), StockMovement.occurred_at > shift.opened_at
        )
        .group_by(Lot.item_id, target)
    )
    for item_id, to_id, units in rows:
        held[item_id] = held.get(item_id, 0) - int(units if to_id == shift.location_id else -units)
    return {item_id: units for item_id, units in held.items() if units > 0}


def lots_to_pack(client_id: str) -> list[tuple[Item, Lot, int]]:
    """Return the lots that a load-out took along, in the order of the shelf: what a person puts into the bag."""
    rows = db.session.execute(
        select(Item, Lot, StockMovement.quantity)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(ItemCategory, ItemCategory.code == Item.category)
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .where(StockTransaction.client_id == client_id)
        .order_by(ItemCategory.position, Item.name, StockMovement.line_no)
    )
    return [(item, lot, units) for item, lot, units in rows]
