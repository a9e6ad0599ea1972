"""Read what will come to its last day before anybody uses it, and where it would be used."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.stock.models import Item, Lot, StockBalance, StockLocation
from harmreduction.stock.queries.consumption import read_history
from harmreduction.stock.rules import LotStatus
from harmreduction.stock.rules.ordering import NO_USE, DatedLot, Use, left_unused, room_for


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    """Units of a lot at a place that nobody will have used by its last day.

    better: the place that would use most of them by then, and how many.
    """

    place: StockLocation
    lot: Lot
    item: Item
    units: int
    better: StockLocation | None = None
    better_units: int = 0


@dataclass(frozen=True, kw_only=True)
class _Stocked:
    """What a place may hand out today, each lot and all together, and what it uses, by item id."""

    place: StockLocation
    day: date
    lots: Mapping[int, list[DatedLot]]
    use: Mapping[int, Use]
    units: Mapping[int, int]


def list_left_over(
    places: Sequence[StockLocation], *, now: datetime, limit: int | None = None, offset: int = 0
) -> list[LeftOver]:
    """Return what will be left over at places where the use is known, soonest last day first."""
    history = read_history(places, now=now)
    days = {place.id: today(history.zones[place.id], now) for place in places}
    lying = _read_usable(days)
    stocked = [_stocked(place, days[place.id], lying[place.id], history.use_at(place.id, now)) for place in places]
    found = sorted((left for here in stocked for left in _left_at(here)), key=lambda left: left[:3])
    shown = found[offset:] if limit is None else found[offset : offset + limit]
    lots = _read_lots({lot_id for _expiry, lot_id, _name, _here, _units in shown})
    return [
        _with_a_better_place(
            LeftOver(place=here.place, lot=lots[lot_id], item=lots[lot_id].item, units=units),
            [there for there in stocked if there.place.id not in history.serves[here.place.id]],
        )
        for _expiry, lot_id, _name, here, units in shown
    ]


def _stocked(place: StockLocation, day: date, lots: Mapping[int, list[DatedLot]], use: Mapping[int, Use]) -> _Stocked:
    """Return what a place may hand out and uses."""
    units = {item_id: sum(lot.units for lot in here) for item_id, here in lots.items()}
    return _Stocked(place=place, day=day, lots=lots, use=use, units=units)


def _left_at(here: _Stocked) -> Iterator[tuple[date, int, str, _Stocked, int]]:
    """Return what will be left over at a place: by what it is put in order, and how many units."""
    for item_id, lots in here.lots.items():
        expiry = {lot.lot_id: lot.expiry for lot in lots}
        for lot_id, units in (left_unused(lots, here.use.get(item_id, NO_USE), here.day) or {}).items():
            yield expiry[lot_id] or date.max, lot_id, here.place.name, here, units


def _with_a_better_place(left: LeftOver, others: Sequence[_Stocked]) -> LeftOver:
    """Propose the place that would use most of what is left over here, if there is one."""
    expiry, item_id = left.lot.effective_expiry, left.item.id
    if expiry is None:
        return left
    best = replace(left)
    for there in others:
        room = room_for(there.units.get(item_id, 0), there.use.get(item_id, NO_USE), expiry, there.day)
        if min(room, left.units) > best.better_units:
            best = replace(left, better=there.place, better_units=min(room, left.units))
    return best


def _read_usable(days: Mapping[int, date]) -> dict[int, dict[int, list[DatedLot]]]:
    """Return by place and item id the lots that may be handed out there on a day, given by place id."""
    found: dict[int, dict[int, list[DatedLot]]] = {place_id: defaultdict(list) for place_id in days}
    rows = db.session.execute(
        select(StockBalance.location_id, Lot.item_id, Lot.id, StockBalance.on_hand, Lot.effective_expiry)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(
            StockBalance.location_id.in_(days),
            StockBalance.on_hand > 0,
            Lot.status == LotStatus.AVAILABLE.value,
        )
    )
    for place_id, item_id, lot_id, units, expiry in rows:
        if expiry is None or expiry >= days[place_id]:
            found[place_id][item_id].append(DatedLot(lot_id=lot_id, units=units, expiry=expiry))
    return found


def _read_lots(ids: Collection[int]) -> dict[int, Lot]:
    """Return lots with their items."""
    lots = db.session.scalars(select(Lot).options(joinedload(Lot.item)).where(Lot.id.in_(ids)))
    return {lot.id: lot for lot in lots}
