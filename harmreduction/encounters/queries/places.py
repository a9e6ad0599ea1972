"""Read where a worker hands out from, and the tiles of their page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import selectinload

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.encounters.models import (
    Distribution,
    Encounter,
    SupplyLine,
    UsualHandout,
    UsualHandoutLine,
    WorkingPlace,
)
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item, StockLocation
from harmreduction.stock.queries import list_hand_out_places_of

REMEMBERED_FOR = timedelta(hours=12)  # another day than today is remembered this long, then it is today again

# What every tap reads is put together once; the values come with each reading.
PLACE = (
    Site.id.label("site_id"),
    Site.public_id.label("site_public_id"),
    Site.name.label("site_name"),
    Site.time_zone,
    StockLocation.id.label("location_id"),
    StockLocation.public_id.label("location_public_id"),
    StockLocation.name.label("location_name"),
)
PLACE_OF_WORKER = (
    select(WorkingPlace.day, WorkingPlace.chosen_at, *PLACE)
    .join(Site, Site.id == WorkingPlace.site_id)
    .join(StockLocation, StockLocation.id == WorkingPlace.location_id)
    .where(WorkingPlace.account_id == bindparam("account_id"), Site.is_active, StockLocation.is_active)
)
PLACE_ON_PAGE = (
    select(*PLACE)
    .join(StockLocation, StockLocation.site_id == Site.id)
    .where(Site.public_id == bindparam("site"), StockLocation.public_id == bindparam("location"))
)
GOES_ON_AS = func.coalesce(Item.merged_into_id, Item.id)  # an item that was listed twice
LINES_OF_TILE = (
    select(GOES_ON_AS, func.sum(UsualHandoutLine.quantity))
    .join(UsualHandout, UsualHandout.id == UsualHandoutLine.usual_handout_id)
    .join(Item, Item.id == UsualHandoutLine.item_id)
    .where(UsualHandout.public_id == bindparam("public_id"))
    .group_by(GOES_ON_AS)
    .order_by(GOES_ON_AS)
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a worker hands out from, and the other day for which they enter, if any."""

    site_id: int
    site_public_id: str
    site_name: str
    time_zone: str
    location_id: int
    location_public_id: str
    location_name: str
    day: date | None


def find_place(actor: Actor, *, now: datetime) -> Place | None:
    """Return where this person hands out from, as long as they still work there."""
    row = db.session.execute(PLACE_OF_WORKER, {"account_id": actor.account_id}).mappings().one_or_none()
    if row is None or not actor.works_at(row["site_id"]):
        return None
    fields = dict(row)
    chosen_at, day = fields.pop("chosen_at"), fields.pop("day")
    return Place(**fields, day=day if now - chosen_at < REMEMBERED_FOR else None)


def get_place_on_page(actor: Actor, site: str, location: str, day: date | None) -> Place:
    """Return the place that a page said, by public ids; what was handed out there stays there."""
    row = db.session.execute(PLACE_ON_PAGE, {"site": site, "location": location}).mappings().one_or_none()
    if row is None or not actor.works_at(row["site_id"]):
        raise NotFound(message("You do not work at this place any more. Choose where you are."))
    return Place(**row, day=day)


def find_place_at(actor: Actor, visit: Encounter, *, now: datetime) -> Place | None:
    """Return where this person hands out from on a visit: where they are, else the first place of its site.

    What is added to a visit of another day is entered for that day.
    """
    place = find_place(actor, now=now)
    if place is None or place.site_id != visit.site_id:
        here = [shelf for shelf in list_hand_out_places_of(actor) if shelf.site_id == visit.site_id]
        site = db.session.get_one(Site, visit.site_id)
        place = get_place_on_page(actor, site.public_id, here[0].public_id, None) if here else None
    if place is None:
        return None
    day = today(place.time_zone, visit.occurred_at)
    return replace(place, day=None if day == today(place.time_zone, now) else day)


def list_usual_handouts() -> Sequence[UsualHandout]:
    """Return the tiles of the page with their items, in the programme's order."""
    return db.session.scalars(
        select(UsualHandout)
        .options(selectinload(UsualHandout.lines).joinedload(UsualHandoutLine.item))
        .where(UsualHandout.is_active)
        .order_by(UsualHandout.position, UsualHandout.id)
    ).all()


def list_usual_lines(public_id: str) -> list[tuple[int, int]]:
    """Return (item id, units) of one usual hand-out; raises NotFound when the programme took it away."""
    rows = db.session.execute(LINES_OF_TILE, {"public_id": public_id}).all()
    if not rows:
        raise NotFound(message("This hand-out is not in the list any more. Choose its items under Other items."))
    return [(item_id, quantity) for item_id, quantity in rows]


def count_tiles(tiles: Sequence[UsualHandout], distributions: Sequence[Distribution]) -> dict[str, int]:
    """Return how often each tile, by public id, is among these hand-outs."""
    by_lines = {_as_set(tile.lines): tile.public_id for tile in tiles}
    counts: dict[str, int] = {}
    for distribution in distributions:
        tile = by_lines.get(_as_set(distribution.lines))
        if tile is not None:
            counts[tile] = counts.get(tile, 0) + 1
    return counts


def _as_set(lines: Sequence[SupplyLine] | Sequence[UsualHandoutLine]) -> frozenset[tuple[int, int]]:
    """Return lines as (item id, units), whatever their order."""
    return frozenset((line.item_id, line.quantity) for line in lines)
