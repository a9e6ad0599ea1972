"""How a file on its way in is said in words and figures."""

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext

from harmreduction.core.messages import message
from harmreduction.core.spreadsheets import Cell
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
