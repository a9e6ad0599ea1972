"""Coordinates as files hold them: degrees, metres of a web map, swapped, zero, or one point for everybody."""

from collections import defaultdict
from dataclasses import dataclass
from math import atan, degrees, exp, pi

from harmreduction.core.messages import Message, message
from harmreduction.directory.gazetteer import Place
from harmreduction.directory.reading.places import Position, kilometres, position_of

MERCATOR_EDGE = 20_037_508.343  # metres from the middle of a Web Mercator map to its edge
EARTH_RADIUS = 6_378_137.0  # metres, as Web Mercator has it
SHARED_BY = 20  # rows; a point that more rows with different addresses share is a default
NEAR, FAR = 300, 1000  # kilometres
DECIMALS = 7  # about a centimetre


@dataclass(frozen=True)
class ReadPosition:
    """Where a row says it is, if it does, and what was put right."""

    position: Position | None
    fixes: tuple[Message, ...] = ()


class SharedPoints:
    """Counts how many addresses share a point, before any row is read."""

    def __init__(self) -> None:
        self._addresses: dict[tuple[str, str], set[str]] = defaultdict(set)

    def note(self, latitude: str, longitude: str, address: str) -> None:
        """Note the cells of a row."""
        known = self._addresses[latitude, longitude]
        if len(known) <= SHARED_BY:
            known.add(address.lower())

    def is_default(self, latitude: str, longitude: str) -> bool:
        """Say whether a point stands for "not known"."""
        return len(self._addresses.get((latitude, longitude), ())) > SHARED_BY


def read_position(latitude: str, longitude: str, *, is_default: bool, near: Place | None) -> ReadPosition:
    """Return the position in two cells; `near` is where ZIP or town say that it is."""
    if not latitude.strip() and not longitude.strip():
        return ReadPosition(None)
    north, east = _number(latitude), _number(longitude)
    if north is None or east is None:
        return ReadPosition(None, (message("The position cannot be read, so it is left out."),))
    if north == 0 or east == 0:
        return ReadPosition(None, (message("The position is 0, which is nowhere, so it is left out."),))
    if is_default:
        fix = message("Many rows with other addresses have this position, so it is left out.")
        return ReadPosition(None, (fix,))
    return _on_earth(Position(north, east), near)


def _on_earth(position: Position, near: Place | None) -> ReadPosition:
    fixes: tuple[Message, ...] = ()
    if _is_in_metres(position):
        position = _from_metres(position)
        fixes = (message("The position was in metres of a web map and is now in degrees."),)
    if _is_swapped(position, near):
        position = position.swapped
        fixes = (*fixes, message("Latitude and longitude were swapped."))
    if not position.is_on_earth:
        return ReadPosition(None, (message("The position is not on the Earth, so it is left out."),))
    return ReadPosition(Position(round(position.latitude, DECIMALS), round(position.longitude, DECIMALS)), fixes)


def _number(cell: str) -> float | None:
    try:
        number = float(cell.strip().rstrip("°").replace("−", "-"))
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None  # neither infinite nor NaN


def _is_in_metres(position: Position) -> bool:
    largest = max(abs(position.latitude), abs(position.longitude))
    return 1000 < largest <= MERCATOR_EDGE and min(abs(position.latitude), abs(position.longitude)) > 180


def _from_metres(position: Position) -> Position:
    """Return degrees for metres north and east on a Web Mercator map."""
    latitude = degrees(2 * atan(exp(position.latitude / EARTH_RADIUS)) - pi / 2)
    return Position(latitude, degrees(position.longitude / EARTH_RADIUS))


def _is_swapped(position: Position, near: Place | None) -> bool:
    """Say whether a position makes sense only the other way round."""
    if not position.swapped.is_on_earth:
        return False
    if not position.is_on_earth:
        return True
    if near is None:
        return position.latitude < -60 and position.longitude > 0  # nobody lives there
    middle = position_of(near)
    return kilometres(position, middle) > FAR and kilometres(position.swapped, middle) < NEAR
