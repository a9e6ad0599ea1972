"""Element strings whose separators a scanner dropped: where they can have stood."""

from collections.abc import Iterator

SEPARATOR = "\x1d"  # ASCII 29, what scanners send for FNC1
FIXED = {"01": 14, "11": 6, "13": 6, "15": 6, "17": 6}  # application identifier → digits that follow
VARIABLE = ("10", "21")  # lot and serial number
LONGEST_VARIABLE = 20


def with_separators(text: str) -> list[str]:
    """Return the text with separators in every way in which it is a row of elements, each named once.

    Readings with more elements come first, above all with dates: that a lot number should end in another whole
    element by chance is less likely than that the separator was dropped.
    """
    return [_joined(row) for row in sorted(_rows(text, frozenset()), key=_evidence, reverse=True)]


def _evidence(row: list[str]) -> tuple[int, int]:
    """Return how much speaks for a row: whole numbers and dates first, then how many elements it has."""
    return sum(element[:2] in FIXED for element in row), len(row)


def _rows(text: str, seen: frozenset[str]) -> Iterator[list[str]]:
    """Split a text into elements in every way that is left."""
    identifier = text[:2]
    if identifier in seen:
        return
    for length in _lengths(identifier, len(text) - 2):
        element, rest = text[: 2 + length], text[2 + length :]
        if identifier in FIXED and not element.isdigit():
            continue
        if not rest:
            yield [element]
            continue
        for row in _rows(rest, seen | {identifier}):
            yield [element, *row]


def _lengths(identifier: str, left: int) -> range:
    """Return how many signs an element may have after its identifier, with so many left."""
    if identifier in FIXED:
        return range(FIXED[identifier], min(FIXED[identifier], left) + 1)
    return range(1, min(LONGEST_VARIABLE, left) + 1) if identifier in VARIABLE else range(0)


def _joined(row: list[str]) -> str:
    """Put a row of elements together, with a separator after each one that has no fixed length."""
    return "".join(element + (SEPARATOR if element[:2] in VARIABLE else "") for element in row).rstrip(SEPARATOR)
