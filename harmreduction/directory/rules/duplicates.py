"""Which services may be one and the same, listed twice."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import combinations
from math import cos, floor, hypot, radians

from harmreduction.core.errors import OutOfDate
from harmreduction.core.messages import message

NEAR_METRES = 200.0
METRES_PER_DEGREE = 111_320.0
CELL_TALL, CELL_WIDE = 0.002, 0.006  # degrees, each more than NEAR_METRES up to 70 degrees north
ALIKE = 0.8  # how much of two names has to be the same
CROWD = 40  # in a larger group, each is compared with the next few by name only
NEIGHBOURS = 6


class Reason(Enum):
    """Why two services look like one."""

    SAME_NAME_AND_ZIP = message("Same name and ZIP")
    SAME_NAME_NEARBY = message("Same name, less than 200 metres apart")
    SAME_PHONE_AND_ZIP = message("Same phone number and ZIP")
    SAME_PLACE_AND_NAME_ALIKE = message("Same place, and names that are alike")


class CannotMerge(OutOfDate):
    """These two services cannot become one, or two again: somebody did something to them meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A service at one of its places, as duplicates are looked for.

    name is folded, phones are digits. publisher is who runs it and where the record comes from: one organisation
    lists many services under one number on purpose. A position is None where it is only about there.
    """

    service_id: int
    name: str
    postal_code: str = ""
    phones: frozenset[str] = frozenset()
    position: tuple[float, float] | None = None
    publisher: tuple[int | None, int | None] = (None, None)


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Two services, the smaller id first, and why they look like one."""

    first: int
    second: int
    reasons: tuple[Reason, ...]


def find_alike(listed: Sequence[Listed]) -> list[Alike]:
    """Return pairs of services that may be one; those with more reasons first."""
    reasons: dict[tuple[int, int], set[Reason]] = defaultdict(set)
    for reason, one, other in _candidates(listed):
        if one.service_id != other.service_id:
            low, high = sorted((one.service_id, other.service_id))
            reasons[low, high].add(reason)
    pairs = [
        Alike(first=low, second=high, reasons=tuple(reason for reason in Reason if reason in found))
        for (low, high), found in reasons.items()
    ]
    return sorted(pairs, key=lambda pair: (-len(pair.reasons), pair.first, pair.second))


Candidate = tuple[Reason, Listed, Listed]


def _candidates(listed: Sequence[Listed]) -> Iterator[Candidate]:
    """Return every two that share enough; only such as share something are compared at all."""
    named = [one for one in listed if one.name]
    for one, other in _within(_grouped(named, lambda one: (one.name, one.postal_code) if one.postal_code else None)):
        yield Reason.SAME_NAME_AND_ZIP, one, other
    for one, other in _same_name_nearby(named):
        yield Reason.SAME_NAME_NEARBY, one, other
    for one, other in _same_phone(listed):
        yield Reason.SAME_PHONE_AND_ZIP, one, other
    for one, other in _within(_grouped(named, _spot)):
        if one.name != other.name and _is_alike(one.name, other.name):
            yield Reason.SAME_PLACE_AND_NAME_ALIKE, one, other


def _grouped(listed: Iterable[Listed], key: Callable[[Listed], Hashable]) -> Iterable[list[Listed]]:
    """Return what has the same key together; a key of None belongs nowhere."""
    groups: dict[Hashable, list[Listed]] = defaultdict(list)
    for one in listed:
        found = key(one)
        if found is not None:
            groups[found].append(one)
    return groups.values()


def _within(groups: Iterable[list[Listed]]) -> Iterator[tuple[Listed, Listed]]:
    """Return the pairs in each group; in a crowd, those that are neighbours by name."""
    for group in groups:
        if len(group) <= CROWD:
            yield from combinations(group, 2)
            continue
        ordered = sorted(group, key=lambda one: (one.name, one.service_id))
        for start, one in enumerate(ordered):
            for other in ordered[start + 1 : start + 1 + NEIGHBOURS]:
                yield one, other


def _same_name_nearby(named: Iterable[Listed]) -> Iterator[tuple[Listed, Listed]]:
    """Return those of one name that are near each other, found in cells of a grid and the cells around."""
    cells: dict[tuple[str, int, int], list[Listed]] = defaultdict(list)
    for one in named:
        if one.position is None:
            continue
        row, column = _cell(one.position)
        for down in (-1, 0, 1):
            for aside in (-1, 0, 1):
                for other in cells.get((one.name, row + down, column + aside), ())[-CROWD:]:
                    if _metres(one, other) <= NEAR_METRES:
                        yield one, other
        cells[one.name, row, column].append(one)


def _same_phone(listed: Iterable[Listed]) -> Iterator[tuple[Listed, Listed]]:
    """Return those of one number and ZIP that different publishers list."""
    groups: dict[tuple[str, str], list[Listed]] = defaultdict(list)
    for one in listed:
        for phone in one.phones if one.postal_code else ():
            groups[phone, one.postal_code].append(one)
    return ((one, other) for one, other in _within(groups.values()) if one.publisher != other.publisher)


def _spot(one: Listed) -> Hashable:
    """Return a position to about ten metres."""
    return None if one.position is None else (round(one.position[0], 4), round(one.position[1], 4))


def _cell(position: tuple[float, float]) -> tuple[int, int]:
    """Return the cell of the grid that holds a position."""
    return floor(position[0] / CELL_TALL), floor(position[1] / CELL_WIDE)


def _metres(one: Listed, other: Listed) -> float:
    """Return how far two are from each other, on a map that is flat for so short a way."""
    if one.position is None or other.position is None:
        return float("inf")
    (north, east), (north_2, east_2) = one.position, other.position
    return METRES_PER_DEGREE * hypot(north - north_2, (east - east_2) * cos(radians(north)))


def _is_alike(one: str, other: str) -> bool:
    """Say whether two names are nearly the same; the cheap bounds are looked at first."""
    matcher = SequenceMatcher(a=one, b=other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
