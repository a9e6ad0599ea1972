"""Read what happened to a lot, newest first and page by page, however much that is."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, tuple_

from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.stock.ledger import ANCHOR, BALANCE, MOVEMENT
from harmreduction.stock.models import StockLocation, StockReason
from harmreduction.stock.queries.moves import MOVES, Move, as_moves
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, LocationKind, TransactionKind
from harmreduction.stock.rules.stories import StoryLine, tell, whole_groups

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]
PER_PAGE = 50  # movements; folded, they make a page that a person reads

Key = tuple[datetime, str]  # (moment, order key): by what everything that happened is in order


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A movement as part of a story; change: by how many units it changed what the story is about; day: where read."""

    move: Move
    change: int
    day: date

    @property
    def key(self) -> Key:
        """Return where it stands in time."""
        return self.move.happened_at, self.move.order_key

    @property
    def fold_key(self) -> Hashable | None:
        """Return the day and the place of a hand-out that stands; everything else is told by itself."""
        if self.move.kind != TransactionKind.DISTRIBUTE or self.move.is_reversed:
            return None
        return self.day, self.move.from_id


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A count as part of a story: what it differed by when it was posted, and what late entries have left of that.

    is_taken: what is gone was taken from there by participants, as from a machine or a box.
    """

    happened_at: datetime
    order_key: str
    location_id: int
    location_name: str
    counted: int
    at_first: int
    change: int
    reason: str
    is_taken: bool
    fold_key: None = None

    @property
    def key(self) -> Key:
        """Return where it stands in time."""
        return self.happened_at, self.order_key

    @property
    def explained(self) -> int:
        """Return how many units of the difference late entries have explained; below zero where it grew."""
        return abs(self.at_first) - abs(self.change)


Entry = Moved | Counted


@dataclass(frozen=True, kw_only=True)
class Story:
    """One page of what happened; older: from where the next page goes on, if there is more."""

    lines: Sequence[StoryLine[Entry]]
    older: Key | None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whose story: a lot at these places, before a moment; is_everywhere: they are all where it ever lay.

    time_zone: in which its days begin and end.
    """

    lot_id: int
    location_ids: frozenset[int]
    time_zone: str
    before: Key | None = None
    is_everywhere: bool = False


def read_story(asked: Asked) -> Story:
    """Return one page of what happened, newest first."""
    found = sorted([*_moved(asked), *_counted(asked)], key=lambda entry: entry.key, reverse=True)
    kept = found[: whole_groups([entry.key for entry in found], PER_PAGE)]
    left = sum(units_at(asked.lot_id, asked.location_ids).values())
    if asked.before is not None:
        left -= _change_since(asked, asked.before)
    has_more = kept and len(kept) < len(found)
    return Story(lines=tell(kept, left=left), older=kept[-1].key if has_more else None)


def units_at(lot_id: int, location_ids: Collection[int]) -> dict[int, int]:
    """Return the units of a lot at each of these places that it ever lay at."""
    rows = db.session.execute(
        select(BALANCE.c.location_id, BALANCE.c.on_hand).where(
            BALANCE.c.lot_id == lot_id, BALANCE.c.location_id.in_(location_ids)
        )
    )
    return {location_id: on_hand for location_id, on_hand in rows}


def _moved(asked: Asked) -> list[Entry]:
    """Return movements of a lot from and to these places, newest first, one more than a page holds.

    Counts stand for the movements they made. One place is read from its two indexes, several from the lot's.
    """
    where: list[ColumnElement[bool]] = [MOVEMENT.c.lot_id == asked.lot_id, MOVEMENT.c.anchor_id.is_(None)]
    if asked.before is not None:
        # The first of the two is there for the index: SQLite reads a pair of columns from their beginning.
        where.append(MOVEMENT.c.occurred_at <= asked.before[0])
        where.append(tuple_(MOVEMENT.c.occurred_at, MOVEMENT.c.order_key) < asked.before)
    keys = {
        row.id: (row.occurred_at, row.order_key, row.id) for side in _sides(asked) for row in _newest([*where, *side])
    }
    newest = sorted(keys, key=lambda move_id: keys[move_id], reverse=True)[: PER_PAGE + 1]
    found = {move.id: move for move in as_moves(db.session.execute(MOVES.where(MOVEMENT.c.id.in_(newest))).all())}
    here = asked.location_ids
    return [
        Moved(
            move=move,
            change=move.quantity * ((move.to_id in here) - (move.from_id in here)),
            day=today(asked.time_zone, move.happened_at),
        )
        for move in (found[move_id] for move_id in newest)
    ]


def _sides(asked: Asked) -> list[list[ColumnElement[bool]]]:
    """Return which movements touch the places: for one place each of its sides, as the indexes have them in order."""
    left, came = MOVEMENT.c.from_location_id, MOVEMENT.c.to_location_id
    if asked.is_everywhere:
        return [[]]
    if len(asked.location_ids) == 1:
        [location_id] = asked.location_ids
        return [[left == location_id], [came == location_id]]
    return [[or_(left.in_(asked.location_ids), came.in_(asked.location_ids))]]


def _newest(where: Sequence[ColumnElement[bool]]) -> Sequence[Row[int, datetime, str]]:
    """Return where the newest movements stand for which this holds, one more than a page holds."""
    newest = select(MOVEMENT.c.id, MOVEMENT.c.occurred_at, MOVEMENT.c.order_key).where(*where)
    newest = newest.order_by(MOVEMENT.c.occurred_at.desc(), MOVEMENT.c.order_key.desc(), MOVEMENT.c.id.desc())
    return db.session.execute(newest.limit(PER_PAGE + 1)).all()


def _counted(asked: Asked) -> list[Entry]:
    """Return counts of a lot at these places, newest first, one more than a page holds."""
    anchors = (
        select(ANCHOR, StockLocation.name.label("place"), StockReason.name.label("reason"))
        .join(StockLocation, StockLocation.id == ANCHOR.c.location_id)
        .outerjoin(StockReason, StockReason.id == ANCHOR.c.reason_id)
        .where(ANCHOR.c.lot_id == asked.lot_id, ANCHOR.c.location_id.in_(asked.location_ids))
        .order_by(ANCHOR.c.occurred_at.desc(), ANCHOR.c.order_key.desc())
        .limit(PER_PAGE + 1)
    )
    if asked.before is not None:
        anchors = anchors.where(tuple_(ANCHOR.c.occurred_at, ANCHOR.c.order_key) < asked.before)
    rows = db.session.execute(anchors).all()
    differences = _differences([row.id for row in rows])
    return [
        Counted(
            happened_at=row.occurred_at,
            order_key=row.order_key,
            location_id=row.location_id,
            location_name=row.place,
            counted=row.counted,
            at_first=differences.get(row.id, (0, 0))[0],
            change=differences.get(row.id, (0, 0))[1],
            reason=row.reason or "",
            is_taken=row.counterpart_id == PARTICIPANT,
        )
        for row in rows
    ]


def _differences(anchor_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """Return what counts of a lot differed by at first, and differ by now."""
    if not anchor_ids:
        return {}
    brought = case((MOVEMENT.c.to_location_id == ANCHOR.c.location_id, MOVEMENT.c.quantity), else_=-MOVEMENT.c.quantity)
    at_first = case((MOVEMENT.c.transaction_id == ANCHOR.c.transaction_id, brought), else_=0)
    rows = db.session.execute(
        select(MOVEMENT.c.anchor_id, func.sum(at_first), func.sum(brought))
        .join(ANCHOR, ANCHOR.c.id == MOVEMENT.c.anchor_id)
        .where(MOVEMENT.c.anchor_id.in_(anchor_ids))
        .group_by(MOVEMENT.c.anchor_id)
    )
    return {anchor_id: (int(first), int(now)) for anchor_id, first, now in rows}


def _change_since(asked: Asked, since: Key) -> int:
    """Return by how many units these places changed from a moment on, that moment counted."""
    later = and_(
        MOVEMENT.c.lot_id == asked.lot_id,
        MOVEMENT.c.occurred_at >= since[0],
        tuple_(MOVEMENT.c.occurred_at, MOVEMENT.c.order_key) >= since,
    )
    came, went = (
        db.session.scalar(select(func.sum(MOVEMENT.c.quantity)).where(side.in_(asked.location_ids), later))
        for side in (MOVEMENT.c.to_location_id, MOVEMENT.c.from_location_id)
    )
    return int(came or 0) - int(went or 0)
