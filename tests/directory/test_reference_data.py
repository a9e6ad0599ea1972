"""The basemap and the gazetteer: small, whole, and each with its source, licence and digest."""

import gzip
import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import harmreduction

DATA = Path(harmreduction.__file__).parent / "data"
SOURCES = DATA / "SOURCES.md"
FILES = sorted(file for file in DATA.rglob("*") if file.is_file() and file != SOURCES)
BUILT = [file for file in FILES if file.suffix == ".gz"]
LARGEST = 6_000_000  # bytes that a programme downloads with the product, together
WEST, EAST = -182, 191  # Russia and Fiji go on beyond 180 degrees instead of jumping back

Points = list[tuple[float, float]]


def named(file: Path) -> str:
    return file.relative_to(DATA).as_posix()


def line_about(file: Path) -> str:
    """Return the line of the sources that begins with this file."""
    lines = SOURCES.read_text("utf-8").splitlines()
    return next((line for line in lines if line.startswith(f"| `{named(file)}` |")), "")


def basemap(name: str) -> Any:
    return json.loads(gzip.decompress((DATA / "basemap" / name).read_bytes()))


def lines_of(topology: Any) -> list[Points]:
    """Return every arc of a topology in degrees: whole steps from the point before, scaled and moved."""
    (across, up), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * across + west, y * up + south))
        found.append(points)
    return found


def test_the_basemap_is_all_there() -> None:
    assert [named(file) for file in BUILT] == [
        "basemap/cities.json.gz",
        "basemap/counties.json.gz",
        "basemap/countries.json.gz",
        "basemap/water.json.gz",
        "hsds_openapi.json.gz",
        "places.csv.gz",
    ]


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_data_file_has_its_source(file: Path) -> None:
    assert line_about(file), f"{named(file)} has no line in SOURCES.md"


@pytest.mark.parametrize("file", BUILT, ids=named)
def test_what_a_script_built_is_what_the_sources_say(file: Path) -> None:
    digests = re.findall(r"`([0-9a-f]{64})`", line_about(file))
    assert digests == [hashlib.sha256(file.read_bytes()).hexdigest()]
    assert re.search(r"`scripts/rebuild_\w+\.(py|mjs)`", line_about(file))


def test_together_they_stay_small() -> None:
    assert sum(file.stat().st_size for file in BUILT) <= LARGEST


@pytest.mark.parametrize("file", BUILT, ids=named)
def test_a_rebuild_gives_the_same_bytes_on_any_day(file: Path) -> None:
    stamp = file.read_bytes()[4:8]
    assert stamp == bytes(4)


@pytest.mark.parametrize("name", ["counties.json.gz", "countries.json.gz", "water.json.gz"])
def test_no_line_jumps_across_the_map(name: str) -> None:
    lines = lines_of(basemap(name))
    assert lines
    for points in lines:
        assert all(WEST <= x <= EAST and -90 <= y <= 90 for x, y in points)
        assert all(abs(one[0] - next_[0]) < 90 for one, next_ in pairwise(points))


def test_counties_are_those_of_today() -> None:
    topology = basemap("counties.json.gz")
    assert set(topology["objects"]) == {"counties", "states"}
    counties = topology["objects"]["counties"]["geometries"]
    connecticut = {county["id"] for county in counties if county["id"].startswith("09")}
    assert connecticut == {f"091{region}0" for region in range(1, 10)}
    assert all(county["properties"]["name"] for county in counties)
    assert len(topology["objects"]["states"]["geometries"]) == 56


def test_countries_leave_the_united_states_to_the_counties() -> None:
    countries = basemap("countries.json.gz")["objects"]["countries"]["geometries"]
    codes = {country.get("id") for country in countries}
    assert {"124", "484", "826"} <= codes  # Canada, Mexico, United Kingdom
    assert not {"840", "630"} & codes
    assert all(country["arcs"] for country in countries)


def test_rivers_say_how_wide_they_are_and_from_which_zoom_they_matter() -> None:
    water = basemap("water.json.gz")["objects"]
    assert set(water) == {"lakes", "rivers"}
    assert all(set(river["properties"]) == {"width", "zoom"} for river in water["rivers"]["geometries"])


def test_cities_come_largest_first_and_without_their_parts() -> None:
    cities = basemap("cities.json.gz")
    sizes = [thousands for _, _, _, thousands in cities]
    assert sizes == sorted(sizes, reverse=True)
    names = [name for name, *_ in cities]
    assert {"Baltimore", "Montréal", "New York"} <= set(names)
    assert "West Raleigh" not in names
