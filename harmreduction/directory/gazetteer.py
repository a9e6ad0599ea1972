"""Where a place is, by its ZIP, its name or its neighbours, without asking anybody: an offline geopy geocoder.

`harmreduction/data/places.csv.gz` becomes a read-only SQLite file in the instance folder at first use, or a
database in memory where nothing can be written.
"""

import csv
import gzip
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from geopy.distance import great_circle
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from geopy.point import Point

from harmreduction.directory.place_names import (
    UNITED_STATES,
    Demand,
    fold,
    fold_unfinished,
    joined,
    readings,
    slug,
    split_zip,
)

PLACES = Path(__file__).resolve().parent.parent / "data/places.csv.gz"

# A town at home is meant more often than a city abroad: Birmingham in Alabama, yet Paris in France.
HOME_COUNTS = 20
# How far a search for the nearest town reaches, step by step, in degrees of latitude (about 111 km each).
REACHES = (0.1, 0.4, 1.5, 5.0)

SCHEMA = """
CREATE TABLE country (code TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE place (
    key TEXT PRIMARY KEY, label TEXT NOT NULL, kind TEXT NOT NULL, region TEXT NOT NULL, country TEXT NOT NULL,
    latitude REAL NOT NULL, longitude REAL NOT NULL, name TEXT NOT NULL, weight INTEGER NOT NULL
);
"""
INDEXES = """
CREATE INDEX place_by_name ON place (name, weight DESC);
CREATE INDEX place_by_position ON place (latitude, longitude) WHERE kind <> 'zip';
PRAGMA optimize;
"""
COLUMNS = "key, label, kind, region, country, latitude, longitude"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A ZIP area, a town of the United States, or a city elsewhere; `key` names it in addresses of pages.

    `region` is a state or province code; abroad it may be the nearest large city, where a name is there twice.
    """

    key: str
    label: str
    kind: Literal["zip", "town", "city"]
    region: str
    country: str
    latitude: float
    longitude: float


class OfflineGazetteer(Geocoder):  # type: ignore[misc]  # geopy publishes no types
    """A geopy geocoder over the places of this project; it never opens a connection."""

    def __init__(self, folder: Path | None = None, *, source: Path = PLACES) -> None:
        super().__init__()
        self._folder = folder
        self._source = source
        self._lock = RLock()
        self._opened: sqlite3.Connection | None = None
        self._countries: dict[str, str] = {}

    def find_places(self, text: str, limit: int = 8) -> list[Place]:
        """Return the places that a text may mean, likeliest first; the person chooses.

        A ZIP, "Town, ST", "town state", "City, Country" or a whole address; its last line is what counts.
        """
        code, rest = split_zip(text)
        by_zip = [place] if code and (place := self.zip_of(code)) else []
        longer = [] if by_zip else self._beginning(rest, limit)  # "balti" is a town in Moldova, and may go on
        return list(dict.fromkeys([*by_zip, *self._named(rest), *longer]))[:limit]

    def suggest(self, prefix: str, limit: int = 8) -> list[Place]:
        """Return the places whose name or ZIP begins with what was typed so far, the largest first."""
        typed = fold_unfinished(prefix)
        named = self._named(prefix)
        closer = [place for place in named if fold_unfinished(place.label).startswith(typed)]  # "portland, m"
        return list(dict.fromkeys([*self._beginning(prefix, limit), *(closer or named)]))[:limit]

    def named_one_of(self, names: Collection[str], limit: int = 8) -> list[Place]:
        """Return the towns and cities with one of these joined names, the largest first."""
        return self._places(f"kind <> 'zip' AND name IN ({', '.join('?' for _ in names)})", *names, limit=limit)

    def towns_of(self, state: str, limit: int = 8) -> list[Place]:
        """Return the largest towns of a state by its code."""
        return self._places("kind = 'town' AND region = ?", state, limit=limit)

    def place_of(self, key: str) -> Place | None:
        """Return the place with this key."""
        return next(iter(self._places("key = ?", key)), None)

    def zip_of(self, code: str) -> Place | None:
        """Return the area of a ZIP code, "21201" or "21201-1234"."""
        five, _, four = code.strip().partition("-")
        return self.place_of(f"zip-{five}") if four == "" or (len(four) == 4 and four.isdigit()) else None

    def state_of_zip(self, code: str) -> str | None:
        """Return the state or territory of a ZIP code: "MD"."""
        place = self.zip_of(code)
        return place.region if place else None

    def nearest_town(self, latitude: float, longitude: float) -> Place | None:
        """Return the nearest town or city, or None where there is none for hundreds of kilometres."""
        here = (latitude, longitude)
        for reach in REACHES:
            near = self._around(latitude, longitude, reach)
            nearest = min(near, key=lambda place: _kilometres(here, place), default=None)
            if nearest and _kilometres(here, nearest) <= reach * 110:  # a nearer one may lie outside the box
                return nearest
        return None

    def geocode(self, query: str, *, exactly_one: bool = True, limit: int = 8, timeout: Any = None) -> Any:
        """Return the likeliest location of a text, or all of them; geopy's way to say `find_places`."""
        found = [_location(place) for place in self.find_places(query, limit)]
        return (found[0] if exactly_one else found) if found else None

    def reverse(self, query: Any, *, exactly_one: bool = True, timeout: Any = None) -> Any:
        """Return the location of the nearest town; geopy's way to say `nearest_town`."""
        point = Point(query)
        nearest = self.nearest_town(point.latitude, point.longitude)
        if nearest is None:
            return None
        return _location(nearest) if exactly_one else [_location(nearest)]

    def _named(self, text: str) -> list[Place]:
        """Return the places with the name that stands in a text, by the first reading that fits any."""
        self._database()  # the countries come with it
        for name, demands in readings(text, self._countries):
            found = [place for place in self._places("name = ? AND kind <> 'zip'", name) if _fits(place, demands)]
            if found:
                return found
        return []

    def _beginning(self, text: str, limit: int) -> list[Place]:
        """Return the places whose name begins with this text, a half-typed "st" being a saint or Stamford."""
        starts = (joined(fold(text)), joined(fold_unfinished(text)))
        ranges = [edge for start in starts for edge in (start, f"{start}~")]
        begins = "(name >= ? AND name < ?) OR (name >= ? AND name < ?)"
        return self._places(begins, *ranges, limit=limit) if all(starts) else []

    def _around(self, latitude: float, longitude: float, reach: float) -> list[Place]:
        """Return the towns and cities in a box that holds every point within `reach` degrees."""
        east = min(180.0, reach * 111 / max(1.0, great_circle((latitude, 0), (latitude, 1)).km))
        west_edge, east_edge = longitude - east, longitude + east
        return self._places(
            "kind <> 'zip' AND latitude BETWEEN ? AND ? AND (longitude BETWEEN ? AND ?"
            " OR longitude + 360 BETWEEN ? AND ? OR longitude - 360 BETWEEN ? AND ?)",
            latitude - reach,
            latitude + reach,
            *(west_edge, east_edge) * 3,
        )

    def _places(self, where: str, *values: Any, limit: int = -1) -> list[Place]:
        """Read places by weight; `where` is written in this module, never by a person."""
        asked = f"SELECT {COLUMNS} FROM place WHERE {where} ORDER BY weight DESC, key LIMIT ?"  # noqa: S608
        with self._lock:
            rows = self._database().execute(asked, (*values, limit)).fetchall()
        names = ("key", "label", "kind", "region", "country", "latitude", "longitude")
        return [Place(**dict(zip(names, row, strict=True))) for row in rows]

    def _database(self) -> sqlite3.Connection:
        """Return the one connection; threads take turns, a question takes well under a millisecond."""
        with self._lock:
            if self._opened is None:
                self._opened = _open(self._source, self._folder)
                named = self._opened.execute("SELECT name, code FROM country")
                self._countries = {fold(name): code for name, code in named}
            return self._opened


_made: dict[str, OfflineGazetteer] = {}


def use_folder(folder: Path) -> None:
    """Keep the prepared places in this folder from now on; the factory says it at start."""
    _made["gazetteer"] = OfflineGazetteer(folder)


def gazetteer() -> OfflineGazetteer:
    """Return the gazetteer of this application."""
    if "gazetteer" not in _made:  # making one reads all certificates of the system, which takes long
        _made.setdefault("gazetteer", OfflineGazetteer())
    return _made["gazetteer"]


def _open(source: Path, folder: Path | None) -> sqlite3.Connection:
    """Return the prepared places: from the folder, made there if they are new, else from memory."""
    if folder is not None:
        with suppress(OSError, sqlite3.Error):
            return _open_file(_prepared(source, folder))
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(memory, source)
    return memory


def _open_file(file: Path) -> sqlite3.Connection:
    """Open a finished file, which nothing changes any more."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def _prepared(source: Path, folder: Path) -> Path:
    """Return the file made from these data, after making it if needed.

    It appears under its name only when it is whole and on disk, so several processes may do this at once.
    """
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    target = folder / f"places-{digest}.sqlite"
    if target.exists():
        return target
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=target.stem, suffix=".making")
    try:
        with sqlite3.connect(temporary) as database:
            _fill(database, source)
        database.close()
        os.fsync(handle)
        os.replace(temporary, target)
    finally:
        os.close(handle)
        Path(temporary).unlink(missing_ok=True)
    _forget_others(target)
    return target


def _forget_others(target: Path) -> None:
    """Remove what was prepared from older data; a file that another process holds open may stay."""
    for old in target.parent.glob("places-*.sqlite"):
        if old != target:
            with suppress(OSError):
                old.unlink()


def _fill(database: sqlite3.Connection, source: Path) -> None:
    """Write every place into a new database."""
    database.execute("PRAGMA journal_mode = OFF")
    database.executescript(SCHEMA)
    with gzip.open(source, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    countries = {row["code"]: row["name"] for row in rows if row["kind"] == "country"}
    database.executemany("INSERT INTO country VALUES (?, ?)", countries.items())
    database.executemany(f"INSERT INTO place VALUES ({', '.join('?' * 9)})", _lines(rows, countries))  # noqa: S608
    database.executescript(INDEXES)
    database.commit()


def _lines(rows: list[dict[str, str]], countries: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """Return each place as a line of its table: with key, label, joined name and weight."""
    for row in rows:
        kind, region, country = row["kind"], row["region"], row["country"]
        if kind == "country":
            continue
        if kind == "zip":
            key, label, name = f"zip-{row['code']}", f"{row['name']}, {region} {row['code']}", row["code"]
        elif kind == "town":
            key = "-".join(filter(None, ["town", slug(row["name"]), region.lower(), row["code"]]))
            label, name = f"{row['name']}, {region}" + (f" ({row['code']})" if row["code"] else ""), ""
        else:
            abroad = [part for part in (row["name"], region, countries[country]) if part]
            key, label, name = "-".join(["city", *map(slug, [*abroad[:-1], country])]), ", ".join(abroad), ""
        weight = int(row["population"] or 0) * (HOME_COUNTS if country == UNITED_STATES else 1)
        position = float(row["latitude"]), float(row["longitude"])
        yield key, label, kind, region, country, *position, name or joined(fold(row["name"])), weight


def _fits(place: Place, demands: tuple[Demand, ...]) -> bool:
    """Say whether region or country of a place meet every demand."""
    return all(codes & {place.region, place.country} for codes in demands)


def _kilometres(here: tuple[float, float], place: Place) -> float:
    """Return the distance from a point to a place."""
    return float(great_circle(here, (place.latitude, place.longitude)).km)


def _location(place: Place) -> Location:
    """Return a place as geopy says it; how exact it is stands in `raw`."""
    raw = {"key": place.key, "kind": place.kind, "precision": "zip" if place.kind == "zip" else "town"}
    return Location(place.label, (place.latitude, place.longitude, 0.0), raw)
