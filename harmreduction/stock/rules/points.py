"""Vending machines and public boxes: how full, and for how long."""

from datetime import timedelta

from harmreduction.core.errors import DomainError

RATE_OVER = timedelta(days=60)  # what was taken in this time says how fast a machine empties
TOO_SHORT = timedelta(days=1)  # what was taken in less says nothing yet


class TooFull(DomainError):
    """More goes in than is known to fit."""


def percent_full(units: int, capacity: int | None) -> int | None:
    """Return how full a machine is, from 0 to 100; None where nobody said what fits in."""
    return None if capacity is None else min(max(units, 0) * 100 // capacity, 100)


def days_until_empty(left: int, taken: int, over: timedelta, since_seen: timedelta) -> int | None:
    """Return the whole days until a machine is empty, if people take as much as before; None where nobody knows.

    left: units when it was last seen. taken: units in the time `over`. since_seen: how long ago that was.
    """
    if taken <= 0 or over < TOO_SHORT:
        return None
    lasts = max(left, 0) * over / taken
    return max((lasts - since_seen).days, 0)
