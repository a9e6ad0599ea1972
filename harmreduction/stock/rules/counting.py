"""Counts: what they are for, and where their difference goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from harmreduction.core.messages import Message, message
from harmreduction.stock.rules.kinds import SELF_SERVICE_KINDS, VIRTUAL_LOCATION_IDS, LocationKind

# A phone's clock may be off by so much; closer than that nobody knows which came first.
CLOCKS_DIFFER_BY = timedelta(minutes=2)


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
