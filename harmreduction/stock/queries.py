"""Read items, lots, places and what they hold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.sites.models import Site
from harmreduction.stock.models import (
    Item,
    ItemCategory,
    Lot,
    StockBalance,
    StockDiscrepancy,
    StockLocation,
    StockMovement,
)
from harmreduction.stock.rules import REAL_KINDS, LotOnHand, LotStatus

LOT = cast(Table, Lot.__table__)
BALANCE = cast(Table, StockBalance.__table__)

# Every hand-out reads this, so it is put together once.
LOTS_AT = (
    select(BALANCE.c.lot_id, BALANCE.c.on_hand, LOT.c.item_id, LOT.c.effective_expiry, LOT.c.status, LOT.c.lot_number)
    .join(LOT, LOT.c.id == BALANCE.c.lot_id)
    .where(
        BALANCE.c.location_id == bindparam("location_id"),
        LOT.c.item_id.in_(bindparam("item_ids", expanding=True)),
    )
)


@dataclass(frozen=True, kw_only=True)
class StockRow:
    """A lot as it lies at a place: units and doses on hand."""

    item: Item
    lot: Lot
    on_hand: int

    @property
    def doses(self) -> int:
        """Return the doses in these units."""
        return self.on_hand * self.item.doses_per_unit


@dataclass(frozen=True, kw_only=True)
class PlaceSummary:
    """A place with how many lots it holds and how many of its discrepancies are open."""

    location: StockLocation
    lots: int
    open_discrepancies: int


def lots_at(location_id: int, item_ids: Collection[int]) -> list[LotOnHand]:
    """Return every lot of these items that has a balance at a place, below zero too."""
    rows = db.session.execute(LOTS_AT, {"location_id": location_id, "item_ids": list(item_ids)})
    return [
        LotOnHand(
            lot_id=row.lot_id,
            item_id=row.item_id,
            on_hand=row.on_hand,
            effective_expiry=row.effective_expiry,
            status=LotStatus(row.status),
            is_numbered=row.lot_number != "",
        )
        for row in rows
    ]


def get_lots(public_ids: Collection[str]) -> dict[str, Lot]:
    """Return lots by public id; raises NotFound when one is not there."""
    lots = db.session.scalars(select(Lot).where(Lot.public_id.in_(public_ids)))
    found = {lot.public_id: lot for lot in lots}
    if len(found) < len(set(public_ids)):
        raise NotFound(message("One of these lots is not known here. Choose it again."))
    return found


def get_item(public_id: str) -> Item:
    """Return an item."""
    item = db.session.scalar(select(Item).where(Item.public_id == public_id))
    if item is None:
        raise NotFound(message("There is no such item."))
    return item


def get_items(public_ids: Collection[str]) -> dict[str, Item]:
    """Return items by public id; raises NotFound when one is not there."""
    items = db.session.scalars(select(Item).where(Item.public_id.in_(public_ids)))
    found = {item.public_id: item for item in items}
    if len(found) < len(set(public_ids)):
        raise NotFound(message("One of these items is not in the list any more. Choose it again."))
    return found


def has_moved(item_id: int) -> bool:
    """Say whether an item was ever booked in, moved or handed out."""
    moved = select(StockMovement.id).join(Lot, Lot.id == StockMovement.lot_id).where(Lot.item_id == item_id)
    return db.session.scalar(moved.limit(1)) is not None


def list_items(*, only_active: bool = True) -> Sequence[Item]:
    """Return items by category, usual ones first, then by name."""
    items = select(Item).join(ItemCategory, ItemCategory.code == Item.category)
    items = items.order_by(ItemCategory.position, Item.is_usual.desc(), Item.name)
    return db.session.scalars(items.where(Item.is_active) if only_active else items).all()


def list_categories() -> Sequence[ItemCategory]:
    """Return the categories in the programme's order."""
    return db.session.scalars(select(ItemCategory).order_by(ItemCategory.position)).all()


def list_locations_of(actor: Actor, *, only_active: bool = True) -> Sequence[StockLocation]:
    """Return the real places of the sites that a person works for, by name."""
    places = select(StockLocation).where(StockLocation.kind.in_(REAL_KINDS)).order_by(StockLocation.name)
    if only_active:
        places = places.where(StockLocation.is_active)
    return [place for place in db.session.scalars(places) if actor.works_at(place.site_id)]


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


def list_below_zero(location_id: int) -> list[StockRow]:
    """Return what went out of a place beyond what was booked in."""
    return [row for row in list_stock(location_id) if row.on_hand < 0]


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


def lot_ids_at(location_id: int) -> set[int]:
    """Return every lot that lies or ever lay at a place."""
    return set(db.session.scalars(select(StockBalance.lot_id).where(StockBalance.location_id == location_id)))


def list_stock(location_id: int) -> list[StockRow]:
    """Return what lies at a place, by category, item and expiry; below zero counts as something."""
    rows = db.session.execute(
        select(Lot, Item, StockBalance.on_hand)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .join(ItemCategory, ItemCategory.code == Item.category)
        .where(StockBalance.location_id == location_id, StockBalance.on_hand != 0)
        .order_by(ItemCategory.position, Item.name, Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id)
    )
    return [StockRow(item=item, lot=lot, on_hand=on_hand) for lot, item, on_hand in rows]


def summarise_places(locations: Sequence[StockLocation]) -> list[PlaceSummary]:
    """Return each place with its number of lots on hand and open discrepancies."""
    ids = [location.id for location in locations]
    lots = _count_by_location(
        select(StockBalance.location_id, func.count())
        .where(StockBalance.location_id.in_(ids), StockBalance.on_hand > 0)
        .group_by(StockBalance.location_id)
    )
    open_ones = _count_by_location(
        select(StockDiscrepancy.location_id, func.count())
        .where(StockDiscrepancy.location_id.in_(ids), StockDiscrepancy.closed_at.is_(None))
        .group_by(StockDiscrepancy.location_id)
    )
    return [
        PlaceSummary(location=place, lots=lots.get(place.id, 0), open_discrepancies=open_ones.get(place.id, 0))
        for place in locations
    ]


def list_open_discrepancies(location_ids: Collection[int]) -> Sequence[StockDiscrepancy]:
    """Return what does not fit at these places, oldest first."""
    return db.session.scalars(
        select(StockDiscrepancy)
        .join(StockDiscrepancy.lot)
        .join(Lot.item)
        .options(
            contains_eager(StockDiscrepancy.lot).contains_eager(Lot.item),
            joinedload(StockDiscrepancy.location),
        )
        .where(StockDiscrepancy.location_id.in_(location_ids), StockDiscrepancy.closed_at.is_(None))
        .order_by(StockDiscrepancy.opened_at)
    ).all()


def list_expiring(location_ids: Collection[int], *, until: date) -> list[StockRow]:
    """Return lots on hand at these places whose last day comes by `until`, soonest first."""
    rows = db.session.execute(
        select(Lot, Item, func.sum(StockBalance.on_hand).label("on_hand"))
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            StockBalance.location_id.in_(location_ids),
            StockBalance.on_hand > 0,
            Lot.effective_expiry <= until,
        )
        .group_by(Lot.id, Item.id)
        .order_by(Lot.effective_expiry, Lot.id)
    )
    return [StockRow(item=item, lot=lot, on_hand=on_hand) for lot, item, on_hand in rows]


def _count_by_location(counted: object) -> dict[int, int]:
    """Return a grouped count as a mapping."""
    return {location_id: count for location_id, count in db.session.execute(counted)}  # type: ignore[call-overload]
