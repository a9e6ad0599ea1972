"""What went to a partner, what they handed on, and what came back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from harmreduction.stock.rules.kinds import VIRTUAL_LOCATION_IDS, LocationKind

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]
WASTE = VIRTUAL_LOCATION_IDS[LocationKind.WASTE]
UNEXPLAINED = (VIRTUAL_LOCATION_IDS[LocationKind.VARIANCE], VIRTUAL_LOCATION_IDS[LocationKind.ASSEMBLY])


class Flow(StrEnum):
    """Which way supplies went at a partner."""

    ARRIVED = "arrived"
    HANDED_ON = "handed_on"
    CAME_BACK = "came_back"
    WASTED = "wasted"
    DIFFERENCE = "difference"


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Units of an item that moved in a month (its first day) between a partner and another place (by id)."""

    month: date
    item_id: int
    other_id: int
    is_out: bool
    is_reversal: bool
    units: int


@dataclass(frozen=True, kw_only=True)
class MonthLine:
    """What became of an item at a partner in a month, in units; difference: found (above zero) or missing."""

    month: date
    item_id: int
    arrived: int = 0
    handed_on: int = 0
    came_back: int = 0
    wasted: int = 0
    difference: int = 0


def flow_of(moved: Moved) -> tuple[Flow, int]:
    """Return which way supplies went, and the units: below zero where something was taken back."""
    is_out = moved.is_out != moved.is_reversal  # a taking back goes the other way and counts against it
    units = -moved.units if moved.is_reversal else moved.units
    if moved.other_id == PARTICIPANT:
        return Flow.HANDED_ON, units if is_out else -units
    if moved.other_id == WASTE:
        return Flow.WASTED, units if is_out else -units
    if moved.other_id in UNEXPLAINED:
        return Flow.DIFFERENCE, -units if is_out else units
    return (Flow.CAME_BACK if is_out else Flow.ARRIVED), units


def month_lines(moves: Iterable[Moved]) -> list[MonthLine]:
    """Add movements up by month, the newest first, and item; what was wholly taken back leaves no line."""
    lines: dict[tuple[date, int], MonthLine] = {}
    for moved in moves:
        key = (moved.month, moved.item_id)
        line = lines.get(key, MonthLine(month=moved.month, item_id=moved.item_id))
        flow, units = flow_of(moved)
        lines[key] = replace(line, **{flow.value: getattr(line, flow.value) + units})
    told = [line for line in lines.values() if any(getattr(line, flow.value) for flow in Flow)]
    return sorted(told, key=lambda line: (-line.month.toordinal(), line.item_id))


def first_of_month(day: date, *, months_before: int = 0) -> date:
    """Return the first day of a day's month, or of one so many months before."""
    number = day.year * 12 + day.month - 1 - months_before
    return date(number // 12, number % 12 + 1, 1)
