"""What every clinical instrument is made of: items, what may be answered, and what the answers come to in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, counted_message, message

Answers = Mapping[str, int]  # by the code of the item; an item that was not asked is not in it, and is never 0

NO, YES = 0, 1
YES_OR_NO: Mapping[int, Message] = {YES: message("Yes"), NO: message("No")}


class Code(StrEnum):
    """An instrument, as it is called in addresses and in the database."""

    RIOSORD_VHA = "riosord_vha"
    RIOSORD_CIP = "riosord_cip"
    BARC10 = "barc10"
    RULERS = "rulers"
    NALOXONE = "naloxone"


class UnusableAnswers(DomainError):
    """The answers do not belong to the instrument, or there are none."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that is asked. replies: what may be answered; points: what a reply adds, 0 where it is not named."""

    code: str
    ask: Message
    replies: Mapping[int, Message] = field(default_factory=lambda: YES_OR_NO)
    points: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Section:
    """Items that are read under one heading."""

    title: Message
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What is asked before anything else. Only "yes" leads to the items; otherwise: what is said instead."""

    ask: Message
    otherwise: Message


@dataclass(frozen=True, kw_only=True)
class About:
    """Where an instrument comes from.

    sources: as literature is cited. origin: how the numbers came here. to_verify: what nobody has checked yet.
    codes: SNOMED CT codes (US edition) with what they stand for.
    """

    sources: tuple[str, ...]
    origin: Message
    licence: Message
    to_verify: tuple[Message, ...] = ()
    codes: tuple[tuple[str, Message], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What answers come to, in sentences. beside: what has to stand right beside them wherever they are shown."""

    lines: tuple[Message, ...]
    beside: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """An instrument in one edition: whatever is changed in it makes another, and old results keep theirs.

    notices: what is said before the first item.
    """

    code: Code
    edition: int
    name: Message
    purpose: Message
    notices: tuple[Message, ...]
    sections: tuple[Section, ...]
    read: Callable[[Answers], Reading]
    about: About
    gate: Gate | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """Return all its items in order."""
        return tuple(item for section in self.sections for item in section.items)

    def missing(self, answers: Answers) -> tuple[Item, ...]:
        """Return the items that were not asked."""
        return tuple(item for item in self.items if item.code not in answers)

    def lets_through(self, reply: int | None) -> bool:
        """Say whether it may be used, by the reply to what is asked first; None: it was not asked."""
        return self.gate is None or reply == YES


def check_answers(instrument: Instrument, answers: Answers) -> None:
    """Refuse answers that an instrument does not know, and none at all."""
    replies = {item.code: item.replies for item in instrument.items}
    if not all(code in replies and answer in replies[code] for code, answer in answers.items()):
        raise UnusableAnswers(message("These answers do not belong to this page. Open the page again."))
    if not answers:
        raise UnusableAnswers(message("Nothing was answered, so there is nothing to keep."))


def add_points(items: tuple[Item, ...], answers: Answers) -> int | None:
    """Return the points of the answers, or None while an item is unanswered."""
    if any(item.code not in answers for item in items):
        return None
    return sum(item.points.get(answers[item.code], 0) for item in items)


def not_computed(unanswered: int) -> Message:
    """Say why there is no number."""
    return counted_message(
        "Not computed: %(count)s item was not asked.", "Not computed: %(count)s items were not asked.", unanswered
    )
