"""Pack kits from their parts, and take them apart into exactly what went in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import OutOfDate
from harmreduction.core.messages import message
from harmreduction.stock import ledger, queries
from harmreduction.stock.actions.checks import accepted, check_places, fingerprint_of
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.actions.recipes import hold_kit
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import NOT_SAID, HeatFlag, Lot, LotComponent, StockBalance
from harmreduction.stock.queries.packing import PackingPlan, Wish, plan_packing
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    LotStatus,
    MovementLine,
    NotEnoughHere,
    Outcome,
    TransactionKind,
    UnknownLot,
    check_quantity,
)
from harmreduction.stock.rules.kits import Batch, kit_expiry, kit_number, next_kit_number

ASSEMBLY = VIRTUAL_LOCATION_IDS[LocationKind.ASSEMBLY]


@dataclass(frozen=True, kw_only=True)
class Packing:
    """Kits that were packed; seen is the plan that the person packed by."""

    client_id: str
    wish: Wish
    seen: str
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class TakingApart:
    """Kits of a lot that were taken apart at a place."""

    client_id: str
    location_id: int
    kit_lot_id: int
    kits: int
    occurred_at: datetime


def pack_kits(packing: Packing, *, by: Actor) -> Outcome:
    """Book kits that were packed by the recipe, once: their parts leave the shelf, and the kits lie there.

    Raises OutOfDate when another plan would be made now, NotEnoughHere where a part is short: what is in
    a kit must be known exactly for a recall, so parts beyond the book are counted first.
    """
    check_places([packing.wish.location_id], by)
    check_quantity(packing.wish.kits)
    fact = _fact(packing, TransactionKind.ASSEMBLE)
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            today = queries.today_at([packing.wish.location_id], now=packing.occurred_at)
            hold_kit(packing.wish.kit_item_id)
            plan = _plan(packing, today)
            made = _make_kit_lots(plan, today)
            ledger.add_lines(opened.transaction_id, fact, _packed(plan, made))
            for kit_lot_id, batch in made:
                _hand_on_heat(
                    packing, packing.wish.location_id, [part.lot_id for part in batch.contents], [kit_lot_id], by
                )
            record(Event.KITS_PACKED, by=by, subject=packing.client_id)
        return accepted(opened)


def take_kits_apart(apart: TakingApart, *, by: Actor) -> Outcome:
    """Book kits that were taken apart, once: exactly what went in lies on the shelf again.

    Raises UnknownLot for kits of which nobody wrote down what is in them, NotEnoughHere beyond the book.
    """
    check_places([apart.location_id], by)
    check_quantity(apart.kits)
    fact = _fact(apart, TransactionKind.DISASSEMBLE)
    with transaction():
        opened = ledger.open_fact(fact, by=by)
        if opened.outcome is Outcome.CREATED:
            _check_on_hand(apart)
            lines = _unpacked(apart)
            ledger.add_lines(opened.transaction_id, fact, lines)
            _hand_on_heat(apart, apart.location_id, [apart.kit_lot_id], [line.lot_id for line in lines[1:]], by)
            record(Event.KITS_TAKEN_APART, by=by, subject=apart.client_id)
        return accepted(opened)


def _fact(done: Packing | TakingApart, kind: TransactionKind) -> Fact:
    """Return what happened as the ledger writes it down."""
    return Fact(client_id=done.client_id, fingerprint=fingerprint_of(done), kind=kind, occurred_at=done.occurred_at)


def _plan(packing: Packing, today: date) -> PackingPlan:
    """Return what packing takes now, held until the transaction ends, if it is what the person saw."""
    plan = plan_packing(packing.wish, today=today)
    if plan is not None:
        _hold_lots(packing.wish.location_id, [taken.lot.lot_id for taken in plan.taken])
        plan = plan_packing(packing.wish, today=today)
    if plan is None:
        raise OutOfDate(message("This kit has no recipe that is in force today. Ask a programme lead to write one."))
    if plan.is_short:
        raise NotEnoughHere(
            message("There is not enough here for so many kits. Count the parts that are short, or pack fewer.")
        )
    if plan.seen != packing.seen:
        raise OutOfDate(message("What lies here changed meanwhile. Look at the lots again before you pack."))
    return plan


def _hold_lots(location_id: int, lot_ids: Sequence[int]) -> None:
    """Take hold of lots and their balances, in the order of the ledger, so that dates and units stay as they are.

    Others may go on pointing to a lot: a hand-out does so before it takes hold of balances.
    """
    db.session.execute(
        select(StockBalance.lot_id, Lot.id)
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(StockBalance.location_id == location_id, StockBalance.lot_id.in_(lot_ids))
        .order_by(StockBalance.lot_id)
        .with_for_update(key_share=True)
    ).all()


def _make_kit_lots(plan: PackingPlan, today: date) -> list[tuple[int, Batch]]:
    """Make a lot for each batch of kits that are all alike, and write down what is in them."""
    numbers = db.session.scalars(select(Lot.lot_number).where(Lot.item_id == plan.wish.kit_item_id)).all()
    first = next_kit_number(numbers, today)
    made: list[tuple[int, Batch]] = []
    for number, batch in enumerate(plan.batches, start=first):
        lot = Lot(
            item_id=plan.wish.kit_item_id,
            lot_number=kit_number(today, number),
            effective_expiry=kit_expiry(batch.contents),
            funding_source_id=_source_of(batch),
            kit_recipe_id=plan.recipe.id,
            status=LotStatus.AVAILABLE.value,
        )
        db.session.add(lot)
        db.session.flush()
        db.session.add_all(
            LotComponent(
                kit_lot_id=lot.id,
                component_lot_id=content.lot_id,
                part_item_id=content.part_item_id,
                quantity_per_kit=content.per_kit,
                is_expiry_bearing=content.is_expiry_bearing,
            )
            for content in batch.contents
        )
        made.append((lot.id, batch))
    db.session.flush()
    return made


def _source_of(batch: Batch) -> int:
    """Return the funding source of kits: that of their parts where one paid for all of them."""
    lots = [content.lot_id for content in batch.contents]
    sources = set(db.session.scalars(select(Lot.funding_source_id).where(Lot.id.in_(lots))))
    return sources.pop() if len(sources) == 1 else NOT_SAID


def _packed(plan: PackingPlan, kit_lots: Sequence[tuple[int, Batch]]) -> list[MovementLine]:
    """Return the movements of packing: parts go in, and kits come out."""
    place = plan.wish.location_id
    parts = [
        MovementLine(
            lot_id=taken.lot.lot_id,
            from_location_id=place,
            to_location_id=ASSEMBLY,
            quantity=taken.units,
            source=taken.source,
        )
        for taken in plan.taken
    ]
    kits = [
        MovementLine(lot_id=lot_id, from_location_id=ASSEMBLY, to_location_id=place, quantity=batch.kits)
        for lot_id, batch in kit_lots
    ]
    return parts + kits


def _hand_on_heat(
    done: Packing | TakingApart, location_id: int, lot_ids: Sequence[int], becomes: Sequence[int], by: Actor
) -> None:
    """Let what was packed from a lot that got too warm or too cold go out first too, and the other way round."""
    notes = select(HeatFlag.note).where(
        HeatFlag.location_id == location_id, HeatFlag.lot_id.in_(lot_ids), HeatFlag.closed_at.is_(None)
    )
    note = db.session.scalars(notes.order_by(HeatFlag.id).limit(1)).first()
    if note is not None:
        flag_heat(location_id, becomes, note, by=by, at=done.occurred_at)


def _check_on_hand(apart: TakingApart) -> None:
    """Refuse to take apart more kits than the book holds: what came out of them would be made up."""
    inside = select(LotComponent.component_lot_id).where(LotComponent.kit_lot_id == apart.kit_lot_id)
    _hold_lots(apart.location_id, [apart.kit_lot_id, *db.session.scalars(inside)])
    here = select(StockBalance.on_hand).where(
        StockBalance.location_id == apart.location_id, StockBalance.lot_id == apart.kit_lot_id
    )
    on_hand = db.session.scalar(here) or 0
    if on_hand < apart.kits:
        raise NotEnoughHere(
            message("Fewer of these kits are booked here (%(units)s). Count them first.", units=max(on_hand, 0))
        )


def _unpacked(apart: TakingApart) -> list[MovementLine]:
    """Return the movements of taking apart: kits go in, and exactly their parts come out."""
    parts = db.session.execute(
        select(LotComponent.quantity_per_kit, Lot.id, Lot.merged_into_id)
        .join(Lot, Lot.id == LotComponent.component_lot_id)
        .where(LotComponent.kit_lot_id == apart.kit_lot_id)
        .order_by(Lot.id)
    ).all()
    if not parts:
        raise UnknownLot(
            message(
                "Nobody wrote down which lots are in these kits, so they cannot be taken apart here."
                " Adjust the number of kits, and book in the parts."
            )
        )
    kits = MovementLine(
        lot_id=apart.kit_lot_id, from_location_id=apart.location_id, to_location_id=ASSEMBLY, quantity=apart.kits
    )
    return [
        kits,
        *(
            MovementLine(
                lot_id=part.merged_into_id or part.id,  # the batch may go on under another number by now
                from_location_id=ASSEMBLY,
                to_location_id=apart.location_id,
                quantity=part.quantity_per_kit * apart.kits,
            )
            for part in parts
        ),
    ]
