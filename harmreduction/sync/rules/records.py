"""What a phone's record tells, once its box is open. Plain Python.

Fields that are not known here are ignored, and a record of an older version is read as the newest one says it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import TypeVar

from harmreduction.core.errors import DomainError
from harmreduction.sync.rules.deeds import (
    ClosedOut,
    Deed,
    HandedOut,
    LoadedOut,
    ReversalTold,
    TakenBack,
    Talked,
    ToldOnVisit,
    Undone,
)
from harmreduction.sync.rules.reading import BadContent, Fields, as_fields
from harmreduction.sync.rules.statuses import REASONS, Reason

NEWEST = 1
WIDEST_OFFSET = 24 * 60  # minutes
SAID_ELSEWHERE = frozenset({"v", "kind", "seq", "by", "at", "offset", "lists", "visit"})
MOST_SHOWN, LONGEST_SHOWN, DEEPEST_SHOWN = 60, 200, 6
Value = TypeVar("Value")


class UnknownKind(DomainError):
    """A record of a kind that is not known here."""


class NewerVersion(DomainError):
    """A record that a newer app wrote."""


class Kind(StrEnum):
    """What a record tells of."""

    HAND_OUT = "hand_out"
    TOLD = "told"
    TALK = "talk"
    REVERSAL = "reversal"
    LOAD_OUT = "load_out"
    CLOSE_OUT = "close_out"
    UNDONE = "undone"
    TAKE_BACK = "take_back"


@dataclass(frozen=True, kw_only=True)
class Written:
    """A record as its author wrote it down on a phone.

    seq: its number on that phone. author_id: a public id. at, utc_offset (minutes east): by the phone's clock.
    lists: the version of the lists that the phone knew.
    """

    kind: Kind
    seq: int
    author_id: str
    at: datetime
    utc_offset: int
    lists: str | None
    deed: Deed


@dataclass(frozen=True, kw_only=True)
class Glimpse:
    """What stands in a record that cannot be understood as a whole; what is None cannot be read either."""

    kind: Kind | None = None
    seq: int | None = None
    author_id: str | None = None
    at: datetime | None = None
    told: Mapping[str, object] = field(default_factory=dict)


READERS: dict[Kind, Callable[[Fields], Deed]] = {
    Kind.HAND_OUT: HandedOut.read,
    Kind.TOLD: ToldOnVisit.read,
    Kind.TALK: Talked.read,
    Kind.REVERSAL: ReversalTold.read,
    Kind.LOAD_OUT: LoadedOut.read,
    Kind.CLOSE_OUT: ClosedOut.read,
    Kind.UNDONE: Undone.read,
    Kind.TAKE_BACK: TakenBack.read,
}

# From each version to the next one; a step is written once and stays for good.
STEPS: dict[int, Callable[[Mapping[str, object]], Mapping[str, object]]] = {}


def read_record(content: bytes) -> Written:
    """Return what a record tells; raises BadContent, UnknownKind or NewerVersion, each with a sentence."""
    fields = as_fields(_as_newest(_parsed(content)))
    kind = fields.text("kind")
    if kind not in READERS:
        raise UnknownKind(REASONS[Reason.UNKNOWN_KIND])
    return Written(
        kind=Kind(kind),
        seq=fields.number("seq", least=1),
        author_id=fields.id("by"),
        at=fields.moment("at"),
        utc_offset=fields.number("offset", least=-WIDEST_OFFSET, most=WIDEST_OFFSET),
        lists=fields.optional("lists", fields.text),
        deed=READERS[Kind(kind)](fields),
    )


def glimpse(content: bytes) -> Glimpse:
    """Return what can be read of a record that read_record refuses, whatever its version."""
    try:
        fields = as_fields(_parsed(content))
    except BadContent:
        return Glimpse()
    return Glimpse(
        kind=_if_readable(lambda: fields.word("kind", Kind)),
        seq=_if_readable(lambda: fields.number("seq", least=1)),
        author_id=_if_readable(lambda: fields.id("by")),
        at=_if_readable(lambda: fields.moment("at")),
        told=fields.told,
    )


def plain_fields(told: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of what stands in a record, as it stands: at most so much as a page can show."""
    rows = _plain({name: value for name, value in told.items() if name not in SAID_ELSEWHERE}, "")
    return islice(rows, MOST_SHOWN)


def _plain(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Yield the texts and numbers in a value, each with the names of the parts that it stands in."""
    if name.count(" ") > DEEPEST_SHOWN:
        return
    if isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _plain(inner, f"{name} {_shown(part)}".strip())
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _plain(inner, f"{name} {number}")
    elif value not in (None, ""):
        yield name, _shown(str(value))


def _shown(text: str) -> str:
    """Return a text without signs that no page can show, cut where it is too long."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:LONGEST_SHOWN])


def _if_readable(read: Callable[[], Value]) -> Value | None:
    """Return a field, or None where something else stands in it."""
    try:
        return read()
    except BadContent:
        return None


def _parsed(content: bytes) -> object:
    """Return the JSON of a record."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise BadContent("content") from problem


def _as_newest(told: object) -> Mapping[str, object]:
    """Return a record of any version as the newest one says it."""
    if not isinstance(told, Mapping):
        raise BadContent("content")
    version = told.get("v")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise BadContent("v")
    if version > NEWEST:
        raise NewerVersion(REASONS[Reason.NEWER_VERSION])
    for step in range(version, NEWEST):
        told = STEPS[step](told)
    return told
