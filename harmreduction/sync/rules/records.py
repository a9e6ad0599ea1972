"""What a phone's record tells, once its box is open. Plain Python.

Fields that are not known here are ignored, and a record of an older version is read as the newest one says it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
