"""Read what is on the way between places, and what arrived."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import Item, Lot, Shipment, StockMovement
from harmreduction.stock.queries.places import list_locations_of
from harmreduction.stock.rules.shipments import IN_TRANSIT, LONG_ON_THE_WAY


@dataclass(frozen=True, kw_only=True)
class ShippedLot:
    """A lot of a shipment: units sent, and units that arrived; None while it is on the way or was taken back."""

    item: Item
    lot: Lot
    sent: int
    arrived: int | None


def get_shipment_of(actor: Actor, public_id: str) -> Shipment:
    """Return a shipment from or to a place of a site that a person works for; another is as good as none."""
    shipment = db.session.scalar(_shipments().where(Shipment.public_id == public_id))
    if shipment is None or not any(actor.works_at(place.site_id) for place in (shipment.source, shipment.target)):
        raise NotFound(message("There is no such shipment."))
    return shipment


def find_shipment_sent_by(transaction_id: int) -> Shipment | None:
    """Return the shipment that a fact sent off, if it did."""
    return db.session.scalar(select(Shipment).where(Shipment.dispatch_id == transaction_id))


def list_on_the_way(actor: Actor) -> Sequence[Shipment]:
    """Return the shipments from and to one's places that nobody accepted yet, longest on the way first."""
    shipments = _shipments().where(Shipment.acceptance_id.is_(None), _touches(_own_ids(actor)))
    return db.session.scalars(shipments.order_by(Shipment.sent_at, Shipment.id)).all()


def list_ended(actor: Actor, *, limit: int, offset: int = 0) -> Sequence[Shipment]:
    """Return the shipments from and to one's places that arrived or were taken back, latest sent first."""
    shipments = _shipments().where(Shipment.acceptance_id.is_not(None), _touches(_own_ids(actor)))
    latest = shipments.order_by(Shipment.sent_at.desc(), Shipment.id.desc())
    return db.session.scalars(latest.limit(limit).offset(offset)).all()


def count_late_shipments(actor: Actor, *, now: datetime) -> int:
    """Return how many shipments from and to one's places are on the way for too long."""
    late = select(func.count()).select_from(Shipment)
    late = late.where(Shipment.acceptance_id.is_(None), Shipment.sent_at < now - LONG_ON_THE_WAY)
    return int(db.session.scalar(late.where(_touches(_own_ids(actor)))) or 0)


def list_shipped_lots(shipment: Shipment) -> list[ShippedLot]:
    """Return the lots of a shipment by item and date, each with what was sent and what arrived."""
    arrived = _arrived(shipment)
    rows = db.session.execute(
        select(Lot, Item, func.sum(StockMovement.quantity).label("sent"))
        .join(StockMovement, StockMovement.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockMovement.transaction_id == shipment.dispatch_id)
        .group_by(Lot.id, Item.id)
        .order_by(Item.name, Lot.effective_expiry.is_(None), Lot.effective_expiry, Lot.id)
    )
    return [
        ShippedLot(item=item, lot=lot, sent=int(sent), arrived=None if arrived is None else arrived.get(lot.id, 0))
        for lot, item, sent in rows
    ]


def _arrived(shipment: Shipment) -> dict[int, int] | None:
    """Return the units of each lot (by id) that arrived; None where nobody accepted the shipment."""
    if shipment.accepted_at is None:
        return None
    rows = db.session.execute(
        select(StockMovement.lot_id, func.sum(StockMovement.quantity))
        .where(
            StockMovement.transaction_id == shipment.acceptance_id,
            StockMovement.from_location_id == IN_TRANSIT,
            StockMovement.to_location_id == shipment.to_location_id,
        )
        .group_by(StockMovement.lot_id)
    )
    return {lot_id: int(units) for lot_id, units in rows}


def _shipments() -> Select[Shipment]:
    """Select shipments with the places they go between."""
    return select(Shipment).options(joinedload(Shipment.source), joinedload(Shipment.target))


def _own_ids(actor: Actor) -> list[int]:
    """Return the ids of one's places, those that were closed too."""
    return [place.id for place in list_locations_of(actor, only_active=False)]


def _touches(location_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a shipment goes from or to one of these places."""
    return or_(Shipment.from_location_id.in_(location_ids), Shipment.to_location_id.in_(location_ids))
