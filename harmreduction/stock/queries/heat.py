"""Read which lots got too warm or too cold, and where they lie."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.stock.models import HeatFlag, Lot, StockBalance, StockLocation
from harmreduction.stock.queries.places import list_locations_of


@dataclass(frozen=True, kw_only=True)
class HeatNote:
    """A lot that got too warm or too cold at a place, and how much of it lies there."""

    public_id: str
    location: StockLocation
    lot: Lot
    on_hand: int
    note: str
    noted_at: datetime


def list_heat(actor: Actor, *, limit: int, offset: int = 0) -> list[HeatNote]:
    """Return the open notes about heat and frost at a person's places where some of the lot lies, newest first."""
    ids = [place.id for place in list_locations_of(actor)]
    rows = db.session.execute(
        select(HeatFlag, StockLocation, Lot, StockBalance.on_hand)
        .join(StockLocation, StockLocation.id == HeatFlag.location_id)
        .join(Lot, Lot.id == HeatFlag.lot_id)
        .join(
            StockBalance,
            and_(StockBalance.location_id == HeatFlag.location_id, StockBalance.lot_id == HeatFlag.lot_id),
        )
        .options(joinedload(Lot.item))
        .where(HeatFlag.location_id.in_(ids), HeatFlag.closed_at.is_(None), StockBalance.on_hand > 0)
        .order_by(HeatFlag.noted_at.desc(), HeatFlag.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        HeatNote(
            public_id=flag.public_id,
            location=location,
            lot=lot,
            on_hand=on_hand,
            note=flag.note,
            noted_at=flag.noted_at,
        )
        for flag, location, lot, on_hand in rows
    ]
