"""Recalls: how serious they are, which lots a notice names, in which month something went out."""

import re
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from harmreduction.core.clock import UTC_ZONE, in_zone, start_of_day
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message

LOT_NUMBER_LENGTH = 40
MOST_NUMBERS = 500  # in one notice: more is a file pasted by mistake
BETWEEN_NUMBERS = re.compile(r"[\n\r\t,;]+")


class NothingRecalled(DomainError):
    """A recall names no lot, or one of its lots cannot be a lot number."""


class CannotRelease(DomainError):
    """A lot is still recalled by another notice, or holds a part that is."""


class RecallClass(StrEnum):
    """How serious the notice says that it is, by the classes of the FDA."""

    ONE = "I"
    TWO = "II"
    THREE = "III"


RECALL_CLASSES: dict[RecallClass, Message] = {
    RecallClass.ONE: message("Class I: it can do serious harm"),
    RecallClass.TWO: message("Class II: it can do harm that passes"),
    RecallClass.THREE: message("Class III: it is not likely to do harm"),
}


@dataclass(frozen=True, kw_only=True)
class RecallNotice:
    """What a notice says: its number, what it is about, how serious it is (None: not said), and what to do."""

    reference: str
    title: str
    recall_class: RecallClass | None
    instructions: str


@dataclass(frozen=True, kw_only=True)
class LotNames:
    """Lot numbers of one item, as a notice names them."""

    item_id: int
    lot_numbers: tuple[str, ...]


def read_lot_numbers(text: str) -> tuple[str, ...]:
    """Return the lot numbers of a text, each once and in capitals; a line, a comma or a tab parts them.

    Raises NothingRecalled for what is too long or too much to be lot numbers.
    """
    parts = (" ".join(part.split()).upper() for part in BETWEEN_NUMBERS.split(text))
    numbers = tuple(dict.fromkeys(part for part in parts if part))
    if len(numbers) > MOST_NUMBERS:
        raise NothingRecalled(message("Enter at most %(most)s lot numbers at once.", most=MOST_NUMBERS))
    for number in numbers:
        if len(number) > LOT_NUMBER_LENGTH:
            raise NothingRecalled(
                message("“%(start)s…” is too long for a lot number. Put each one on its own line.", start=number[:20])
            )
    return numbers


@dataclass(frozen=True, kw_only=True)
class Months:
    """The calendar months of several time zones, as the moments in UTC at which one of them begins somewhere.

    Between two of these moments, it is one and the same month in each zone. So units are added up once
    between all of them, and each place then reads the months of its own zone.
    """

    first: datetime
    starts: tuple[datetime, ...]

    def month_of(self, interval: int, time_zone: str) -> date:
        """Return the first day of the month, in a zone, of what lies before the first start (0), or after start n."""
        moment = self.starts[interval - 1] if interval else self.first
        return in_zone(moment, time_zone).date().replace(day=1)

    def interval_of(self, moment: datetime) -> int:
        """Return after how many of the starts a moment lies."""
        return bisect_right(self.starts, moment)


def months_between(first: datetime, last: datetime, time_zones: Collection[str]) -> Months:
    """Return the months from one moment to another, as the calendars of these zones have them."""
    starts: set[datetime] = set()
    for zone in {*time_zones, UTC_ZONE}:
        month = in_zone(first, zone).date().replace(day=1)
        while (start := start_of_day(month, zone)) <= last:
            if start > first:
                starts.add(start)
            month = (month + timedelta(days=31)).replace(day=1)
    return Months(first=first, starts=tuple(sorted(starts)))
