"""An own phrase, for the day on which a card is lost."""

import unicodedata

from harmreduction.core.messages import message
from harmreduction.participants.rules.codes import CodeKind, TypedCode, UnusableCode

FEWEST_WORDS = 3
FEWEST_SIGNS = 12
LONGEST_PHRASE = 120


def plain_words(text: str) -> list[str]:
    """Return the words of a text made alike: small letters without accents, nothing but letters and digits."""
    parted = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(sign for sign in parted if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in bare.replace("'", "").replace("’", "")).split()


def typed_phrase(text: str) -> TypedCode:
    """Return a phrase as it was typed; raises UnusableCode for one that others might say too."""
    words = plain_words(text[:LONGEST_PHRASE])
    if len(words) < FEWEST_WORDS or sum(map(len, words)) < FEWEST_SIGNS:
        raise UnusableCode(message("A phrase has three words or more, and twelve letters or more."))
    return TypedCode(kind=CodeKind.PHRASE, text=" ".join(words))
