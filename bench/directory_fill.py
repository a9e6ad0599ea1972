"""A directory as large as a country's, written in bulk: believable places, offers and hours, the same each time."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert

from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.directory.gazetteer import PLACES
from harmreduction.directory.hours import OpenSpan
from harmreduction.directory.models import FinderEntry, OpenHours, Service
from harmreduction.directory.open_parts import parts_of
from harmreduction.directory.rules.finder import Point
from harmreduction.directory.rules.terms import bits_of, kind_of
from harmreduction.directory.zones import EASTERN, zone_of

SERVICE = cast(Table, Service.__table__)
ENTRY = cast(Table, FinderEntry.__table__)
HOURS = cast(Table, OpenHours.__table__)
BATCH = 5_000
SEED = 20261122
AROUND_TOWN = 0.04  # degrees, about four kilometres
FIRST_WORDS = ("Union", "Harbor", "Prairie", "Lakeside", "Canal", "Summit", "River", "Station", "Mill", "Garden")
LAST_WORDS = ("Health", "Recovery", "Pharmacy", "Outreach", "Clinic", "Exchange", "Wellness", "Services", "Drop-in")
STREETS = ("Main St", "Oak Ave", "Second St", "Park Rd", "Cedar Ln", "Market St", "Hill Dr", "Mill Rd", "Broadway")
OFFERS = (
    (30, ("treatment",)),
    (20, ("treatment", "moud", "testing")),
    (15, ("naloxone", "free", "walk_in")),
    (10, ("naloxone", "syringes", "drug_checking", "no_id", "anonymous", "free")),
    (10, ("testing", "wound_care", "walk_in")),
    (10, ("food", "shelter", "free")),
    (5, ("peer_support",)),
)
OFFICE, LONG_DAYS, NIGHTS, ALWAYS, IRREGULAR, UNKNOWN = range(6)
PATTERNS = (OFFICE, LONG_DAYS, NIGHTS, ALWAYS, IRREGULAR, UNKNOWN)
HOW_MANY = (72, 12, 5, 1, 5, 5)  # of 100


@dataclass(frozen=True, kw_only=True)
class Town:
    """A town of the United States."""

    name: str
    state: str
    point: Point
    population: int


def towns() -> list[Town]:
    """Return every town with people in it, the largest first."""
    with gzip.open(PLACES, "rt", encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["kind"] == "town" and int(row["population"] or 0)]
    found = [
        Town(
            name=row["name"],
            state=row["region"],
            point=Point(latitude=float(row["latitude"]), longitude=float(row["longitude"])),
            population=int(row["population"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda town: -town.population)


def fill_directory(services: int) -> None:
    """Write so many services, each at one place, more of them where more people live."""
    draw, known = Random(SEED), towns()  # noqa: S311  (the same directory each time)
    weights = list(accumulate(town.population for town in known))
    for first in range(1, services + 1, BATCH):
        numbers = range(first, min(first + BATCH, services + 1))
        chosen = draw.choices(known, cum_weights=weights, k=len(numbers))
        pairs = list(zip(numbers, chosen, strict=True))
        with transaction():
            db.session.execute(insert(SERVICE), [_service(number) for number in numbers])
            hours = {number: _some_hours(draw) for number in numbers}
            db.session.execute(
                insert(ENTRY),
                [_entry(number, town, draw) | {"open_parts": parts_of(hours[number])} for number, town in pairs],
            )
            db.session.execute(
                insert(HOURS),
                [{"entry_id": number, **vars(span)} for number, spans in hours.items() for span in spans],
            )


def service_name(number: int) -> str:
    """Return a name that tells services apart, as real names do."""
    words = (FIRST_WORDS[number % 10], LAST_WORDS[number // 10 % 9])
    return f"{words[0]} {words[1]} {number}"


def _service(number: int) -> dict[str, Any]:
    """Return the row of a service."""
    key = str(UUID(bytes=Random(SEED + number).randbytes(16), version=4))  # noqa: S311
    document = {"id": key, "name": service_name(number), "status": "active", "description": "Help with what you need."}
    return {"id": number, "hsds_id": key, "document": document, "name": document["name"], "changed_at": now()}


def _entry(number: int, town: Town, draw: Random) -> dict[str, Any]:
    """Return the row of a service at its place."""
    (codes,) = draw.choices([codes for _, codes in OFFERS], [weight for weight, _ in OFFERS])
    bits, name, place = bits_of(codes), service_name(number), f"{town.name}, {town.state}"
    latitude = town.point.latitude + draw.gauss(0, AROUND_TOWN)
    longitude = town.point.longitude + draw.gauss(0, AROUND_TOWN)
    street = f"{number % 900 + 1} {STREETS[number % len(STREETS)]}"
    return {
        "id": number,
        "service_id": number,
        "name": name,
        "organization_name": FIRST_WORDS[number % 10] + " County Partners",
        "place_name": street,
        "town": place,
        "kind": kind_of(bits),
        "latitude": latitude,
        "longitude": longitude,
        "time_zone": zone_of(town.state, longitude, latitude) or EASTERN,
        "terms": bits,
        "languages": ",en,es," if number % 3 == 0 else ",en,",
        "searched": f"{name} {street} {place} {' '.join(codes)}".lower(),
        "has_hours": True,
    }


def _some_hours(draw: Random) -> Sequence[OpenSpan]:
    """Return the hours of a service: most on weekdays, some all week, some at night, some once a fortnight."""
    (pattern,) = draw.choices(PATTERNS, HOW_MANY)
    return _spans(pattern, draw.randrange(4) * 30)


def _spans(pattern: int, later: int) -> Sequence[OpenSpan]:
    """Return the hours of a pattern, some minutes later for some."""
    if pattern == OFFICE:
        return [OpenSpan(weekday=day, opens=480 + later, closes=1020) for day in range(5)]
    if pattern == LONG_DAYS:
        return [OpenSpan(weekday=day, opens=420 + later, closes=1260) for day in range(7)]
    if pattern == NIGHTS:
        return [OpenSpan(weekday=day, opens=1080 + later, closes=1560) for day in (3, 4, 5)]
    if pattern == ALWAYS:
        return [OpenSpan(weekday=day, opens=0, closes=1440) for day in range(7)]
    return list(_fortnights(later)) if pattern == IRREGULAR else []


def _fortnights(later: int) -> Iterator[OpenSpan]:
    """Yield the days of a year that come once a fortnight, each by itself, as the product writes them."""
    first: date = now().date() - timedelta(days=7)
    for week in range(0, 54, 2):
        day = first + timedelta(weeks=week)
        yield OpenSpan(weekday=day.weekday(), opens=600 + later, closes=840, valid_from=day, valid_until=day)
