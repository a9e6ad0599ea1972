"""Read vending machines and public boxes: how full, when last filled and seen, how long what is in them lasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import StockCount, StockLocation, StockMovement, StockTransaction
from harmreduction.stock.queries.lots import StockRow, list_stock
from harmreduction.stock.queries.places import get_location_of, list_locations_of, time_zone_of
from harmreduction.stock.rules import (
    SELF_SERVICE_KINDS,
    VIRTUAL_LOCATION_IDS,
    CountStatus,
    LocationKind,
    TransactionKind,
    is_expired,
)
from harmreduction.stock.rules.points import RATE_OVER, days_until_empty, percent_full

PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]


@dataclass(frozen=True, kw_only=True)
class Point:
    """A vending machine or a public box.

    units: in it when it was last seen, plus what was filled in since. percent: how full, where it is known what fits.
    taken: units since it was last filled. days_left: until it is empty; None where nobody knows.
    past_date: what lies in it past its date, to swap out.
    """

    location: StockLocation
    units: int
    percent: int | None
    filled_at: datetime | None
    seen_at: datetime | None
    taken: int
    days_left: int | None
    past_date: tuple[StockRow, ...]


def get_point_of(actor: Actor, public_id: str) -> StockLocation:
    """Return a vending machine or a public box of a site that a person works for."""
    location = get_location_of(actor, public_id)
    if location.kind not in SELF_SERVICE_KINDS:
        raise NotFound(message("There is no such machine or box."))
    return location


def list_points(actor: Actor, *, now: datetime) -> list[Point]:
    """Return the vending machines and public boxes of one's sites, those that are empty soonest first."""
    points = [get_point(place, now=now) for place in list_locations_of(actor, kinds=SELF_SERVICE_KINDS)]
    return sorted(points, key=lambda point: (point.days_left is None, point.days_left or 0))


def get_point(location: StockLocation, *, now: datetime) -> Point:
    """Return how it is with one machine or box."""
    rows = list_stock(location.id)
    units = sum(row.on_hand for row in rows)
    filled_at, seen_at = _filled_at(location.id), _seen_at(location.id)
    known_at = max((moment for moment in (filled_at, seen_at) if moment is not None), default=now)
    begins = max(now - RATE_OVER, _opened_at(location.id) or now)
    day = today(time_zone_of(location), now)
    return Point(
        location=location,
        units=units,
        percent=percent_full(units, location.capacity),
        filled_at=filled_at,
        seen_at=seen_at,
        taken=_taken_since(location.id, filled_at) if filled_at else 0,
        days_left=days_until_empty(units, _taken_since(location.id, begins), known_at - begins, now - known_at),
        past_date=tuple(row for row in rows if row.on_hand > 0 and is_expired(row.lot.effective_expiry, day)),
    )


def room_left(location: StockLocation, here: Mapping[int, int]) -> int | None:
    """Return the units that still fit in beside what is there (item id → units); None where nobody said what fits."""
    return None if location.capacity is None else max(location.capacity - sum(here.values()), 0)


def _filled_at(location_id: int) -> datetime | None:
    """Return when supplies were last brought there."""
    return _moment_of(func.max(StockMovement.occurred_at), location_id)


def _opened_at(location_id: int) -> datetime | None:
    """Return when supplies were first brought there."""
    return _moment_of(func.min(StockMovement.occurred_at), location_id)


def _moment_of(moment: ColumnElement[datetime], location_id: int) -> datetime | None:
    """Return the first or last moment at which supplies were brought to a place."""
    brought = (TransactionKind.TRANSFER.value, TransactionKind.ACCEPT.value, TransactionKind.OPENING.value)
    return db.session.scalar(
        select(moment)
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .where(StockMovement.to_location_id == location_id, StockTransaction.kind.in_(brought))
    )


def _seen_at(location_id: int) -> datetime | None:
    """Return when somebody last counted what is in it."""
    return db.session.scalar(
        select(func.max(StockCount.posted_at)).where(
            StockCount.location_id == location_id, StockCount.status == CountStatus.POSTED.value
        )
    )


def _taken_since(location_id: int, moment: datetime) -> int:
    """Return the units that people took since a moment, less what came back into it."""
    taken = select(func.coalesce(func.sum(StockMovement.quantity), 0)).where(StockMovement.occurred_at > moment)
    out = taken.where(StockMovement.from_location_id == location_id, StockMovement.to_location_id == PARTICIPANT)
    back = taken.where(StockMovement.from_location_id == PARTICIPANT, StockMovement.to_location_id == location_id)
    return int(db.session.scalar(out) or 0) - int(db.session.scalar(back) or 0)
