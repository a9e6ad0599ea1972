"""Read which lots come near their end, worked out whenever somebody looks, so that no missed night loses a warning."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Case, ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.clock import now, today
from harmreduction.core.db import db
from harmreduction.sites.models import Site
from harmreduction.stock.models import ExpiryNotice, Lot, StockBalance, StockLocation
from harmreduction.stock.queries.places import list_locations_of
from harmreduction.stock.rules.dates import ExpiryBand, last_day_of


@dataclass(frozen=True, kw_only=True)
class ExpiryWarning:
    """A lot on hand at a place that comes near its end; seen_at: when somebody noted that they saw it."""

    location: StockLocation
    lot: Lot
    on_hand: int
    band: ExpiryBand
    days_left: int
    seen_at: datetime | None


def list_warnings(actor: Actor, *, band: ExpiryBand | None = None, limit: int, offset: int = 0) -> list[ExpiryWarning]:
    """Return lots near their end at a person's places: what nobody saw yet first, then by date."""
    days = _days_at(actor)
    if not days:
        return []
    near = _band(days)
    warned = (
        _warned(days, near)
        .add_columns(StockLocation, Lot, StockBalance.on_hand, near, ExpiryNotice.seen_at)
        .options(joinedload(Lot.item))
        .order_by(ExpiryNotice.seen_at.is_not(None), Lot.effective_expiry, Lot.id, StockLocation.name, StockLocation.id)
    )
    if band is not None:
        warned = warned.where(near == band.value)
    rows = db.session.execute(warned.limit(limit).offset(offset)).all()
    day_at = {location_id: day for day, ids in days.items() for location_id in ids}
    return [
        ExpiryWarning(
            location=location,
            lot=lot,
            on_hand=on_hand,
            band=ExpiryBand(number),
            days_left=(lot.effective_expiry - day_at[location_id]).days,
            seen_at=seen_at,
        )
        for location_id, location, lot, on_hand, number, seen_at in rows
    ]


def count_warnings(actor: Actor) -> dict[ExpiryBand, int]:
    """Return how many lots at a person's places are in each band, seen or not."""
    return _count(actor, only_unseen=False)


def count_unseen(actor: Actor) -> dict[ExpiryBand, int]:
    """Return how many warnings nobody saw yet, by band; a band without any is left out."""
    return _count(actor, only_unseen=True)


def _count(actor: Actor, *, only_unseen: bool) -> dict[ExpiryBand, int]:
    """Count warnings by band."""
    days = _days_at(actor)
    if not days:
        return {}
    near = _band(days)
    warned = _warned(days, near).add_columns(near.label("near"))
    if only_unseen:
        warned = warned.where(ExpiryNotice.seen_at.is_(None))
    bands = warned.subquery()
    counted = db.session.execute(select(bands.c.near, func.count()).group_by(bands.c.near))
    found = {number: count for number, count in counted}
    return {band: found[band] for band in ExpiryBand if band in found}


def _days_at(actor: Actor) -> dict[date, list[int]]:
    """Return the places of a person by the calendar day that it is there now."""
    ids = [place.id for place in list_locations_of(actor)]
    zones = select(StockLocation.id, Site.time_zone).join(Site, Site.id == StockLocation.site_id)
    moment = now()
    days: dict[date, list[int]] = defaultdict(list)
    for location_id, time_zone in db.session.execute(zones.where(StockLocation.id.in_(ids))):
        days[today(time_zone, moment)].append(location_id)
    return days


def _band(days: dict[date, list[int]]) -> Case[int]:
    """Return the band of a lot at a place: the first whose last day is not before the lot's."""
    return case(*((_ends_by(days, band), band.value) for band in ExpiryBand))


def _warned(days: dict[date, list[int]], near: Case[int]) -> Select[int]:
    """Return the statement over lots near their end at these places, with what was seen of each warning."""
    return (
        select(StockBalance.location_id)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(StockLocation, StockLocation.id == StockBalance.location_id)
        .outerjoin(
            ExpiryNotice,
            and_(
                ExpiryNotice.location_id == StockBalance.location_id,
                ExpiryNotice.lot_id == StockBalance.lot_id,
                ExpiryNotice.expiry == Lot.effective_expiry,
                ExpiryNotice.days == near,
            ),
        )
        .where(
            StockBalance.on_hand > 0,
            StockBalance.location_id.in_([location_id for ids in days.values() for location_id in ids]),
            _ends_by(days, ExpiryBand.WITHIN_180),
        )
    )


def _ends_by(days: dict[date, list[int]], band: ExpiryBand) -> ColumnElement[bool]:
    """Return the condition that a lot at a place ends within a band; which place only matters where days differ."""
    first, *others = (
        (Lot.effective_expiry <= last_day_of(band, day), StockBalance.location_id.in_(ids)) for day, ids in days.items()
    )
    return or_(*(and_(*both) for both in (first, *others))) if others else first[0]
