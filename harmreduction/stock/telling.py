"""The story of a lot as rows that people read: movements, counts, and what was said of the lot in between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from harmreduction.stock.models import Item, Lot
from harmreduction.stock.queries.cards import list_revisions, list_status_changes
from harmreduction.stock.queries.stories import Key, Moved, Story
from harmreduction.stock.words import line_sentence, revision_sentence, status_sentence


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a story: when, what, by how many units it changed what is left, and how many were left then.

    change is None for what was only said; is_void: it was taken back; is_folded: several of one day.
    """

    at: datetime
    text: str
    change: int | None = None
    left: int | None = None
    is_void: bool = False
    is_folded: bool = False


def rows_of(story: Story, lot: Lot, *, before: Key | None) -> list[Row]:
    """Return a page of a story, newest first, with what was said of the lot within its time."""
    until, since = before and before[0], story.older and story.older[0]
    said = [row for row in _said(lot) if (until is None or row.at < until) and (since is None or row.at >= since)]
    return sorted([*_happened(story, lot.item), *said], key=lambda row: row.at, reverse=True)


def _happened(story: Story, item: Item) -> Iterable[Row]:
    """Return what moved and what was counted."""
    for line in story.lines:
        first = line.entries[0]
        yield Row(
            at=first.key[0],
            text=line_sentence(line, item),
            change=line.change,
            left=line.left,
            is_void=isinstance(first, Moved) and first.move.is_reversed,
            is_folded=len(line.entries) > 1,
        )


def _said(lot: Lot) -> Sequence[Row]:
    """Return what changed the date and the status of a lot."""
    revisions = [Row(at=entry.recorded_at, text=revision_sentence(entry)) for entry in list_revisions(lot)]
    changes = [Row(at=entry.recorded_at, text=status_sentence(entry)) for entry in list_status_changes(lot)]
    return [*revisions, *changes]
