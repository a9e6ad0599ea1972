"""Movements are appended and balances change by exactly their sums, always together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import insert

from harmreduction.core.db import db, insert_or_change
from harmreduction.stock.ledger.tables import BALANCE, MOVEMENT, VIRTUAL_IDS, Place
from harmreduction.stock.rules import MovementLine

NEW_MOVEMENTS = insert(MOVEMENT)  # every hand-out needs it, so it is put together once


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A movement with its place in time: ordered by (at, order_key); anchor and reverses are row ids."""

    line: MovementLine
    at: datetime
    order_key: str
    anchor_id: int | None = None
    reverses_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What a balance says after it changed: units on hand, and the moment of its latest count."""

    on_hand: int
    latest_count_at: datetime | None


def append(transaction_id: int, entries: Sequence[Entry]) -> None:
    """Append the movements of a fact; who calls it changes the balances by their sums, in the same transaction."""
    db.session.execute(
        NEW_MOVEMENTS,
        [
            {
                "transaction_id": transaction_id,
                "line_no": number,
                "lot_id": entry.line.lot_id,
                "from_location_id": entry.line.from_location_id,
                "to_location_id": entry.line.to_location_id,
                "quantity": entry.line.quantity,
                "occurred_at": entry.at,
                "order_key": entry.order_key,
                "lot_source": entry.line.source.value,
                "reason_id": entry.line.reason_id,
                "anchor_id": entry.anchor_id,
                "reverses_id": entry.reverses_id,
            }
            for number, entry in enumerate(entries, start=1)
        ],
    )


def balance_changes(lines: Iterable[MovementLine]) -> dict[Place, int]:
    """Return the change in units for each (location, lot) that the lines touch; they sum to zero."""
    changes: dict[Place, int] = defaultdict(int)
    for line in lines:
        changes[line.from_location_id, line.lot_id] -= line.quantity
        changes[line.to_location_id, line.lot_id] += line.quantity
    return dict(changes)


def change_balances(changes: Mapping[Place, int]) -> dict[Place, Balance]:
    """Add units to balances, or take them where they are negative; return what each balance says now."""
    if not changes:
        return {}
    rows = db.session.execute(
        _change(insert_or_change(BALANCE)),
        [
            {"location_id": location_id, "lot_id": lot_id, "on_hand": changes[location_id, lot_id]}
            for location_id, lot_id in sorted(changes, key=locking_order)
        ],
    )
    return {
        (row.location_id, row.lot_id): Balance(on_hand=row.on_hand, latest_count_at=row.latest_count_at) for row in rows
    }


@cache
def _change(insert_or_change: Any) -> Any:
    """Put together, once a database, what adds to balances; every hand-out needs it twice."""
    return insert_or_change.on_conflict_do_update(
        index_elements=["location_id", "lot_id"],
        set_={"on_hand": BALANCE.c.on_hand + insert_or_change.excluded.on_hand},
    ).returning(BALANCE)


def locking_order(place: Place) -> tuple[bool, Place]:
    """Return by what balances are put in order before they are touched, so that two writers never deadlock.

    Real places come first: only once they are held is it known what a count differs by, and what comes late.
    Then every virtual place is touched, all in one go.
    """
    return place[0] in VIRTUAL_IDS, place
