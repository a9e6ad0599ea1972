"""What happened to supplies, as sentences that people read. No name of a person stands in them, only places."""

from collections.abc import Callable, Hashable, Sequence
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import ngettext

from harmreduction.core import clock
from harmreduction.stock.models import Item, LotExpiryRevision, LotStatusChange
from harmreduction.stock.queries.moves import Move
from harmreduction.stock.queries.stories import Counted, Entry, Moved
from harmreduction.stock.rules import (
    LOT_STATUSES,
    TRANSACTION_KINDS,
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    LotStatus,
    TransactionKind,
)
from harmreduction.stock.rules.stories import StoryLine, folded
from harmreduction.web.i18n import day, number, say, translated, units

VIRTUAL = {there: kind for kind, there in VIRTUAL_LOCATION_IDS.items()}


def line_sentence(line: StoryLine[Entry], item: Item) -> str:
    """Return one line of a story: "Night van handed out 4 kits (8 doses), in 3 hand-outs"."""
    first = line.entries[0]
    if isinstance(first, Counted):
        return count_sentence(first, item)
    moves = [entry.move for entry in line.entries if isinstance(entry, Moved)]
    return moves_sentence(moves)


def moves_sentence(moves: Sequence[Move]) -> str:
    """Return what movements of one kind between two places did together: hand-outs of a lot, or the lots of a fact."""
    first = moves[0]
    told = _sentence(_kind_told(first), first, _amount(moves))
    if len(moves) > 1 and _is_hand_out(first):
        return str(ngettext("%(what)s, in %(num)s hand-out", "%(what)s, in %(num)s hand-outs", len(moves), what=told))
    return told


def count_sentence(count: Counted, item: Item) -> str:
    """Return what was counted, what that differed by, and what is explained since."""
    told = _("%(place)s counted %(units)s", place=count.location_name, units=units(item, count.counted))
    if count.is_taken:
        return f"{told}; {_taken_words(count.change)}"
    parts = [told, difference_words(count.at_first)]
    if count.change != count.at_first:
        parts.append(_since_then(count))
    if count.reason:
        parts.append(translated(count.reason))
    return "; ".join(parts)


def difference_words(difference: int) -> str:
    """Return a difference of a count in words."""
    if difference == 0:
        return str(_("as expected"))
    if difference < 0:
        return str(_("%(n)s fewer than booked", n=number(-difference)))
    return str(_("%(n)s more than booked", n=number(difference)))


def _taken_words(change: int) -> str:
    """Return how many units participants took since the count before."""
    if change > 0:
        return difference_words(change)
    return str(_("%(n)s taken since the last time", n=number(-change)))


def _since_then(count: Counted) -> str:
    """Return what late entries did to the difference of a count."""
    if count.change == 0:
        return str(_("explained since"))
    if count.explained > 0 and count.change * count.at_first > 0:
        return str(_("%(n)s explained since", n=number(count.explained)))
    return str(_("by what is known now, %(difference)s", difference=difference_words(count.change)))


def revision_sentence(revision: LotExpiryRevision) -> str:
    """Return what was said of the last day of use."""
    return str(_("Use by %(day)s from now on: %(document)s", day=day(revision.new_expiry), document=revision.document))


def status_sentence(change: LotStatusChange) -> str:
    """Return what was decided about a lot, and why."""
    status = say(LOT_STATUSES[LotStatus(change.new_status)])
    return f"{status}: {change.reason}" if change.reason else status


def _sentence(kind: str, move: Move, amount: str) -> str:
    """Return the sentence of one movement; what takes another back has that one's places the other way round."""
    source, target = move.from_id, move.to_id
    names = {"source": translated(move.from_name), "target": translated(move.to_name)}
    if move.undoes is not None:
        source, target = target, source
        names = {"source": names["target"], "target": names["source"]}
    make = SENTENCES.get(TransactionKind(kind), _moved)
    told = make(VIRTUAL.get(source), VIRTUAL.get(target), {"units": amount, "other": _other_lot(move), **names})
    if move.undoes is not None:
        told = _("Taken back: %(what)s", what=told)
    if move.supplier:
        told = _("%(what)s, from %(supplier)s", what=told, supplier=move.supplier)
    return str(f"{told}: {translated(move.reason)}" if move.reason else told)


def _other_lot(move: Move) -> str:
    """Return the lot with which this one was merged; under another item, with its name."""
    other = move.merged_with
    if other is None:
        return str(_("another lot"))
    told = str(_("lot %(number)s", number=other.lot_number)) if other.lot_number else ""
    return told if told and other.item_id == move.lot.item_id else f"{translated(other.item.name)} {told}".strip()


Values = dict[str, str]
Side = LocationKind | None  # the kind of a virtual place; None for a real one
Sentence = Callable[[Side, Side, Values], str]


def _opening(_source: Side, _target: Side, values: Values) -> str:
    return str(_("Opening stock at %(target)s: %(units)s", **values))


def _received(_source: Side, _target: Side, values: Values) -> str:
    return str(_("%(target)s received %(units)s", **values))


def _moved(_source: Side, _target: Side, values: Values) -> str:
    return str(_("%(units)s moved from %(source)s to %(target)s", **values))


def _sent(_source: Side, _target: Side, values: Values) -> str:
    return str(_("%(source)s sent off %(units)s", **values))


def _accepted(source: Side, target: Side, values: Values) -> str:
    if target is None:
        return str(_("%(units)s arrived at %(target)s", **values))
    if source is LocationKind.IN_TRANSIT:
        return str(_("%(units)s did not arrive", **values))
    return str(_("%(units)s more arrived than were sent", **values))


def _handed_out(_source: Side, _target: Side, values: Values) -> str:
    return str(_("%(source)s handed out %(units)s", **values))


def _handed_on(_source: Side, _target: Side, values: Values) -> str:
    return str(_("%(source)s handed on %(units)s", **values))


def _came_back(source: Side, target: Side, values: Values) -> str:
    if target is LocationKind.WASTE:
        if source is None:
            return str(_("%(source)s threw away %(units)s that came back", **values))
        return str(_("%(units)s came back and were thrown away", **values))
    return str(_("%(units)s came back to %(target)s", **values))


def _adjusted(_source: Side, target: Side, values: Values) -> str:
    if target is None:
        return str(_("%(target)s has %(units)s more than booked", **values))
    return str(_("%(source)s has %(units)s fewer than booked", **values))


def _wasted(_source: Side, _target: Side, values: Values) -> str:
    return str(_("%(source)s threw away %(units)s", **values))


def _packed(_source: Side, target: Side, values: Values) -> str:
    if target is None:
        return str(_("%(target)s packed %(units)s", **values))
    return str(_("%(source)s packed %(units)s into kits", **values))


def _unpacked(_source: Side, target: Side, values: Values) -> str:
    if target is None:
        return str(_("%(target)s took %(units)s out of kits", **values))
    return str(_("%(source)s took apart %(units)s", **values))


def _merged(_source: Side, target: Side, values: Values) -> str:
    if target is None:
        return str(_("%(units)s at %(target)s came over from %(other)s when the two were merged", **values))
    return str(_("%(units)s at %(source)s went over to %(other)s when the two were merged", **values))


def _counted(source: Side, target: Side, values: Values) -> str:
    if target is LocationKind.PARTICIPANT:
        return str(_("%(units)s were taken from %(source)s", **values))
    if source is LocationKind.PARTICIPANT:
        return str(_("%(units)s fewer were taken from %(target)s", **values))
    if target is None:
        return str(_("%(target)s counted %(units)s more than booked", **values))
    return str(_("%(source)s counted %(units)s fewer than booked", **values))


SENTENCES: dict[TransactionKind, Sentence] = {
    TransactionKind.OPENING: _opening,
    TransactionKind.RECEIVE: _received,
    TransactionKind.TRANSFER: _moved,
    TransactionKind.DISPATCH: _sent,
    TransactionKind.ACCEPT: _accepted,
    TransactionKind.DISTRIBUTE: _handed_out,
    TransactionKind.HAND_ON: _handed_on,
    TransactionKind.RETURN: _came_back,
    TransactionKind.ADJUST: _adjusted,
    TransactionKind.WASTE: _wasted,
    TransactionKind.ASSEMBLE: _packed,
    TransactionKind.DISASSEMBLE: _unpacked,
    TransactionKind.MERGE: _merged,
    TransactionKind.COUNT: _counted,
    TransactionKind.COUNT_ADJUSTMENT: _counted,
}


# Their sentences read well with a number of lots in them.
TOLD_BY_LOTS = (
    TransactionKind.OPENING,
    TransactionKind.RECEIVE,
    TransactionKind.TRANSFER,
    TransactionKind.DISPATCH,
    TransactionKind.ACCEPT,
    TransactionKind.WASTE,
)


def _is_hand_out(move: Move) -> bool:
    """Say whether this is a hand-out that stands."""
    return move.kind == TransactionKind.DISTRIBUTE and not move.is_reversed


def _kind_told(move: Move) -> str:
    """Return the kind whose sentence tells of a movement: its own, or that of what it takes back."""
    return move.kind if move.undoes is None else move.undoes


def _amount(moves: Sequence[Move]) -> str:
    """Return how much moved: units of one item, or how many lots."""
    if len({move.item.id for move in moves}) > 1:
        return str(ngettext("%(n)s lot", "%(n)s lots", len(moves), n=number(len(moves))))
    return units(moves[0].item, sum(move.quantity for move in moves))


def kind_name(kind: str) -> str:
    """Return what a kind of fact is called."""
    return say(TRANSACTION_KINDS[TransactionKind(kind)])


def fold_moves(moves: Sequence[Move], time_zone: str) -> list[tuple[Move, ...]]:
    """Return movements newest first; the hand-outs of one day and lot are one line, and so are the lots of one fact."""

    def fold_key(move: Move) -> Hashable:
        if _is_hand_out(move):
            return clock.today(time_zone, move.happened_at), move.lot.id
        if _kind_told(move) in TOLD_BY_LOTS and not VIRTUAL.keys() >= {move.from_id, move.to_id}:
            return move.fact_id, move.from_id, move.to_id
        return move.id

    stretches = groupby(moves, key=_is_hand_out)  # what happened in between parts the hand-outs of a day
    return [line for _is_one, stretch in stretches for line in folded(list(stretch), fold_key)]
