"""Work with more than one person: trainings and groups, clean-ups, what distributors tell. Plain Python, no database.

All of it is numbers of people: nobody who came, was trained or was reached is recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from harmreduction.core.errors import DomainError
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.messages import Message, message
from harmreduction.encounters.rules.visits import MOST_RETURNED, NotBelievable, Returned, check_day
from harmreduction.stock.rules import Wanted

MOST_PEOPLE = 5_000
MOST_CONTAINERS = 500
MOST_HELPERS = 500
TITLE_LENGTH = 80
AREA_LENGTH = 80
NOTE_LENGTH = 280
LONGEST_TIME = timedelta(days=366)


class GroupKind(StrEnum):
    """What brought people together."""

    TRAINING = "training"
    GROUP = "group"


GROUP_KINDS: dict[GroupKind, Message] = {
    GroupKind.TRAINING: message("Training"),
    GroupKind.GROUP: message("Group"),
}


class GroupAudience(StrEnum):
    """Who came, as far as told."""

    PARTICIPANTS = "participants"
    FAMILY = "family"
    SCHOOL = "school"
    POLICE = "police"
    EMPLOYERS = "employers"
    SERVICES = "services"


GROUP_AUDIENCES: dict[GroupAudience, Message] = {
    GroupAudience.PARTICIPANTS: message("Participants"),
    GroupAudience.FAMILY: message("Family and friends"),
    GroupAudience.SCHOOL: message("A school"),
    GroupAudience.POLICE: message("Police or first responders"),
    GroupAudience.EMPLOYERS: message("A workplace"),
    GroupAudience.SERVICES: message("Another service"),
}


class SharpsKind(StrEnum):
    """How sharps were collected."""

    CLEAN_UP = "clean_up"
    DROP_BOX = "drop_box"
    CALL = "call"


SHARPS_KINDS: dict[SharpsKind, Message] = {
    SharpsKind.CLEAN_UP: message("Community clean-up"),
    SharpsKind.DROP_BOX: message("Drop box emptied"),
    SharpsKind.CALL: message("Somebody called"),
}


class NothingTold(DomainError):
    """A report in which nothing was told."""


@dataclass(frozen=True, kw_only=True)
class GroupNumbers:
    """How many came and how many were trained; None is "not counted", never 0."""

    attended: int | None = None
    trained: int | None = None


@dataclass(frozen=True, kw_only=True)
class GivenThere:
    """Supplies given at a training or in a group, as one hand-out; location_id None is the shelf of its site."""

    client_id: str
    location_id: int | None
    lines: tuple[Wanted, ...]


@dataclass(frozen=True, kw_only=True)
class GroupHeld:
    """A training or a group that was held; client_id (UUID) was made where it was first written down.

    The title names nobody. given: the supplies given there, if any.
    """

    client_id: str
    site_id: int
    time_zone: str
    kind: GroupKind
    title: str
    held_on: date
    audience: GroupAudience | None = None
    numbers: GroupNumbers = field(default_factory=GroupNumbers)
    given: GivenThere | None = None

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint over what was written down."""
        told = (self.site_id, self.kind, self.title.strip(), str(self.held_on), self.audience or "")
        lines = self.given.lines if self.given else ()
        given = sorted((line.item_id, line.quantity, line.lot_id or 0) for line in lines)
        place = self.given.location_id if self.given else None
        numbers = (self.numbers.attended, self.numbers.trained)
        return fingerprint({"told": told, "numbers": numbers, "place": place, "given": given})


def visit_of_group(event_id: str) -> str:
    """Return the id of what stands in the place of a visit for the hand-outs of a training or a group (by UUID)."""
    return str(uuid5(UUID(event_id), "visit"))


@dataclass(frozen=True, kw_only=True)
class Collected:
    """Sharps that were found or fetched; None is "not counted". area and note are sealed before they are stored.

    The fingerprint leaves both aside: a digest of few words can be guessed, and the seal would be for nothing.
    """

    client_id: str
    site_id: int
    time_zone: str
    kind: SharpsKind
    happened_on: date
    syringes: Returned | None = None
    containers: int | None = None
    helpers: int | None = None
    area: str = ""
    note: str = ""

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint over what was written down but the words."""
        amount = self.syringes and (self.syringes.measure, str(self.syringes.amount.normalize()))
        told = (self.site_id, self.kind, str(self.happened_on), amount, self.containers, self.helpers)
        return fingerprint({"collected": told})


@dataclass(frozen=True, kw_only=True)
class PeerTold:
    """What a distributor or a partner tells of a time, as sums; None is "not told".

    items: (item id, units) handed on, which the ledger moves once, with this report.
    """

    client_id: str
    location_id: int
    begins_on: date
    ends_on: date
    people_reached: int | None = None
    trained: int | None = None
    syringes_back: int | None = None
    reversals_heard_of: int | None = None
    items: tuple[tuple[int, int], ...] = ()

    @property
    def handed_on_id(self) -> str:
        """Return the id of the fact by which the ledger moves what was handed on."""
        return str(uuid5(UUID(self.client_id), "handed on"))

    @property
    def numbers(self) -> dict[str, int | None]:
        """Return what was told, by the names of the columns."""
        return {
            "people_reached": self.people_reached,
            "trained": self.trained,
            "syringes_back": self.syringes_back,
            "reversals_heard_of": self.reversals_heard_of,
        }

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint over what was written down."""
        time = (self.location_id, str(self.begins_on), str(self.ends_on))
        return fingerprint({"time": time, "numbers": self.numbers, "items": sorted(self.items)})


def check_group(held: GroupHeld, *, today: date) -> None:
    """Refuse a day or a number that cannot be, and a training without a word on what it was."""
    if not held.title.strip():
        raise NotBelievable(message("Say in a few words what it was. No names."), "title")
    _check_day(held.held_on, "held_on", today=today)
    check_numbers(held.numbers)


def check_numbers(numbers: GroupNumbers) -> None:
    """Refuse numbers of people that cannot be; more trained than came is kept as told."""
    _check_bounds({"attended": (numbers.attended, MOST_PEOPLE), "trained": (numbers.trained, MOST_PEOPLE)})


def check_collected(collected: Collected, *, today: date) -> None:
    """Refuse a day or a number that cannot be."""
    _check_day(collected.happened_on, "happened_on", today=today)
    syringes = collected.syringes.syringes if collected.syringes is not None else None
    _check_bounds(
        {
            "amount": (syringes, MOST_RETURNED),
            "containers": (collected.containers, MOST_CONTAINERS),
            "helpers": (collected.helpers, MOST_HELPERS),
        }
    )


def check_told(told: PeerTold, *, today: date) -> None:
    """Refuse a time or a number that cannot be, and a report without anything in it."""
    if told.ends_on < told.begins_on:
        raise NotBelievable(message("The last day is before the first one."), "ends_on")
    if told.ends_on - told.begins_on > LONGEST_TIME:
        raise NotBelievable(message("Tell at most a year at once."), "begins_on")
    _check_day(told.ends_on, "ends_on", today=today)
    _check_bounds(
        {
            name: (number, MOST_RETURNED if name == "syringes_back" else MOST_PEOPLE)
            for name, number in told.numbers.items()
        }
    )
    if not told.items and all(number is None for number in told.numbers.values()):
        raise NothingTold(message("Enter at least one number that they told."))


def _check_day(day: date, about: str, *, today: date) -> None:
    """Refuse a day that has not come yet, or one more than a year ago, at the field of this form."""
    try:
        check_day(day, today=today)
    except NotBelievable as problem:
        raise NotBelievable(problem.message, about) from problem


def _check_bounds(numbers: Mapping[str, tuple[int | None, int]]) -> None:
    """Refuse the first of these numbers (number, most) that cannot be."""
    for about, (number, most) in numbers.items():
        if number is not None and not 0 <= number <= most:
            raise NotBelievable(message("Enter a whole number from 0 to %(most)s.", most=f"{most:,}"), about)
