"""Where somebody looks from: the place that they typed or chose, else the programme's own, or nowhere."""

from dataclasses import dataclass

from harmreduction.directory.gazetteer import Place, gazetteer
from harmreduction.directory.place_names import fold
from harmreduction.directory.rules.finder import Point
from harmreduction.directory.spellings import near_spellings, state_named

LONGEST_TEXT = 120


@dataclass(frozen=True, kw_only=True)
class Where:
    """A place to search from, with what else its name may mean.

    point None: nowhere in particular; home is then the programme's own place, if it has one. is_unknown: no place has
    this name, and others are spelled nearly so or, is_state, are the largest towns of that state. is_here: the phone's
    own position, which no address ever carries.
    """

    point: Point | None = None
    label: str = ""
    key: str = ""
    country: str = ""
    others: tuple[Place, ...] = ()
    is_unknown: bool = False
    is_state: bool = False
    home: Point | None = None
    is_here: bool = False


def place_asked(typed: str | None, key: str, home: str) -> Where:
    """Return where a person looks from; `typed` None: they were not asked yet, so it is the programme's own place.

    Text counts more than the key that came with it, unless it is the very label of that key.
    """
    text = (typed or "").strip()[:LONGEST_TEXT]
    chosen = gazetteer().place_of(key) if key else None
    if chosen is not None and (typed is None or fold(text) == fold(chosen.label)):
        return where_is(chosen)
    if text:
        return _named(text)
    at_home = gazetteer().place_of(home) if home else None
    if at_home is None:
        return Where()
    return where_is(at_home) if typed is None else Where(home=_point_of(at_home))


def here(point: Point) -> Where:
    """Return the position of a phone, only as near as it is needed."""
    near = point.rounded
    town = gazetteer().nearest_town(near.latitude, near.longitude)
    return Where(point=near, country=town.country if town is not None else "", is_here=True)


def where_is(place: Place, others: tuple[Place, ...] = ()) -> Where:
    """Return a place of the gazetteer as one to search from."""
    return Where(
        point=_point_of(place),
        label=place.label,
        key=place.key,
        country=place.country,
        others=others,
    )


def _named(text: str) -> Where:
    """Return the likeliest place of that name, and the others for the person to choose."""
    places = gazetteer().find_places(text)
    if state := state_named(text, places):
        return Where(label=text, is_unknown=True, is_state=True, others=tuple(gazetteer().towns_of(state)))
    if not places:
        return Where(label=text, is_unknown=True, others=tuple(near_spellings(text)))
    return where_is(places[0], tuple(places[1:]))


def _point_of(place: Place) -> Point:
    """Return where a place is."""
    return Point(latitude=place.latitude, longitude=place.longitude)
