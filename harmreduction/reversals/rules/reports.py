"""A reversal report as it is told, and what makes it believable. Plain Python: no Flask, no database."""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.reversals.rules.asking import CURRENT_WORDING
from harmreduction.reversals.rules.bank import AS_ROWS, Answer
from harmreduction.reversals.rules.quick import PLACE, Outcome, When

MOST_DOSES = 20
NOTE_LENGTH = 280
AREA_LENGTH = 20
LONGEST_AGO = timedelta(days=3660)
MOST_WAITING = 500  # public reports that nobody looked at yet; whoever floods us fills no disk
HOUSE_NUMBER = re.compile(r"\d.*\d.*\d.*\d", re.DOTALL)  # three digits of a ZIP code are enough


class Origin(StrEnum):
    """Who wrote a report down."""

    STAFF = "staff"
    PUBLIC = "public"


class State(StrEnum):
    """Whether a report counts; GONE is what is left of one that was cut loose later."""

    WAITING = "waiting"
    COUNTED = "counted"
    PUT_ASIDE = "put_aside"
    GONE = "gone"


class PutAside(StrEnum):
    """Why a report does not count."""

    TEST = "test"
    TWICE = "twice"
    UNLIKELY = "unlikely"
    OTHER = "other"


PUT_ASIDE_REASONS: dict[PutAside, Message] = {
    PutAside.TEST: message("Only a test"),
    PutAside.TWICE: message("Sent twice"),
    PutAside.UNLIKELY: message("It cannot have been so"),
    PutAside.OTHER: message("Something else"),
}


class Exactness(StrEnum):
    """How well the day is known."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    UNKNOWN = "unknown"


class CannotReport(DomainError):
    """A report that cannot be as told; `about` names the field."""

    def __init__(self, message: Message, about: str = "") -> None:
        """Carry the sentence, and the field that it belongs to."""
        super().__init__(message)
        self.about = about


class TooManyReports(DomainError):
    """More public reports than are taken in a minute, or than can wait."""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """When it happened: a day, the Monday of a week, the first of a month, or nothing; as exactly as it was told."""

    exactness: Exactness = Exactness.UNKNOWN
    on: date | None = None

    @property
    def stretch(self) -> tuple[date, date] | None:
        """Return the first and the last day on which it can have been, or None if nobody knows."""
        if self.on is None:
            return None
        if self.exactness is Exactness.WEEK:
            return self.on, self.on + timedelta(days=6)
        if self.exactness is Exactness.MONTH:
            return self.on, self.on.replace(day=monthrange(self.on.year, self.on.month)[1])
        return self.on, self.on


@dataclass(frozen=True, kw_only=True)
class NewReport:
    """A reversal report as it was told; what was skipped is None, empty, or not among the answers.

    client_id (a UUID) was made where it was first written down. site_id is None for a public report. visit and
    talk_id (a public id) join it to a visit unless is_cut_loose. doses is the number if told; the answers hold what
    was said instead of one. item_id: which naloxone of the catalogue.
    """

    client_id: str
    site_id: int | None = None
    visit: VisitStart | None = None
    talk_id: str | None = None
    is_cut_loose: bool = False
    happened: Happened = field(default_factory=Happened)
    area: str = ""
    place: str | None = None
    outcome: Outcome | None = None
    doses: int | None = None
    item_id: int | None = None
    answers: frozenset[Answer] = frozenset()
    note: str = ""
    wording: str = CURRENT_WORDING

    @property
    def told(self) -> dict[str, object]:
        """Return what was told as plain values: never on which visit, which nobody may find out from it."""
        return {
            "happened": [self.happened.exactness.value, str(self.happened.on)],
            "area": self.area,
            "place": self.place,
            "outcome": self.outcome,
            "doses": self.doses,
            "item": self.item_id,
            "answers": sorted(list(answer) for answer in self.answers),
            "note": self.note,
            "is_cut_loose": self.is_cut_loose,
        }

    @property
    def says_something(self) -> bool:
        """Say whether anything at all was told."""
        told = (
            self.happened.on,
            self.area,
            self.place,
            self.outcome,
            self.doses,
            self.item_id,
            self.answers,
            self.note,
        )
        return any(answer not in (None, "", frozenset()) for answer in told)


def happened(when: When | None, day: date | None, *, today: date) -> Happened:
    """Return when it happened from what was tapped; another day that was not named is not known."""
    if when is When.TODAY:
        return Happened(exactness=Exactness.DAY, on=today)
    if when is When.YESTERDAY:
        return Happened(exactness=Exactness.DAY, on=today - timedelta(days=1))
    if when is When.THIS_WEEK:
        return Happened(exactness=Exactness.WEEK, on=today - timedelta(days=today.weekday()))
    if when is When.THIS_MONTH:
        return Happened(exactness=Exactness.MONTH, on=today.replace(day=1))
    if when is When.ANOTHER_DAY and day is not None:
        return Happened(exactness=Exactness.DAY, on=day)
    return Happened()


def check_report(report: NewReport, *, today: date) -> None:
    """Refuse what cannot be, with a sentence for the person; contradictions are kept as told."""
    _check_day(report.happened.on, today)
    if report.doses is not None and not 0 <= report.doses <= MOST_DOSES:
        raise CannotReport(message("Enter up to %(most)s doses.", most=MOST_DOSES), "doses_number")
    if report.place is not None and report.place not in PLACE.answers:
        raise CannotReport(message("Choose one of these places."), "place")
    if any(answer not in AS_ROWS.get(question, ()) for question, answer in report.answers):
        raise CannotReport(message("Choose among the answers of this page."))
    check_area(report.area)
    if len(report.note) > NOTE_LENGTH:
        raise CannotReport(message("Keep it under %(count)s characters.", count=NOTE_LENGTH), "note")


def check_area(area: str) -> None:
    """Refuse what is more exact than a part of a town."""
    if len(area) > AREA_LENGTH:
        raise CannotReport(message("Keep it under %(count)s characters.", count=AREA_LENGTH), "area")
    if HOUSE_NUMBER.search(area):
        raise CannotReport(
            message("Leave out the exact place. The first three digits of a ZIP code are enough."), "area"
        )


def noon_of(day: date, time_zone: str) -> datetime:
    """Return noon of a day: the time of something that was cut loose, so that no clock joins it to a visit."""
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(time_zone))


def _check_day(day: date | None, today: date) -> None:
    """Refuse a day that has not come yet, or one beyond memory."""
    if day is not None and day > today:
        raise CannotReport(message("This day has not come yet. Choose today or a day before."), "day")
    if day is not None and day < today - LONGEST_AGO:
        raise CannotReport(message("This is more than ten years ago. Look at the year again."), "day")
