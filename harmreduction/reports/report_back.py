"""What a programme tells participants and staff of a quarter: a few numbers in one sentence each."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.reports.rules import Period, next_month

PAGE = "report_back"  # what the register of released numbers calls it
SETTLES_AFTER = timedelta(days=7)  # phones that were offline, and reports that wait for a look, come in late

# Each line stands for itself: no line can be worked out from others, so hiding one hides it.
FIGURES: dict[str, Message] = {
    "reversals": message("overdoses that people told us they reversed with naloxone"),
    "kits": message("naloxone kits and vials that went out"),
    "syringes": message("sterile syringes that went out"),
    "returned": message("used syringes that came back"),
    "strips": message("test strips that went out"),
    "trained": message("people who learned to answer an overdose"),
    "arrived": message("people who got to a service they wanted"),
}
LEADING = "reversals"


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a calendar year; number is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter that a day lies in."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def from_code(cls, code: str) -> Self | None:
        """Return the quarter that "2026-Q3" names, or None if it names none."""
        year, _dash, quarter = code.partition("-Q")
        is_one = len(year) == 4 and year.isascii() and year.isdigit() and quarter in {"1", "2", "3", "4"}
        return cls(int(year), int(quarter)) if is_one and int(year) > 0 else None

    @property
    def code(self) -> str:
        """Return how it is written in an address."""
        return f"{self.year:04d}-Q{self.number}"

    @property
    def period(self) -> Period:
        """Return its days."""
        start = date(self.year, self.number * 3 - 2, 1)
        return Period(start, next_month(next_month(next_month(start))))

    @property
    def before(self) -> "Quarter":
        """Return the quarter before."""
        return Quarter.of(self.period.start - timedelta(days=1))

    def is_settled(self, today: date) -> bool:
        """Say whether it ended long enough ago that little will still come in."""
        return today >= self.period.end + SETTLES_AFTER


class NotSettled(DomainError):
    """A quarter of which something may still come in."""


def check_settled(quarter: Quarter, *, today: date) -> None:
    """Refuse to tell of a quarter before it has settled."""
    if not quarter.is_settled(today):
        raise NotSettled(
            message(
                "Wait until a week after the quarter ended: phones and reports that are late still change its numbers."
            )
        )
