"""Read the past: what lay where at a moment, and what a count differs by now and when it was taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select, tuple_

from harmreduction.core.db import db
from harmreduction.stock.ledger import ANCHOR, BALANCE, MOVEMENT

# What a movement brought to the place that was counted, and the sum of these.
BROUGHT = case((MOVEMENT.c.to_location_id == ANCHOR.c.location_id, MOVEMENT.c.quantity), else_=-MOVEMENT.c.quantity)
UNEXPLAINED = func.coalesce(func.sum(BROUGHT), 0)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A lot that was counted at a place, beside what the book held then: units more than booked, or fewer below zero.

    at_first: as it was when the count was posted; unexplained: what is left of it after every late entry.
    """

    anchor_id: int
    location_id: int
    lot_id: int
    counted_at: datetime
    counted: int
    at_first: int
    unexplained: int
    reason_id: int | None

    @property
    def booked(self) -> int:
        """Return the units that the book says lay there, by everything that is known now."""
        return self.counted - self.unexplained


@dataclass(frozen=True, kw_only=True)
class _Known:
    """Units that are known to have lain at a place, right after a moment; without one, at the very beginning."""

    units: int
    at: datetime | None = None
    order_key: str = ""


def as_of(location_id: int, lot_id: int, at: datetime) -> int:
    """Return the units of a lot at a place after everything that happened up to a moment."""
    known = _latest_known(location_id, lot_id, at)
    if _is_nearer_to_now(lot_id, known, at):
        return _on_hand(location_id, lot_id) - _change(location_id, lot_id, [MOVEMENT.c.occurred_at > at])
    within = [MOVEMENT.c.occurred_at <= at]
    if known.at is not None:
        # The first of the two is there for the index: SQLite reads a pair of columns from their beginning.
        within.append(MOVEMENT.c.occurred_at >= known.at)
        within.append(tuple_(MOVEMENT.c.occurred_at, MOVEMENT.c.order_key) > (known.at, known.order_key))
    return known.units + _change(location_id, lot_id, within)


def list_as_of(location_id: int, at: datetime) -> dict[int, int]:
    """Return the units of every lot that lay at a place after everything that happened up to a moment."""
    came, went = (
        select(func.coalesce(func.sum(MOVEMENT.c.quantity), 0))
        .where(side == BALANCE.c.location_id, MOVEMENT.c.lot_id == BALANCE.c.lot_id, MOVEMENT.c.occurred_at > at)
        .scalar_subquery()
        for side in (MOVEMENT.c.to_location_id, MOVEMENT.c.from_location_id)
    )
    rows = db.session.execute(
        select(BALANCE.c.lot_id, BALANCE.c.on_hand - came + went).where(BALANCE.c.location_id == location_id)
    )
    return {lot_id: int(units) for lot_id, units in rows if units}


def difference_of_anchor(anchor_id: int) -> int:
    """Return what a count of one lot still differs by: units more than booked, or fewer below zero."""
    of_lot = select(UNEXPLAINED).join(MOVEMENT, MOVEMENT.c.anchor_id == ANCHOR.c.id).where(ANCHOR.c.id == anchor_id)
    return int(db.session.scalar(of_lot) or 0)


def list_differences(transaction_id: int) -> list[Difference]:
    """Return every lot that was counted in one fact, those that fit too."""
    first = case((MOVEMENT.c.transaction_id == ANCHOR.c.transaction_id, BROUGHT), else_=0)
    rows = db.session.execute(
        select(ANCHOR, func.coalesce(func.sum(first), 0).label("at_first"), UNEXPLAINED.label("unexplained"))
        .outerjoin(MOVEMENT, MOVEMENT.c.anchor_id == ANCHOR.c.id)
        .where(ANCHOR.c.transaction_id == transaction_id)
        .group_by(ANCHOR.c.id)
        .order_by(ANCHOR.c.id)
    )
    return [
        Difference(
            anchor_id=row.id,
            location_id=row.location_id,
            lot_id=row.lot_id,
            counted_at=row.occurred_at,
            counted=row.counted,
            at_first=int(row.at_first),
            unexplained=int(row.unexplained),
            reason_id=row.reason_id,
        )
        for row in rows
    ]


def _latest_known(location_id: int, lot_id: int, at: datetime) -> _Known:
    """Return what was counted last before a moment; before the first count, nothing lay there at the beginning."""
    found = db.session.execute(
        select(ANCHOR.c.counted, ANCHOR.c.occurred_at, ANCHOR.c.order_key)
        .where(ANCHOR.c.location_id == location_id, ANCHOR.c.lot_id == lot_id, ANCHOR.c.occurred_at <= at)
        .order_by(ANCHOR.c.occurred_at.desc(), ANCHOR.c.order_key.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return _Known(units=0)
    return _Known(units=found.counted, at=found.occurred_at, order_key=found.order_key)


def _is_nearer_to_now(lot_id: int, known: _Known, at: datetime) -> bool:
    """Say whether fewer movements probably lie between a moment and now than between it and what is known."""
    of_lot = select(MOVEMENT.c.occurred_at).where(MOVEMENT.c.lot_id == lot_id).limit(1)
    first = known.at or db.session.scalar(of_lot.order_by(MOVEMENT.c.occurred_at))
    last = db.session.scalar(of_lot.order_by(MOVEMENT.c.occurred_at.desc()))
    return first is not None and last is not None and last - at < at - first


def _on_hand(location_id: int, lot_id: int) -> int:
    """Return the units of a lot that lie at a place now."""
    here = select(BALANCE.c.on_hand).where(BALANCE.c.location_id == location_id, BALANCE.c.lot_id == lot_id)
    return db.session.scalar(here) or 0


def _change(location_id: int, lot_id: int, within: Sequence[ColumnElement[bool]]) -> int:
    """Return by how many units a lot at a place changed within a stretch of time."""
    came, went = (
        db.session.scalar(
            select(func.coalesce(func.sum(MOVEMENT.c.quantity), 0)).where(
                side == location_id, MOVEMENT.c.lot_id == lot_id, *within
            )
        )
        for side in (MOVEMENT.c.to_location_id, MOVEMENT.c.from_location_id)
    )
    return int(came or 0) - int(went or 0)
