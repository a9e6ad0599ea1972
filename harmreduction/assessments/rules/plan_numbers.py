"""The plan number, by which a plan without a code is found again: drawn by lot, never made from who somebody is."""

import re
from collections.abc import Sequence

from harmreduction.referrals.rules.slips import find_slip_number, slip_number_of

PREFIX = "P"  # so that nobody takes it for the number of a slip
MARKED_LENGTH = 9  # signs, with the prefix


def plan_number_of(signs: Sequence[str]) -> str:
    """Return a plan number as people read it, of eight signs drawn by lot: P-K7MP-3XWR."""
    return f"{PREFIX}-{slip_number_of(signs)}"


def find_plan_number(typed: str) -> str | None:
    """Return a plan number however it was typed, with or without its P, or None if it cannot be one."""
    signs = re.sub(r"[\s\W_]", "", typed).upper()
    bare = signs.removeprefix(PREFIX) if len(signs) == MARKED_LENGTH else signs
    number = find_slip_number(bare)
    return f"{PREFIX}-{number}" if number else None
