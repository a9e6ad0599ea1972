"""What a name that is no place may be meant for: a town that is spelled nearly so, or a whole state."""

from collections.abc import Iterator, Sequence
from string import ascii_lowercase

from harmreduction.directory.gazetteer import Place, gazetteer
from harmreduction.directory.place_names import REGIONS, fold, joined

SHORTEST, LONGEST = 4, 40  # letters of a name: a shorter one is like everything
MOST = 5
CAPITAL = "DC"  # Washington is rather the city than the state
STATES = {fold(name): code for code, name in REGIONS.items()} | {code.lower(): code for code in REGIONS}


def state_named(text: str, places: Sequence[Place]) -> str:
    """Return the code of the state that a text names, unless a town there does, as New York: `places` of the name."""
    words = fold(text)
    code = STATES.get(words, "")
    is_town_too = any(fold(place.label.split(",")[0]) == words for place in places if place.region in {code, CAPITAL})
    return "" if is_town_too else code


def near_spellings(text: str) -> list[Place]:
    """Return the largest places whose name is one letter, or two letters in turned order, away from a text."""
    town, _, region = text.rpartition(",") if "," in text else (text, "", "")
    name, state = joined(fold(town)), STATES.get(fold(region), "")
    if not SHORTEST <= len(name) <= LONGEST:
        return []
    found = gazetteer().named_one_of(list(_spelled_like(name)), limit=MOST * 4)
    return [place for place in found if not state or place.region == state][:MOST]


def _spelled_like(name: str) -> set[str]:
    """Return every name that is one slip of the finger away."""
    return {slip for start, end in _halves(name) for slip in _slips(start, end)}


def _halves(name: str) -> Iterator[tuple[str, str]]:
    """Return a name parted at each of its letters."""
    return ((name[:at], name[at:]) for at in range(len(name) + 1))


def _slips(start: str, end: str) -> Iterator[str]:
    """Return a name with a letter missing, turned, replaced or added between its two halves."""
    if end:
        yield start + end[1:]
        yield from (start + letter + end[1:] for letter in ascii_lowercase)
    if len(end) > 1:
        yield start + end[1] + end[0] + end[2:]
    yield from (start + letter + end for letter in ascii_lowercase)
