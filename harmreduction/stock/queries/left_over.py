"""Read what will come to its last day before anybody uses it, and where it would be used."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
    """What a place may hand out today and what it uses, by item id."""

    place: StockLocation
    day: date
    lots: Mapping[int, list[DatedLot]]
    use: Mapping[int, Use]


def list_left_over(places: Sequence[StockLocation], *, now: datetime) -> list[LeftOver]:
    """Return what will be left over at places where the use is known, soonest last day first."""
    history = read_history(places, now=now)
    lying = _read_usable({place.id: today(history.zones[place.id], now) for place in places})
    stocked = [
        _Stocked(
            place=place,
            day=today(history.zones[place.id], now),
            lots=lying[place.id],
            use=history.use_at(place.id, now),
        )
        for place in places
    ]
    units = {
        (here.place.id, lot_id): (here, left)
        for here in stocked
        for item_id, lots in here.lots.items()
        for lot_id, left in (left_unused(lots, here.use.get(item_id, NO_USE), here.day) or {}).items()
    }
    lots = _read_lots({lot_id for _place_id, lot_id in units})
    found = [
        _with_a_better_place(
            LeftOver(place=here.place, lot=lots[lot_id], item=lots[lot_id].item, units=left),
            [there for there in stocked if there.place.id not in history.serves[here.place.id]],
        )
        for (_place_id, lot_id), (here, left) in units.items()
    ]
    return sorted(found, key=lambda left: (left.lot.effective_expiry or date.max, left.lot.id, left.place.name))


def _with_a_better_place(left: LeftOver, others: Sequence[_Stocked]) -> LeftOver:
    """Propose the place that would use most of what is left over here, if there is one."""
    expiry, item_id = left.lot.effective_expiry, left.item.id
    if expiry is None:
        return left
    best = replace(left)
    for there in others:
        here_now = sum(lot.units for lot in there.lots.get(item_id, ()))
        room = min(room_for(here_now, there.use.get(item_id, NO_USE), expiry, there.day), left.units)
        if room > best.better_units:
            best = replace(left, better=there.place, better_units=room)
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
