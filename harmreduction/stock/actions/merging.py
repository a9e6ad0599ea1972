"""Let a lot whose number was a slip, or an item that was listed twice, go on under the right one.

Nothing is rewritten: what lies somewhere moves over through the kit table (ASSEMBLY) in the same units, so that
totals stay; what moved before keeps the old name, and what comes later goes to the new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.errors import NotAllowed
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock import ledger
from harmreduction.stock.actions.checks import accepted, fingerprint_of
from harmreduction.stock.actions.dates import refresh_kit_dates
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.ledger import BALANCE, VIRTUAL_IDS, Fact
from harmreduction.stock.models import (
    HeatFlag,
    Item,
    ItemIdentifier,
    ItemSubstitute,
    Lot,
    StockPolicy,
)
from harmreduction.stock.queries import get_item
from harmreduction.stock.queries.batches import get_lot, root_of
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    MovementLine,
    Outcome,
    TransactionKind,
)
from harmreduction.stock.rules.merging import (
    ItemToMerge,
    LotToMerge,
    check_alike,
    check_dates,
    check_items,
    check_lots,
)
from harmreduction.stock.rules.problems import CannotMerge

ASSEMBLY = VIRTUAL_LOCATION_IDS[LocationKind.ASSEMBLY]
IN_TRANSIT = VIRTUAL_LOCATION_IDS[LocationKind.IN_TRANSIT]
SUBSTITUTE = cast(Table, ItemSubstitute.__table__)
HEAT = cast(Table, HeatFlag.__table__)


@dataclass(frozen=True, kw_only=True)
class Merge:
    """The public ids of what was a slip or a twin, and of what stays."""

    client_id: str
    slip: str
    stays: str
    occurred_at: datetime


def merge_lots(merge: Merge, *, by: Actor) -> Outcome:
    """Let the batch of a lot number that was a slip go on under the right number, once; for who leads.

    Raises CannotMerge with a sentence, NotFound for an unknown lot.
    """
    _check_leads(by)
    with transaction():
        slip, stays = get_lot(merge.slip), root_of(get_lot(merge.stays))
        check_lots(_lot(slip), _lot(stays))
        pairs = [(lot, _twin_of(lot, stays)) for lot in _of_number(slip)]
        outcome = _move_over(merge, pairs, by=by)
        record(Event.LOT_CHANGED, by=by, subject=merge.slip)
        return outcome


def merge_items(merge: Merge, *, by: Actor) -> Outcome:
    """Let an item that was listed twice go on under the other one, with its lots and codes, once; for who leads.

    Raises CannotMerge with a sentence, NotFound for an unknown item.
    """
    _check_leads(by)
    with transaction():
        twin, stays = get_item(merge.slip), get_item(merge.stays)
        check_items(_item(twin), _item(stays))
        lots = db.session.scalars(select(Lot).where(Lot.item_id == twin.id).order_by(Lot.id)).all()
        pairs = [(lot, _same_lot_of(stays, lot)) for lot in lots]
        outcome = _move_over(merge, pairs, by=by)
        _take_over(twin, stays)
        record(Event.ITEM_CHANGED, by=by, subject=merge.slip)
        return outcome


def _check_leads(by: Actor) -> None:
    """Refuse anybody who does not look after the catalogue."""
    if not by.may(Permission.MANAGE_CATALOGUE):
        raise NotAllowed(message("Ask a programme lead to do this."))


def _of_number(slip: Lot) -> Sequence[Lot]:
    """Return the lots of a number, whoever paid for them, and what was merged into them before."""
    same = select(Lot.id).where(Lot.item_id == slip.item_id, Lot.lot_number == slip.lot_number)
    return db.session.scalars(select(Lot).where(Lot.id.in_(same) | Lot.merged_into_id.in_(same)).order_by(Lot.id)).all()


def _twin_of(lot: Lot, stays: Lot) -> Lot:
    """Return the lot of the right number that the same source paid for; made now, alike, if there is none."""
    return _copy_of(stays, stays.item_id, stays.lot_number, lot.funding_source_id)


def _same_lot_of(stays: Item, lot: Lot) -> Lot:
    """Return the lot of the same number and source under the item that stays; raises CannotMerge where they differ."""
    root = root_of(lot)
    same = _copy_of(root, stays.id, root.lot_number, lot.funding_source_id)
    check_dates(_lot(root), _lot(same))
    check_alike(_lot(root), _lot(same))
    same.printed_expiry = same.printed_expiry or root.printed_expiry
    same.effective_expiry = same.effective_expiry or root.effective_expiry
    return same


def _copy_of(like: Lot, item_id: int, lot_number: str, funding_source_id: int) -> Lot:
    """Return a lot of an item, number and source; made now like another one, if there is none."""
    known = select(Lot.id).where(
        Lot.item_id == item_id, Lot.lot_number == lot_number, Lot.funding_source_id == funding_source_id
    )
    is_new = db.session.scalar(known) is None
    lot_id = find_or_make_lot(item_id, lot_number, like.printed_expiry, funding_source_id=funding_source_id)
    lot = db.session.get_one(Lot, lot_id)
    if is_new:
        lot.effective_expiry = like.effective_expiry
        lot.status = like.status
        db.session.flush()
    return lot


def _move_over(merge: Merge, pairs: Sequence[tuple[Lot, Lot]], *, by: Actor) -> Outcome:
    """Move what lies anywhere from each lot to the one it goes on under; nothing there is no fact."""
    lines = [line for slip, stays in pairs for line in _lines(slip.id, stays.id)]
    outcome = Outcome.EXISTS
    if lines:
        fact = Fact(
            client_id=merge.client_id,
            fingerprint=fingerprint_of(merge),
            kind=TransactionKind.MERGE,
            occurred_at=merge.occurred_at,
        )
        opened = ledger.open_fact(fact, by=by)
        outcome = accepted(opened)
        if outcome is Outcome.CREATED:
            ledger.add_lines(opened.transaction_id, fact, lines)
    for slip, stays in pairs:
        _go_on_as(slip, stays)
    refresh_kit_dates([slip.id for slip, _stays in pairs])
    return outcome


def _lines(slip_id: int, stays_id: int) -> list[MovementLine]:
    """Return the movements that empty one lot and fill the other everywhere; below zero goes the other way round."""
    held = db.session.execute(
        select(BALANCE.c.location_id, BALANCE.c.lot_id, BALANCE.c.on_hand)
        .where(BALANCE.c.lot_id.in_((slip_id, stays_id)))
        # In the order in which the ledger touches balances, so that no hand-out waits for us while we wait for it.
        .order_by(BALANCE.c.location_id.in_(VIRTUAL_IDS), BALANCE.c.location_id, BALANCE.c.lot_id)
        .with_for_update()
    ).all()
    balances = [(row.location_id, row.on_hand) for row in held if row.lot_id == slip_id and row.on_hand != 0]
    if any(location_id == IN_TRANSIT for location_id, _on_hand in balances):
        raise CannotMerge(message("Some of it is on the way to another place. Accept it there first, then merge."))
    lines: list[MovementLine] = []
    for location_id, on_hand in balances:
        if location_id not in VIRTUAL_IDS:
            for lot_id, units in ((slip_id, on_hand), (stays_id, -on_hand)):
                lines.append(_to_the_table(location_id, lot_id, units))
    return lines


def _to_the_table(location_id: int, lot_id: int, units: int) -> MovementLine:
    """Return the movement of units from a place to the kit table, or from it where they are negative."""
    source, target = (location_id, ASSEMBLY) if units > 0 else (ASSEMBLY, location_id)
    return MovementLine(lot_id=lot_id, from_location_id=source, to_location_id=target, quantity=abs(units))


def _go_on_as(slip: Lot, stays: Lot) -> None:
    """Point a lot, and what was merged into it, to the one it goes on under; its notes about heat go along."""
    for lot in db.session.scalars(select(Lot).where((Lot.id == slip.id) | (Lot.merged_into_id == slip.id))):
        lot.merged_into_id = stays.id
    slip.effective_expiry = stays.effective_expiry
    for flag in db.session.scalars(
        select(HeatFlag).where(HeatFlag.lot_id == slip.id, HeatFlag.closed_at.is_(None))
    ).all():
        carried = {
            "location_id": flag.location_id,
            "lot_id": stays.id,
            "note": flag.note,
            "noted_at": flag.noted_at,
            "noted_by_id": flag.noted_by_id,
        }
        db.session.execute(insert_if_new(HEAT).values(carried))
    db.session.flush()


def _take_over(twin: Item, stays: Item) -> None:
    """Take an item out of use and hand its codes, levels and place in recipes to the one that stays."""
    twin.is_active, twin.is_usual = False, False
    for item in db.session.scalars(select(Item).where((Item.id == twin.id) | (Item.merged_into_id == twin.id))):
        item.merged_into_id = stays.id
    db.session.execute(update(ItemIdentifier).where(ItemIdentifier.item_id == twin.id).values(item_id=stays.id))
    decided = select(StockPolicy.location_id).where(StockPolicy.item_id == stays.id)
    db.session.execute(
        update(StockPolicy)
        .where(StockPolicy.item_id == twin.id, StockPolicy.location_id.not_in(decided))
        .values(item_id=stays.id)
    )
    db.session.execute(insert_if_new(SUBSTITUTE).values(item_id=twin.id, substitute_id=stays.id))
    db.session.flush()


def _lot(lot: Lot) -> LotToMerge:
    """Return a lot as the rules see it."""
    return LotToMerge(
        lot_id=lot.id,
        item_id=lot.item_id,
        lot_number=lot.lot_number,
        effective_expiry=lot.effective_expiry,
        status=lot.status,
        is_kit=lot.kit_recipe_id is not None,
    )


def _item(item: Item) -> ItemToMerge:
    """Return an item as the rules see it."""
    return ItemToMerge(
        item_id=item.id,
        unit=item.unit,
        doses_per_unit=item.doses_per_unit,
        is_kit=item.is_kit,
        is_active=item.is_active,
    )
