"""Read what needs someone in stock, and how each place stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.permissions import Permission
from harmreduction.stock.models import (
    ExpiryNotice,
    HeatFlag,
    Recall,
    StockDiscrepancy,
    StockLocation,
    StockPolicy,
    StockShift,
)
from harmreduction.stock.queries.counts import last_counted
from harmreduction.stock.queries.dates import ExpiryWarning
from harmreduction.stock.queries.discrepancies import count_open, list_discrepancies, units_left
from harmreduction.stock.queries.on_hand import Wanted, list_on_hand
from harmreduction.stock.queries.ordering import Need, list_low
from harmreduction.stock.queries.places import list_locations_of, today_at
from harmreduction.stock.queries.recalls import list_open_recalls
from harmreduction.stock.queries.requests import count_waiting
from harmreduction.stock.queries.shifts import MobilePlace, list_long_out
from harmreduction.stock.queries.shipments import count_late_shipments
from harmreduction.stock.rules.dates import band_of

SHOWN = 5  # of each kind; the page of that kind has them all
LOTS_LOOKED_AT = 100


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What needs someone at a person's places: a few of each kind, and how many there are.

    units_left: what of a discrepancy (row id) is left to explain, where that is a number.
    """

    discrepancies: Sequence[StockDiscrepancy]
    all_discrepancies: int
    units_left: Mapping[int, int]
    warnings: Sequence[ExpiryWarning]
    all_warnings: int
    low: Sequence[Need]
    late_shipments: int
    long_out: Sequence[MobilePlace]
    recalls: Sequence[Recall]
    waiting_requests: int


@dataclass(frozen=True, kw_only=True)
class PlaceState:
    """How a place stands: what does not fit there, when it was counted last, since when it is out."""

    location: StockLocation
    discrepancies: int
    counted_at: datetime | None
    out_since: datetime | None


def get_overview(actor: Actor, *, now: datetime) -> Overview:
    """Return what needs someone at the places of a person's sites."""
    ids = [place.id for place in list_locations_of(actor)]
    unseen = _unseen_warnings(ids, now)
    discrepancies = list_discrepancies(ids, is_open=True, limit=SHOWN)
    return Overview(
        discrepancies=discrepancies,
        all_discrepancies=sum(count_open(ids).values()),
        units_left=units_left(discrepancies),
        warnings=unseen[:SHOWN],
        all_warnings=len(unseen),
        low=list_low(actor, SHOWN),
        late_shipments=count_late_shipments(actor, now=now),
        long_out=list_long_out(actor, now=now),
        recalls=list_open_recalls(),
        waiting_requests=count_waiting(actor) if actor.may(Permission.MANAGE_CATALOGUE) else 0,
    )


def list_states(locations: Sequence[StockLocation]) -> list[PlaceState]:
    """Return how each of these places stands, in their order."""
    ids = [location.id for location in locations]
    open_ones, counted, out = count_open(ids), last_counted(ids), _out_since(ids)
    return [
        PlaceState(
            location=place,
            discrepancies=open_ones.get(place.id, 0),
            counted_at=counted.get(place.id),
            out_since=out.get(place.id),
        )
        for place in locations
    ]


def par_levels_at(location_id: int) -> dict[int, int]:
    """Return the units of each item (item id → units) to which a place is filled up, where that is set."""
    rows = db.session.execute(
        select(StockPolicy.item_id, StockPolicy.par_level).where(
            StockPolicy.location_id == location_id, StockPolicy.par_level.is_not(None)
        )
    )
    return {item_id: level for item_id, level in rows if level is not None}


def heated_at(location_id: int) -> set[int]:
    """Return the lots (ids) that got too warm or too cold at a place, and are to be used first there."""
    flags = select(HeatFlag.lot_id).where(HeatFlag.location_id == location_id, HeatFlag.closed_at.is_(None))
    return set(db.session.scalars(flags))


def _unseen_warnings(location_ids: Collection[int], now: datetime) -> list[ExpiryWarning]:
    """Return warnings that nobody saw yet about the lots that expire first; the page of dates has all of them."""
    today = today_at(location_ids, now=now)
    wanted = Wanted(location_ids=location_ids, today=today)
    lots = list_on_hand(wanted, after=None, limit=LOTS_LOOKED_AT)
    notices = select(ExpiryNotice.location_id, ExpiryNotice.lot_id, ExpiryNotice.expiry, ExpiryNotice.days)
    rows = db.session.execute(notices.where(ExpiryNotice.lot_id.in_([entry.lot.id for entry in lots])))
    seen = {tuple(row) for row in rows}
    return [
        ExpiryWarning(
            location=place,
            lot=entry.lot,
            on_hand=units,
            band=band,
            days_left=(entry.lot.effective_expiry - today).days,
            seen_at=None,
        )
        for entry in lots
        if entry.lot.effective_expiry is not None and (band := band_of(entry.lot.effective_expiry, today)) is not None
        for place, units in entry.places
        if units > 0 and (place.id, entry.lot.id, entry.lot.effective_expiry, band.value) not in seen
    ]


def _out_since(location_ids: Collection[int]) -> dict[int, datetime]:
    """Return since when vans and backpacks are out."""
    rows = db.session.execute(
        select(StockShift.location_id, StockShift.opened_at).where(
            StockShift.location_id.in_(location_ids), StockShift.closed_at.is_(None)
        )
    )
    return {location_id: at for location_id, at in rows}
