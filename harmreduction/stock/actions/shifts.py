"""Load out for a shift, and close it out: count, explain, bring back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import Table, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.errors import NotFound, OutOfDate
from harmreduction.core.messages import message
from harmreduction.stock.actions.checks import check_places
from harmreduction.stock.actions.counts import CountedNow, post_at_once
from harmreduction.stock.actions.loading import Filling, fill
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.actions.movements import Transfer, transfer
from harmreduction.stock.models import StockLocation, StockShift
from harmreduction.stock.queries.shifts import get_shift_of
from harmreduction.stock.queries.tallies import tally_lots
from harmreduction.stock.rules import MOBILE_KINDS, CountPurpose, Outcome

SHIFT = cast(Table, StockShift.__table__)
A_BLINK = timedelta(microseconds=1)  # what goes back to the store goes right after it was counted


@dataclass(frozen=True, kw_only=True)
class LoadOut:
    """What a van or a backpack takes along: units by item id, from a source where it takes anything.

    today: the calendar day at the source.
    """

    client_id: str
    location_id: int
    source_location_id: int | None
    items: Mapping[int, int]
    at: datetime
    today: date


@dataclass(frozen=True, kw_only=True)
class CloseOut:
    """What was found at the end of a shift: only the lots (lot id → units) that are not as they should be.

    reason_id: why they differ. back_to_id: the place to which everything goes back; None where it stays.
    """

    found: Mapping[int, int]
    reason_id: int | None
    back_to_id: int | None
    at: datetime


def load_out(load: LoadOut, *, by: Actor) -> Outcome:
    """Open a shift and move what it takes along, once; a shift that takes nothing along is a shift, too.

    Raises NotFound for a place that is no van or backpack of this person, OutOfDate where it is out already.
    """
    check_places([load.location_id], by)
    with transaction():
        if db.session.get_one(StockLocation, load.location_id).kind not in MOBILE_KINDS:
            raise NotFound(message("There is no such van or backpack."))
        is_new = _open(load, by)
        wanted = {item_id: units for item_id, units in load.items.items() if units}
        if wanted and load.source_location_id is not None:
            fill(_filling(load, load.source_location_id, wanted), by=by)
        if is_new:
            record(Event.SHIFT_OPENED, by=by, subject=load.client_id)
        return Outcome.CREATED if is_new else Outcome.EXISTS


def load_fact_of(shift_id: str) -> str:
    """Return the id of the fact by which a shift was loaded."""
    return str(uuid5(UUID(shift_id), "load out"))


def close_out(public_id: str, close: CloseOut, *, by: Actor) -> Outcome:
    """Count what is left, bring it back where that is wanted, and close the shift, once.

    What is as it should be is counted as that, so that a hand-out logged a moment ago is never a difference.
    """
    with transaction():
        db.session.execute(select(StockShift.id).where(StockShift.public_id == public_id).with_for_update())
        shift = get_shift_of(by, public_id)
        if shift.closed_at is not None:
            return Outcome.EXISTS
        left = _left(shift) | dict(close.found)
        if left:
            shift.count_id = _count(shift, left, close, by)
        if close.back_to_id is not None:
            _bring_back(shift, left, close.back_to_id, close.at, by)
        shift.closed_at, shift.closed_by_id = close.at, by.account_id
        db.session.flush()
        record(Event.SHIFT_CLOSED, by=by, subject=public_id, site_id=shift.location.site_id)
        return Outcome.CREATED


def back_fact_of(shift_id: str) -> str:
    """Return the id of the fact by which a shift brought back what was left."""
    return str(uuid5(UUID(shift_id), "bring back"))


def _open(load: LoadOut, by: Actor) -> bool:
    """Open the shift, and say whether it is new; raises OutOfDate where another one is open."""
    shift_id = db.session.scalar(
        insert_if_new(SHIFT).returning(SHIFT.c.id),
        {
            "public_id": load.client_id,
            "location_id": load.location_id,
            "source_location_id": load.source_location_id,
            "opened_at": load.at,
            "opened_by_id": by.account_id,
        },
    )
    if shift_id is not None:
        return True
    known = db.session.scalar(select(StockShift.location_id).where(StockShift.public_id == load.client_id))
    if known != load.location_id:
        raise OutOfDate(message("Somebody loaded out here already. Close that shift out first."))
    return False


def _filling(load: LoadOut, source_id: int, wanted: Mapping[int, int]) -> Filling:
    """Return what a shift takes along as one move."""
    return Filling(
        client_id=load_fact_of(load.client_id),
        from_location_id=source_id,
        to_location_id=load.location_id,
        items=wanted,
        occurred_at=load.at,
        today=load.today,
    )


def _left(shift: StockShift) -> dict[int, int]:
    """Return what should be left of each lot, and nothing of each item without a number.

    A hand-out that is logged late may not know its lot any more; so it is made up for at this count, too.
    """
    rows = tally_lots(shift)
    unnumbered = {find_or_make_lot(item_id, ""): 0 for item_id in sorted({row.item.id for row in rows})}
    return unnumbered | {row.lot.id: row.expected for row in rows}


def _count(shift: StockShift, left: Mapping[int, int], close: CloseOut, by: Actor) -> int:
    """Post what was found, and return the count."""
    counted = CountedNow(
        client_id=str(uuid5(UUID(shift.public_id), "close out")),
        location_id=shift.location_id,
        purpose=CountPurpose.CLOSE_OUT,
        lots=left,
        reason_id=close.reason_id,
        at=close.at,
    )
    return post_at_once(counted, by=by).id


def _bring_back(shift: StockShift, left: Mapping[int, int], to_id: int, at: datetime, by: Actor) -> None:
    """Move everything that was found to the store."""
    lots = tuple((lot_id, units) for lot_id, units in sorted(left.items()) if units)
    if lots:
        move = Transfer(
            client_id=back_fact_of(shift.public_id),
            from_location_id=shift.location_id,
            to_location_id=to_id,
            lots=lots,
            occurred_at=at + A_BLINK,
        )
        transfer(move, by=by)
