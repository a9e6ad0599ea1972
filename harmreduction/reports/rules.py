"""What is counted, over which time, at which place, and how counts add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from harmreduction.core.messages import Message, message

FIRST_YEAR = 1970  # before this there was no such programme; an earlier month is a slip
LONGEST_LABEL = 120  # characters of a site's name as a file wrote it
ITEM_PREFIX = "item:"
LABEL_PREFIX = "label:"


class Measure(StrEnum):
    """What a programme counts; item_units are the units of one item of its catalogue."""

    SYRINGES_GIVEN = "syringes_given"
    SYRINGES_RETURNED = "syringes_returned"
    NALOXONE_KITS = "naloxone_kits"
    NALOXONE_DOSES = "naloxone_doses"
    TEST_STRIPS = "test_strips"
    PEOPLE_REACHED = "people_reached"
    HAND_OUTS = "hand_outs"
    ITEM_UNITS = "item_units"


MEASURES: dict[Measure, Message] = {
    Measure.SYRINGES_GIVEN: message("Syringes handed out"),
    Measure.SYRINGES_RETURNED: message("Syringes returned"),
    Measure.NALOXONE_KITS: message("Naloxone kits and vials"),
    Measure.NALOXONE_DOSES: message("Naloxone doses"),
    Measure.TEST_STRIPS: message("Test strips"),
    Measure.PEOPLE_REACHED: message("People reached"),
    Measure.HAND_OUTS: message("Visits with hand-outs"),
}


@dataclass(frozen=True, order=True)
class Counted:
    """What a number counts: a measure, or the units of one item, named by the item's code."""

    measure: Measure
    item_code: str = ""

    @property
    def code(self) -> str:
        """Return how it is written in an address, a form or a command."""
        return f"{ITEM_PREFIX}{self.item_code}" if self.item_code else self.measure.value

    @classmethod
    def from_code(cls, code: str) -> Self | None:
        """Return what a code names, or None if it names nothing."""
        if code.startswith(ITEM_PREFIX) and len(code) > len(ITEM_PREFIX):
            return cls(Measure.ITEM_UNITS, code.removeprefix(ITEM_PREFIX))
        known = code in set(MEASURES)
        return cls(Measure(code)) if known else None


@dataclass(frozen=True)
class Place:
    """Where something was counted: one of our sites, a label of a past file, or not recorded.

    `key` stands in addresses: a site's public id, `label:` with the label, or NOT_RECORDED.
    """

    key: str
    name: str

    @property
    def is_label(self) -> bool:
        """Say whether it is only known from past files."""
        return self.key.startswith(LABEL_PREFIX)


NOT_RECORDED = Place("not-recorded", "")


def labelled(label: str) -> Place:
    """Return the place of a label that was not matched to a site."""
    return Place(f"{LABEL_PREFIX}{label}", label) if label else NOT_RECORDED


@dataclass(frozen=True)
class Period:
    """Calendar days from `start` up to, not including, `end`."""

    start: date
    end: date

    def holds(self, day: date) -> bool:
        """Say whether a day lies in it."""
        return self.start <= day < self.end

    def months(self) -> list[date]:
        """Return the first day of each month in it."""
        months = [self.start]
        while (month := next_month(months[-1])) < self.end:
            months.append(month)
        return months


def months_of(year: int) -> list[Period]:
    """Return the twelve months of a year."""
    starts = [date(year, month, 1) for month in range(1, 13)]
    return [Period(start, next_month(start)) for start in starts]


def years_from(first: int, last: int) -> list[Period]:
    """Return the years from the first through the last."""
    return [Period(date(year, 1, 1), date(year + 1, 1, 1)) for year in range(first, last + 1)]


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


@dataclass(frozen=True)
class Amount:
    """A number of something, and how much of it was only estimated."""

    quantity: int
    estimated: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.quantity + other.quantity, self.estimated + other.estimated)

    @property
    def counted(self) -> int:
        """Return what was counted one by one."""
        return self.quantity - self.estimated


@dataclass(frozen=True, kw_only=True)
class Total:
    """How much of something a place counted in a period that begins on `start`."""

    place: Place
    start: date
    counted: Counted
    amount: Amount
    is_past: bool


@dataclass(frozen=True, kw_only=True)
class Supply:
    """What makes a unit of an item count: its code, its category, and the doses in it."""

    code: str
    category: str
    doses_per_unit: int


CATEGORY_MEASURES: Mapping[str, Measure] = {
    "syringe": Measure.SYRINGES_GIVEN,
    "test_strip": Measure.TEST_STRIPS,
}


def counts_of(supply: Supply, units: int) -> dict[Counted, int]:
    """Return everything that so many units of an item count as; kits and doses are counted apart."""
    counts = {Counted(Measure.ITEM_UNITS, supply.code): units}
    measure = CATEGORY_MEASURES.get(supply.category)
    if measure is not None:
        counts[Counted(measure)] = units
    if supply.category == "naloxone" and supply.doses_per_unit > 0:  # an atomizer alone reverses nothing
        counts[Counted(Measure.NALOXONE_KITS)] = units
        counts[Counted(Measure.NALOXONE_DOSES)] = units * supply.doses_per_unit
    return counts
