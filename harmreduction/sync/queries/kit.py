"""Read what a phone takes along: the places of a person, the lots that lie there, usual hand-outs, vans and their load.

All of it is public ids and numbers; the words stand in the pages of the kit. A phone has a small screen and a slow
connection, so it takes along what a shift needs: of a shelf the lots that go out next, of a van all that is in it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, true

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.permissions import Permission
from harmreduction.encounters.models import UsualHandout
from harmreduction.encounters.queries import find_place
from harmreduction.sites.models import Site
from harmreduction.stock import queries as stock
from harmreduction.stock.models import Item, Lot, StockBalance, StockLocation, StockShift
from harmreduction.stock.queries import loading, shifts
from harmreduction.stock.queries.lots import GOT_TOO_WARM, HEAT
from harmreduction.stock.rules import MOBILE_KINDS, LotOnHand, LotStatus
from harmreduction.stock.rules.lots import going_order

Listed = dict[str, Any]  # what becomes JSON

DIGITS = 10  # of a version
NEXT_LOTS = 3  # of an item on a shelf: a shift rarely begins a fourth
MOST_WITH_LOTS = 12  # places; who works at more takes along the lots of the site where they are


@dataclass(frozen=True, kw_only=True)
class FieldPlace:
    """A place from which a person hands out, and its site."""

    location: StockLocation
    site: Site

    @property
    def is_van(self) -> bool:
        """Say whether it goes out and comes back."""
        return self.location.kind in MOBILE_KINDS

    def day(self, now: datetime) -> date:
        """Return the calendar day there."""
        return today(self.site.time_zone, now)


def list_field_places(actor: Actor) -> list[FieldPlace]:
    """Return the places from which a person hands out, by site and name."""
    locations = stock.list_hand_out_places_of(actor)
    ids = {location.site_id for location in locations}
    sites = {site.id: site for site in db.session.scalars(select(Site).where(Site.id.in_(ids), Site.is_active))}
    places = [FieldPlace(location=each, site=sites[each.site_id]) for each in locations if each.site_id in sites]
    return sorted(places, key=lambda place: (place.site.name, place.location.name))


def lists_for(
    actor: Actor, places: Sequence[FieldPlace], tiles: Sequence[UsualHandout], *, now: datetime, whole: bool = True
) -> Listed:
    """Return the lists of today for a phone, with their version; not whole, they hold the lots of what is tapped."""
    near = _near(actor, places, now)
    lots = _lots_at(near, now, None if whole else {line.item_id for tile in tiles for line in tile.lines})
    loads = _loads_of(actor, near, now) if whole and actor.may(Permission.HANDLE_STOCK) else {}
    lists: Listed = {
        "places": [_listed(each, lots.get(each.location.id, {}), loads.get(each.location.id, {})) for each in places],
        "tiles": [{"id": tile.public_id, "lines": _lines_of(tile)} for tile in tiles],
    }
    return {"version": fingerprint(lists)[:DIGITS], **lists}


def _near(actor: Actor, places: Sequence[FieldPlace], now: datetime) -> Sequence[FieldPlace]:
    """Return the places of which a phone takes the lots along."""
    if len(places) <= MOST_WITH_LOTS:
        return places
    here = find_place(actor, now=now)
    return [place for place in places if here is not None and place.site.id == here.site_id]


def _listed(place: FieldPlace, lots: Listed, load: Listed) -> Listed:
    """Return a place as phones list it."""
    return {
        "id": place.location.public_id,
        "name": place.location.name,
        "site": place.site.name,
        "zone": place.site.time_zone,
        "is_van": place.is_van,
        "shift": None,
        "sources": [],
        "load": {},
        "lots": lots,
    } | load


def _lines_of(tile: UsualHandout) -> list[Listed]:
    """Return the items of a usual hand-out and how many units of each."""
    return [{"item": line.item.public_id, "units": line.quantity} for line in tile.lines]


def _lots_at(
    places: Sequence[FieldPlace], now: datetime, item_ids: Collection[int] | None
) -> dict[int, dict[str, list[Listed]]]:
    """Return the lots at each place (row id) by item (public id), first to go out first; None: of all items."""
    wanted = true() if item_ids is None else Item.id.in_(item_ids)
    rows = db.session.execute(
        select(StockBalance.location_id, StockBalance.on_hand, Lot, Item.public_id, HEAT.c.id.is_not(None))
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(HEAT, GOT_TOO_WARM)
        .where(StockBalance.location_id.in_([place.location.id for place in places]), StockBalance.on_hand != 0, wanted)
    ).all()
    by_id = {place.location.id: place for place in places}
    found: dict[int, dict[str, list[tuple[Any, Listed]]]] = defaultdict(lambda: defaultdict(list))
    for location_id, on_hand, lot, item_id, is_heated in rows:
        order = going_order(_as_ruled(lot, on_hand, is_heated), by_id[location_id].day(now))
        found[location_id][item_id].append((order, _lot(lot, on_hand)))
    return {
        location_id: {item_id: _taken(lots, by_id[location_id]) for item_id, lots in by_item.items()}
        for location_id, by_item in found.items()
    }


def _as_ruled(lot: Lot, on_hand: int, is_heated: bool) -> LotOnHand:
    """Return a lot as the rules see it."""
    return LotOnHand(
        lot_id=lot.id,
        item_id=lot.item_id,
        on_hand=on_hand,
        effective_expiry=lot.effective_expiry,
        is_heated=is_heated,
    )


def _taken(lots: Iterable[tuple[Any, Listed]], place: FieldPlace) -> list[Listed]:
    """Return the lots of an item that a phone takes along, the next to go out first."""
    ordered = [lot for _order, lot in sorted(lots, key=lambda each: each[0])]
    if place.is_van:
        return ordered
    return [lot for lot in ordered if lot["left"] > 0 and not lot["held"]][:NEXT_LOTS]


def _lot(lot: Lot, on_hand: int) -> Listed:
    """Return a lot as phones list it; one without a number stands for units of which nobody knows the lot."""
    return {
        "id": lot.public_id,
        "number": lot.lot_number,
        "expiry": lot.effective_expiry.isoformat() if lot.effective_expiry else None,
        "left": on_hand,
        "held": lot.status != LotStatus.AVAILABLE.value,
    }


def _loads_of(actor: Actor, places: Sequence[FieldPlace], now: datetime) -> dict[int, Listed]:
    """Return of each van or backpack (row id) its open shift, where it is loaded and how much is proposed."""
    vans = [place for place in places if place.is_van]
    out = _open_shifts([van.location.id for van in vans])
    return {van.location.id: _load_of(actor, van, out.get(van.location.id), now) for van in vans}


def _open_shifts(location_ids: Collection[int]) -> dict[int, str]:
    """Return the shift (public id) for which each of these places (row ids) is out."""
    rows = db.session.execute(
        select(StockShift.location_id, StockShift.public_id).where(
            StockShift.location_id.in_(location_ids), StockShift.closed_at.is_(None)
        )
    )
    return {location_id: shift_id for location_id, shift_id in rows}


def _load_of(actor: Actor, van: FieldPlace, shift_id: str | None, now: datetime) -> Listed:
    """Return the shift, the sources and the proposed load of a van."""
    last = shifts.last_shift_at(van.location.id)
    came_from = None if last is None else last.source_location_id
    sources = loading.list_sources_of(actor, van.location, last=came_from)
    load: dict[str, int] = {}
    if sources and shift_id is None:
        wanted = ({} if last is None else shifts.held_after_load_out(last)) | loading.par_levels(van.location.id)
        day = today(stock.time_zone_of(sources[0]), now)
        proposed = loading.propose_load(van.location, sources[0], wanted, today=day)
        load = {row.item.public_id: row.proposed for row in proposed.rows if row.proposed}
    named = [{"id": source.public_id, "name": source.name} for source in sources]
    return {"shift": shift_id, "sources": named, "load": load}
