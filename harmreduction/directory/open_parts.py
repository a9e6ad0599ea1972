"""A week in steps of three hours, one bit each: in which of them a place may be open.

A coarse picture of its hours that one number holds, so that a search can pass over what is surely closed without
reading hours. What may be open is then asked of the hours themselves.
"""

from collections.abc import Iterable
from datetime import datetime

from harmreduction.directory.hours import OpenSpan

MINUTES = 180  # in a step
A_DAY = 8  # steps
A_WEEK = 7 * A_DAY


def parts_of(spans: Iterable[OpenSpan]) -> int:
    """Return the steps that these hours touch, whichever days they are valid on."""
    parts = 0
    for span in spans:
        for step in range(span.opens // MINUTES, -(-span.closes // MINUTES)):
            parts |= 1 << (span.weekday * A_DAY + step) % A_WEEK
    return parts


def part_at(local: datetime) -> int:
    """Return the step in which clocks show this time."""
    return 1 << local.weekday() * A_DAY + local.hour * 60 // MINUTES
