"""How a stock card tells what happened: hand-outs of one day folded into a line, and what was left after each."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Protocol, TypeVar


class Told(Protocol):
    """Something that happened to the units of a lot.

    change: by how many units what is left changed. fold_key: things in a row that share one are told as one line.
    """

    @property
    def change(self) -> int: ...  # noqa: D102  # said above

    @property
    def fold_key(self) -> Hashable | None: ...  # noqa: D102  # said above


E = TypeVar("E", bound=Told)
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class StoryLine(Generic[E]):
    """One line of a story: what happened, newest first, and the units that were left after it."""

    entries: tuple[E, ...]
    left: int

    @property
    def change(self) -> int:
        """Return by how many units what is left changed."""
        return sum(entry.change for entry in self.entries)


def tell(entries: Sequence[E], *, left: int) -> list[StoryLine[E]]:
    """Put what happened, newest first, into lines; left: the units that are left after the newest."""
    lines: list[StoryLine[E]] = []
    for together in folded(entries, lambda entry: entry.fold_key):
        line = StoryLine(entries=together, left=left)
        lines.append(line)
        left -= line.change
    return lines


def whole_groups(keys: Sequence[Hashable], limit: int) -> int:
    """Return how many of these keys to keep, about `limit`, so that equal ones in a row are not parted."""
    if len(keys) <= limit:
        return len(keys)
    kept = limit
    while kept and keys[kept - 1] == keys[limit]:
        kept -= 1
    return kept or limit


def folded(entries: Sequence[T], fold_key: Callable[[T], Hashable | None]) -> list[tuple[T, ...]]:
    """Part entries into lines: within a stretch where all of them fold, those with one key come together."""
    lines: list[tuple[T, ...]] = []
    for folds, stretch in groupby(entries, key=lambda entry: fold_key(entry) is not None):
        if not folds:
            lines += [(entry,) for entry in stretch]
            continue
        together: dict[Hashable, list[T]] = {}
        for entry in stretch:
            together.setdefault(fold_key(entry), []).append(entry)
        lines += map(tuple, together.values())
    return lines
