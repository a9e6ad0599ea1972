"""Count what lies at a place: begin, save line by line, then post once to the ledger, or drop."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.errors import NotAllowed, OutOfDate
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock import ledger
from harmreduction.stock.actions.checks import accepted, check_places
from harmreduction.stock.actions.discrepancies import note_differences
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import Lot, StockBalance, StockCount, StockCountLine
from harmreduction.stock.queries.counts import draft_at, get_count_of
from harmreduction.stock.rules import (
    MOST_AT_ONCE,
    CountedLot,
    CountPurpose,
    CountStatus,
    LocationKind,
    NothingToMove,
    Outcome,
    QuantityOutOfBounds,
    TransactionKind,
    UnknownLot,
    check_lot,
    counterpart_of,
)

COUNT = cast(Table, StockCount.__table__)


@dataclass(frozen=True, kw_only=True)
class FoundLot:
    """Units of a lot that somebody found at a place where the book has none of it; `expiry` as printed."""

    item_id: int
    lot_number: str
    expiry: date | None
    counted: int


@dataclass(frozen=True, kw_only=True)
class CountedNow:
    """What was counted in one go: units by lot id, and one reason for all that differs."""

    client_id: str
    location_id: int
    purpose: CountPurpose
    lots: Mapping[int, int]
    reason_id: int | None
    at: datetime


def start_count(client_id: str, location_id: int, *, is_blind: bool = True, by: Actor) -> StockCount:
    """Begin a count at a place, or join the one that is being taken there.

    Raises NotFound for another site's place, NotAllowed for an open count by who does not lead.
    """
    check_places([location_id], by)
    if not is_blind and not by.may(Permission.MANAGE_CATALOGUE):
        raise NotAllowed(message("A programme lead may show the booked numbers in a count."))
    with transaction():
        count_id = db.session.scalar(
            insert_if_new(COUNT).returning(COUNT.c.id),
            {
                "public_id": client_id,
                "location_id": location_id,
                "purpose": CountPurpose.SHELF.value,
                "status": CountStatus.DRAFT.value,
                "is_blind": is_blind,
                "started_at": now(),
                "started_by_id": by.account_id,
            },
        )
        if count_id is not None:
            return db.session.get_one(StockCount, count_id)
        return draft_at(location_id) or get_count_of(by, client_id)


def save_lines(
    public_id: str,
    counted: Mapping[int, int | None],
    *,
    was: Mapping[int, int | None] | None = None,
    by: Actor,
    at: datetime,
) -> dict[int, int | None]:
    """Save what was counted of lots (lot id → units); None is not counted, and the same number keeps its moment.

    was: what the page showed. Where somebody saved another number since, theirs stays, and is returned.
    Raises OutOfDate where the count is posted or dropped, QuantityOutOfBounds for a number that cannot lie there.
    """
    for units in counted.values():
        _check_counted(units)
    with transaction():
        count = _hold_draft(public_id, by)
        theirs = {} if was is None else _saved_meanwhile(count, counted, was)
        for lot_id, units in counted.items():
            if lot_id not in theirs:
                _save_line(count.id, lot_id, units, at)
        return theirs


def add_found(public_id: str, found: FoundLot, *, by: Actor, at: datetime) -> None:
    """Save a lot that was found and is not on the sheet; one that is on it is counted there.

    Raises UnknownLot where number and date do not fit.
    """
    _check_counted(found.counted)
    with transaction():
        count = _hold_draft(public_id, by)
        _save_line(count.id, _lot_of(found, count.location_id), found.counted, at)


def post_count(public_id: str, *, reasons: Mapping[int, int], seen: str | None = None, by: Actor) -> Outcome:
    """Post a count to the ledger once; lots that nobody counted stay as they are.

    reasons: reason id by lot id. seen: the `state_of` the lines that the person looked at.
    Raises OutOfDate where somebody dropped it or counted more meanwhile, NothingToMove where no lot was counted.
    """
    with transaction():
        count = _hold(public_id, by)
        if count.status == CountStatus.POSTED:
            return Outcome.EXISTS
        _check_is_draft(count)
        if seen is not None and seen != state_of(count):
            raise OutOfDate(message("Somebody counted more meanwhile. Look at the numbers again, then post."))
        for line in count.lines:
            line.reason_id = reasons.get(line.lot_id)
        _post(count, by=by)
        return Outcome.CREATED


def drop_count(public_id: str, *, by: Actor) -> None:
    """Drop a draft: the book stays as it is; raises OutOfDate where it was posted."""
    with transaction():
        count = _hold(public_id, by)
        if count.status != CountStatus.DROPPED:
            _check_is_draft(count)
            count.status = CountStatus.DROPPED.value
            record(Event.STOCK_COUNT_DROPPED, by=by, subject=public_id, site_id=count.location.site_id)


def post_at_once(counted: CountedNow, *, by: Actor) -> StockCount:
    """Save and post a count that was taken in one go: a close-out, or a visit to a machine; sent twice, it is one."""
    for units in counted.lots.values():
        _check_counted(units)
    with transaction():
        known = db.session.scalar(select(StockCount).where(StockCount.public_id == counted.client_id))
        if known is not None:
            return get_count_of(by, counted.client_id)
        count = StockCount(
            public_id=counted.client_id,
            location_id=counted.location_id,
            purpose=counted.purpose.value,
            status=CountStatus.POSTED.value,
            is_blind=False,
            started_at=counted.at,
            started_by_id=by.account_id,
            lines=[
                StockCountLine(lot_id=lot_id, counted=units, counted_at=counted.at, reason_id=counted.reason_id)
                for lot_id, units in sorted(counted.lots.items())
            ],
        )
        db.session.add(count)
        db.session.flush()
        _post(count, by=by)
        return count


def state_of(count: StockCount) -> str:
    """Return a fingerprint of what was counted so far, by which somebody's later save is noticed."""
    return fingerprint({str(line.lot_id): str((line.counted, line.counted_at)) for line in count.lines})


def _post(count: StockCount, *, by: Actor) -> None:
    """Anchor every line that was counted, at its own moment."""
    lines = [line for line in count.lines if line.counted is not None and line.counted_at is not None]
    if not lines:
        raise NothingToMove(message("Count at least one lot first, or drop the count."))
    fact = Fact(
        client_id=count.public_id,
        fingerprint=state_of(count),
        kind=TransactionKind.COUNT,
        occurred_at=max(line.counted_at for line in lines if line.counted_at is not None),
    )
    opened = ledger.open_fact(fact, by=by)
    accepted(opened)
    ledger.add_count(opened.transaction_id, fact, [_counted_lot(count, line) for line in lines])
    count.status = CountStatus.POSTED.value
    count.posted_at, count.posted_by_id = now(), by.account_id
    count.transaction_id = opened.transaction_id
    db.session.flush()
    note_differences(count)
    record(Event.STOCK_COUNTED, by=by, subject=count.public_id, site_id=count.location.site_id)


def _counted_lot(count: StockCount, line: StockCountLine) -> CountedLot:
    """Return a line as the ledger takes it."""
    return CountedLot(
        location_id=count.location_id,
        lot_id=line.lot_id,
        counted=line.counted or 0,
        at=line.counted_at or count.started_at,
        order_key=line.order_key,
        counterpart_id=counterpart_of(LocationKind(count.location.kind)),
        reason_id=line.reason_id,
    )


def _hold(public_id: str, by: Actor) -> StockCount:
    """Return a count that nobody else changes until the transaction ends."""
    db.session.execute(select(StockCount.id).where(StockCount.public_id == public_id).with_for_update())
    return get_count_of(by, public_id)


def _hold_draft(public_id: str, by: Actor) -> StockCount:
    """Return a count that is still being taken."""
    count = _hold(public_id, by)
    _check_is_draft(count)
    return count


def _check_is_draft(count: StockCount) -> None:
    """Refuse to change a count that is over."""
    if count.status == CountStatus.POSTED:
        raise OutOfDate(message("Somebody posted this count meanwhile. Start another one if you see more."))
    if count.status == CountStatus.DROPPED:
        raise OutOfDate(message("Somebody dropped this count. Start another one."))


def _check_counted(units: int | None) -> None:
    """Refuse a number that cannot lie at a place; zero is a number."""
    if units is not None and not 0 <= units <= MOST_AT_ONCE:
        raise QuantityOutOfBounds(message("Enter a whole number from 0 to %(most)s.", most=f"{MOST_AT_ONCE:,}"))


def _save_line(count_id: int, lot_id: int, units: int | None, at: datetime) -> None:
    """Save one line; a number that stays the same keeps the moment at which it was counted."""
    line = db.session.get(StockCountLine, (count_id, lot_id))
    if line is None:
        line = StockCountLine(count_id=count_id, lot_id=lot_id)
        db.session.add(line)
    if line.counted != units:
        line.counted = units
        line.counted_at = None if units is None else at
    db.session.flush()


def _saved_meanwhile(
    count: StockCount, counted: Mapping[int, int | None], was: Mapping[int, int | None]
) -> dict[int, int | None]:
    """Return what others saved of these lots since the page was opened, where it is another number."""
    now_saved = {line.lot_id: line.counted for line in count.lines}
    return {
        lot_id: now_saved.get(lot_id)
        for lot_id, units in counted.items()
        if now_saved.get(lot_id) not in (was.get(lot_id), units)
    }


def _lot_of(found: FoundLot, location_id: int) -> int:
    """Return the lot that was found: one of that number that lies or lay here, or is known elsewhere, or a new one."""
    check_lot(found.lot_number, found.expiry)
    same = list(
        db.session.scalars(
            select(Lot)
            .outerjoin(StockBalance, (StockBalance.lot_id == Lot.id) & (StockBalance.location_id == location_id))
            .where(Lot.item_id == found.item_id, Lot.lot_number == found.lot_number, Lot.merged_into_id.is_(None))
            .order_by(StockBalance.lot_id.is_(None), Lot.id)
        )
    )
    if not same:
        return find_or_make_lot(found.item_id, found.lot_number, found.expiry)
    printed = same[0].printed_expiry
    if None not in (printed, found.expiry) and printed != found.expiry:
        raise UnknownLot(
            message(
                "Lot %(lot)s is already here with the date %(date)s. Check the pack: one of the two is a slip.",
                lot=found.lot_number,
                date=printed,
            )
        )
    return same[0].id
