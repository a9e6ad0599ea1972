"""Read what does not fit and waits for a lead."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.ledger import units_left_to_explain
from harmreduction.stock.models import Lot, Shipment, StockCount, StockDiscrepancy, StockMovement
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, DiscrepancyKind, LocationKind

VARIANCE = VIRTUAL_LOCATION_IDS[LocationKind.VARIANCE]


def list_open_discrepancies(location_ids: Collection[int]) -> Sequence[StockDiscrepancy]:
    """Return what does not fit at these places, oldest first."""
    return db.session.scalars(_at(location_ids, is_open=True)).all()


def list_discrepancies(
    location_ids: Collection[int], *, is_open: bool, limit: int, offset: int = 0
) -> Sequence[StockDiscrepancy]:
    """Return what does not fit at these places, oldest first; or what was settled, latest first."""
    return db.session.scalars(_at(location_ids, is_open=is_open).limit(limit).offset(offset)).all()


def count_open(location_ids: Collection[int]) -> dict[int, int]:
    """Return how many things do not fit at each of these places; a place where all fits is left out."""
    rows = db.session.execute(
        select(StockDiscrepancy.location_id, func.count())
        .where(StockDiscrepancy.location_id.in_(location_ids), StockDiscrepancy.closed_at.is_(None))
        .group_by(StockDiscrepancy.location_id)
    )
    return {location_id: count for location_id, count in rows}


def get_discrepancy_of(actor: Actor, public_id: str) -> StockDiscrepancy:
    """Return something that does not fit at a person's places; what is at another site is as good as none."""
    found = db.session.scalar(select(StockDiscrepancy).where(StockDiscrepancy.public_id == public_id))
    if found is None or not actor.works_at(found.location.site_id):
        raise NotFound(message("There is nothing to look into here."))
    return found


def units_left(found: Collection[StockDiscrepancy]) -> dict[int, int]:
    """Return by how many units (by row id) counts or shipments still differ; others differ by no number."""
    counted = [each.id for each in found if each.kind == DiscrepancyKind.COUNT_DIFFERS]
    shipped = [each.id for each in found if each.kind == DiscrepancyKind.TRANSIT_DIFFERS]
    return (units_left_to_explain(counted) if counted else {}) | (_units_in_transit(shipped) if shipped else {})


def find_count(found: StockDiscrepancy) -> StockCount | None:
    """Return the count that differs from the book."""
    return db.session.scalar(select(StockCount).where(StockCount.transaction_id == found.opened_by_transaction_id))


def find_shipment(found: StockDiscrepancy) -> Shipment | None:
    """Return the shipment of which another number arrived than was sent."""
    return db.session.scalar(select(Shipment).where(Shipment.acceptance_id == found.opened_by_transaction_id))


def _units_in_transit(ids: Collection[int]) -> dict[int, int]:
    """Return the units that arrived beyond what was sent, nobody said why, since each was opened; fewer is negative."""
    here = and_(
        Shipment.to_location_id == StockDiscrepancy.location_id,
        Shipment.acceptance_id >= StockDiscrepancy.opened_by_transaction_id,
    )
    of_lot = and_(
        StockMovement.transaction_id == Shipment.acceptance_id, StockMovement.lot_id == StockDiscrepancy.lot_id
    )
    more, fewer = StockMovement.from_location_id == VARIANCE, StockMovement.to_location_id == VARIANCE
    units = case((more, StockMovement.quantity), (fewer, -StockMovement.quantity), else_=0)
    rows = db.session.execute(
        select(StockDiscrepancy.id, func.sum(units))
        .join(Shipment, here)
        .join(StockMovement, of_lot)
        .where(
            StockDiscrepancy.id.in_(ids),
            StockDiscrepancy.kind == DiscrepancyKind.TRANSIT_DIFFERS.value,
            StockMovement.reason_id.is_(None),
        )
        .group_by(StockDiscrepancy.id)
    )
    return {discrepancy_id: int(units) for discrepancy_id, units in rows}


def _at(location_ids: Collection[int], *, is_open: bool) -> Select[StockDiscrepancy]:
    """Return the statement for what does not fit at places, or did not."""
    found = (
        select(StockDiscrepancy)
        .join(StockDiscrepancy.lot)
        .join(Lot.item)
        .options(
            contains_eager(StockDiscrepancy.lot).contains_eager(Lot.item),
            joinedload(StockDiscrepancy.location),
        )
        .where(StockDiscrepancy.location_id.in_(location_ids))
    )
    if is_open:
        return found.where(StockDiscrepancy.closed_at.is_(None)).order_by(
            StockDiscrepancy.opened_at, StockDiscrepancy.id
        )
    return found.where(StockDiscrepancy.closed_at.is_not(None)).order_by(
        StockDiscrepancy.closed_at.desc(), StockDiscrepancy.id.desc()
    )
