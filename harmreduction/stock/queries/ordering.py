"""Read what places hold, want to hold and used, and say from it what runs low and what to order."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Select, func, select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import now as this_moment
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.stock.models import (
    Item,
    Lot,
    Requisition,
    RequisitionLine,
    Shipment,
    StockLocation,
    StockMovement,
    StockPolicy,
)
from harmreduction.stock.queries.consumption import read_history
from harmreduction.stock.queries.items import list_items
from harmreduction.stock.queries.places import list_locations_of
from harmreduction.stock.rules import REAL_KINDS, VIRTUAL_LOCATION_IDS, LocationKind
from harmreduction.stock.rules.ordering import (
    NO_USE,
    NOT_SET,
    RUNNING_LOW,
    WORST_FIRST,
    Levels,
    StockStatus,
    Supply,
    Use,
    months_of_stock,
    packs_of,
    status_of,
    units_to_order,
)
from harmreduction.stock.rules.requests import RequestStatus

IN_TRANSIT = VIRTUAL_LOCATION_IDS[LocationKind.IN_TRANSIT]
ORDERING_KINDS = tuple(kind for kind in REAL_KINDS if kind is not LocationKind.QUARANTINE)

Key = tuple[int, int]  # (place id, item id)


@dataclass(frozen=True, kw_only=True)
class Need:
    """How a place is stocked with an item, in units, and what to order."""

    place: StockLocation
    item: Item
    levels: Levels
    supply: Supply
    use: Use

    @property
    def months(self) -> Fraction | None:
        """Return how many months the stock lasts, where that is known."""
        return months_of_stock(self.supply.usable, self.use.monthly)

    @property
    def status(self) -> StockStatus:
        """Return how well the place is stocked."""
        return status_of(self.supply.usable, self.use, self.levels)

    @property
    def to_order(self) -> int | None:
        """Return the units to order, where that is known."""
        return units_to_order(self.supply, self.use, self.levels, self.item.pack_size)

    @property
    def packs(self) -> int:
        """Return the packs in which they come."""
        return packs_of(self.to_order or 0, self.item.pack_size)


def list_ordering_places_of(actor: Actor) -> Sequence[StockLocation]:
    """Return the places of a person's sites that can run low, by name; what is put aside cannot."""
    return list_locations_of(actor, kinds=ORDERING_KINDS)


def list_needs(places: Sequence[StockLocation], *, now: datetime) -> list[Need]:
    """Return how places are stocked with each item that they hold, used or want to hold, worst first."""
    found = [
        need
        for need in _needs_of(places, list_items(), now)
        if need.levels.are_set or need.use.units or need.supply.usable
    ]
    return _worst_first(found)


def list_needs_of(place: StockLocation, *, now: datetime) -> list[Need]:
    """Return how a place is stocked with every item in use, in the order of the list of items."""
    return _needs_of([place], list_items(), now)


def get_need(place: StockLocation, item: Item, *, now: datetime) -> Need:
    """Return how a place is stocked with an item."""
    [need] = _needs_of([place], [item], now)
    return need


def list_low(actor: Actor, limit: int) -> list[Need]:
    """Return what runs low at a person's places of what these want to hold, worst first."""
    places = list_ordering_places_of(actor)
    wanted = levels_of([place.id for place in places]).keys()
    places = [place for place in places if any(place.id == place_id for place_id, _item_id in wanted)]
    items = [item for item in list_items() if any(item.id == item_id for _place_id, item_id in wanted)]
    needs = _needs_of(places, items, this_moment()) if wanted else []
    return _worst_first(need for need in needs if need.levels.are_set and need.status in RUNNING_LOW)[:limit]


def levels_of(location_ids: Collection[int]) -> dict[Key, Levels]:
    """Return what places want to hold, by (place id, item id)."""
    rows = db.session.scalars(select(StockPolicy).where(StockPolicy.location_id.in_(location_ids)))
    return {
        (row.location_id, row.item_id): Levels(
            min_days=row.min_days,
            max_days=row.max_days,
            emergency_days=row.emergency_days,
            lead_days=row.lead_days,
            par_level=row.par_level,
        )
        for row in rows
    }


def _worst_first(needs: Iterable[Need]) -> list[Need]:
    """Put in order how places are stocked: worst first, and what is gone soonest before the rest."""
    return sorted(needs, key=lambda need: (WORST_FIRST[need.status], need.months is None, need.months or 0))


def _needs_of(places: Sequence[StockLocation], items: Sequence[Item], now: datetime) -> list[Need]:
    """Return how places are stocked with these items."""
    ids = [place.id for place in places]
    history = read_history(places, now=now, item_ids=[item.id for item in items])
    levels = levels_of(ids)
    coming, committed = _coming_to(ids), _committed_at(ids)
    found = []
    for place in places:
        use = history.use_at(place.id, now)
        usable = history.usable_at(place.id, today(history.zones[place.id], now))
        found += [
            Need(
                place=place,
                item=item,
                levels=levels.get((place.id, item.id), NOT_SET),
                use=use.get(item.id, NO_USE),
                supply=Supply(
                    usable=usable[item.id], coming=coming[place.id, item.id], committed=committed[place.id, item.id]
                ),
            )
            for item in items
        ]
    return found


def _coming_to(location_ids: Collection[int]) -> Counter[Key]:
    """Return the units on the way to places, and those that they asked for and that were not sent yet."""
    on_the_way = (
        select(Shipment.to_location_id, Lot.item_id, func.sum(StockMovement.quantity))
        .join(StockMovement, StockMovement.transaction_id == Shipment.dispatch_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(
            Shipment.to_location_id.in_(location_ids),
            Shipment.acceptance_id.is_(None),
            StockMovement.to_location_id == IN_TRANSIT,
        )
        .group_by(Shipment.to_location_id, Lot.item_id)
    )
    asked = func.sum(func.coalesce(RequisitionLine.approved, RequisitionLine.requested))
    asked_for = (
        select(Requisition.to_location_id, RequisitionLine.item_id, asked)
        .join(RequisitionLine, RequisitionLine.requisition_id == Requisition.id)
        .where(
            Requisition.to_location_id.in_(location_ids),
            Requisition.status.in_([RequestStatus.SUBMITTED, RequestStatus.APPROVED]),
        )
        .group_by(Requisition.to_location_id, RequisitionLine.item_id)
    )
    return _sums(on_the_way) + _sums(asked_for)


def _committed_at(location_ids: Collection[int]) -> Counter[Key]:
    """Return the units that places were told to send to others and did not send yet."""
    return _sums(
        select(
            Requisition.from_location_id, RequisitionLine.item_id, func.sum(func.coalesce(RequisitionLine.approved, 0))
        )
        .join(RequisitionLine, RequisitionLine.requisition_id == Requisition.id)
        .where(Requisition.from_location_id.in_(location_ids), Requisition.status == RequestStatus.APPROVED)
        .group_by(Requisition.from_location_id, RequisitionLine.item_id)
    )


def _sums(rows: Select[int, int, int]) -> Counter[Key]:
    """Return sums by place and item."""
    return Counter({(place_id, item_id): int(units or 0) for place_id, item_id, units in db.session.execute(rows)})
