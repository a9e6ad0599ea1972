"""Read which lots are one batch, and which lots went into which kits.

Each step goes from the lots found last to their neighbours, by indexes alone, until nothing new turns up. A
recipe nests two or three deep, so these are a few statements, whatever the size of the ledger. Databases
differ in what a recursive statement may say (PostgreSQL lets it name itself once); they agree on these.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CompoundSelect, Select, Table, select, union
from sqlalchemy.orm import joinedload

from harmreduction.core.db import db
from harmreduction.stock.models import Lot, LotComponent

LOT = cast(Table, Lot.__table__)
COMPONENT = cast(Table, LotComponent.__table__)
Step = Callable[[list[int]], CompoundSelect[Any]]
AT_ONCE = 5_000  # ids in one statement; databases take no more than some ten thousands


@dataclass(frozen=True, kw_only=True)
class Inside:
    """A lot in every kit of a kit lot, and how many units of it; depth 1 is what the kit itself holds."""

    kit_lot_id: int
    lot: Lot
    per_kit: int
    depth: int


def list_reached(lot_ids: Collection[int]) -> set[int]:
    """Return these lots, every lot that is the same batch, and every kit lot that holds any of them, however deep."""
    return _spread(lot_ids, lambda ids: union(*_same_batch(ids), _kits_with(ids)))


def list_reached_from(lot_ids: Collection[int]) -> set[int]:
    """Return these lots, every lot that is the same batch, and all that lies inside: whose recall touches them."""
    return _spread(lot_ids, lambda ids: union(*_same_batch(ids), _parts_of(ids)))


def list_same_batch(lot_ids: Collection[int]) -> set[int]:
    """Return these lots, and those of the same item and number, or that were merged with them."""
    return _spread(lot_ids, lambda ids: union(*_same_batch(ids)))


def list_inside(lot_id: int) -> list[Inside]:
    """Return what lies in each kit of a lot, the contents of kits inside it right after them."""
    return list(_inside(lot_id, depth=1))


def _inside(lot_id: int, *, depth: int) -> Iterator[Inside]:
    """Walk down from a kit lot."""
    rows = db.session.execute(
        select(LotComponent.quantity_per_kit, Lot)
        .join(Lot, Lot.id == LotComponent.component_lot_id)
        .options(joinedload(Lot.item))
        .where(LotComponent.kit_lot_id == lot_id)
        .order_by(Lot.id)
    ).all()
    for per_kit, lot in rows:
        yield Inside(kit_lot_id=lot_id, lot=lot, per_kit=per_kit, depth=depth)
        yield from _inside(lot.id, depth=depth + 1)


def in_batches(ids: Iterable[int]) -> Iterator[list[int]]:
    """Return ids in lists that fit into one statement."""
    left = sorted(ids)
    for start in range(0, len(left), AT_ONCE):
        yield left[start : start + AT_ONCE]


def _spread(lot_ids: Collection[int], step: Step) -> set[int]:
    """Return every lot that can be reached by steps."""
    reached, fresh = set(lot_ids), set(lot_ids)
    while fresh:
        found: set[int] = set()
        for ids in in_batches(fresh):
            found.update(db.session.scalars(step(ids)))
        fresh = found - reached
        reached |= fresh
    return reached


def _same_batch(ids: list[int]) -> list[Select[Any]]:
    """Select lots of the same item and number, and those that merging made one; what has no number is no batch."""
    other = LOT.alias("other")
    siblings = (
        select(other.c.id)
        .select_from(LOT)
        .join(other, (other.c.item_id == LOT.c.item_id) & (other.c.lot_number == LOT.c.lot_number))
        .where(LOT.c.id.in_(ids), LOT.c.lot_number != "")
    )
    merged_into = (
        select(other.c.id)
        .select_from(LOT)
        .join(other, other.c.id == LOT.c.merged_into_id)
        .where(LOT.c.id.in_(ids), LOT.c.lot_number != "", other.c.lot_number != "")
    )
    merged_from = select(LOT.c.id).where(LOT.c.merged_into_id.in_(ids), LOT.c.lot_number != "")
    return [siblings, merged_into, merged_from]


def _kits_with(ids: list[int]) -> Select[Any]:
    """Select the kit lots that hold these lots."""
    return select(COMPONENT.c.kit_lot_id).where(COMPONENT.c.component_lot_id.in_(ids))


def _parts_of(ids: list[int]) -> Select[Any]:
    """Select the lots inside these kit lots."""
    return select(COMPONENT.c.component_lot_id).where(COMPONENT.c.kit_lot_id.in_(ids))
