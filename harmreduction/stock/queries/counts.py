"""Read counts: the sheet of a draft, how a count differs from the book, and which places wait for one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, tuple_, union
from sqlalchemy.orm import joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import (
    Item,
    ItemCategory,
    Lot,
    StockAnchor,
    StockBalance,
    StockCount,
    StockCountLine,
    StockLocation,
    StockMovement,
    StockReason,
)
from harmreduction.stock.queries.places import list_locations_of
from harmreduction.stock.rules import CountStatus
from harmreduction.stock.rules.counting import is_due

MOST_ON_A_SHEET = 10_000


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """A lot to count: units on hand by the book now, and what was counted (None is not counted) and when."""

    item: Item
    lot: Lot
    on_hand: int
    counted: int | None
    counted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A lot that was counted: units by the book at that moment, units counted, units that late entries explain."""

    item: Item
    lot: Lot
    booked: int
    counted: int
    explained: int = 0
    reason: str | None = None

    @property
    def at_first(self) -> int:
        """Return by how many units the count differed from what was known then."""
        return self.counted - self.booked

    @property
    def left(self) -> int:
        """Return by how many units it differs from everything that is known now."""
        return self.at_first + self.explained


@dataclass(frozen=True, kw_only=True)
class PlaceToCount:
    """A place with its latest posted count, the draft that waits there, and whether a count is due."""

    location: StockLocation
    last_counted_at: datetime | None
    draft: StockCount | None
    is_due: bool


def get_count_of(actor: Actor, public_id: str) -> StockCount:
    """Return a count at a place of a site that a person works for."""
    count = db.session.scalar(
        select(StockCount).options(joinedload(StockCount.location)).where(StockCount.public_id == public_id)
    )
    if count is None or not actor.works_at(count.location.site_id):
        raise NotFound(message("There is no such count."))
    return count


def draft_at(location_id: int) -> StockCount | None:
    """Return the count that is being taken at a place."""
    return db.session.scalar(
        select(StockCount).where(StockCount.location_id == location_id, StockCount.status == CountStatus.DRAFT)
    )


def list_sheet(count: StockCount, *, limit: int = MOST_ON_A_SHEET, offset: int = 0) -> list[SheetRow]:
    """Return the lots to count: all that lie at the place, and those that were found there."""
    lying = select(StockBalance.lot_id).where(StockBalance.location_id == count.location_id, StockBalance.on_hand != 0)
    found = select(StockCountLine.lot_id).where(StockCountLine.count_id == count.id)
    here = and_(StockBalance.lot_id == Lot.id, StockBalance.location_id == count.location_id)
    on_sheet = and_(StockCountLine.lot_id == Lot.id, StockCountLine.count_id == count.id)
    rows = db.session.execute(
        select(Lot, Item, func.coalesce(StockBalance.on_hand, 0), StockCountLine)
        .join(Item, Item.id == Lot.item_id)
        .join(ItemCategory, ItemCategory.code == Item.category)
        .outerjoin(StockBalance, here)
        .outerjoin(StockCountLine, on_sheet)
        .options(joinedload(Lot.funding_source))
        .where(Lot.id.in_(union(lying, found)))
        .order_by(ItemCategory.position, Item.name, Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id)
        .limit(limit)
        .offset(offset)
    )
    return [
        SheetRow(
            item=item,
            lot=lot,
            on_hand=on_hand,
            counted=None if line is None else line.counted,
            counted_at=None if line is None else line.counted_at,
        )
        for lot, item, on_hand, line in rows
    ]


def list_not_counted(count: StockCount) -> list[SheetRow]:
    """Return the lots that lie at the place and were not counted: they stay as they are."""
    return [row for row in list_sheet(count) if row.counted is None and row.on_hand != 0]


def compare(count: StockCount) -> list[Difference]:
    """Return each line that was counted beside the book, in the order of the sheet."""
    if count.status == CountStatus.POSTED:
        return _compare_posted(count)
    now, later = _balances(count), _moved_later(count)
    return [
        Difference(
            item=item,
            lot=lot,
            counted=line.counted or 0,
            booked=now.get(lot.id, 0) - later.get(lot.id, 0),
            reason=reason,
        )
        for line, lot, item, reason in _counted_lines(count)
    ]


def list_counts(location_ids: Collection[int], *, limit: int, offset: int = 0) -> Sequence[StockCount]:
    """Return the counts at these places, newest first."""
    return db.session.scalars(
        select(StockCount)
        .options(joinedload(StockCount.location))
        .where(StockCount.location_id.in_(location_ids))
        .order_by(StockCount.started_at.desc(), StockCount.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def last_counted(location_ids: Collection[int]) -> dict[int, datetime]:
    """Return when each of these places was counted last."""
    rows = db.session.execute(
        select(StockCount.location_id, func.max(StockCountLine.counted_at))
        .join(StockCountLine, StockCountLine.count_id == StockCount.id)
        .where(StockCount.location_id.in_(location_ids), StockCount.status == CountStatus.POSTED)
        .group_by(StockCount.location_id)
    )
    return {location_id: at for location_id, at in rows if at is not None}


def list_places_to_count(actor: Actor, *, now: datetime) -> list[PlaceToCount]:
    """Return the places of one's sites: those with a draft first, then those that wait longest for a count."""
    places = list_locations_of(actor)
    ids = [place.id for place in places]
    counted = last_counted(ids)
    drafts = {
        draft.location_id: draft
        for draft in db.session.scalars(
            select(StockCount).where(StockCount.location_id.in_(ids), StockCount.status == CountStatus.DRAFT)
        )
    }
    found = [
        PlaceToCount(
            location=place,
            last_counted_at=counted.get(place.id),
            draft=drafts.get(place.id),
            is_due=is_due(counted.get(place.id), now),
        )
        for place in places
    ]
    return sorted(found, key=_most_urgent_first)


def _most_urgent_first(place: PlaceToCount) -> tuple[bool, bool, float]:
    """Return by what places are put in order."""
    counted = place.last_counted_at
    return place.draft is None, counted is not None, counted.timestamp() if counted else 0


def _counted_lines(count: StockCount) -> Sequence[tuple[StockCountLine, Lot, Item, str | None]]:
    """Return the lines of a count that were counted, with what they are about."""
    rows = db.session.execute(
        select(StockCountLine, Lot, Item, StockReason.name)
        .join(Lot, Lot.id == StockCountLine.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(ItemCategory, ItemCategory.code == Item.category)
        .outerjoin(StockReason, StockReason.id == StockCountLine.reason_id)
        .where(StockCountLine.count_id == count.id, StockCountLine.counted.is_not(None))
        .order_by(ItemCategory.position, Item.name, Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id)
    )
    return [(line, lot, item, reason) for line, lot, item, reason in rows]


def _balances(count: StockCount) -> Mapping[int, int]:
    """Return the units of each lot at the place by the book now."""
    rows = db.session.execute(
        select(StockBalance.lot_id, StockBalance.on_hand).where(StockBalance.location_id == count.location_id)
    )
    return {lot_id: on_hand for lot_id, on_hand in rows}


def _moved_later(count: StockCount) -> Mapping[int, int]:
    """Return by how many units each lot changed after it was counted."""
    arrived = _sums_after(count, StockMovement.to_location_id == count.location_id)
    left = _sums_after(count, StockMovement.from_location_id == count.location_id)
    return {lot_id: arrived.get(lot_id, 0) - left.get(lot_id, 0) for lot_id in arrived.keys() | left.keys()}


def _sums_after(count: StockCount, side: ColumnElement[bool]) -> Mapping[int, int]:
    """Return the units of each lot that moved on one side of the place after it was counted."""
    later = tuple_(StockMovement.occurred_at, StockMovement.order_key) > tuple_(
        StockCountLine.counted_at, StockCountLine.order_key
    )
    rows = db.session.execute(
        select(StockMovement.lot_id, func.sum(StockMovement.quantity))
        .join(StockCountLine, StockCountLine.lot_id == StockMovement.lot_id)
        .where(StockCountLine.count_id == count.id, side, later)
        .group_by(StockMovement.lot_id)
    )
    return {lot_id: int(units) for lot_id, units in rows}


def _compare_posted(count: StockCount) -> list[Difference]:
    """Return each line beside what was known when it was posted, and what late entries explained since."""
    first, explained = _differences(count)
    return [
        Difference(
            item=item,
            lot=lot,
            counted=line.counted or 0,
            booked=(line.counted or 0) - first.get(lot.id, 0),
            explained=explained.get(lot.id, 0),
            reason=reason,
        )
        for line, lot, item, reason in _counted_lines(count)
    ]


def _differences(count: StockCount) -> tuple[dict[int, int], dict[int, int]]:
    """Return the units by which each lot differed at first, and those that late entries took from that since."""
    first: dict[int, int] = {}
    explained: dict[int, int] = {}
    moved, went_to, fact = StockMovement.lot_id, StockMovement.to_location_id, StockMovement.transaction_id
    rows = db.session.execute(
        select(moved, went_to, fact, func.sum(StockMovement.quantity))
        .join(StockAnchor, StockAnchor.id == StockMovement.anchor_id)
        .where(StockAnchor.transaction_id == count.transaction_id)
        .group_by(moved, went_to, fact)
    )
    for lot_id, to_id, fact_id, units in rows:
        sums = first if fact_id == count.transaction_id else explained
        sums[lot_id] = sums.get(lot_id, 0) + int(units if to_id == count.location_id else -units)
    return first, explained
