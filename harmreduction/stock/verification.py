"""Replay the ledger and name any difference; it looks, and never repairs."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, literal, or_, select, tuple_

from harmreduction.core.db import UtcDateTime, db
from harmreduction.stock.ledger import ANCHOR, BALANCE, DISCREPANCY, FACT, MOVEMENT, VIRTUAL_IDS, Place
from harmreduction.stock.models import Lot, LotComponent, Shipment, StockLocation
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, DiscrepancyKind, LocationKind, TransactionKind

IN_TRANSIT = VIRTUAL_LOCATION_IDS[LocationKind.IN_TRANSIT]
ROWS_AT_ONCE = 1_000
BEFORE_ALL = literal(datetime(1, 1, 1, tzinfo=UTC), UtcDateTime())

Progress = Callable[[int], None]  # is told how many sides of movements were replayed so far; each has two


def count_movements() -> int:
    """Return how many movements the ledger holds."""
    return db.session.scalar(select(func.count()).select_from(MOVEMENT)) or 0


def find_differences(progress: Progress = lambda _sides: None) -> Iterator[str]:
    """Name each balance that is not the sum of its movements, and whatever else cannot be.

    progress: is called again and again while the movements are replayed.
    """
    yield from _balances(progress)
    yield from _counts()
    yield from _reversals()
    yield from _facts_without_movements()
    yield from _negative_without_discrepancy()
    yield from _on_the_way()
    yield from _kits_past_their_parts()
    yield from _merged_lots()


def _balances(progress: Progress) -> Iterator[str]:
    """Compare every balance with the replay of its movements, and the moment of its latest count with its counts."""
    truth: Counter[Place] = Counter()
    replayed = 0
    for side, sign in ((MOVEMENT.c.to_location_id, 1), (MOVEMENT.c.from_location_id, -1)):
        # Grouped as the index of that side is ordered, so that the movements are read once and nothing is sorted.
        sums = select(side.label("location_id"), MOVEMENT.c.lot_id, func.sum(MOVEMENT.c.quantity), func.count())
        for location_id, lot_id, units, sides in _rows(sums.group_by(side, MOVEMENT.c.lot_id)):
            truth[location_id, lot_id] += sign * int(units)
            replayed += sides
            progress(replayed)
    counted_at = _latest_counts()
    book = {(row.location_id, row.lot_id): row for row in _rows(select(BALANCE))}
    for place in sorted(truth.keys() | book.keys() | counted_at.keys()):
        says = book[place].on_hand if place in book else 0
        if truth[place] != says:
            yield f"{_name(*place)}: the balance says {says}, its movements say {truth[place]}."
        if counted_at.get(place) != (book[place].latest_count_at if place in book else None):
            yield f"{_name(*place)}: the balance names another moment as its latest count."


def _latest_counts() -> dict[Place, datetime]:
    """Return when each lot was counted last at a place."""
    latest = select(ANCHOR.c.location_id, ANCHOR.c.lot_id, func.max(ANCHOR.c.occurred_at))
    rows = _rows(latest.group_by(ANCHOR.c.location_id, ANCHOR.c.lot_id))
    return {(location_id, lot_id): moment for location_id, lot_id, moment in rows}


def _counts() -> Iterator[str]:
    """Check that right after each count the movements add up to what was counted: one walk from count to count."""
    in_time: dict[str, Any] = {
        "partition_by": (ANCHOR.c.location_id, ANCHOR.c.lot_id),
        "order_by": (ANCHOR.c.occurred_at, ANCHOR.c.order_key),
    }
    counts = select(
        ANCHOR,
        func.lag(ANCHOR.c.counted, 1, 0).over(**in_time).label("before"),
        func.coalesce(func.lag(ANCHOR.c.occurred_at).over(**in_time), BEFORE_ALL).label("since"),
        func.coalesce(func.lag(ANCHOR.c.order_key).over(**in_time), "").label("since_key"),
    ).subquery()

    def moved(side: ColumnElement[int]) -> ScalarSelect[Any]:
        """Select the units that moved on one side of a place from the count before to this one."""
        key = tuple_(MOVEMENT.c.occurred_at, MOVEMENT.c.order_key)
        return (
            select(func.coalesce(func.sum(MOVEMENT.c.quantity), 0))
            .where(
                side == counts.c.location_id,
                MOVEMENT.c.lot_id == counts.c.lot_id,
                key > tuple_(counts.c.since, counts.c.since_key),
                key <= tuple_(counts.c.occurred_at, counts.c.order_key),
            )
            .scalar_subquery()
        )

    found = counts.c.before + moved(MOVEMENT.c.to_location_id) - moved(MOVEMENT.c.from_location_id)
    wrong = select(counts.c.location_id, counts.c.lot_id, counts.c.counted, found.label("found"))
    for location_id, lot_id, counted, units in _rows(wrong.where(found != counts.c.counted)):
        yield f"{_name(location_id, lot_id)}: {counted} were counted, and the movements up to then say {units}."


def _reversals() -> Iterator[str]:
    """Check that each reversal mirrors its target line by line."""
    back = MOVEMENT.alias("back")
    mirrored = (
        (back.c.lot_id == MOVEMENT.c.lot_id)
        & (back.c.from_location_id == MOVEMENT.c.to_location_id)
        & (back.c.to_location_id == MOVEMENT.c.from_location_id)
        & (back.c.quantity == MOVEMENT.c.quantity)
    )
    pairs = select(back.c.id).join(MOVEMENT, MOVEMENT.c.id == back.c.reverses_id)
    wrong = pairs.where(back.c.reverses_id.is_not(None), ~mirrored)
    for (number,) in _rows(wrong):
        yield f"Movement {number} takes something else back than what it names."
    of_target = select(func.count()).where(MOVEMENT.c.transaction_id == FACT.c.reverses_id).scalar_subquery()
    of_reversal = select(func.count()).where(MOVEMENT.c.transaction_id == FACT.c.id).scalar_subquery()
    partial = select(FACT.c.client_id).where(FACT.c.kind == TransactionKind.REVERSAL.value, of_target != of_reversal)
    for (client_id,) in db.session.execute(partial):
        yield f"The taking back {client_id} does not take everything back."


def _facts_without_movements() -> Iterator[str]:
    """Check that every fact moved something, or counted."""
    silent = select(FACT.c.id).where(  # the id alone is read from an index, and no row is
        ~select(MOVEMENT.c.id).where(MOVEMENT.c.transaction_id == FACT.c.id).exists(),
        ~select(ANCHOR.c.id).where(ANCHOR.c.transaction_id == FACT.c.id).exists(),
    )
    for (number,) in _rows(silent):
        client_id = db.session.scalar(select(FACT.c.client_id).where(FACT.c.id == number))
        yield f"The fact {client_id} moved nothing."


def _negative_without_discrepancy() -> Iterator[str]:
    """Check that a real place is below zero exactly where a discrepancy is open."""
    kind = DiscrepancyKind.NEGATIVE_BALANCE.value
    waiting = select(DISCREPANCY.c.location_id, DISCREPANCY.c.lot_id).where(
        DISCREPANCY.c.kind == kind, DISCREPANCY.c.closed_at.is_(None)
    )
    below = select(BALANCE.c.location_id, BALANCE.c.lot_id).where(
        BALANCE.c.on_hand < 0, BALANCE.c.location_id.not_in(VIRTUAL_IDS)
    )
    open_ones = {tuple(row) for row in db.session.execute(waiting)}
    negative = {tuple(row) for row in db.session.execute(below)}
    for place in sorted(negative - open_ones):
        yield f"{_name(*place)}: below zero, and no discrepancy is open."
    for place in sorted(open_ones - negative):
        yield f"{_name(*place)}: a discrepancy is open, and the balance is not below zero."


def _on_the_way() -> Iterator[str]:
    """Check that what is on the way is what was sent off and has not been accepted yet."""
    sent = (
        select(MOVEMENT.c.lot_id, func.sum(MOVEMENT.c.quantity))
        .join(Shipment, Shipment.dispatch_id == MOVEMENT.c.transaction_id)
        .where(Shipment.acceptance_id.is_(None), MOVEMENT.c.to_location_id == IN_TRANSIT)
        .group_by(MOVEMENT.c.lot_id)
    )
    shipped = {lot_id: int(units) for lot_id, units in _rows(sent)}
    book = select(BALANCE.c.lot_id, BALANCE.c.on_hand).where(BALANCE.c.location_id == IN_TRANSIT)
    held = {lot_id: units for lot_id, units in _rows(book)}
    for lot_id in sorted(shipped.keys() | held.keys()):
        sums = (held.get(lot_id, 0), shipped.get(lot_id, 0))
        if sums[0] != sums[1]:
            yield f"{_name(IN_TRANSIT, lot_id)}: the balance says {sums[0]}, open shipments say {sums[1]}."


def _kits_past_their_parts() -> Iterator[str]:
    """Check that kits last exactly as long as the first of their parts that bear the date."""
    kit, part = Lot.__table__.alias("kit"), Lot.__table__.alias("part")
    lasts = (
        select(LotComponent.kit_lot_id, func.min(part.c.effective_expiry).label("expiry"))
        .outerjoin(part, and_(part.c.id == LotComponent.component_lot_id, LotComponent.is_expiry_bearing))
        .group_by(LotComponent.kit_lot_id)
        .subquery()
    )
    wrong = select(kit.c.lot_number, kit.c.effective_expiry, lasts.c.expiry).join(lasts, lasts.c.kit_lot_id == kit.c.id)
    differ = kit.c.effective_expiry.is_distinct_from(lasts.c.expiry)
    for number, says, expiry in _rows(wrong.where(differ)):
        yield f"Kit lot {number}: it says that it lasts until {says}, its parts say {expiry}."


def _merged_lots() -> Iterator[str]:
    """Check that what was merged goes on under a lot that stays."""
    gone, stays = Lot.__table__.alias("gone"), Lot.__table__.alias("stays")
    chained = select(gone.c.lot_number).join(stays, stays.c.id == gone.c.merged_into_id)
    for (number,) in _rows(chained.where(or_(stays.c.merged_into_id.is_not(None), stays.c.id == gone.c.id))):
        yield f"Lot {number or 'without a number'} was merged into one that was merged away itself."


def _rows(statement: Select[Any]) -> Iterator[Any]:
    """Read rows as they are found, however many there are."""
    yield from db.session.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE})


def _name(location_id: int, lot_id: int) -> str:
    """Name a place and a lot for a person."""
    location = db.session.get_one(StockLocation, location_id)
    lot = db.session.get_one(Lot, lot_id)
    return f"{location.name}, {lot.item.name}, lot {lot.lot_number or 'without a number'}"
