"""Read what records name by public ids, all of a batch at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item, Lot, StockLocation, StockReason

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class KnownPlace:
    """A stock place, in use or not, and the site and time zone that follow from it."""

    location_id: int
    site_id: int
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class KnownItem:
    """An item, and the one under which it goes on (itself unless it was listed twice)."""

    item_id: int
    goes_on_as: int


@dataclass(frozen=True, kw_only=True)
class KnownLot:
    """A lot, its item, and the lot under which it goes on (itself unless it was merged)."""

    lot_id: int
    item_id: int
    goes_on_as: int


@dataclass(frozen=True, kw_only=True)
class Lookups:
    """What is known by public ids."""

    places: Mapping[str, KnownPlace] = field(default_factory=dict)
    items: Mapping[str, KnownItem] = field(default_factory=dict)
    lots: Mapping[str, KnownLot] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)


def look_up(
    *, places: Collection[str], items: Collection[str], lots: Collection[str], reasons: Collection[str]
) -> Lookups:
    """Return what these public ids stand for, in one statement for each kind."""
    return Lookups(
        places=_places(places) if places else {},
        items=_items(items) if items else {},
        lots=_lots(lots) if lots else {},
        reasons=_reasons(reasons) if reasons else {},
    )


def _places(public_ids: Collection[str]) -> dict[str, KnownPlace]:
    """Return stock places of sites."""
    wanted = select(StockLocation.public_id, StockLocation.id, Site.id, Site.time_zone)
    rows = db.session.execute(
        wanted.join(Site, Site.id == StockLocation.site_id).where(StockLocation.public_id.in_(public_ids))
    )
    return {row[0]: KnownPlace(location_id=row[1], site_id=row[2], time_zone=row[3]) for row in rows}


def _items(public_ids: Collection[str]) -> dict[str, KnownItem]:
    """Return items."""
    rows = db.session.execute(
        select(Item.public_id, Item.id, Item.merged_into_id).where(Item.public_id.in_(public_ids))
    )
    return {row[0]: KnownItem(item_id=row[1], goes_on_as=row[2] or row[1]) for row in rows}


def _lots(public_ids: Collection[str]) -> dict[str, KnownLot]:
    """Return lots."""
    rows = db.session.execute(
        select(Lot.public_id, Lot.id, Lot.item_id, Lot.merged_into_id).where(Lot.public_id.in_(public_ids))
    )
    return {row[0]: KnownLot(lot_id=row[1], item_id=row[2], goes_on_as=row[3] or row[1]) for row in rows}


def _reasons(public_ids: Collection[str]) -> dict[str, int]:
    """Return reasons why a count differs."""
    rows = db.session.execute(
        select(StockReason.public_id, StockReason.id).where(StockReason.public_id.in_(public_ids))
    )
    return {row[0]: row[1] for row in rows}
