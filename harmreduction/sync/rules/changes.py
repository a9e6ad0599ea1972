"""What a lead puts right in a record that could not be applied as it stands. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from harmreduction.sync.rules.deeds import (
    ClosedOut,
    Deed,
    HandedOut,
    Line,
    LoadedOut,
    ReversalTold,
    Talked,
    ToldOnVisit,
)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What differs from what the phone wrote; what is empty stays as it was written.

    items: another item (public id) for one. units: by line, counted from 0. author_id: a row id. forget_lots: the lots
    that were written are not believed, so that they are inferred anew.
    """

    place_id: str | None = None
    author_id: int | None = None
    at: datetime | None = None
    items: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[int, int] = field(default_factory=dict)
    forget_lots: bool = False


def changed(deed: Deed, changes: Changes) -> Deed:
    """Return a deed as a lead wants it saved."""
    match deed:
        case HandedOut() | Talked():
            place_id = changes.place_id or deed.place_id
            return replace(deed, place_id=place_id, lines=_lines(deed.lines, changes))
        case LoadedOut():
            lines = _lines([Line(item_id=item, units=units) for item, units in deed.items.items()], changes)
            items = {line.item_id: 0 for line in lines}
            for line in lines:
                items[line.item_id] += line.units
            return replace(deed, place_id=changes.place_id or deed.place_id, items=items)
        case ToldOnVisit() | ReversalTold():
            return replace(deed, place_id=changes.place_id or deed.place_id)
        case ClosedOut():
            return replace(deed, found={}) if changes.forget_lots else deed
        case _:
            return deed


def _lines(lines: tuple[Line, ...] | list[Line], changes: Changes) -> tuple[Line, ...]:
    """Return lines with other items and units; a line with another item does not keep its lot."""
    return tuple(
        replace(
            line,
            item_id=changes.items.get(line.item_id, line.item_id),
            units=changes.units.get(number, line.units),
            lot_id=None if changes.forget_lots or line.item_id in changes.items else line.lot_id,
        )
        for number, line in enumerate(lines)
    )
