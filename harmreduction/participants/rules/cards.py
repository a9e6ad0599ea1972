"""The code on a card: eight signs drawn by lot and a ninth by which slips of the pen are found.

The ninth is a Luhn sign over the 28 signs of CODE_SIGNS. It finds every wrong sign, and every swap of two neighbours
but one: 2 and Z beside each other.
"""

import unicodedata
from collections.abc import Iterator, Sequence

from harmreduction.core.messages import message
from harmreduction.participants.rules.codes import CodeKind, TypedCode, UnusableCode
from harmreduction.settings.rules import CODE_SIGNS

DRAWN = 8
CARD_LENGTH = DRAWN + 1
LONGEST_TYPED = 40
DEMONSTRATION_CARD = "TRYMYCRDP"  # of the demonstration only, where it stands beside the look-up for all to try
WRONG = "?"
ASIDE = " -\u2010\u2011\u2012\u2013\u2014\u2212._/\t\n\r"


def card_code(drawn: Sequence[str]) -> str:
    """Return the code of a card: the signs that were drawn, and the check sign."""
    code = "".join(drawn)
    return code + check_sign(code)


def check_sign(code: str) -> str:
    """Return the sign that follows a code."""
    return CODE_SIGNS[-_sum(code, doubles_last=True) % len(CODE_SIGNS)]


def typed_signs(text: str) -> str:
    """Return what was typed as signs: capitals without spaces or dashes; what no card has stays as a wrong sign."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TYPED]).upper()
    signs = (sign if sign.isascii() else WRONG for sign in plain if sign not in ASIDE)
    return "".join(signs)[:LONGEST_TYPED]


def is_card_code(signs: str) -> bool:
    """Say whether these signs could stand on a card: nine, all of our own, and the ninth is right."""
    return (
        len(signs) == CARD_LENGTH
        and all(sign in CODE_SIGNS for sign in signs)
        and _sum(signs, doubles_last=False) % len(CODE_SIGNS) == 0
    )


def nearest_card_codes(signs: str) -> frozenset[str]:
    """Return the codes that could stand on a card and differ from these signs by one slip.

    A slip is one wrong sign, one sign left out, one too many, or two neighbours swapped.
    """
    return frozenset(code for code in _one_slip(signs) if code != signs and is_card_code(code))


def typed_card(text: str) -> TypedCode:
    """Return the code of a card as it was typed; raises UnusableCode for what is too short or too long for one."""
    signs = typed_signs(text)
    if not text.strip():
        raise UnusableCode(message("Type the code that stands on the card, or go on without one."))
    if not DRAWN <= len(signs) <= CARD_LENGTH + 1:
        raise UnusableCode(
            message("A card has nine signs, like K7TW-92BD-X. Look at each of them again; no name or number is needed.")
        )
    return TypedCode(kind=CodeKind.CARD, text=signs)


def _one_slip(signs: str) -> Iterator[str]:
    """Return everything that one slip may have made these signs of."""
    if not DRAWN <= len(signs) <= CARD_LENGTH + 1:
        return
    for place in range(len(signs) + 1):
        before, after = signs[:place], signs[place:]
        yield from (before + sign + after for sign in CODE_SIGNS)
        yield before + after[1:]
        yield from (before + sign + after[1:] for sign in CODE_SIGNS)
        yield before + after[1:2] + after[:1] + after[2:]


def _sum(code: str, *, doubles_last: bool) -> int:
    """Return the sum by Luhn; every other sign counts double, its two digits (to base 28) added."""
    base, total = len(CODE_SIGNS), 0
    for place, sign in enumerate(reversed(code)):
        value = CODE_SIGNS.index(sign)
        if (place % 2 == 0) == doubles_last:
            value = sum(divmod(2 * value, base))
        total += value
    return total
