"""What a file of past totals would change, before anything is changed. Pure, as rules are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from harmreduction.reports.history import Accepted, Figure, Reading, Refused
from harmreduction.reports.rules import Counted

MOST_SHOWN = 200  # refused rows and changes that a page lists; the file of refused rows has them all

FigureKey = tuple[str, date, Counted]


class Effect(StrEnum):
    """What a number of the file does to what is stored."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A past total as it is stored: its row, how much, and at which of our sites."""

    id: int
    quantity: int
    site_id: int | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A number of the file beside what is stored for the same label, month and count."""

    figure: Figure
    site_id: int | None
    before: Stored | None

    @property
    def effect(self) -> Effect:
        """Say what it does."""
        if self.before is None:
            return Effect.NEW
        same = (self.before.quantity, self.before.site_id) == (self.figure.quantity, self.site_id)
        return Effect.UNCHANGED if same else Effect.CHANGED


def key_of(figure: Figure) -> FigureKey:
    """Return what makes a past total the same one: label, month and count."""
    return figure.label, figure.month, figure.counted


def compare(
    figures: Iterable[Figure], stored: Mapping[FigureKey, Stored], find_site: Callable[[str], int | None]
) -> list[Change]:
    """Put numbers beside what is stored; `find_site` gives our site for a label of the file."""
    return [
        Change(figure=figure, site_id=find_site(figure.label), before=stored.get(key_of(figure))) for figure in figures
    ]


@dataclass
class Preview:
    """The sum of a whole file: rows, numbers, totals of each year, and the first rows that were refused."""

    accepted: int = 0
    refused: int = 0
    skipped: int = 0
    days_left_out: int = 0
    refusals: list[Refused] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    effects: dict[Effect, int] = field(default_factory=lambda: dict.fromkeys(Effect, 0))
    sums: dict[tuple[int, Counted], int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Return how many rows stand below the head of the file."""
        return self.accepted + self.refused + self.skipped

    @property
    def changes_anything(self) -> bool:
        """Say whether confirming would write anything."""
        return bool(self.effects[Effect.NEW] or self.effects[Effect.CHANGED])

    @property
    def years(self) -> list[int]:
        """Return the years in the file."""
        return sorted({year for year, _counted in self.sums})

    @property
    def counts(self) -> list[Counted]:
        """Return what the file counts."""
        return sorted({counted for _year, counted in self.sums})

    def add(self, readings: Iterable[Reading], changes: Iterable[Change]) -> None:
        """Take in some rows and what their numbers do."""
        for reading in readings:
            self._add_row(reading)
        for change in changes:
            self._add_change(change)

    def _add_row(self, reading: Reading) -> None:
        """Count a row."""
        if isinstance(reading, Accepted):
            self.accepted += 1
            self.days_left_out += reading.had_day
            label = reading.figures[0].label
            self.labels[label] = self.labels.get(label, 0) + 1
        elif isinstance(reading, Refused):
            self.refused += 1
            if len(self.refusals) < MOST_SHOWN:
                self.refusals.append(reading)
        else:
            self.skipped += 1

    def _add_change(self, change: Change) -> None:
        """Count a number."""
        self.effects[change.effect] += 1
        if change.effect is Effect.CHANGED and len(self.changes) < MOST_SHOWN:
            self.changes.append(change)
        key = (change.figure.month.year, change.figure.counted)
        self.sums[key] = self.sums.get(key, 0) + change.figure.quantity
