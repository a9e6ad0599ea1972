"""Long lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

Row = TypeVar("Row")

PER_PAGE = 25
LAST_PAGE = 10_000  # a number beyond it is a slip or a try, and too large for a database


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list: its rows, its number from 1, and whether more follow."""

    rows: Sequence[Row]
    number: int
    has_more: bool

    @property
    def previous(self) -> int | None:
        """Return the number of the page before, if there is one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """Return the number of the page after, if there is one."""
        return self.number + 1 if self.has_more else None


def page_number() -> int:
    """Return the number of the page that the address asks for; what is no such number is the first or the last."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)


def page_of(rows: Sequence[Row], number: int, per_page: int = PER_PAGE) -> Page[Row]:
    """Make a page of rows read with one more than fits, which says whether more follow."""
    return Page(rows[:per_page], number, len(rows) > per_page)
