"""How a file on its way in is said in words and figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from harmreduction.core.messages import Message, message
from harmreduction.core.spreadsheets import Cell
from harmreduction.directory.history_words import KINDS, field_name
from harmreduction.directory.queries.imports import ImportView, ShownRow
from harmreduction.directory.rules.imports import RETIRES, WRITTEN, Effect, State
from harmreduction.web.i18n import say

VERDICTS = {
    "accepted": message("As it was"),
    "fixed": message("Put right"),
    "redacted": message("Private parts left out"),
    "refused": message("Refused"),
    "repeated": message("Repeated"),
}
EFFECTS = {effect.code: effect.value for effect in Effect if effect not in (Effect.REPEATED, Effect.NONE)}


@dataclass(frozen=True, kw_only=True)
class ShownChange:
    """A field that a row would change: what it says before and after, and whether the programme's own words go."""

    field: Message
    before: str
    after: str
    is_replaced: bool


def changes_of(row: ShownRow) -> list[ShownChange]:
    """Return what a row would change, its fields named as people say them; each line once."""
    told = [
        ShownChange(field=_named(name), before=before, after=after, is_replaced=is_replaced)
        for name, before, after, is_replaced in row.differences
    ]
    return [change for number, change in enumerate(told) if change not in told[:number]]


def _named(name: str) -> Message:
    """Return a field in words, with what it belongs to where that is not the service itself."""
    kind, _dot, field = name.rpartition(".")
    return message("%(kind)s: %(field)s", kind=KINDS[kind], field=field_name(field)) if kind else field_name(field)


def percent(view: ImportView) -> int:
    """Return how far a file is, from 0 to 100."""
    entry = view.entry
    if view.state is State.APPLYING:
        wanted = (*WRITTEN, *((Effect.MISSING.code,) if entry.counts.get(RETIRES) else ()))
        done, whole = entry.rows_applied, sum(entry.counts.get(name, 0) for name in wanted)
    else:
        done, whole = entry.rows_read, entry.rows_expected or 0
    return min(100 * done // whole, 100) if whole else 0


def rows_of_refused(refused: Iterable[ShownRow]) -> Iterator[Sequence[Cell]]:
    """Return a head and one row for each reason why a row of a file cannot be used."""
    yield gettext("Row"), gettext("Name"), gettext("Reason")
    for row in refused:
        for reason in row.reasons:
            yield row.number, row.name, say(reason)
