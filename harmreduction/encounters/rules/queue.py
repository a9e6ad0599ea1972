"""The front desk of a drop-in: what somebody waits for, what may happen to a ticket, and how long people waited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median

from harmreduction.core.errors import OutOfDate
from harmreduction.core.messages import Message, message

MINUTE = timedelta(minutes=1)


class Wish(StrEnum):
    """What somebody came for, if they were asked and told."""

    SUPPLIES = "supplies"
    NALOXONE = "naloxone"
    WOUND_CARE = "wound_care"
    TESTING = "testing"
    TALK = "talk"
    SHOWER_FOOD = "shower_food"
    OTHER = "other"
    UNWELL = "unwell"


WISHES: dict[Wish, Message] = {
    Wish.SUPPLIES: message("Supplies"),
    Wish.NALOXONE: message("Naloxone"),
    Wish.WOUND_CARE: message("Wound care"),
    Wish.TESTING: message("Testing"),
    Wish.TALK: message("A talk"),
    Wish.SHOWER_FOOD: message("Shower or food"),
    Wish.OTHER: message("Something else"),
    Wish.UNWELL: message("Feels unwell"),
}

GOES_FIRST = Wish.UNWELL


class QueueState(StrEnum):
    """How far somebody at the front desk is."""

    WAITING = "waiting"
    WITH_STAFF = "with_staff"
    SEEN = "seen"
    LEFT = "left"


QUEUE_STATES: dict[QueueState, Message] = {
    QueueState.WAITING: message("Waiting"),
    QueueState.WITH_STAFF: message("With staff"),
    QueueState.SEEN: message("Was seen"),
    QueueState.LEFT: message("Went away"),
}

# From where each state can be reached; whatever was pressed by mistake leads back to waiting.
COMES_FROM: dict[QueueState, frozenset[QueueState]] = {
    QueueState.WAITING: frozenset({QueueState.WITH_STAFF, QueueState.SEEN, QueueState.LEFT}),
    QueueState.WITH_STAFF: frozenset({QueueState.WAITING}),
    QueueState.SEEN: frozenset({QueueState.WAITING, QueueState.WITH_STAFF}),
    QueueState.LEFT: frozenset({QueueState.WAITING, QueueState.WITH_STAFF}),
}


class MovedMeanwhile(OutOfDate):
    """Somebody at another desk was faster."""


class DayIsOver(OutOfDate):
    """A ticket for a day of which only the sums are left."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody came to the front desk; client_id (UUID) was made where it was first written down.

    participant_id: the row of a participant whose code was shown and found; None for everybody else. day: the calendar
    day at the site for which it was written down, None for the day on which it comes in.
    """

    client_id: str
    site_id: int
    time_zone: str
    wish: Wish | None = None
    participant_id: int | None = None
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Passage:
    """How one ticket went: when it was drawn, when it was called, and how far it came."""

    state: QueueState
    arrived_at: datetime
    called_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DaySums:
    """A day at a front desk as sums; waits are whole minutes of those who were called."""

    arrived: int = 0
    seen: int = 0
    went_away: int = 0
    called: int = 0
    minutes_waited: int = 0
    longest_wait: int = 0

    @property
    def mean_wait(self) -> int | None:
        """Return the mean wait in whole minutes, or None when nobody was called."""
        return round(self.minutes_waited / self.called) if self.called else None

    @property
    def not_marked(self) -> int:
        """Return how many were marked neither as seen nor as left."""
        return self.arrived - self.seen - self.went_away

    def __add__(self, other: "DaySums") -> "DaySums":
        """Return both together."""
        return DaySums(
            arrived=self.arrived + other.arrived,
            seen=self.seen + other.seen,
            went_away=self.went_away + other.went_away,
            called=self.called + other.called,
            minutes_waited=self.minutes_waited + other.minutes_waited,
            longest_wait=max(self.longest_wait, other.longest_wait),
        )


def whole_minutes(since: datetime, until: datetime) -> int:
    """Return the whole minutes between two moments, never fewer than 0, whatever a clock did."""
    return max(0, (until - since) // MINUTE)


def waits_of(passages: Iterable[Passage]) -> list[int]:
    """Return how long each waited who was called, in whole minutes."""
    return [whole_minutes(one.arrived_at, one.called_at) for one in passages if one.called_at is not None]


def median_wait(waits: Sequence[int]) -> int | None:
    """Return the wait that half of them did not exceed, in whole minutes; None when nobody was called."""
    return round(median(waits)) if waits else None


def sum_up(passages: Sequence[Passage]) -> DaySums:
    """Return a day's tickets as sums."""
    waits = waits_of(passages)
    return DaySums(
        arrived=len(passages),
        seen=sum(one.state is QueueState.SEEN for one in passages),
        went_away=sum(one.state is QueueState.LEFT for one in passages),
        called=len(waits),
        minutes_waited=sum(waits),
        longest_wait=max(waits, default=0),
    )


def times_after(to: QueueState, *, called_at: datetime | None, at: datetime) -> tuple[datetime | None, datetime | None]:
    """Return (called at, ended at) of a ticket once it is moved."""
    if to is QueueState.WAITING:
        return None, None
    if to is QueueState.WITH_STAFF:
        return at, None
    if to is QueueState.SEEN:
        return called_at or at, at
    return called_at, at
