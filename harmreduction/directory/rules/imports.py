"""A directory file on its way in: its states, what its rows would do, and how that is shown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any

from harmreduction.core.messages import Message, message

STUCK_AFTER = timedelta(minutes=1)
KEPT_FOR = timedelta(days=30)
LONGEST_SHOWN = 200  # characters of a value before and after
MOST_SHOWN = 20  # differences of one row
LINK = "_id"  # a field that ends so holds a number which nobody knows
UNSEEN_KEYS = frozenset({"id", "link_type", "taxonomy_term", "link_id"})

StoredMessage = list[Any]  # [text, values, plural, count]


class State(StrEnum):
    """How far a file is."""

    MAPPING = "mapping"
    READING = "reading"
    READY = "ready"
    APPLYING = "applying"
    DONE = "done"
    LEFT = "left"
    FAILED = "failed"

    @property
    def is_moving(self) -> bool:
        """Say whether it goes on by itself."""
        return self in (State.READING, State.APPLYING)

    @property
    def is_open(self) -> bool:
        """Say whether somebody still has to decide."""
        return self in (State.MAPPING, State.READING, State.READY)

    @property
    def words(self) -> Message:
        """Return it in words."""
        return _STATES[self]


_STATES = {
    State.MAPPING: message("Say what the columns mean"),
    State.READING: message("Being read"),
    State.READY: message("Waits for a decision"),
    State.APPLYING: message("Coming in"),
    State.DONE: message("Brought in"),
    State.LEFT: message("Left"),
    State.FAILED: message("Could not be read"),
}


class Effect(Enum):
    """What a row would do to the directory; the name in small letters is stored, the value is how it is read."""

    NEW = message("New")
    CHANGED = message("Changed")
    UNCHANGED = message("As it is")
    REPEATED = message("Repeated")
    MISSING = message("Not in this file any more")
    NONE = message("Nothing")

    @property
    def code(self) -> str:
        """Return how it is stored."""
        return self.name.lower()


RETIRES = "retires_missing"  # among the counts: 1 where services that are missing become inactive
WRITTEN = (Effect.NEW.code, Effect.CHANGED.code)


def is_interrupted(state: State, moved_at: datetime, at: datetime) -> bool:
    """Say whether a file that should go on by itself has not moved for a while."""
    return state.is_moving and at - moved_at > STUCK_AFTER


def effect_of(comparisons: Iterable[tuple[str, bool, bool]]) -> Effect:
    """Return what a row would do, from (kind, is new, differs) of each of its records.

    A row is new if what it is about is; terms count only where it is about nothing else.
    """
    told = list(comparisons)
    for kinds in (("service",), ("organization", "location", "service_at_location"), ("taxonomy", "taxonomy_term")):
        about = [(is_new, differs) for kind, is_new, differs in told if kind in kinds]
        if about:
            break
    else:
        return Effect.NONE
    if all(is_new for is_new, _ in about):
        return Effect.NEW
    if kinds[0] == "taxonomy":
        moved = any(is_new or differs for _, is_new, differs in told)
    else:
        moved = any(is_new or differs for kind, is_new, differs in told if not kind.startswith("taxonomy"))
    return Effect.CHANGED if moved else Effect.UNCHANGED


# Sentences -------------------------------------------------------------------------------------------


def stored_message(sentence: Message) -> StoredMessage:
    """Return a sentence as JSON can hold it, sentences within it too."""
    values = {
        name: {"sentence": stored_message(value)} if isinstance(value, Message) else _plain(value)
        for name, value in sentence.values.items()
    }
    return [str(sentence.text), values, sentence.plural, sentence.count]


def message_of(stored: StoredMessage) -> Message:
    """Return a sentence that was stored."""
    text, values, plural, count = stored
    read = {
        name: message_of(value["sentence"]) if isinstance(value, Mapping) else value for name, value in values.items()
    }
    return Message(text, read, plural, count)


def _plain(value: object) -> object:
    """Return a value as JSON takes it."""
    return value if isinstance(value, str | int | float) else str(value)


# Differences -----------------------------------------------------------------------------------------


def shown_differences(
    kind: str, differences: Sequence[tuple[str, Any, Any]], replaced: frozenset[str]
) -> list[list[Any]]:
    """Return differences as [field, before, after, whether the programme's own words go], in words and short.

    Of lists, only what is in one and not in the other is shown; of a link to another record, only that it differs.
    """
    shown = []
    for name, before, after in differences[:MOST_SHOWN]:
        old, new = ([], []) if name.endswith(LINK) else (list(_leaves(before)), list(_leaves(after)))
        if isinstance(before, list | dict) and isinstance(after, list | dict):
            old, new = _without(old, new), _without(new, old)
        field = name if kind == "service" else f"{kind}.{name}"
        shown.append([field, _short(old), _short(new), name in replaced])
    return shown


def _leaves(value: Any) -> Iterator[str]:
    """Yield the single values in a value, ids aside."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in UNSEEN_KEYS:
                yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None and value != "":
        yield str(value)


def _without(values: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the values that the others do not hold."""
    known = set(others)
    return [value for value in values if value not in known]


def _short(values: Sequence[str]) -> str:
    """Return values in one short line."""
    line = ", ".join(values)
    return line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"
