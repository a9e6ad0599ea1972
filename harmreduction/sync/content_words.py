"""What a record from a phone tells, in words, for the lead who puts it right."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from harmreduction.core.messages import Message, message
from harmreduction.encounters.rules import AUDIENCES, RETURN_MEASURES
from harmreduction.encounters.rules import naloxone as talks
from harmreduction.reversals.rules.quick import OUTCOME, WHEN
from harmreduction.reversals.rules.reports import Exactness, Happened
from harmreduction.stock.models import Item
from harmreduction.sync.queries.contents import Names
from harmreduction.sync.rules.deeds import (
    ClosedOut,
    Deed,
    HandedOut,
    Line,
    LoadedOut,
    ReversalTold,
    TakenBack,
    Talked,
    ToldOnVisit,
)
from harmreduction.sync.rules.envelopes import is_id
from harmreduction.sync.rules.records import Kind
from harmreduction.web.i18n import day, month_name, number, say, translated, units

KINDS: dict[Kind, Message] = {
    Kind.HAND_OUT: message("A hand-out"),
    Kind.TOLD: message("What was told on a visit"),
    Kind.TALK: message("A talk about naloxone"),
    Kind.REVERSAL: message("A reversed overdose"),
    Kind.LOAD_OUT: message("A load out"),
    Kind.CLOSE_OUT: message("A close out"),
    Kind.UNDONE: message("Something that was undone"),
    Kind.TAKE_BACK: message("An undo"),
}


def kind_words(kind: str | None) -> str:
    """Return what kind of record it is; one that could not be opened is just a record."""
    return say(KINDS[Kind(kind)]) if kind in set(Kind) else str(_("A record"))


def facts_of(deed: Deed, names: Names) -> list[tuple[str, str]]:
    """Return (what, answer) for everything that a record tells; what was not asked is left out."""
    return [(label, words) for label, words in _facts(deed, names) if words]


def plain_facts(rows: Iterable[tuple[str, str]], names: Names) -> list[tuple[str, str]]:
    """Return (name, text) of a record that is not understood, with names for ids; ids of nothing here are left out."""
    known = {
        **names.places,
        **{public_id: translated(item.name) for public_id, item in names.items.items()},
        **{public_id: lot or "–" for public_id, lot in names.lots.items()},
    }
    return [(name, known.get(text, text)) for name, text in rows if text in known or not is_id(text)]


def saved_facts(lines: Iterable[tuple[Item, int]]) -> list[tuple[str, str]]:
    """Return what a saved hand-out holds, or nothing."""
    given = "; ".join(f"{translated(item.name)}, {units(item, amount)}" for item, amount in lines)
    return [(str(_("Saved as handed out")), given)] if given else []


def line_words(line: Line, names: Names) -> str:
    """Return units of an item: Naloxone nasal, 2 boxes (4 doses), lot NX24B17."""
    item = names.items.get(line.item_id)
    what = translated(item.name) if item else _("An item that is not in the list")
    much = units(item, line.units) if item else number(line.units)
    if line.lot_id is None:
        return f"{what}, {much}"
    lot = names.lots.get(line.lot_id)
    told = _("a lot that is not known here") if lot is None else _("lot %(lot)s", lot=lot or "–")
    return f"{what}, {much}, {told}"


def _facts(deed: Deed, names: Names) -> Iterator[tuple[str, str]]:
    """Yield what a deed tells, in the order of the pages."""
    match deed:
        case HandedOut():
            yield _("From"), _place(deed.place_id, names)
            yield _("Handed out"), _lines(deed.lines, names)
        case ToldOnVisit():
            yield from _told(deed, names)
        case Talked():
            yield from _talk(deed, names)
        case ReversalTold():
            yield from _reversal(deed, names)
        case LoadedOut():
            yield _("Into"), _place(deed.place_id, names)
            yield _("Out of"), _place(deed.source_id, names) if deed.source_id else ""
            lines = [Line(item_id=item, units=amount) for item, amount in deed.items.items()]
            yield _("Taken along"), _lines(lines, names)
        case ClosedOut():
            found = [
                f"{_('lot %(lot)s', lot=names.lots.get(lot) or '–')}: {number(amount)}"
                for lot, amount in deed.found.items()
            ]
            yield _("Found, where it was not as expected"), "; ".join(found) or _("everything as expected")
            yield _("Rest taken back to"), _place(deed.back_id, names) if deed.back_id else ""
        case TakenBack():
            yield _("Takes back"), _("another record of the same phone")


def _told(deed: ToldOnVisit, names: Names) -> Iterator[tuple[str, str]]:
    """Yield what was told on a visit."""
    yield _("At"), _place(deed.place_id, names)
    if deed.returned is not None:
        measure = say(RETURN_MEASURES[deed.returned.measure])
        yield _("Syringes came back"), f"{number(float(deed.returned.amount))} ({measure})"
    yield _("For"), _word(AUDIENCES, deed.audience)
    yield _("Other people"), "" if deed.number_of_others is None else number(deed.number_of_others)


def _talk(deed: Talked, names: Names) -> Iterator[tuple[str, str]]:
    """Yield what was told in a talk."""
    yield _("At"), _place(deed.place_id, names)
    yield _("Kit before"), _word(talks.FATES, deed.previous_fate)
    yield _("Overdoses it was used on"), "" if deed.times_used is None else number(deed.times_used)
    yield _("It was from"), _word(talks.SOURCES, deed.previous_source)
    yield _("A kit now"), _word(talks.REPLIES, deed.reply)
    yield _("It is for"), _word(talks.RECIPIENTS, deed.recipient)
    yield _("Practised"), _word(talks.TRAININGS, deed.training)
    yield _("Handed out"), _lines(deed.lines, names)


def _reversal(deed: ReversalTold, names: Names) -> Iterator[tuple[str, str]]:
    """Yield what a report tells."""
    yield _("Told at"), _place(deed.place_id, names)
    yield _("When it was"), _word(WHEN.answers, deed.when) or _when(deed.happened)
    yield _("How they are now"), _word(OUTCOME.answers, deed.outcome)
    yield _("Doses"), "" if deed.doses is None else number(deed.doses)
    if deed.is_loose:
        yield _("Joined to a visit"), _("No, as was wished")


def _when(happened: Happened) -> str:
    """Return a day, a week or a month, as exactly as it was told."""
    stretch = happened.stretch
    if happened.on is None or stretch is None:
        return str(_("Day not known"))
    if happened.exactness is Exactness.WEEK:
        return str(_("Between %(first)s and %(last)s", first=day(stretch[0]), last=day(stretch[1])))
    return month_name(happened.on) if happened.exactness is Exactness.MONTH else day(happened.on)


def _lines(lines: Iterable[Line], names: Names) -> str:
    """Return lines as one text."""
    return "; ".join(line_words(line, names) for line in lines)


def _place(public_id: str, names: Names) -> str:
    """Return what a place is called."""
    return names.places.get(public_id) or str(_("a place that is not known here"))


def _word(words: Mapping[Any, Message], chosen: StrEnum | None) -> str:
    """Return an answer in words, or nothing where none was given."""
    return say(words[chosen]) if chosen in words else ""
