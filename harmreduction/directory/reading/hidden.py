"""An address that must not be known, and whether a text tells it in other words."""

import re
from dataclasses import dataclass
from typing import Self

from harmreduction.directory.place_names import fold

LONG_NAME = 6  # letters; so long a name is found inside other words too, as in an address of the web
SHORT_NAME = 2  # letters; so short a name counts only where a street is meant: "Hepatitis B", "B Street"

# fmt: off
_KINDS = frozenset({
    "street", "saint", "avenue", "ave", "road", "rd", "boulevard", "blvd", "drive", "dr", "lane", "ln", "highway",
    "hwy", "route", "rte", "plaza", "place", "pl", "square", "sq", "court", "ct", "circle", "cir", "terrace", "ter",
    "parkway", "pkwy", "way", "trail", "alley",
})
# fmt: on
_DIRECTIONS = frozenset({"north", "south", "east", "west", "n", "s", "e", "w", "ne", "nw", "se", "sw"})
_ADDRESS = re.compile(
    r"\b\d+[a-z]?\s+(?:[\w.'-]+\s+){1,3}"
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|lane|ln|highway|hwy|court|ct|place|terrace|parkway)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class HiddenAddress:
    """The folded words of a street's name, the number of the house, and the first five signs of the ZIP."""

    street: tuple[str, ...]
    number: str
    postal_code: str

    @classmethod
    def of(cls, street: str, postal_code: str = "") -> Self:
        """Return what must not be told of an address."""
        words = fold(street).split()
        number = words[0] if words and words[0][:1].isdigit() else ""
        rest = words[1:] if number else words
        named = [word for word in rest if word not in _KINDS | _DIRECTIONS and not word.isdigit()]
        return cls(tuple(named or rest), number, fold(postal_code).partition(" ")[0][:5])

    def is_told_in(self, text: str, *, by_number: bool = True) -> bool:
        """Say whether a text names the street or the ZIP, any street with a number, or the number of the house."""
        words = fold(text).split()
        if self.street_is_in(text) or (self.postal_code and self.postal_code in words):
            return True
        return bool(_ADDRESS.search(text)) or (by_number and bool(self.number) and self.number in words)

    def street_is_in(self, text: str) -> bool:
        """Say whether a text names the street: its words, one after the other."""
        words, name = fold(text).split(), "".join(self.street)
        if not name:
            return False
        if len(name) >= LONG_NAME:
            return name in "".join(words)
        length = len(self.street)
        starts = [at for at in range(len(words)) if tuple(words[at : at + length]) == self.street]
        if len(name) > SHORT_NAME:
            return bool(starts)
        return any((at and words[at - 1].isdigit()) or _KINDS & set(words[at + 1 : at + 2]) for at in starts)
