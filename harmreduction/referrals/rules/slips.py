"""The slip number that a person keeps: drawn by lot, never made from who they are."""

import re
from collections.abc import Sequence

SLIP_SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ"  # none that is easily taken for another
SLIP_LENGTH = 8  # 38 bits
SLIP_GROUP = 4


def slip_number_of(signs: Sequence[str]) -> str:
    """Return a slip number as people read it, of eight signs drawn by lot: K7MP-3XWR."""
    text = "".join(signs)
    return f"{text[:SLIP_GROUP]}-{text[SLIP_GROUP:]}"


def find_slip_number(typed: str) -> str | None:
    """Return a slip number however it was typed, or None if it cannot be one."""
    signs = re.sub(r"[\s\W_]", "", typed).upper()
    is_whole = len(signs) == SLIP_LENGTH and set(signs) <= set(SLIP_SIGNS)
    return slip_number_of(signs) if is_whole else None


def no_slip_any_more(number: str) -> str:
    """Return a slip number in a form that stands on no slip, K7MP/3XWR, by which a referral is called, never found."""
    return number.replace("-", "/")
