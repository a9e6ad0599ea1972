"""Counts: what they are for, where their difference goes, how near the book was, and when the next is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from harmreduction.core.messages import Message, message
from harmreduction.stock.rules.kinds import SELF_SERVICE_KINDS, VIRTUAL_LOCATION_IDS, LocationKind

# A phone's clock may be off by so much; closer than that nobody knows which came first.
CLOCKS_DIFFER_BY = timedelta(minutes=2)
COUNT_EVERY = timedelta(days=30)  # a place that nobody counted for longer is due
TOLERANCE_PERCENT = 5  # of what was counted: nearer than that is near enough


class CountPurpose(StrEnum):
    """Why somebody counts."""

    SHELF = "shelf"
    CLOSE_OUT = "close_out"
    VISIT = "visit"


COUNT_PURPOSES: dict[CountPurpose, Message] = {
    CountPurpose.SHELF: message("Count"),
    CountPurpose.CLOSE_OUT: message("Close-out of a shift"),
    CountPurpose.VISIT: message("Visit to a machine or box"),
}


class CountStatus(StrEnum):
    """What became of a count."""

    DRAFT = "draft"
    POSTED = "posted"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class CountedLot:
    """So many units of a lot that lay at a place at a moment; order_key (UUID) tells counts of one moment apart.

    counterpart_id: the virtual place that the difference comes from or goes to.
    """

    location_id: int
    lot_id: int
    counted: int
    at: datetime
    order_key: str
    counterpart_id: int
    reason_id: int | None = None


def counterpart_of(kind: LocationKind) -> int:
    """Return where the difference of a count goes: what is gone from a machine or a box was taken by participants."""
    taken = kind in SELF_SERVICE_KINDS
    return VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT if taken else LocationKind.VARIANCE]


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """How near the book was to what was counted: lines counted, lines that were the same, lines within tolerance."""

    counted: int
    exact: int
    close: int


def measure(lines: Iterable[tuple[int, int]]) -> Accuracy:
    """Return how near the book was, from (units booked, units counted) of each line."""
    pairs = list(lines)
    near = [abs(booked - counted) * 100 <= TOLERANCE_PERCENT * max(counted, 0) for booked, counted in pairs]
    return Accuracy(counted=len(pairs), exact=sum(booked == counted for booked, counted in pairs), close=sum(near))


def is_due(last_counted_at: datetime | None, now: datetime) -> bool:
    """Say whether a place waits for a count: the last one is long ago, or there never was one."""
    return last_counted_at is None or now - last_counted_at >= COUNT_EVERY
