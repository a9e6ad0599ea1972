"""Facts are opened once and move their lines; taking back is one more fact that mirrors.

It speaks SQLAlchemy Core, because every hand-out passes here: one INSERT for the fact, one for its
movements, and relative upserts that answer with the new balances: of real places, then of virtual ones.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db, insert_if_new
from harmreduction.core.messages import message
from harmreduction.stock.ledger import anchors
from harmreduction.stock.ledger.anchors import Late, make_up_for
from harmreduction.stock.ledger.balances import Balance, Entry, append, balance_changes, change_balances
from harmreduction.stock.ledger.discrepancies import settle
from harmreduction.stock.ledger.tables import FACT, MOVEMENT, VIRTUAL_IDS, Place
from harmreduction.stock.rules import (
    NEVER_REVERSED,
    CannotReverse,
    CountedLot,
    LotSource,
    MovementLine,
    Origin,
    Outcome,
    ReversalReason,
    TransactionKind,
    check_quantity,
)


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
        _new_fact(db.engine.dialect.name),
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


@cache
def _new_fact(_dialect: str) -> Any:
    """Put together, once a database, what writes a fact down; every hand-out needs it."""
    return insert_if_new(FACT).returning(FACT.c.id)


def add_lines(transaction_id: int, fact: Fact, lines: Sequence[MovementLine]) -> None:
    """Move the units of a fact that was just opened, and keep every balance equal to its movements."""
    for line in lines:
        check_quantity(line.quantity)
    _move(transaction_id, fact, fact.client_id, lines, [None] * len(lines))


def add_count(transaction_id: int, fact: Fact, counted: Sequence[CountedLot]) -> None:
    """Anchor what was counted in a fact that was just opened, and move what differs; see `anchors`."""
    before = anchors.hold(counted)
    after = anchors.anchor(transaction_id, counted, before)
    _settle_all(transaction_id, fact.kind, before, after)


def reverse(target_id: int, *, client_id: str, reason: ReversalReason, by: Actor) -> Opened:
    """Take a fact back by one that mirrors it; once only, and never a taking back itself.

    Raises CannotReverse with a sentence.
    """
    target = db.session.execute(select(FACT).where(FACT.c.id == target_id)).one()
    if target.kind == TransactionKind.REVERSAL:
        raise CannotReverse(message("This is itself a taking back. Log what happened as a new entry."))
    if target.kind in NEVER_REVERSED:
        raise CannotReverse(message("A count stands until the next one. Count again."))
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
            reason_id=row.reason_id,
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
    """Append the movements, change the balances, and keep every later count true."""
    entries = [
        Entry(line=line, at=fact.occurred_at, order_key=order_key, reverses_id=reversed_id)
        for line, reversed_id in zip(lines, reverses, strict=True)
    ]
    append(transaction_id, entries)
    changes = balance_changes(lines)
    here = {place: units for place, units in changes.items() if place[0] not in VIRTUAL_IDS}
    after = change_balances(here)
    before = {place: balance.on_hand - here[place] for place, balance in after.items()}
    rest = Counter({place: units for place, units in changes.items() if place not in here})
    rest.update(balance_changes(make_up_for(_late(transaction_id, fact, order_key, here, after))))
    after |= change_balances(rest)
    _settle_all(transaction_id, fact.kind, before, after)


def _late(
    transaction_id: int, fact: Fact, order_key: str, here: Mapping[Place, int], after: Mapping[Place, Balance]
) -> Iterator[Late]:
    """Yield those changes of real places that a count may follow already."""
    for place, units in here.items():
        counted_at = after[place].latest_count_at
        if units and counted_at is not None and counted_at >= fact.occurred_at:
            yield Late(
                place=place,
                units=units,
                at=fact.occurred_at,
                order_key=order_key,
                cause_id=transaction_id,
                cause_key=f"{fact.client_id} {place[0]} {place[1]}",
                is_by_phone=fact.origin is Origin.FIELD,
            )


def _settle_all(
    transaction_id: int, kind: TransactionKind, before: Mapping[Place, int], after: Mapping[Place, Balance]
) -> None:
    """Look at every real place whose balance changed."""
    for place, balance in after.items():
        if place[0] not in VIRTUAL_IDS:
            settle(transaction_id, kind, place, before=before[place], after=balance.on_hand)
