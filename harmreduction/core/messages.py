"""Sentences for people, marked for translation where they are written and translated at the edges."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any


@dataclass(frozen=True)
class Message:
    """A sentence with named values, in English until an edge translates it.

    `count` chooses between `text` and `plural` where a plural is given.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    plural: str | None = None
    count: int | None = None

    def __str__(self) -> str:
        """Return the sentence in English."""
        many = self.plural is not None and self.count != 1
        text = str(self.plural if many else self.text)
        return text % self.values if self.values else text


def message(text: str, **values: object) -> Message:
    """Mark a sentence for translation; `%(name)s` in it takes the value given by that name."""
    return Message(text, values)


def counted_message(singular: str, plural: str, count: int, **values: object) -> Message:
    """Mark a sentence whose wording depends on a number, given to it as `%(count)s`."""
    return Message(singular, {"count": count, **values}, plural, count)


def extract_catalogue(
    source: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, str | tuple[str, str], list[str]]]:
    """Let Babel read the words of a starting list, supplies or hotlines, so that they can be translated."""
    rows: Iterable[dict[str, str]] = csv.DictReader(source.read().decode("utf-8").splitlines())
    for line, row in enumerate(rows, start=2):
        yield line, "gettext", row["name"], []
        for column in ("note", "about", "hours"):
            if row.get(column):
                yield line, "gettext", row[column], []
        if row.get("unit"):
            yield line, "ngettext", (row["unit"], row["unit_plural"]), []
