"""The directory: an import, the nearest of many, the finder's first page, the map, and what other programs read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle

from flask import Flask
from geopy.distance import geodesic

from bench.directory_fill import fill_directory, towns
from bench.directory_import import brought_in
from bench.directory_map import map_figures
from bench.directory_pages import first_loads
from bench.measure import Deed, Figure, compare, typical
from bench.programme import new_programme
from harmreduction.directory.queries import find_services
from harmreduction.directory.rules.finder import Point, Question

SERVICES, ON_MAP = 100_000, 30_000
NEAREST = 20
TIMES_GEODESICS = 3
OPEN_MILLISECONDS = 50
SHELL_MILLISECONDS = 10
PAGE_MILLISECONDS, FULL_MILLISECONDS = 30, 150
RANKS = (0, 1, 5, 30, 200, 1_000, 3_000, 8_000, 15_000, 19_000)  # of towns by their people: New York to a village
NOON = datetime(2026, 11, 25, 17, tzinfo=UTC)  # a Wednesday, in New York
AT_NIGHT = datetime(2026, 11, 25, 8, tzinfo=UTC)  # three in the morning there
NALOXONE = frozenset({"naloxone"})


def figures() -> Iterator[Figure]:
    """Measure everything about the directory."""
    with new_programme() as app:
        yield from brought_in(app)
        yield from _read_by_programs(app)
    with new_programme() as app, app.app_context():
        fill_directory(SERVICES)
        yield _nearest()
        yield _open_now("at noon", NOON)
        yield _open_now("at three in the morning", AT_NIGHT)
    with new_programme() as app:
        with app.app_context():
            fill_directory(ON_MAP)
        yield _page(app, "/map", "map, its page around it", SHELL_MILLISECONDS)
        yield from map_figures(app)
        yield from first_loads(app.config["HR"].instance)


def _nearest() -> Figure:
    """Time the nearest services to towns large and small, beside as many measurements of distance."""
    here = cycle(_places())
    there = _places()[0]
    points = [(there.latitude + step / 100, there.longitude - step / 100) for step in range(NEAREST)]
    compared = compare(
        lambda: find_services(Question(near=next(here)), at=NOON, limit=NEAREST),
        lambda: [geodesic((there.latitude, there.longitude), point).km for point in points],
    )
    return Figure(
        name=f"nearest {NEAREST} of {SERVICES:,}, times {NEAREST} geodesics",
        measured=compared.ratio,
        goal=TIMES_GEODESICS,
        details=compared.details("nearest", "geodesics"),
    )


def _open_now(when: str, at: datetime) -> Figure:
    """Time the nearest that are open and have naloxone, around towns large and small."""
    here = cycle(_places())
    return _timed(
        f"nearest {NEAREST} with naloxone open {when}",
        lambda: find_services(Question(near=next(here), is_open_now=True, terms=NALOXONE), at=at, limit=NEAREST),
        OPEN_MILLISECONDS,
    )


def _read_by_programs(app: Flask) -> Iterator[Figure]:
    """Time pages of 100 services, in turn from everywhere in the list."""
    for form, goal in (("", PAGE_MILLISECONDS), ("&full=true", FULL_MILLISECONDS)):
        pages = cycle(range(1, 140, 7))
        name = f"/hsds/services, 100 of 14,030{', full' if form else ''}"
        yield _page(app, "/hsds/services?per_page=100&page={}" + form, name, goal, pages)


def _page(app: Flask, address: str, name: str, goal: float, numbers: Iterator[int] | None = None) -> Figure:
    """Time a page in process."""
    client = app.test_client()

    def get() -> None:
        answer = client.get(address.format(next(numbers)) if numbers else address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status}.")

    return _timed(name, get, goal)


def _timed(name: str, deed: Deed, goal: float) -> Figure:
    """Return the median of many times."""
    taken = typical(deed)
    return Figure(name=name, measured=taken.median, goal=goal, unit="ms", details=taken.details)


def _places() -> list[Point]:
    """Return where people ask from."""
    known = towns()
    return [known[rank].point for rank in RANKS]
