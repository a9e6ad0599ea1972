"""Read what lies with partners, what they handed on, and what came back, month by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, func, literal, select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import start_of_day
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, Lot, StockBalance, StockLocation, StockMovement, StockTransaction
from harmreduction.stock.queries.places import get_location_of, list_locations_of
from harmreduction.stock.rules import PASSING_ON_KINDS, TransactionKind
from harmreduction.stock.rules.partners import MonthLine, Moved, first_of_month, month_lines

MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class PartnerSummary:
    """A partner with how many kinds of items lie there, and when they last told what they handed on."""

    location: StockLocation
    items: int
    told_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ItemThere:
    """Units of an item that lie with a partner, over all of its lots; below zero when more was handed on."""

    item: Item
    on_hand: int


def get_partner_of(actor: Actor, public_id: str) -> StockLocation:
    """Return a partner of a site that a person works for; another place is as good as none."""
    place = get_location_of(actor, public_id)
    if place.kind not in PASSING_ON_KINDS:
        raise NotFound(message("There is no such partner."))
    return place


def summarise_partners(actor: Actor) -> list[PartnerSummary]:
    """Return the partners of one's sites by name, with what lies there and what they told."""
    places = list_locations_of(actor, kinds=PASSING_ON_KINDS)
    ids = [place.id for place in places]
    items = _by_place(
        select(StockBalance.location_id, func.count(Lot.item_id.distinct()))
        .join(Lot, Lot.id == StockBalance.lot_id)
        .where(StockBalance.location_id.in_(ids), StockBalance.on_hand > 0)
        .group_by(StockBalance.location_id)
    )
    told = _by_place(
        select(StockMovement.from_location_id, func.max(StockMovement.occurred_at))
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .where(StockMovement.from_location_id.in_(ids), StockTransaction.kind == TransactionKind.HAND_ON.value)
        .group_by(StockMovement.from_location_id)
    )
    return [PartnerSummary(location=p, items=items.get(p.id, 0), told_at=told.get(p.id)) for p in places]


def list_items_there(location_id: int) -> list[ItemThere]:
    """Return every item that lies or ever lay with a partner, by name."""
    rows = db.session.execute(
        select(Item, func.sum(StockBalance.on_hand))
        .join(Lot, Lot.item_id == Item.id)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .where(StockBalance.location_id == location_id)
        .group_by(Item.id)
        .order_by(Item.name)
    )
    return [ItemThere(item=item, on_hand=int(on_hand)) for item, on_hand in rows]


def list_months(location_id: int, *, today: date, time_zone: str) -> list[MonthLine]:
    """Return what became of each item at a partner in the last twelve months of their site, newest first."""
    months = [first_of_month(today, months_before=before) for before in range(MONTHS)]
    rows = db.session.execute(_moves(location_id, months, time_zone))
    return month_lines(
        Moved(
            month=months[row.month_number],
            item_id=row.item_id,
            other_id=row.other_id,
            is_out=bool(row.is_out),
            is_reversal=bool(row.is_reversal),
            units=int(row.units),
        )
        for row in rows
    )


def items_named(lines: Sequence[MonthLine]) -> Mapping[int, Item]:
    """Return the items of month lines by id."""
    items = db.session.scalars(select(Item).where(Item.id.in_({line.item_id for line in lines})))
    return {item.id: item for item in items}


def _moves(location_id: int, months: Sequence[date], time_zone: str) -> Select[*tuple[Any, ...]]:
    """Select the movements of a place since the last of these months, added up by all that tells them apart."""
    is_out = StockMovement.from_location_id == location_id
    number = case(
        *(
            (StockMovement.occurred_at >= start_of_day(month, time_zone), literal(place, Integer))
            for place, month in enumerate(months)
        )
    ).label("month_number")
    other: ColumnElement[int] = case((is_out, StockMovement.to_location_id), else_=StockMovement.from_location_id)
    told_apart = (
        number,
        Lot.item_id,
        other.label("other_id"),
        case((is_out, 1), else_=0).label("is_out"),
        case((StockMovement.reverses_id.is_not(None), 1), else_=0).label("is_reversal"),
    )
    return (
        select(*told_apart, func.sum(StockMovement.quantity).label("units"))
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(
            is_out | (StockMovement.to_location_id == location_id),
            StockMovement.occurred_at >= start_of_day(months[-1], time_zone),
        )
        .group_by("month_number", Lot.item_id, "other_id", "is_out", "is_reversal")
    )


def _by_place(rows: Any) -> dict[int, Any]:
    """Return a grouped answer as a mapping."""
    return {location_id: value for location_id, value in db.session.execute(rows)}
