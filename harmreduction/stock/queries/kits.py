"""Read packed kits: where they lie, what is in each, how many were packed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import (
    Item,
    Lot,
    LotComponent,
    StockBalance,
    StockLocation,
    StockMovement,
    StockTransaction,
)
from harmreduction.stock.queries.places import list_locations_of, time_zone_of
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, LocationKind, TransactionKind

ASSEMBLY = VIRTUAL_LOCATION_IDS[LocationKind.ASSEMBLY]


@dataclass(frozen=True, kw_only=True)
class KitContent:
    """Units of a lot in every kit of a kit lot; stands_for is the part of the recipe, another item if it stood in."""

    lot: Lot
    per_kit: int
    stands_for: Item

    @property
    def is_stand_in(self) -> bool:
        """Say whether another item than the recipe names lies in the kit."""
        return self.stands_for.id != self.lot.item_id


@dataclass(frozen=True, kw_only=True)
class KitsHere:
    """Kits of one lot at one place, and what is in each; nothing is known of what came as ready kits."""

    lot: Lot
    location: StockLocation
    on_hand: int
    contents: tuple[KitContent, ...]


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Kits that were packed at a place by one fact, lot by lot, with how many of each."""

    client_id: str
    kit: Item
    location: StockLocation
    packed_at: datetime
    lots: tuple[tuple[Lot, int, tuple[KitContent, ...]], ...]


def contents_of(lot_ids: Collection[int]) -> dict[int, tuple[KitContent, ...]]:
    """Return what is in every kit of these kit lots, by lot id, in the order of the recipe."""
    rows = db.session.execute(
        select(LotComponent, Lot, Item)
        .join(Lot, Lot.id == LotComponent.component_lot_id)
        .join(Item, Item.id == LotComponent.part_item_id)
        .options(joinedload(Lot.item))
        .where(LotComponent.kit_lot_id.in_(lot_ids))
        .order_by(LotComponent.part_item_id, Lot.id)
    )
    found: dict[int, tuple[KitContent, ...]] = {}
    for row, lot, part in rows:
        content = KitContent(lot=lot, per_kit=row.quantity_per_kit, stands_for=part)
        found[row.kit_lot_id] = (*found.get(row.kit_lot_id, ()), content)
    return found


def get_kit_lot(public_id: str) -> Lot:
    """Return a lot of kits."""
    lots = select(Lot).join(Lot.item).options(contains_eager(Lot.item)).where(Item.is_kit)
    lot = db.session.scalar(lots.where(Lot.public_id == public_id))
    if lot is None:
        raise NotFound(message("There is no such kit."))
    return lot


def list_kits_here(
    kit_id: int, location_ids: Collection[int], *, limit: int | None = None, offset: int = 0
) -> list[KitsHere]:
    """Return kits on hand at these places, the first to expire first."""
    rows = db.session.execute(
        _kits_at(location_ids)
        .where(Lot.item_id == kit_id)
        .order_by(Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id, StockLocation.name)
        .limit(limit)
        .offset(offset)
    ).all()
    contents = contents_of({lot.id for lot, _place, _units in rows})
    return [
        KitsHere(lot=lot, location=place, on_hand=units, contents=contents.get(lot.id, ()))
        for lot, place, units in rows
    ]


def find_kits_at(lot: Lot, location_id: int) -> KitsHere | None:
    """Return the kits of a lot at a place; None where none lies there."""
    row = db.session.execute(_kits_at([location_id]).where(Lot.id == lot.id)).one_or_none()
    if row is None:
        return None
    return KitsHere(lot=row[0], location=row[1], on_hand=row[2], contents=contents_of([lot.id]).get(lot.id, ()))


def kits_on_hand(kit_ids: Collection[int], location_ids: Collection[int]) -> dict[int, int]:
    """Return the units of each kit on hand at these places, by item id."""
    rows = db.session.execute(
        select(Lot.item_id, func.sum(StockBalance.on_hand))
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(Lot.item_id.in_(kit_ids), StockBalance.location_id.in_(location_ids))
        .group_by(Lot.item_id)
    )
    return {item_id: int(units) for item_id, units in rows}


def packed_this_month(kit_id: int, places: Sequence[StockLocation], *, now: datetime) -> int:
    """Return how many of a kit were packed at these places since the month began there."""
    by_zone: dict[str, list[int]] = {}
    for place in places:
        by_zone.setdefault(time_zone_of(place), []).append(place.id)
    return sum(
        _packed_since(kit_id, ids, start_of_day(today(zone, now).replace(day=1), zone)) for zone, ids in by_zone.items()
    )


def get_packed(actor: Actor, client_id: str) -> Packed:
    """Return what one fact packed, at a place of a site that a person works for."""
    rows = db.session.execute(
        select(StockTransaction, Lot, StockLocation, StockMovement.quantity)
        .join(StockMovement, StockMovement.transaction_id == StockTransaction.id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(StockLocation, StockLocation.id == StockMovement.to_location_id)
        .options(joinedload(Lot.item))
        .where(
            StockTransaction.client_id == client_id,
            StockTransaction.kind == TransactionKind.ASSEMBLE,
            StockMovement.from_location_id == ASSEMBLY,
        )
        .order_by(StockMovement.line_no)
    ).all()
    if not rows or rows[0][2] not in list_locations_of(actor, only_active=False):
        raise NotFound(message("There is no such packing."))
    fact, first, place, _units = rows[0]
    contents = contents_of({row[1].id for row in rows})
    return Packed(
        client_id=fact.client_id,
        kit=first.item,
        location=place,
        packed_at=fact.occurred_at,
        lots=tuple((lot, units, contents[lot.id]) for _fact, lot, _place, units in rows),
    )


def _kits_at(location_ids: Collection[int]) -> Select[Lot, StockLocation, int]:
    """Return kit lots with where they lie and how many."""
    return (
        select(Lot, StockLocation, StockBalance.on_hand)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(StockLocation, StockLocation.id == StockBalance.location_id)
        .where(StockBalance.location_id.in_(location_ids), StockBalance.on_hand != 0)
    )


def _packed_since(kit_id: int, location_ids: Collection[int], since: datetime) -> int:
    """Return the kits that came out of packing; one that was taken back did not happen."""
    reversal = aliased(StockTransaction)
    taken_back = select(reversal.id).where(reversal.reverses_id == StockTransaction.id)
    packed = (
        select(func.sum(StockMovement.quantity))
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(
            Lot.item_id == kit_id,
            StockTransaction.kind == TransactionKind.ASSEMBLE,
            StockMovement.from_location_id == ASSEMBLY,
            StockMovement.to_location_id.in_(location_ids),
            StockMovement.occurred_at >= since,
            ~taken_back.exists(),
        )
    )
    return int(db.session.scalar(packed) or 0)
