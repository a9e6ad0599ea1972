"""What a visit and a hand-out are, and what makes them believable. Plain Python: no Flask, no database."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from harmreduction.core.errors import DomainError
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.messages import Message, message
from harmreduction.stock.rules import ReversalReason, Wanted

SAME_VISIT = timedelta(seconds=60)  # taps this close together are one visit
FILLING_IN = timedelta(minutes=30)  # the full list, opened from a visit, may take this long and still belongs to it
UNDO_FOR = timedelta(minutes=10)
SHIFT_GAP = timedelta(hours=6)  # a pause this long begins a new shift
MOST_OTHERS = 99
MOST_RETURNED = 50_000  # syringes in one visit; a full drum holds fewer
NOTE_LENGTH = 280


class Audience(StrEnum):
    """Whom the supplies are for, as far as told."""

    SELF = "self"
    SELF_AND_OTHERS = "self_and_others"
    OTHERS = "others"


AUDIENCES: dict[Audience, Message] = {
    Audience.SELF: message("This person"),
    Audience.SELF_AND_OTHERS: message("This person and others"),
    Audience.OTHERS: message("Others"),
}


class ReturnMeasure(StrEnum):
    """How the returned syringes were known."""

    COUNTED = "counted"
    LITRES = "litres"
    POUNDS = "pounds"


# Syringes in a full litre of container, and in a pound, while a programme did not decide (Orange County, NC: 281).
RETURN_FACTORS: dict[ReturnMeasure, int] = {
    ReturnMeasure.COUNTED: 1,
    ReturnMeasure.LITRES: 100,
    ReturnMeasure.POUNDS: 281,
}

RETURN_MEASURES: dict[ReturnMeasure, Message] = {
    ReturnMeasure.COUNTED: message("Counted, syringes"),
    ReturnMeasure.LITRES: message("About, by litres of container"),
    ReturnMeasure.POUNDS: message("About, by pounds"),
}


# Reasons of a void after which nothing of the visit is left, what came back included.
NO_VISIT_AT_ALL = (ReversalReason.ENTERED_TWICE, ReversalReason.PRACTICE)


class NothingToLog(DomainError):
    """Neither a supply nor a returned syringe was entered."""


class NotBelievable(DomainError):
    """A number or a date that cannot be; `about` names what was entered wrong."""

    def __init__(self, message: Message, about: str) -> None:
        """Carry the sentence, and the field that it belongs to."""
        super().__init__(message)
        self.about = about


class NotEmpty(DomainError):
    """A visit on which something was recorded cannot be taken back whole."""


class TakenBackBefore(DomainError):
    """The same page was sent again after what it had saved was undone or voided."""


class TooLateToUndo(DomainError):
    """Undo is for the one who logged it, and for ten minutes."""


@dataclass(frozen=True, kw_only=True)
class Returned:
    """Syringes that came back: an amount in its measure; own_factor is how many of them the programme takes one for."""

    measure: ReturnMeasure
    amount: Decimal
    own_factor: int | None = None

    @property
    def factor(self) -> int:
        """Return how many syringes one of the measure stands for."""
        return RETURN_FACTORS[self.measure] if self.own_factor is None or not self.is_estimate else self.own_factor

    @property
    def syringes(self) -> int:
        """Return the number of syringes, rounded to the nearest."""
        return int((self.amount * self.factor).to_integral_value(ROUND_HALF_UP))

    @property
    def is_estimate(self) -> bool:
        """Say whether the number was estimated."""
        return self.measure is not ReturnMeasure.COUNTED


@dataclass(frozen=True, kw_only=True)
class VisitDetails:
    """Everything that was told or seen on a visit; None is "not asked", never "no" and never 0."""

    audience: Audience | None = None
    number_of_others: int | None = None
    returned: Returned | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """Supplies handed out at once, on one visit.

    client_id and visit_id (UUIDs) were made where it was first written down. `day` is None for now,
    or the calendar day for which it is entered later. Without details the visit keeps those it has;
    with them they are the whole of what was told. participant_id: whose visit it begins, where a code was shown.
    """

    client_id: str
    visit_id: str
    site_id: int
    location_id: int
    time_zone: str
    lines: tuple[Wanted, ...]
    details: VisitDetails | None = None
    day: date | None = None
    participant_id: int | None = None

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint over what was written down."""
        lines = sorted((line.item_id, line.quantity, line.lot_id or 0) for line in self.lines)
        return fingerprint({"location": self.location_id, "day": str(self.day), "lines": lines})


def check_distribution(distribution: Distribution, *, now: datetime) -> None:
    """Refuse what says nothing or cannot be, with a sentence for the person."""
    details = distribution.details or VisitDetails()
    if not distribution.lines and details.returned is None:
        raise NothingToLog(message("Choose at least one item, or enter returned syringes."))
    today = now.astimezone(ZoneInfo(distribution.time_zone)).date()
    if distribution.day is not None:
        check_day(distribution.day, today=today)
    check_details(details)


def check_day(day: date, *, today: date) -> None:
    """Refuse a day that has not come yet, or one too long ago to be entered one by one."""
    if day > today:
        raise NotBelievable(message("This day has not come yet. Choose today or a day before."), "day")
    if day < today - timedelta(days=366):
        raise NotBelievable(
            message("This is more than a year ago. Older totals come in under Reports, as past totals."), "day"
        )


def check_details(details: VisitDetails) -> None:
    """Refuse numbers of people or syringes that cannot be."""
    if details.number_of_others is not None and not 0 <= details.number_of_others <= MOST_OTHERS:
        raise NotBelievable(
            message("Enter how many other people, from 0 to %(most)s.", most=MOST_OTHERS), "number_of_others"
        )
    if details.returned is not None and not 0 <= details.returned.syringes <= MOST_RETURNED:
        raise NotBelievable(
            message("Enter returned syringes up to %(most)s for one visit.", most=f"{MOST_RETURNED:,}"),
            "returned_amount",
        )


def happened_at(day: date | None, *, now: datetime, time_zone: str) -> datetime:
    """Return when a hand-out happened: now, or noon of the day for which it is entered later."""
    if day is None or day == now.astimezone(ZoneInfo(time_zone)).date():
        return now
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(time_zone))


@dataclass(frozen=True, kw_only=True)
class KnownVisit:
    """A visit that is there already: where and for which calendar day, and when something was last added."""

    visit_id: str
    site_id: int
    day: date
    last_at: datetime


def still_belongs(visit: KnownVisit, *, site_id: int, day: date, now: datetime, within: timedelta) -> bool:
    """Say whether a hand-out now still belongs to the visit: same site, same day, soon enough."""
    is_soon = timedelta(0) <= now - visit.last_at <= within
    return is_soon and (visit.site_id, visit.day) == (site_id, day)


def choose_visit(
    *, posted: str, fresh: str, otherwise: str, known: Mapping[str, KnownVisit], belongs: Callable[[KnownVisit], bool]
) -> str:
    """Return the id of the visit that a hand-out joins, or begins.

    `posted` is the visit that the page showed, `fresh` the one that the page itself may begin, and
    `otherwise` begins one where both are over; `known` holds those that this person logged.
    """
    if posted in known and belongs(known[posted]):
        return posted
    if fresh not in known or belongs(known[fresh]):
        return fresh
    return otherwise


def may_undo(*, logged_by_id: int | None, logged_at: datetime, by_id: int | None, now: datetime) -> bool:
    """Say whether this person may still undo: who logged it, for ten minutes."""
    return logged_by_id == by_id and now - logged_at <= UNDO_FOR


def start_of_shift(moments: Sequence[datetime]) -> datetime | None:
    """Return when the present shift began: after the last pause of six hours or more between entries."""
    ordered = sorted(moments, reverse=True)
    if not ordered:
        return None
    for later, earlier in pairwise(ordered):
        if later - earlier >= SHIFT_GAP:
            return later
    return ordered[-1]


PHONE = re.compile(r"(?:\d[\s().+-]*){7,}")
EMAIL = re.compile(r"\S+@\S+\.\S+")
BIRTH_DATE = re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b")
NAME_LIKE = r"[A-ZÀ-Þ][a-zà-ÿ'’-]+"
TWO_NAMES = re.compile(
    rf"\b{NAME_LIKE}\s+(?!(?:St|Street|Ave|Avenue|Rd|Road|Bridge|Park|Square|County)\b){NAME_LIKE}\b"
)
CALLED = re.compile(r"\b(?:named?|called|se llama|llamad[oa])\s+[A-ZÀ-Þ]", re.IGNORECASE)


def looks_personal(note: str) -> Message | None:
    """Return a gentle sentence when a note looks as if it could name or reach somebody, else None."""
    if EMAIL.search(note):
        return message("This looks like an email address.")
    if BIRTH_DATE.search(note):
        return message("This looks like a date, maybe of birth.")
    if PHONE.search(note):
        return message("This looks like a phone number.")
    if CALLED.search(note) or TWO_NAMES.search(note):
        return message("This looks like a name.")
    return None
