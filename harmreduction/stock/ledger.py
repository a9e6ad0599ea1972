"""The append-only double-entry ledger: the only module that writes movements and balances.

It speaks SQLAlchemy Core, because every hand-out passes here: one INSERT for the fact, one for its
movements, and one relative upsert that answers with the new balances.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert, select, update

from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db, insert_if_new, insert_or_change
from harmreduction.core.messages import message
from harmreduction.stock.models import (
    StockBalance,
    StockDiscrepancy,
    StockLocation,
    StockMovement,
    StockTransaction,
)
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    CannotReverse,
    DiscrepancyKind,
    LotSource,
    MovementLine,
    NotEnoughHere,
    Origin,
    Outcome,
    ReversalReason,
    TransactionKind,
    check_quantity,
)

FACT = cast(Table, StockTransaction.__table__)
MOVEMENT = cast(Table, StockMovement.__table__)
BALANCE = cast(Table, StockBalance.__table__)
DISCREPANCY = cast(Table, StockDiscrepancy.__table__)

VIRTUAL_IDS = frozenset(VIRTUAL_LOCATION_IDS.values())

Place = tuple[int, int]  # (location id, lot id): what one balance is about


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened to stock, before its lines are known.

    client_id (UUID) was made where the fact was first written down; fingerprint is taken over what
    was written down there, so that a repeated fact is told from a changed one.
    """

    client_id: str
    fingerprint: str
    kind: TransactionKind
    occurred_at: datetime
    origin: Origin = Origin.ONLINE
    reverses_id: int | None = None
    reason: ReversalReason | None = None


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What the ledger answered to a fact, and the transaction that holds it."""

    outcome: Outcome
    transaction_id: int


def open_fact(fact: Fact, *, by: Actor) -> Opened:
    """Write down a fact once: `created`, or how it compares with the one that has its id already."""
    transaction_id = db.session.scalar(
        insert_if_new(FACT).returning(FACT.c.id),
        {
            "client_id": fact.client_id,
            "kind": fact.kind.value,
            "occurred_at": fact.occurred_at,
            "recorded_at": now(),
            "recorded_by_id": by.account_id,
            "origin": fact.origin.value,
            "fingerprint": fact.fingerprint,
            "reverses_id": fact.reverses_id,
            "reason": fact.reason and fact.reason.value,
        },
    )
    if transaction_id is not None:
        return Opened(outcome=Outcome.CREATED, transaction_id=transaction_id)
    known = db.session.execute(
        select(FACT.c.id, FACT.c.fingerprint).where(FACT.c.client_id == fact.client_id)
    ).one_or_none()
    if known is None:
        raise CannotReverse(message("This was taken back already."))
    same = known.fingerprint == fact.fingerprint
    return Opened(outcome=Outcome.EXISTS if same else Outcome.EXISTS_WITH_DIFFERENT_FIELDS, transaction_id=known.id)


def add_lines(transaction_id: int, fact: Fact, lines: Sequence[MovementLine]) -> None:
    """Move the units of a fact that was just opened, and keep every balance equal to its movements."""
    for line in lines:
        check_quantity(line.quantity)
    _move(transaction_id, fact, fact.client_id, lines, [None] * len(lines))


def reverse(target_id: int, *, client_id: str, reason: ReversalReason, by: Actor) -> Opened:
    """Take a fact back by one that mirrors it; once only, and never a taking back itself.

    Raises CannotReverse with a sentence.
    """
    target = db.session.execute(select(FACT).where(FACT.c.id == target_id)).one()
    if target.kind == TransactionKind.REVERSAL:
        raise CannotReverse(message("This is itself a taking back. Log what happened as a new entry."))
    fact = Fact(
        client_id=client_id,
        fingerprint=f"reverses {target.client_id}",
        kind=TransactionKind.REVERSAL,
        occurred_at=target.occurred_at,
        reverses_id=target.id,
        reason=reason,
    )
    opened = open_fact(fact, by=by)
    if opened.outcome is Outcome.CREATED:
        _mirror(opened.transaction_id, fact, target.client_id, target.id)
    return opened


def _mirror(transaction_id: int, fact: Fact, order_key: str, target_id: int) -> None:
    """Move every unit of the target back; the reversal stands beside its target in time."""
    rows = db.session.execute(
        select(MOVEMENT).where(MOVEMENT.c.transaction_id == target_id).order_by(MOVEMENT.c.line_no)
    ).all()
    lines = [
        MovementLine(
            lot_id=row.lot_id,
            from_location_id=row.to_location_id,
            to_location_id=row.from_location_id,
            quantity=row.quantity,
            source=LotSource(row.lot_source),
        )
        for row in rows
    ]
    _move(transaction_id, fact, order_key, lines, [row.id for row in rows])


def _move(
    transaction_id: int,
    fact: Fact,
    order_key: str,
    lines: Sequence[MovementLine],
    reverses: Sequence[int | None],
) -> None:
    """Append the movements, and change the balances by exactly their sums."""
    db.session.execute(
        insert(MOVEMENT),
        [
            {
                "transaction_id": transaction_id,
                "line_no": number,
                "lot_id": line.lot_id,
                "from_location_id": line.from_location_id,
                "to_location_id": line.to_location_id,
                "quantity": line.quantity,
                "occurred_at": fact.occurred_at,
                "order_key": order_key,
                "lot_source": line.source.value,
                "reverses_id": reversed_id,
            }
            for number, (line, reversed_id) in enumerate(zip(lines, reverses, strict=True), start=1)
        ],
    )
    changes = balance_changes(lines)
    for place, on_hand in _change_balances(changes).items():
        if place[0] not in VIRTUAL_IDS:
            _settle(transaction_id, fact.kind, place, before=on_hand - changes[place], after=on_hand)


def balance_changes(lines: Sequence[MovementLine]) -> dict[Place, int]:
    """Return the change in units for each (location, lot) that the lines touch; they sum to zero."""
    changes: dict[Place, int] = defaultdict(int)
    for line in lines:
        changes[line.from_location_id, line.lot_id] -= line.quantity
        changes[line.to_location_id, line.lot_id] += line.quantity
    return dict(changes)


def _change_balances(changes: Mapping[Place, int]) -> dict[Place, int]:
    """Add units to balances, or take them where they are negative; return what each balance now says."""
    change = insert_or_change(BALANCE)
    rows = db.session.execute(
        change.on_conflict_do_update(
            index_elements=["location_id", "lot_id"],
            set_={"on_hand": BALANCE.c.on_hand + change.excluded.on_hand},
        ).returning(BALANCE),
        [
            {"location_id": location_id, "lot_id": lot_id, "on_hand": units}
            for (location_id, lot_id), units in sorted(changes.items())  # one order: no deadlock
        ],
    )
    return {(location_id, lot_id): on_hand for location_id, lot_id, on_hand in rows}


def _settle(transaction_id: int, kind: TransactionKind, place: Place, *, before: int, after: int) -> None:
    """Keep a discrepancy open exactly while a real place holds less than nothing of a lot.

    Raises NotEnoughHere when a transfer takes more than a strict place holds.
    """
    location_id, lot_id = place
    if after < min(before, 0) and kind is TransactionKind.TRANSFER and _is_strict(location_id):
        raise NotEnoughHere(message("There is not that much here. Count what is on the shelf, or move less."))
    if after < 0 <= before:
        open_discrepancy(location_id, lot_id, DiscrepancyKind.NEGATIVE_BALANCE, transaction_id)
    elif before < 0 <= after:
        _close_negative_balance(location_id, lot_id)


def _is_strict(location_id: int) -> bool:
    """Say whether a place guards what it holds."""
    return db.session.scalars(select(StockLocation.is_strict).where(StockLocation.id == location_id)).one()


def _close_negative_balance(location_id: int, lot_id: int) -> None:
    """Note that stock was booked in and the balance is not below zero any more."""
    db.session.execute(
        update(DISCREPANCY)
        .where(
            DISCREPANCY.c.location_id == location_id,
            DISCREPANCY.c.lot_id == lot_id,
            DISCREPANCY.c.kind == DiscrepancyKind.NEGATIVE_BALANCE.value,
            DISCREPANCY.c.closed_at.is_(None),
        )
        .values(closed_at=now())
    )


def open_discrepancy(location_id: int, lot_id: int, kind: DiscrepancyKind, transaction_id: int) -> None:
    """Note once that something does not fit, for a lead to look into."""
    db.session.execute(
        insert_if_new(DISCREPANCY).values(
            location_id=location_id,
            lot_id=lot_id,
            kind=kind.value,
            opened_at=now(),
            opened_by_transaction_id=transaction_id,
        )
    )
