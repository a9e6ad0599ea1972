"""Read what packing kits would take from a place: lots for each part, what is short, what may stand in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.sql.functions import sum as sum_of

from harmreduction.core.db import db
from harmreduction.core.fingerprint import fingerprint
from harmreduction.stock.models import Item, KitRecipe, Lot, StockBalance
from harmreduction.stock.queries.lots import lots_at
from harmreduction.stock.queries.recipes import parts_of, recipe_in_force, substitutes_of
from harmreduction.stock.rules import LotOnHand, LotStatus
from harmreduction.stock.rules.kits import (
    Batch,
    Parts,
    RecipePart,
    Taken,
    batches_of,
    kits_possible,
    packable,
    take_parts,
)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """So many kits to pack at a place.

    instead: which items stand in where a part is short, as `stand_in` names them. without: lots
    (public ids) that are booked here and cannot be found.
    """

    location_id: int
    kit_item_id: int
    kits: int
    instead: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """An item that may take the place of a part: its units here, and the value by which a person chooses it."""

    item: Item
    usable: int
    value: str


@dataclass(frozen=True, kw_only=True)
class PartPlan:
    """A part of the recipe: units needed, usable here, still short, the lots to take, and what may stand in."""

    item: Item
    per_kit: int
    needed: int
    usable: int
    short: int
    takes: tuple[tuple[Lot, int], ...]
    stand_ins: tuple[StandIn, ...]


@dataclass(frozen=True, kw_only=True)
class PackingPlan:
    """What packing would do; seen is what a person confirms, so that the lots they took are the lots booked.

    left_out: lots that the person said cannot be found. possible: kits that can be packed now.
    """

    wish: Wish
    recipe: KitRecipe
    parts: tuple[PartPlan, ...]
    possible: int
    taken: tuple[Taken, ...]
    batches: tuple[Batch, ...]
    left_out: tuple[Lot, ...]
    seen: str

    @property
    def is_short(self) -> bool:
        """Say whether a part is not here."""
        return any(part.short for part in self.parts)


def stand_in(part: Item, other: Item) -> str:
    """Return the value by which a person says that another item stands in for a part."""
    return f"{part.public_id}.{other.public_id}"


def plan_packing(wish: Wish, *, today: date) -> PackingPlan | None:
    """Return what packing would take from a place now; None where the kit has no recipe in force."""
    recipe = recipe_in_force(wish.kit_item_id, today)
    if recipe is None:
        return None
    parts = parts_of(recipe)
    others = substitutes_of([part.item_id for part in parts])
    item_ids = {part.item_id for part in parts} | {item.id for items in others.values() for item in items}
    here = lots_at(wish.location_id, item_ids)
    lots = _lots([lot.lot_id for lot in here])
    findable = [lot for lot in here if lots[lot.lot_id].public_id not in wish.without]
    instead = _instead(recipe, wish, others)
    chosen = take_parts(parts, wish.kits, findable, instead=instead, today=today)
    return PackingPlan(
        wish=wish,
        recipe=recipe,
        parts=tuple(_part_plans(recipe, wish, chosen, usable_units(findable, today), others, lots)),
        possible=_possible(parts, findable, instead, today),
        taken=chosen.taken,
        batches=() if chosen.short else tuple(batches_of(parts, wish.kits, chosen.taken)),
        left_out=tuple(lot for lot in lots.values() if lot.public_id in wish.without),
        seen=fingerprint(
            {
                "recipe": recipe.public_id,
                "kits": wish.kits,
                "place": wish.location_id,
                "taken": [[taken.lot.lot_id, taken.part_item_id, taken.units] for taken in chosen.taken],
            }
        ),
    )


def usable_units(lots: Collection[LotOnHand], today: date) -> dict[int, int]:
    """Return the units of each item in these lots that may be handed out, by item id."""
    found: dict[int, int] = {}
    for lot in packable(lots, today):
        found[lot.item_id] = found.get(lot.item_id, 0) + lot.on_hand
    return found


def usable_at(location_ids: Collection[int], item_ids: Collection[int], *, today: date) -> dict[int, dict[int, int]]:
    """Return the units of items that may be handed out, by place and item id."""
    rows = db.session.execute(
        select(StockBalance.location_id, Lot.item_id, sum_of(StockBalance.on_hand))
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(
            StockBalance.location_id.in_(location_ids),
            StockBalance.on_hand > 0,
            Lot.item_id.in_(item_ids),
            Lot.status == LotStatus.AVAILABLE,
            or_(Lot.effective_expiry.is_(None), Lot.effective_expiry >= today),
        )
        .group_by(StockBalance.location_id, Lot.item_id)
    )
    found: dict[int, dict[int, int]] = {}
    for location_id, item_id, units in rows:
        found.setdefault(location_id, {})[item_id] = int(units)
    return found


def _lots(lot_ids: Collection[int]) -> dict[int, Lot]:
    """Return lots by id."""
    return {lot.id: lot for lot in db.session.scalars(select(Lot).where(Lot.id.in_(lot_ids)).order_by(Lot.id))}


def _instead(recipe: KitRecipe, wish: Wish, others: Mapping[int, list[Item]]) -> dict[int, list[RecipePart]]:
    """Return the items that the person lets stand in, by part."""
    return {
        line.component_item_id: [
            RecipePart(
                item_id=other.id,
                per_kit=line.quantity,
                # A part without a date may be replaced by one that has it.
                is_expiry_bearing=line.is_expiry_bearing or (other.has_expiry and not line.component.has_expiry),
            )
            for other in others.get(line.component_item_id, ())
            if stand_in(line.component, other) in wish.instead
        ]
        for line in recipe.lines
    }


def _possible(
    parts: list[RecipePart], lots: list[LotOnHand], instead: Mapping[int, list[RecipePart]], today: date
) -> int:
    """Return how many kits can be packed; parts that borrow from each other's lots make it a search."""
    usable = usable_units(lots, today)
    low = kits_possible(parts, usable)
    with_others = {
        part.item_id: sum(usable.get(item.item_id, 0) for item in [part, *instead[part.item_id]]) for part in parts
    }
    most = kits_possible(parts, with_others)
    while low < most:
        middle = (low + most + 1) // 2
        if take_parts(parts, middle, lots, instead=instead, today=today).short:
            most = middle - 1
        else:
            low = middle
    return low


def _part_plans(
    recipe: KitRecipe,
    wish: Wish,
    chosen: Parts,
    usable: Mapping[int, int],
    others: Mapping[int, list[Item]],
    lots: Mapping[int, Lot],
) -> list[PartPlan]:
    """Return what the page shows of each part."""
    return [
        PartPlan(
            item=line.component,
            per_kit=line.quantity,
            needed=line.quantity * wish.kits,
            usable=usable.get(line.component_item_id, 0),
            short=chosen.short.get(line.component_item_id, 0),
            takes=tuple(
                (lots[taken.lot.lot_id], taken.units)
                for taken in chosen.taken
                if taken.part_item_id == line.component_item_id
            ),
            stand_ins=tuple(
                StandIn(item=other, usable=usable.get(other.id, 0), value=stand_in(line.component, other))
                for other in others.get(line.component_item_id, ())
                if usable.get(other.id, 0)
            ),
        )
        for line in recipe.lines
    ]
