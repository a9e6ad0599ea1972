"""Find services: nearest first or by name, open now, with what somebody needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, reduce
from math import cos, radians, sin, sqrt
from operator import or_ as or_bits
from typing import Any, cast

from geopy.distance import geodesic
from sqlalchemy import (
    Column,
    ColumnElement,
    Float,
    Row,
    RowMapping,
    Select,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
)

from harmreduction.core.db import db
from harmreduction.directory.hours import OpenSpan, OpenState, state_at, zone_named
from harmreduction.directory.models import FinderEntry, OpenHours, Service
from harmreduction.directory.open_parts import part_at
from harmreduction.directory.place_names import fold
from harmreduction.directory.queries.records import in_chunks
from harmreduction.directory.rules.finder import PER_PAGE, Point, Question

ENTRY = cast(Table, FinderEntry.__table__)
HOURS = cast(Table, OpenHours.__table__)
SERVICE = cast(Table, Service.__table__)
KILOMETRES_PER_DEGREE = 110.5  # of latitude, where it is shortest
KILOMETRES_PER_LONGITUDE = 111.4  # at the equator
REACHES_KM = (2.0, 10.0, 50.0, 150.0, 500.0, 25000.0)
SPARE = 4  # distances on a map order candidates; a few more are measured on the ellipsoid
TRUST = 0.98  # of a distance on a map: so much it is at least


Measured = tuple[RowMapping, float | None]  # an entry, and how many kilometres away


@dataclass(frozen=True, kw_only=True)
class Found:
    """A service at a place as the list shows it; kilometres is None where nobody asked for the nearest."""

    entry: RowMapping
    hsds_id: str
    state: OpenState
    kilometres: float | None = None


@dataclass(frozen=True, kw_only=True)
class FoundPage:
    """A page of what was found; total is None for the nearest, which are not counted."""

    found: list[Found] = field(default_factory=list)
    total: int | None = None
    has_more: bool = False


def find_services(
    question: Question,
    *,
    at: datetime,
    limit: int = PER_PAGE,
    offset: int = 0,
    also: Sequence[ColumnElement[bool]] = (),
) -> FoundPage:
    """Return services that fit, nearest first, or by name where no place is given; `also`: more that must hold.

    What has the words that are asked for as its name comes before all else, then what begins with them.
    """
    conditions = [*conditions_of(question, at=at), *also]
    if question.near is not None:
        wanted = offset + limit + 1
        nearest = _best_of_the_nearest(question, question.near, conditions, wanted)
        shown = nearest[offset : offset + limit]
        return FoundPage(found=_with_states(shown, at=at), has_more=len(nearest) > offset + limit)
    total = db.session.scalar(select(func.count()).select_from(ENTRY).where(*conditions)) or 0
    page = _select(*conditions).order_by(*_order_of(question)).limit(limit).offset(offset)
    rows = db.session.execute(page).mappings().all()
    found = _with_states([(row, None) for row in rows], at=at)
    return FoundPage(found=found, total=total, has_more=offset + len(found) < total)


def conditions_of(question: Question, *, at: datetime) -> list[ColumnElement[bool]]:
    """Return what an entry must fulfil, place aside."""
    conditions: list[ColumnElement[bool]] = []
    if question.bits:
        conditions.append(ENTRY.c.terms.op("&")(question.bits) == question.bits)
    if question.language:
        conditions.append(ENTRY.c.languages.contains(f",{question.language},", autoescape=True))
    conditions += [ENTRY.c.searched.contains(word, autoescape=True) for word in fold(question.words).split()]
    if question.is_open_now:
        conditions.append(open_at(at))
    return conditions


def open_at(at: datetime) -> ColumnElement[bool]:
    """Return the condition that an entry is open when the clocks of its zone show this moment."""
    alike: dict[datetime, list[str]] = {}
    for zone in list_zones():
        local = at.astimezone(zone_named(zone)).replace(tzinfo=None, second=0, microsecond=0, fold=0)
        alike.setdefault(local, []).append(zone)
    parts = reduce(or_bits, map(part_at, alike), 0)
    zone_here = ENTRY.c.time_zone.concat("")  # not by its index, which would list half of all services
    return and_(
        ENTRY.c.open_parts.op("&")(parts) != 0,  # nearly all that is closed goes here, unread
        or_(False, *(and_(zone_here.in_(zones), _open_when_clocks_show(local)) for local, zones in alike.items())),
    )


def list_zones() -> Sequence[str]:
    """Return the time zones in which there are services."""
    return values_of(ENTRY.c.time_zone)


def values_of(column: Column[str]) -> Sequence[str]:
    """Return the values of an indexed column, each once; every value is one step along the index."""
    step = select(func.min(column).label("value")).cte("steps", recursive=True)
    following = select(func.min(column)).where(column > step.c.value).scalar_subquery()
    every = step.union_all(select(following).where(step.c.value.is_not(None)))
    return db.session.scalars(select(every.c.value).where(every.c.value.is_not(None))).all()


def spans_by_entry(entry_ids: Sequence[int]) -> dict[int, list[OpenSpan]]:
    """Return the hours of entries, by entry."""
    found: dict[int, list[OpenSpan]] = {entry_id: [] for entry_id in entry_ids}
    for chunk in in_chunks(entry_ids):
        for row in db.session.execute(select(HOURS).where(HOURS.c.entry_id.in_(chunk))).mappings():
            span = {name: row[name] for name in ("weekday", "opens", "closes", "valid_from", "valid_until")}
            found[row["entry_id"]].append(OpenSpan(**span))
    return found


def _open_when_clocks_show(local: datetime) -> ColumnElement[bool]:
    """Return the condition that hours hold which began today, or last night and go on."""
    minute = local.hour * 60 + local.minute
    return exists().where(
        HOURS.c.entry_id == ENTRY.c.id,
        or_(
            _begun_on(local, HOURS.c.opens <= minute, HOURS.c.closes > minute),
            _begun_on(local - timedelta(days=1), HOURS.c.closes > minute + 24 * 60),
        ),
    )


def _begun_on(day: datetime, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that hours begin on a day."""
    return and_(
        HOURS.c.weekday == day.weekday(),
        HOURS.c.valid_from <= day.date(),
        HOURS.c.valid_until >= day.date(),
        *conditions,
    )


def _select(*conditions: ColumnElement[bool]) -> Any:
    """Return the statement that reads entries with the id of their service."""
    joined = ENTRY.join(SERVICE, SERVICE.c.id == ENTRY.c.service_id)
    return select(ENTRY, SERVICE.c.hsds_id).select_from(joined).where(*conditions)


def _tiers(words: str) -> list[ColumnElement[bool]]:
    """Return the conditions for what words fit best, well, and at all: an exact name, its beginning, anything else."""
    exact = func.lower(ENTRY.c.name) == words.lower()
    begins = ENTRY.c.searched.startswith(fold(words), autoescape=True)  # the name stands first in it
    return [exact, and_(not_(exact), begins), and_(not_(exact), not_(begins))]


def _order_of(question: Question) -> Iterator[ColumnElement[Any]]:
    """Return the order without a place: what fits the words best, of that the nearer to a preferred point, by name."""
    if question.words:
        yield case(*((tier, number) for number, tier in enumerate(_tiers(question.words))))
    if question.words and question.prefer is not None:
        north = ENTRY.c.latitude - question.prefer.latitude
        east = (ENTRY.c.longitude - question.prefer.longitude) * cos(radians(question.prefer.latitude))
        yield (north * north + east * east).nulls_last()
    yield from (ENTRY.c.name, ENTRY.c.id)


def _best_of_the_nearest(
    question: Question, here: Point, conditions: Sequence[ColumnElement[bool]], wanted: int
) -> list[Measured]:
    """Return the nearest entries; with words, those that fit them better come before those that are nearer."""
    if not question.words:
        return _nearest(here, question.within_km, conditions, wanted)
    found: list[Measured] = []
    for tier in _tiers(question.words):
        if len(found) < wanted:
            found += _nearest(here, question.within_km, [*conditions, tier], wanted - len(found))
    return found


def _nearest(
    here: Point, within_km: float | None, conditions: Sequence[ColumnElement[bool]], wanted: int
) -> list[Measured]:
    """Return the nearest entries with their distance, from a box that grows until it surely holds them all."""
    chosen: Sequence[Row[int, float]] = ()
    for step in REACHES_KM:
        reach = step if within_km is None else min(step, within_km)
        chosen = _in_box(here, reach, conditions, wanted + SPARE)
        inside = sum(sqrt(max(square, 0)) <= reach * TRUST for _, square in chosen)
        if inside >= wanted or reach == within_km:
            break
    near: list[Measured] = [(row, _kilometres(here, row)) for row in _rows([key for key, _ in chosen])]
    measured = sorted(near, key=_distance)
    return [pair for pair in measured if within_km is None or _distance(pair) <= within_km][:wanted]


def _distance(pair: Measured) -> float:
    """Return how far away an entry is."""
    return cast(float, pair[1])


def _in_box(
    here: Point, reach: float, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Sequence[Row[int, float]]:
    """Return (id, square of its kilometres on a map) of the entries in a box around a point, nearest first."""
    narrow, growing = cos(radians(here.latitude)), sin(radians(here.latitude))
    tall, wide = reach / KILOMETRES_PER_DEGREE, reach / KILOMETRES_PER_DEGREE / max(narrow, 0.01)
    box = {
        "latitude": here.latitude,
        "longitude": here.longitude,
        "south": here.latitude - tall,
        "north": here.latitude + tall,
        "wide": wide,
        "narrow": narrow,
        "growing": growing,
    }
    statement = _boxed(crosses_the_line=abs(here.longitude) + wide > 180).where(*conditions).limit(limit)
    return cast(Sequence[Row[int, float]], db.session.execute(statement, box).all())


@cache
def _boxed(*, crosses_the_line: bool) -> Select[Any]:
    """Return the statement for a box; it is put together once, for that costs more than running it."""
    latitude, longitude, wide, narrow, growing = (
        bindparam(name, type_=Float) for name in ("latitude", "longitude", "wide", "narrow", "growing")
    )
    north, east = ENTRY.c.latitude - latitude, ENTRY.c.longitude - longitude
    if crosses_the_line:  # from Guam, Hawaii is east
        east = case((east > 180, east - 360), (east < -180, east + 360), else_=east)
    # Meridians come closer with the latitude: cos(here) * cos(there), that one by its first terms.
    turned = radians(1) * north
    narrowed = narrow * (narrow - growing * turned - narrow / 2 * turned * turned)
    square = KILOMETRES_PER_DEGREE**2 * north * north + KILOMETRES_PER_LONGITUDE**2 * narrowed * east * east
    inside = (ENTRY.c.latitude.between(bindparam("south"), bindparam("north")), east.between(-wide, wide))
    return select(ENTRY.c.id, square.label("square")).where(*inside).order_by("square", ENTRY.c.id)


def _rows(entry_ids: Sequence[int]) -> Sequence[RowMapping]:
    """Return whole entries."""
    return [
        row
        for chunk in in_chunks(entry_ids)
        for row in db.session.execute(_select(ENTRY.c.id.in_(chunk)).order_by(ENTRY.c.id)).mappings()
    ]


def _kilometres(here: Point, row: RowMapping) -> float:
    """Return the distance on the ellipsoid."""
    there = (row["latitude"], row["longitude"])
    return float(geodesic((here.latitude, here.longitude), there).km)


def _with_states(rows: Sequence[Measured], *, at: datetime) -> list[Found]:
    """Return entries with whether they are open."""
    hours = spans_by_entry([row["id"] for row, _ in rows])
    return [
        Found(
            entry=row,
            hsds_id=row["hsds_id"],
            state=state_at(hours[row["id"]], at, row["time_zone"], has_schedules=row["has_hours"]),
            kilometres=kilometres,
        )
        for row, kilometres in rows
    ]
