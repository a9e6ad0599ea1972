"""How long supplies last, when they run low, and how much to order.

The formulas are those of the JSI Logistics Handbook (chapter 3: months of stock from what was dispensed, six months
of it) and of Management Sciences for Health (order = maximum − on hand − on order + committed). Use is adjusted for
days without stock as open-msupply does it, and "not enough data" is an answer: never zero, never a division by zero.
Amounts are whole numbers and fractions, so that rounding up is exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import Message, message
from harmreduction.stock.rules.lots import expiry_order

DAYS_OF_USE = 180  # six months of thirty days, which end yesterday because today is not over
DAYS_IN_MONTH = 30
ENOUGH_DAYS = 7  # with stock; of fewer nobody can tell how much a month needs
MOST_DAYS = 3650


class LevelsDoNotFit(DomainError):
    """A place wants to hold at most less than at least."""


class StockStatus(StrEnum):
    """How well a place is stocked with an item, worst first."""

    OUT = "out"
    EMERGENCY = "emergency"
    LOW = "low"
    FINE = "fine"
    TOO_MUCH = "too_much"
    NO_LEVEL = "no_level"
    UNKNOWN = "unknown"


STOCK_STATUSES: dict[StockStatus, Message] = {
    StockStatus.OUT: message("None left"),
    StockStatus.EMERGENCY: message("Nearly out"),
    StockStatus.LOW: message("Low"),
    StockStatus.FINE: message("Fine"),
    StockStatus.TOO_MUCH: message("More than needed"),
    StockStatus.NO_LEVEL: message("No level set"),
    StockStatus.UNKNOWN: message("Not enough data"),
}
RUNNING_LOW = (StockStatus.OUT, StockStatus.EMERGENCY, StockStatus.LOW)
WORST_FIRST = {status: place for place, status in enumerate(StockStatus)}


@dataclass(frozen=True, kw_only=True)
class Levels:
    """How much of an item a place wants to hold: in days of use, or a fixed number of units; None is not set.

    par_level counts where it is set: a van, a backpack or a machine is filled up to it.
    """

    min_days: int | None = None
    max_days: int | None = None
    emergency_days: int | None = None
    lead_days: int | None = None
    par_level: int | None = None

    @property
    def are_set(self) -> bool:
        """Say whether anything is set."""
        return self != NOT_SET


NOT_SET = Levels()


@dataclass(frozen=True, kw_only=True)
class Use:
    """Units that were used in so many days, on `days_out` of which there was nothing to use."""

    units: int
    days: int
    days_out: int

    @property
    def daily(self) -> Fraction | None:
        """Return the units of a day with stock; None when there is not enough data."""
        days_with_stock = self.days - self.days_out
        if self.units <= 0 or days_with_stock < ENOUGH_DAYS:
            return None
        return Fraction(self.units, days_with_stock)

    @property
    def monthly(self) -> Fraction | None:
        """Return the average monthly consumption: total / months × days / (days − days out)."""
        return None if self.daily is None else self.daily * DAYS_IN_MONTH


NO_USE = Use(units=0, days=0, days_out=0)


@dataclass(frozen=True, kw_only=True)
class Supply:
    """Units at a place: usable now, coming (on the way or asked for), and promised to other places."""

    usable: int
    coming: int = 0
    committed: int = 0


@dataclass(frozen=True, kw_only=True)
class LotHistory:
    """A lot over some days: units before the first, changes by day (from 0), and the last day it could be used.

    last_day is None for a lot that could be used on all of them, and negative for one that could on none.
    """

    opening: int
    changes: Mapping[int, int]
    last_day: int | None = None


@dataclass(frozen=True, kw_only=True)
class DatedLot:
    """Usable units of a lot and their last day, None where it has none."""

    lot_id: int
    units: int
    expiry: date | None


def check_levels(levels: Levels) -> None:
    """Refuse levels that cannot all be kept; raises LevelsDoNotFit."""
    in_order = [levels.emergency_days, levels.min_days, levels.max_days]
    given = [days for days in in_order if days is not None]
    if given != sorted(given):
        raise LevelsDoNotFit(message("The days go up: emergency, then least, then most."))


def usable_by_day(lots: Iterable[LotHistory], days: int) -> list[int]:
    """Return the usable units at the end of each day, all lots together."""
    steps = [0] * (days + 1)
    for lot in lots:
        last = days - 1 if lot.last_day is None else min(lot.last_day, days - 1)
        if last < 0:
            continue
        here = {day: units for day, units in lot.changes.items() if 0 <= day <= last}
        steps[0] += lot.opening
        for day, units in here.items():
            steps[day] += units
        steps[last + 1] -= lot.opening + sum(here.values())
    return list(accumulate(steps[:days]))


def use_of(lots: Sequence[LotHistory], used: Mapping[int, int], days: int) -> Use:
    """Return what was used on days 0 … days−1, from the first day on which anything was known of the item.

    A day is one without stock when nothing usable was left at its end and nothing was used on it. So a day on which
    the last one went out counts, and one with hand-outs that nobody had booked in counts, too.
    """
    known = [day for day in (*used, *(day for lot in lots for day in lot.changes)) if 0 <= day < days]
    first = 0 if any(lot.opening for lot in lots) else min(known, default=days)
    held = usable_by_day(lots, days)
    return Use(
        units=sum(units for day, units in used.items() if 0 <= day < days),
        days=days - first,
        days_out=sum(1 for day in range(first, days) if held[day] <= 0 and used.get(day, 0) <= 0),
    )


def months_of_stock(usable: int, monthly: Fraction | None) -> Fraction | None:
    """Return how many months the usable units last; None when there is not enough data."""
    return None if not monthly else Fraction(max(usable, 0)) / monthly


def status_of(usable: int, use: Use, levels: Levels) -> StockStatus:
    """Return how well a place is stocked; a place with a par level is low below half of it."""
    if usable <= 0 and (levels.are_set or use.units > 0):
        return StockStatus.OUT
    if levels.par_level is not None:
        return StockStatus.LOW if 2 * usable < levels.par_level else StockStatus.FINE
    if use.daily is None:
        return StockStatus.UNKNOWN
    return _by_days(usable / use.daily, levels)


def _by_days(lasts: Fraction, levels: Levels) -> StockStatus:
    """Return the status of what lasts so many days; what is gone before a delivery can come is low."""
    least = max(levels.min_days or 0, levels.lead_days or 0)
    if lasts <= (levels.emergency_days or 0):
        return StockStatus.EMERGENCY
    if lasts < least:
        return StockStatus.LOW
    if levels.max_days is not None and lasts > levels.max_days:
        return StockStatus.TOO_MUCH
    return StockStatus.FINE if levels.are_set else StockStatus.NO_LEVEL


def units_to_order(supply: Supply, use: Use, levels: Levels, pack_size: int) -> int | None:
    """Return what is missing to the maximum, in whole packs, or to the par level, in units; None where it is not known.

    What is below zero in the books was there to be handed out, so it counts as nothing.
    """
    missing = -max(supply.usable, 0) - supply.coming + supply.committed
    if levels.par_level is not None:
        return max(levels.par_level + missing, 0)
    if levels.max_days is None or use.daily is None:
        return None
    return packs_of(max(ceil(levels.max_days * use.daily) + missing, 0), pack_size) * pack_size


def packs_of(units: int, pack_size: int) -> int:
    """Return how many packs hold these units."""
    return -(-units // pack_size)


def left_unused(lots: Iterable[DatedLot], use: Use, today: date) -> dict[int, int] | None:
    """Return the units of each lot (by id) that come to their last day before anybody uses them.

    The lots go out first expiring first, each through its last day. None when there is not enough data.
    """
    if use.daily is None:
        return None
    left: dict[int, int] = {}
    used = 0
    for lot in sorted(lots, key=lambda lot: expiry_order(lot.expiry, lot.lot_id)):
        if lot.expiry is None:
            break
        by_then = floor(use.daily * max((lot.expiry - today).days + 1, 0))
        taken = min(lot.units, max(by_then - used, 0))
        used += taken
        if taken < lot.units:
            left[lot.lot_id] = lot.units - taken
    return left


def room_for(usable: int, use: Use, expiry: date, today: date) -> int:
    """Return how many more units a place would use by a day, beyond what lies there."""
    if use.daily is None:
        return 0
    return max(floor(use.daily * ((expiry - today).days + 1)) - max(usable, 0), 0)
