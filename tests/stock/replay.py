"""The ledger as a bookkeeper with hindsight keeps it: every fact sorted by time and replayed; the truth for tests."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

Place = tuple[int, int]  # (location, lot)


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A fact that moved units: (lot, from, to, units) each."""

    key: str
    at: datetime
    lines: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One lot counted at a place; key tells counts of one moment apart."""

    key: str
    at: datetime
    place: Place
    counted: int
    counterpart: int


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """A fact that was taken back: as if it had never happened."""

    target: str


Known = Moved | Counted | TakenBack


@dataclass(frozen=True)
class Truth:
    """What lies where, and by how many units each count differs from everything known before it."""

    balances: Counter[Place]
    differences: dict[str, int]


def replay(facts: Iterable[Known], *, until: datetime | None = None) -> Truth:
    """Replay facts in the order of their times, whenever they became known; until: only up to that moment."""
    facts = list(facts)
    gone = {fact.target for fact in facts if isinstance(fact, TakenBack)}
    happened = [fact for fact in facts if not isinstance(fact, TakenBack) and fact.key not in gone]
    truth = Truth(Counter(), {})
    for fact in sorted(happened, key=lambda fact: (fact.at, fact.key)):
        if until is not None and fact.at > until:
            break
        if isinstance(fact, Moved):
            _move(truth, fact)
        else:
            _count(truth, fact)
    return truth


def _move(truth: Truth, fact: Moved) -> None:
    """Move the units of a fact."""
    for lot, source, target, units in fact.lines:
        truth.balances[source, lot] -= units
        truth.balances[target, lot] += units


def _count(truth: Truth, fact: Counted) -> None:
    """Believe what was counted."""
    difference = fact.counted - truth.balances[fact.place]
    truth.differences[fact.key] = difference
    truth.balances[fact.place] = fact.counted
    truth.balances[fact.counterpart, fact.place[1]] -= difference
