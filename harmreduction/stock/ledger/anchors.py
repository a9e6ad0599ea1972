"""Counts that survive late facts.

A posted count is an anchor: from its moment on, the balance is what was counted. A fact that happened before it
and arrives later is made up for at the next anchor by one appended movement against that anchor's counterpart.
So the balance after the count stays the counted truth, the difference of the count becomes what is still
unexplained, and the outcome is the same in whichever order the facts arrive.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import ColumnElement, RowMapping, case, func, insert, or_, select, tuple_

from harmreduction.core.clock import now
from harmreduction.core.db import db, insert_or_change
from harmreduction.stock.ledger.balances import Balance, Entry, append, balance_changes, change_balances, locking_order
from harmreduction.stock.ledger.discrepancies import open_discrepancy, settle_count
from harmreduction.stock.ledger.tables import ANCHOR, BALANCE, FACT, MOVEMENT, Place
from harmreduction.stock.rules import (
    CLOCKS_DIFFER_BY,
    CountedLot,
    DiscrepancyKind,
    LotSource,
    MovementLine,
    Origin,
    TransactionKind,
)


@dataclass(frozen=True, kw_only=True)
class Late:
    """A change of units at a place in the past; cause is the fact (row id) that brought it."""

    place: Place
    units: int
    at: datetime
    order_key: str
    cause_id: int
    cause_key: str
    is_by_phone: bool


def hold(counted: Sequence[CountedLot]) -> dict[Place, int]:
    """Take hold of the balances that were counted until the transaction ends, and return their units.

    From here on a hand-out either was seen, or waits and then finds the anchor.
    """
    anchor = insert_or_change(BALANCE)
    newest = anchor.excluded.latest_count_at
    older = or_(BALANCE.c.latest_count_at.is_(None), BALANCE.c.latest_count_at < newest)
    rows = db.session.execute(
        anchor.on_conflict_do_update(
            index_elements=["location_id", "lot_id"],
            set_={"latest_count_at": case((older, newest), else_=BALANCE.c.latest_count_at)},
        ).returning(BALANCE.c.location_id, BALANCE.c.lot_id, BALANCE.c.on_hand),
        [
            {"location_id": line.location_id, "lot_id": line.lot_id, "on_hand": 0, "latest_count_at": line.at}
            for line in sorted(counted, key=lambda line: locking_order((line.location_id, line.lot_id)))
        ],
    )
    return {(row.location_id, row.lot_id): row.on_hand for row in rows}


def anchor(transaction_id: int, counted: Sequence[CountedLot], on_hand: Mapping[Place, int]) -> dict[Place, Balance]:
    """Write down the anchors of a count and move what differs; return the balances that changed."""
    entries: list[Entry] = []
    late: list[Late] = []
    for line in counted:
        place = (line.location_id, line.lot_id)
        anchor_id = _write_anchor(transaction_id, line)
        difference = line.counted - (on_hand[place] - units_after(place, line.at, line.order_key))
        if difference:
            moved = _difference(place, difference, line.counterpart_id, reason_id=line.reason_id)
            entries.append(Entry(line=moved, at=line.at, order_key=line.order_key, anchor_id=anchor_id))
            late.append(_late_count(transaction_id, line, difference))
    if entries:
        append(transaction_id, entries)
    return change_balances(balance_changes([*(entry.line for entry in entries), *make_up_for(late)]))


def make_up_for(late: Iterable[Late]) -> list[MovementLine]:
    """Keep the next counts true: undo, at each of them, a change from before it that arrived only now.

    Returns what moved for that; the balances are still to be changed. Nothing moves where no count follows.
    """
    found = ((change, _next_anchor(change)) for change in late)
    return [_make_up_at(next_anchor, change) for change, next_anchor in found if next_anchor is not None]


def _make_up_at(found: RowMapping, late: Late) -> MovementLine:
    """Append the fact that makes up for a late change at a count; return what it moved."""
    transaction_id = db.session.scalar(
        insert(FACT).returning(FACT.c.id),
        {
            "client_id": str(uuid5(NAMESPACE_OID, f"{found['order_key']} {late.cause_key}")),
            "kind": TransactionKind.COUNT_ADJUSTMENT.value,
            "occurred_at": found["occurred_at"],
            "recorded_at": now(),
            "recorded_by_id": None,
            "origin": Origin.ONLINE.value,
            "fingerprint": f"makes up for {late.cause_key}",
            "cause_id": late.cause_id,
        },
    )
    line = _difference(late.place, -late.units, found["counterpart_id"], reason_id=None)
    append(
        transaction_id or 0,
        [Entry(line=line, at=found["occurred_at"], order_key=found["order_key"], anchor_id=found["id"])],
    )
    if late.is_by_phone and found["occurred_at"] - late.at <= CLOCKS_DIFFER_BY:
        open_discrepancy(*late.place, DiscrepancyKind.NEAR_COUNT, late.cause_id)
    settle_count(late.place)
    return line


def units_after(place: Place, at: datetime, order_key: str) -> int:
    """Return by how many units a balance changed after a moment."""
    location_id, lot_id = place
    later = tuple_(MOVEMENT.c.occurred_at, MOVEMENT.c.order_key) > (at, order_key)
    return _sum_of(MOVEMENT.c.to_location_id == location_id, lot_id, later) - _sum_of(
        MOVEMENT.c.from_location_id == location_id, lot_id, later
    )


def _sum_of(side: ColumnElement[bool], lot_id: int, when: ColumnElement[bool]) -> int:
    """Return the units of a lot that moved on one side of a place."""
    moved = select(func.sum(MOVEMENT.c.quantity)).where(side, MOVEMENT.c.lot_id == lot_id, when)
    return int(db.session.scalar(moved) or 0)


def _write_anchor(transaction_id: int, line: CountedLot) -> int:
    """Append an anchor and return its id."""
    anchor_id = db.session.scalar(
        insert(ANCHOR).returning(ANCHOR.c.id),
        {
            "transaction_id": transaction_id,
            "location_id": line.location_id,
            "lot_id": line.lot_id,
            "counterpart_id": line.counterpart_id,
            "counted": line.counted,
            "occurred_at": line.at,
            "order_key": line.order_key,
            "reason_id": line.reason_id,
        },
    )
    return anchor_id or 0


def _next_anchor(late: Late) -> RowMapping | None:
    """Return the first count of a lot at a place after a moment."""
    location_id, lot_id = late.place
    return (
        db.session.execute(
            select(ANCHOR.c.id, ANCHOR.c.occurred_at, ANCHOR.c.order_key, ANCHOR.c.counterpart_id)
            .where(
                ANCHOR.c.location_id == location_id,
                ANCHOR.c.lot_id == lot_id,
                tuple_(ANCHOR.c.occurred_at, ANCHOR.c.order_key) > (late.at, late.order_key),
            )
            .order_by(ANCHOR.c.occurred_at, ANCHOR.c.order_key)
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )


def _late_count(transaction_id: int, line: CountedLot, difference: int) -> Late:
    """Return the difference of a count as a change that the next count, if there is one already, makes up for."""
    return Late(
        place=(line.location_id, line.lot_id),
        units=difference,
        at=line.at,
        order_key=line.order_key,
        cause_id=transaction_id,
        cause_key=line.order_key,
        is_by_phone=False,
    )


def _difference(place: Place, units: int, counterpart_id: int, *, reason_id: int | None) -> MovementLine:
    """Return the movement that brings units from the counterpart, or takes them there where they are negative."""
    location_id, lot_id = place
    source, target = (counterpart_id, location_id) if units > 0 else (location_id, counterpart_id)
    return MovementLine(
        lot_id=lot_id,
        from_location_id=source,
        to_location_id=target,
        quantity=abs(units),
        source=LotSource.PICKED,
        reason_id=reason_id,
    )
