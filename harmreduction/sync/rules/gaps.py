"""Which numbers of a phone never came. Plain Python.

A phone numbers its records without a gap, and what is undone before it was sent keeps its number. So a number that is
missing waits on the phone still, or its record is lost.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Run = tuple[int, int]  # the first and the last of numbers that follow each other


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """Runs of missing numbers; lost: those that can be nowhere any more, may_come: those that the phone may hold."""

    lost: Sequence[Run] = ()
    may_come: Sequence[Run] = ()

    @property
    def lost_count(self) -> int:
        """Return how many records are lost."""
        return sum(last - first + 1 for first, last in self.lost)


def gaps_of(came: Iterable[int], *, highest: int, held: int, noted: int = 0) -> Gaps:
    """Return what is missing of the numbers from 1 to the highest that the phone told of.

    held: how many records still wait on the phone, as it said last, or came and cannot be opened. A phone sends the
    oldest first, so these are the highest missing numbers. noted: up to this number a lead knows what is missing.
    """
    lost: list[Run] = []
    may_come: list[Run] = []
    for first, last in reversed(list(_missing(came, highest))):
        split = max(first, last + 1 - held)
        held -= last + 1 - split
        if split <= last:
            may_come.append((split, last))
        if max(first, noted + 1) < split:
            lost.append((max(first, noted + 1), split - 1))
    return Gaps(lost=tuple(reversed(lost)), may_come=tuple(reversed(may_come)))


def _missing(came: Iterable[int], highest: int) -> Iterator[Run]:
    """Return the runs between the numbers that came; a phone may tell any number, so none of them is written out."""
    before = 0
    for number in sorted(came):
        if before + 1 < min(number, highest + 1):
            yield before + 1, min(number - 1, highest)
        before = max(before, number)
    if before < highest:
        yield before + 1, highest
