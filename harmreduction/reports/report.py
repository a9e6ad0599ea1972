"""A report: totals of a year, or of all years, laid out by month, place and what was counted. Pure."""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harmreduction.reports.rules import (
    MEASURES,
    NOT_RECORDED,
    Amount,
    Counted,
    Period,
    Place,
    Total,
)

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a person wants to see: one year or all (None), one place by its key or all (""), one count."""

    year: int | None
    counted: Counted
    place_key: str = ""

    def wants(self, place: Place) -> bool:
        """Say whether a place is asked for."""
        return self.place_key in ("", place.key)


@dataclass(frozen=True, kw_only=True)
class PlaceRow:
    """What one place counted in each period, None where nothing was recorded, and over all."""

    place: Place
    amounts: Sequence[Amount | None]
    whole: Amount


@dataclass(frozen=True, kw_only=True)
class Report:
    """The answer: the asked count by period and by place; every count over the whole time."""

    question: Question
    periods: Sequence[Period]
    amounts: Sequence[Amount | None]
    whole: Amount | None
    rows: Sequence[PlaceRow]
    measures: Sequence[tuple[Counted, Amount]]
    items: Sequence[tuple[Counted, Amount]]
    has_past: bool

    @property
    def has_estimates(self) -> bool:
        """Say whether part of the asked count was estimated."""
        return self.whole is not None and self.whole.estimated > 0


def make_report(totals: Iterable[Total], question: Question, periods: Sequence[Period]) -> Report:
    """Lay out the totals of the periods as they were asked for."""
    asked = [total for total in totals if question.wants(total.place)]
    shown = [total for total in asked if total.counted == question.counted]
    by_period = add_up(shown, lambda total: total.start)
    by_count = add_up(asked, lambda total: total.counted)
    items = [(counted, amount) for counted, amount in by_count.items() if counted.item_code]
    return Report(
        question=question,
        periods=periods,
        amounts=[by_period.get(period.start) for period in periods],
        whole=by_count.get(question.counted),
        rows=_rows_of_places(shown, periods),
        measures=[(known, by_count[known]) for known in map(Counted, MEASURES) if known in by_count],
        items=sorted(items, key=lambda item: -item[1].quantity),
        has_past=any(total.is_past for total in shown),
    )


def add_up(totals: Iterable[Total], by: Callable[[Total], Key]) -> dict[Key, Amount]:
    """Return the sum of the totals for each value of `by`; what was never counted is absent, not zero."""
    sums: dict[Key, Amount] = {}
    for total in totals:
        key = by(total)
        sums[key] = sums[key] + total.amount if key in sums else total.amount
    return sums


def _rows_of_places(totals: Sequence[Total], periods: Sequence[Period]) -> list[PlaceRow]:
    """Return one row a place: our sites by name, then labels of past files, then what has no site."""
    cells = add_up(totals, lambda total: (total.place, total.start))
    wholes = add_up(totals, lambda total: total.place)
    return [
        PlaceRow(
            place=place,
            amounts=[cells.get((place, period.start)) for period in periods],
            whole=wholes[place],
        )
        for place in sorted(wholes, key=place_order)
    ]


def place_order(place: Place) -> tuple[int, list[tuple[int, str]]]:
    """Return the key that sorts places as people do: 2 before 10, and what has no site last."""
    group = 2 if place == NOT_RECORDED else 1 if place.is_label else 0
    parts = re.split(r"(\d+)", place.name.casefold())
    return group, [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
