"""A file as large as the country's list of treatment facilities, brought in through the product's own actions."""

import csv
import gzip
import io
from collections.abc import Iterator
from random import Random
from time import perf_counter

from flask import Flask

from bench.directory_fill import AROUND_TOWN, SEED, STREETS, service_name
from bench.measure import Figure
from harmreduction.core import clock
from harmreduction.core.actor import SystemActor
from harmreduction.directory.actions.applying import apply_import
from harmreduction.directory.actions.imports import SourceNamed, confirm_import, map_import, start_import
from harmreduction.directory.actions.staging import read_import
from harmreduction.directory.gazetteer import PLACES, gazetteer
from harmreduction.directory.queries.imports import get_import, mapping_of
from harmreduction.directory.rules.imports import State

ROWS, REPEATED = 14_034, 4
SECONDS = 10
FILE_NAME = "sud_treatment.csv"
COLUMNS = ("name1", "name2", "street1", "street2", "city", "state", "zip", "zip4", "county", "latitude", "longitude")
BY = SystemActor(label="bench")


def brought_in(app: Flask) -> Iterator[Figure]:
    """Time a file from its bytes to services that can be found: read and staged, then applied."""
    content = treatment_file()
    with app.app_context():
        gazetteer().suggest("21201")  # its places are prepared once, at the first use of a new programme
        began = perf_counter()
        public_id = start_import(content, FILE_NAME, SourceNamed(name="Treatment"), by=BY, at=clock.now())
        map_import(public_id, mapping_of(get_import(public_id)), at=clock.now())
        read_import(public_id, by=BY)
        staged = perf_counter()
        confirm_import(public_id, seen=get_import(public_id).entry.mark, by=BY, at=clock.now())
        apply_import(public_id, by=BY)
        done = perf_counter()
        entry = get_import(public_id).entry
        if entry.state != State.DONE or entry.rows_applied != ROWS - REPEATED:
            raise RuntimeError(f"The import did not come in whole: {entry.state}, {entry.counts}")
    yield Figure(
        name=f"import of {ROWS:,} services",
        measured=done - began,
        goal=SECONDS,
        unit="s",
        details=[f"read and staged: {staged - began:.1f} s", f"applied: {done - staged:.1f} s"],
    )


def treatment_file() -> bytes:
    """Return a CSV with the columns and the defects of the real one: first zeros of ZIPs lost, rows repeated."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    rows = list(_rows())
    writer.writerows([*rows, *rows[:REPEATED]])
    return lines.getvalue().encode()


def _rows() -> Iterator[tuple[object, ...]]:
    """Yield facilities, one or more in a ZIP area."""
    draw = Random(SEED)  # noqa: S311  (the same file each time)
    for number, area in enumerate(draw.choices(_zip_areas(), k=ROWS - REPEATED)):
        named = "Outpatient Services" if number % 2 else ""
        street = f"{number % 900 + 1} {STREETS[number % len(STREETS)]}"
        suite = f"Suite {number % 40}" if number % 3 == 0 else ""
        latitude, longitude = (float(area[name]) + draw.gauss(0, AROUND_TOWN / 8) for name in ("latitude", "longitude"))
        place = (area["name"], area["region"], area["code"].lstrip("0"), f"{number % 9000 + 1000}", "")
        yield service_name(number // 2), named, street, suite, *place, round(latitude, 6), round(longitude, 6)


def _zip_areas() -> list[dict[str, str]]:
    """Return the ZIP areas of the states."""
    with gzip.open(PLACES, "rt", encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["kind"] == "zip" and row["country"] == "US"]
