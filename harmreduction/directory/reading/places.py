"""What the gazetteer says about the ZIP, town and state of a row, each asked once."""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians

from harmreduction.directory.gazetteer import Place
from harmreduction.directory.place_names import fold, joined
from harmreduction.directory.reading.results import Gazetteer

KILOMETRES = 111.2  # of one degree of latitude


@dataclass(frozen=True)
class Position:
    """Degrees north and east."""

    latitude: float
    longitude: float

    @property
    def is_on_earth(self) -> bool:
        """Say whether there is such a place; 0/0 is what programs write when they know none."""
        is_nowhere = self.latitude == 0 and self.longitude == 0
        return -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180 and not is_nowhere

    @property
    def swapped(self) -> "Position":
        """Return it with latitude and longitude the other way round."""
        return Position(self.longitude, self.latitude)


class Places:
    """A gazetteer that remembers what it was asked: a file names the same towns again and again."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._zips: dict[str, Place | None] = {}
        self._towns: dict[tuple[str, str], Place | None] = {}

    def zip_area(self, code: str) -> Place | None:
        """Return the area of a ZIP code."""
        if code not in self._zips:
            self._zips[code] = self._gazetteer.zip_of(code)
        return self._zips[code]

    def town(self, city: str, state: str) -> Place | None:
        """Return the town of this name in this state or province."""
        key = (city, state)
        if key not in self._towns:
            self._towns[key] = self._find_town(city, state) if city and state else None
        return self._towns[key]

    def lies_in(self, code: str, city: str) -> bool:
        """Say whether a ZIP is known under the name of this town."""
        area = self.zip_area(code)
        return area is not None and same_town(area.label.partition(",")[0], city)

    @staticmethod
    def middle(place: Place | None) -> Position | None:
        """Return the middle of a place."""
        return position_of(place) if place else None

    def _find_town(self, city: str, state: str) -> Place | None:
        found = self._gazetteer.find_places(f"{city}, {state}", 4)
        return next((place for place in found if place.region == state and place.kind != "zip"), None)


@lru_cache(maxsize=4096)
def same_town(first: str, second: str) -> bool:
    """Say whether two names are the same town as people write them."""
    return joined(fold(first)) == joined(fold(second))


def kilometres(first: Position, second: Position) -> float:
    """Return about how far apart two positions are; exact enough to tell one county from another."""
    north = first.latitude - second.latitude
    east = (first.longitude - second.longitude + 180) % 360 - 180
    return KILOMETRES * hypot(north, east * cos(radians((first.latitude + second.latitude) / 2)))


def position_of(place: Place) -> Position:
    """Return where the middle of a place is."""
    return Position(place.latitude, place.longitude)
