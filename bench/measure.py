"""Figures with goals, and how to take them on a noisy machine: interleaved rounds, medians, ratios."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter

from sqlalchemy import Engine, event

ROUNDS = 40
REPEATS = 5  # of each deed in a round
WARM_UP = 20  # of each deed, not counted

Deed = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Something measured, and the goal that it may not exceed (or must meet, where `is_exact`).

    missing: what this machine lacks to measure it; such a figure is neither met nor missed.
    """

    name: str
    measured: float | None
    goal: float
    unit: str = ""
    is_exact: bool = False
    missing: str = ""
    details: Sequence[str] = ()

    @property
    def is_short(self) -> bool:
        """Say whether the goal is missed."""
        if self.measured is None:
            return False
        return self.measured != self.goal if self.is_exact else self.measured > self.goal

    def __str__(self) -> str:
        """Return the line of the report: name, measured, goal, verdict."""
        verdict = f"not measured: {self.missing}" if self.missing else "short" if self.is_short else "ok"
        measured = "-" if self.measured is None else _amount(self.measured, self.unit)
        sign = "=" if self.is_exact else "≤"
        return f"{self.name:<58} {measured:>10}   {sign} {_amount(self.goal, self.unit):<10} {verdict}"


@dataclass(frozen=True)
class Comparison:
    """Two deeds timed in turn: milliseconds of each, a list a round, so that noise meets both alike."""

    ours: Sequence[Sequence[float]]
    theirs: Sequence[Sequence[float]]

    @property
    def ratios(self) -> list[float]:
        """Return, for each round, how many times as long ours took."""
        return [median(our) / median(their) for our, their in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        """Return the median of the rounds' ratios."""
        return median(self.ratios)

    def details(self, ours: str, theirs: str) -> list[str]:
        """Return what --verbose prints: both in milliseconds, and how much the rounds differ."""
        return [
            f"{ours}: {_spread(self.ours)}",
            f"{theirs}: {_spread(self.theirs)}",
            f"ratio of a round: half of the rounds lie in {_middle_half(self.ratios)}",
        ]


@dataclass(frozen=True)
class Times:
    """One deed timed many times, in milliseconds."""

    taken: Sequence[float]

    @property
    def median(self) -> float:
        """Return the time in the middle."""
        return median(self.taken)

    @property
    def details(self) -> list[str]:
        """Return what --verbose prints."""
        return [_spread([self.taken])]


def typical(deed: Deed, *, times: int = ROUNDS) -> Times:
    """Time one deed again and again, after some that are not counted."""
    for _ in range(WARM_UP):
        deed()
    return Times([_milliseconds(deed) for _ in range(times)])


def compare(ours: Deed, theirs: Deed, *, rounds: int = ROUNDS, repeats: int = REPEATS) -> Comparison:
    """Time two deeds in turn, after some of each that are not counted."""
    for deed in (ours, theirs):
        for _ in range(WARM_UP):
            deed()
    timed = [
        ([_milliseconds(ours) for _ in range(repeats)], [_milliseconds(theirs) for _ in range(repeats)])
        for _ in range(rounds)
    ]
    return Comparison([our for our, _ in timed], [their for _, their in timed])


@dataclass
class Statements:
    """What one piece of work sent to the database; BEGIN, COMMIT and ROLLBACK are counted apart."""

    texts: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def watched(engine: Engine) -> Iterator[Statements]:
    """Collect every statement and commit of the block; one statement for many rows counts once."""
    seen = Statements()

    def note_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.texts.append(" ".join(statement.split()))

    def note_commit(_connection: object) -> None:
        seen.commits += 1

    event.listen(engine, "before_cursor_execute", note_statement)
    event.listen(engine, "commit", note_commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note_statement)
        event.remove(engine, "commit", note_commit)


def _milliseconds(deed: Deed) -> float:
    """Return how long it took."""
    began = perf_counter()
    deed()
    return (perf_counter() - began) * 1000


def _amount(value: float, unit: str) -> str:
    """Write a number with its unit: 7.84, 15, 1.9 s."""
    number = (
        f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
    )
    return f"{number} {unit}".strip()


def _spread(rounds: Sequence[Sequence[float]]) -> str:
    """Write the median of all, and between which times half of them lie."""
    every = [taken for one in rounds for taken in one]
    return f"median {median(every):.2f} ms, half of {len(every)} lie in {_middle_half(every)} ms"


def _middle_half(values: Sequence[float]) -> str:
    """Write the first and the third quartile."""
    low, _, high = quantiles(values, n=4)
    return f"{low:.2f} to {high:.2f}"
