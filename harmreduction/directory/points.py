"""Pack services for a map, so that tens of thousands of them load fast on a phone.

Columns instead of rows; towns and sets of terms once, by number; positions in ten-thousandths of a degree (about
ten metres), each as the difference to the one before; ids by their beginnings, joined. `static/js/map/services.js`
unpacks it.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from harmreduction.directory.rules.terms import kind_of, terms_of

STEPS = 10_000  # in one degree
ID_LENGTH = 11  # the beginning of an id, with its hyphen: 40 bits, which no two of many thousands share

Point = Sequence[Any]  # name, town, latitude, longitude, terms, HSDS id


def packed_points(points: Sequence[Point]) -> dict[str, Any]:
    """Return services as an object for JSON: all of it text and numbers, nothing that is markup to us."""
    names, places, latitudes, longitudes, terms, ids = zip(*points, strict=True) if points else ((),) * 6
    towns, offers = list(dict.fromkeys(places)), list(dict.fromkeys(terms))
    return {
        "towns": towns,
        "kinds": [kind_of(bits) for bits in offers],
        "offers": [[term.code for term in terms_of(bits)] for bits in offers],
        "ids": "".join(map(packed_id, ids)),
        "columns": {
            "name": names,
            "town": _numbered(places, towns),
            "offers": _numbered(terms, offers),
            "latitude": _differences(round(degrees * STEPS) for degrees in latitudes),
            "longitude": _differences(round(degrees * STEPS) for degrees in longitudes),
        },
    }


def packed_id(hsds_id: str) -> str:
    """Return the beginning of an HSDS id by which a map knows a service."""
    return hsds_id[:ID_LENGTH].replace("-", "")


def beginning_of_id(packed: str) -> str:
    """Return the beginning of an HSDS id as it was before it was packed."""
    return f"{packed[:8]}-{packed[8:]}"


def _numbered(values: Sequence[Any], known: Sequence[Any]) -> list[int]:
    """Return each value as its place among the known ones."""
    numbers = {value: number for number, value in enumerate(known)}
    return [numbers[value] for value in values]


def _differences(numbers: Iterable[int]) -> list[int]:
    """Return each number as the difference to the one before."""
    return [later - earlier for earlier, later in pairwise([0, *numbers])]
