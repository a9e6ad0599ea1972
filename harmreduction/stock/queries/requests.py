"""Read requests for supplies, and from where a place may ask for some."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock.models import Requisition, RequisitionLine, Shipment, StockLocation
from harmreduction.stock.queries.places import list_locations_of
from harmreduction.stock.queries.shipments import list_shipped_lots
from harmreduction.stock.rules import HAND_OUT_KINDS, LocationKind
from harmreduction.stock.rules.requests import WAITS_FOR_LEAD, RequestStatus


def get_request_of(actor: Actor, public_id: str) -> Requisition:
    """Return a request from or to a place of a site that a person works for; another is as good as none."""
    request = db.session.scalar(
        select(Requisition)
        .options(
            joinedload(Requisition.source),
            joinedload(Requisition.target),
            selectinload(Requisition.lines).joinedload(RequisitionLine.item),
        )
        .where(Requisition.public_id == public_id)
    )
    if request is None or not (actor.works_at(request.source.site_id) or actor.works_at(request.target.site_id)):
        raise NotFound(message("There is no such request."))
    return request


def list_requests(
    actor: Actor, *, statuses: Sequence[RequestStatus], offset: int = 0, limit: int
) -> Sequence[Requisition]:
    """Return requests from and to a person's places, those that wait first, each newest first."""
    return db.session.scalars(
        select(Requisition)
        .options(joinedload(Requisition.source), joinedload(Requisition.target), selectinload(Requisition.lines))
        .where(Requisition.status.in_(statuses), _is_at(actor))
        .order_by(Requisition.status.not_in(WAITS_FOR_LEAD), Requisition.made_at.desc(), Requisition.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()


def count_waiting(actor: Actor) -> int:
    """Return how many requests wait for a person: for who leads to decide or to send, for others their own drafts."""
    waits = WAITS_FOR_LEAD if actor.may(Permission.MANAGE_CATALOGUE) else (RequestStatus.DRAFT,)
    counted = select(func.count()).select_from(Requisition).where(Requisition.status.in_(waits), _is_at(actor))
    return db.session.scalars(counted).one()


def list_sources_for(target: StockLocation) -> Sequence[StockLocation]:
    """Return the places that a place may ask: the one that fills it up first, then warehouses, then its site's own."""
    places = select(StockLocation).where(
        StockLocation.is_active,
        StockLocation.id != target.id,
        or_(
            StockLocation.id == target.served_from_id,
            StockLocation.kind == LocationKind.WAREHOUSE,
            StockLocation.kind.in_(HAND_OUT_KINDS) & (StockLocation.site_id == target.site_id),
        ),
    )
    found = db.session.scalars(places.order_by(StockLocation.name)).all()
    return sorted(found, key=lambda place: (place.id != target.served_from_id, place.kind != LocationKind.WAREHOUSE))


def list_shipments_of(request: Requisition) -> Sequence[Shipment]:
    """Return what was sent for a request, oldest first."""
    sent = select(Shipment).where(Shipment.requisition_id == request.id).order_by(Shipment.id)
    return db.session.scalars(sent).all()


def units_sent_for(request: Requisition) -> dict[int, tuple[int, int]]:
    """Return by item id the units that were sent for a request, and those of them that arrived."""
    totals: dict[int, tuple[int, int]] = {}
    for shipment in list_shipments_of(request):
        if shipment.acceptance_id is not None and shipment.accepted_at is None:
            continue  # it was taken back
        for lot in list_shipped_lots(shipment):
            sent, arrived = totals.get(lot.item.id, (0, 0))
            totals[lot.item.id] = (sent + lot.sent, arrived + (lot.arrived or 0))
    return totals


def _is_at(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a request is from or to a place of a person's sites."""
    mine = [place.id for place in list_locations_of(actor, only_active=False)]
    return or_(Requisition.to_location_id.in_(mine), Requisition.from_location_id.in_(mine))
