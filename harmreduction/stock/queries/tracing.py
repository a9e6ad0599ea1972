"""Trace lots: where they lie now, what of them went out, from where, in which month, and how that was known.

A hand-out that was taken back did not go out. What participants brought back is told apart from what went out.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import joinedload

from harmreduction.core.clock import UTC_ZONE
from harmreduction.core.db import db
from harmreduction.sites.models import Site
from harmreduction.stock.ledger.tables import BALANCE, MOVEMENT
from harmreduction.stock.models import Lot, StockLocation
from harmreduction.stock.queries.genealogy import in_batches
from harmreduction.stock.queries.stretches import stretch_of
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, LocationKind, LotSource
from harmreduction.stock.rules.recalls import Months, months_between

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]
BACK = MOVEMENT.alias("back")

Cell = tuple[int, int, int, str]  # lot id, place id, number of the interval, how the lot was known


@dataclass(frozen=True, kw_only=True)
class Held:
    """Units of a lot at a place, or at one of the virtual places that stand for the world outside."""

    lot: Lot
    place: StockLocation
    units: int


@dataclass(frozen=True, kw_only=True)
class WentOut:
    """Units of a lot that left a place for participants in a month (its first day), and how the lot was known."""

    lot: Lot
    place: StockLocation
    month: date
    source: LotSource
    units: int


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Where lots are and went: held everywhere, went out to participants, and came back from them."""

    lots: Sequence[Lot]
    held: Sequence[Held]
    went_out: Sequence[WentOut]
    came_back: Sequence[Held]


def trace(lot_ids: Collection[int], *, at: datetime) -> Trace:
    """Trace exactly these lots; `genealogy.list_reached` finds those that belong together."""
    lots = _lots(lot_ids)
    places = {place.id: place for place in db.session.scalars(select(StockLocation))}
    months = _months(lot_ids, at)
    went_out, came_back = _went_out(lot_ids, months)
    zones = _zones()
    return Trace(
        lots=list(lots.values()),
        held=[
            Held(lot=lots[lot_id], place=places[place_id], units=units)
            for lot_id, place_id, units in _balances(lot_ids)
        ],
        went_out=[
            WentOut(
                lot=lots[lot_id],
                place=places[place_id],
                month=months.month_of(interval, zones.get(places[place_id].site_id, UTC_ZONE)),
                source=LotSource(source),
                units=units,
            )
            for (lot_id, place_id, interval, source), units in went_out.items()
            if units
        ],
        came_back=[
            Held(lot=lots[lot_id], place=places[place_id], units=units)
            for (lot_id, place_id), units in came_back.items()
        ],
    )


def count_went_out(lot_ids: Collection[int], place_id: int) -> dict[int, int]:
    """Return the units of each of these lots that went out from one place."""
    units: dict[int, int] = defaultdict(int)
    for ids in in_batches(lot_ids):
        for source, target, sign in ((place_id, PARTICIPANT, 1), (PARTICIPANT, place_id, -1)):
            moved = (
                select(MOVEMENT.c.lot_id, func.sum(MOVEMENT.c.quantity))
                .where(
                    MOVEMENT.c.from_location_id == source,
                    MOVEMENT.c.to_location_id == target,
                    MOVEMENT.c.lot_id.in_(ids),
                )
                .group_by(MOVEMENT.c.lot_id)
            )
            for lot_id, quantity in db.session.execute(moved if sign > 0 else moved.where(~_came_back())):
                units[lot_id] += sign * int(quantity)
    return units


def count_without_number(item_ids: Collection[int], *, since: datetime) -> dict[int, int]:
    """Return the units of each of these items that went out since a moment, and nobody knows the lot of."""
    unnumbered = select(Lot.id, Lot.item_id).where(Lot.item_id.in_(item_ids), Lot.lot_number == "")
    item_of = {lot_id: item_id for lot_id, item_id in db.session.execute(unnumbered)}
    units: dict[int, int] = defaultdict(int)
    for is_out, where in ((True, _to_participants()), (False, and_(_from_participants(), ~_came_back()))):
        moved = select(MOVEMENT.c.lot_id, func.sum(MOVEMENT.c.quantity)).where(
            where, MOVEMENT.c.lot_id.in_(item_of), MOVEMENT.c.occurred_at >= since
        )
        for lot_id, quantity in db.session.execute(moved.group_by(MOVEMENT.c.lot_id)):
            units[item_of[lot_id]] += int(quantity) if is_out else -int(quantity)
    return {item_id: count for item_id, count in units.items() if count > 0}


def find_first_moment(lot_ids: Collection[int]) -> datetime | None:
    """Return when the first of these lots moved for the first time."""
    of_lot = select(func.min(MOVEMENT.c.occurred_at)).where(MOVEMENT.c.lot_id == Lot.id).scalar_subquery()
    moments = (
        moment for ids in in_batches(lot_ids) for moment in db.session.scalars(select(of_lot).where(Lot.id.in_(ids)))
    )
    return min((moment for moment in moments if moment is not None), default=None)


def _lots(lot_ids: Collection[int]) -> dict[int, Lot]:
    """Read lots with their items, by row id."""
    found: dict[int, Lot] = {}
    for ids in in_batches(lot_ids):
        rows = db.session.scalars(select(Lot).options(joinedload(Lot.item)).where(Lot.id.in_(ids)))
        found |= {lot.id: lot for lot in rows}
    return dict(sorted(found.items()))


def _zones() -> dict[int | None, str]:
    """Return the time zone of each site."""
    return {site_id: zone for site_id, zone in db.session.execute(select(Site.id, Site.time_zone))}


def _months(lot_ids: Collection[int], at: datetime) -> Months:
    """Return the months in which these lots can have moved."""
    first = find_first_moment(lot_ids) or at
    return months_between(min(first, at), at, set(_zones().values()))


def _balances(lot_ids: Collection[int]) -> list[tuple[int, int, int]]:
    """Return (lot, place, units) wherever there is something, or less than nothing."""
    found: list[tuple[int, int, int]] = []
    for ids in in_batches(lot_ids):
        rows = db.session.execute(
            select(BALANCE.c.lot_id, BALANCE.c.location_id, BALANCE.c.on_hand)
            .where(BALANCE.c.lot_id.in_(ids), BALANCE.c.on_hand != 0)
            .order_by(BALANCE.c.lot_id, BALANCE.c.location_id)
        )
        found += [(row.lot_id, row.location_id, row.on_hand) for row in rows]
    return found


def _went_out(lot_ids: Collection[int], months: Months) -> tuple[dict[Cell, int], dict[tuple[int, int], int]]:
    """Return the units that went out, by cell, and those that came back, by lot and place."""
    out: dict[Cell, int] = defaultdict(int)
    back: dict[tuple[int, int], int] = defaultdict(int)
    for ids in in_batches(lot_ids):
        for row in db.session.execute(_by_month(ids, months, MOVEMENT.c.from_location_id, _to_participants())):
            out[row.lot_id, row.place_id, row.interval_number, row.lot_source] += int(row.units)
        sides = _by_month(ids, months, MOVEMENT.c.to_location_id, and_(_from_participants(), ~_came_back()))
        for row in db.session.execute(sides):
            out[row.lot_id, row.place_id, row.interval_number, row.lot_source] -= int(row.units)
        returned = select(MOVEMENT.c.lot_id, MOVEMENT.c.to_location_id, func.sum(MOVEMENT.c.quantity))
        returned = returned.where(_from_participants(), _came_back(), MOVEMENT.c.lot_id.in_(ids))
        grouped = returned.group_by(MOVEMENT.c.lot_id, MOVEMENT.c.to_location_id)
        for lot_id, place_id, units in db.session.execute(grouped):
            back[lot_id, place_id] += int(units)
    return out, back


def _by_month(ids: list[int], months: Months, place: ColumnElement[int], where: ColumnElement[bool]) -> Select[Any]:
    """Add up the units of lots on one side of the participants, by place, interval and how the lot was known."""
    interval = stretch_of(MOVEMENT.c.occurred_at, months.starts).label("interval_number")
    return (
        select(
            MOVEMENT.c.lot_id,
            place.label("place_id"),
            interval,
            MOVEMENT.c.lot_source,
            func.sum(MOVEMENT.c.quantity).label("units"),
        )
        .where(where, MOVEMENT.c.lot_id.in_(ids))
        .group_by(MOVEMENT.c.lot_id, place, "interval_number", MOVEMENT.c.lot_source)
    )


def _to_participants() -> ColumnElement[bool]:
    """Return the condition that a movement went to participants."""
    return MOVEMENT.c.to_location_id == PARTICIPANT


def _from_participants() -> ColumnElement[bool]:
    """Return the condition that a movement came from participants: a return, or the taking back of a hand-out."""
    return MOVEMENT.c.from_location_id == PARTICIPANT


def _came_back() -> ColumnElement[bool]:
    """Return the condition that participants brought it back: no taking back, no count, and not taken back itself."""
    taken_back = exists().where(BACK.c.reverses_id == MOVEMENT.c.id)
    # Both at once, because SQLite would take the index of what takes something back for a short way to what does not.
    neither = func.coalesce(MOVEMENT.c.reverses_id, MOVEMENT.c.anchor_id).is_(None)
    return and_(neither, ~taken_back)
