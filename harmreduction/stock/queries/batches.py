"""Read which lots are one physical batch: same number, whoever paid for them, and what was merged into it."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.models import (
    Lot,
    LotComponent,
    LotExpiryRevision,
    LotStatusChange,
    StockBalance,
    StockLocation,
)
from harmreduction.stock.rules import REAL_KINDS, LocationKind


def get_lot(public_id: str) -> Lot:
    """Return a lot with its item and source."""
    lots = select(Lot).options(joinedload(Lot.item), joinedload(Lot.funding_source))
    lot = db.session.scalar(lots.where(Lot.public_id == public_id))
    if lot is None:
        raise NotFound(message("There is no such lot."))
    return lot


def root_of(lot: Lot) -> Lot:
    """Return the lot under which a merged one goes on; itself, if it was never merged."""
    return db.session.get_one(Lot, lot.merged_into_id or lot.id)


def batch_of(lot: Lot) -> list[Lot]:
    """Return every lot of the batch that a lot belongs to, itself too; one without a number stands alone."""
    root = root_of(lot)
    if not root.lot_number:
        return [lot]
    same = select(Lot.id).where(Lot.item_id == root.item_id, Lot.lot_number == root.lot_number)
    whole = Lot.id.in_(same) | Lot.merged_into_id.in_(same)
    return list(db.session.scalars(select(Lot).where(whole).order_by(Lot.id)))


def kits_holding(lot_ids: Collection[int]) -> Sequence[Lot]:
    """Return the lots of kits that hold one of these lots directly."""
    held = select(LotComponent.kit_lot_id).where(LotComponent.component_lot_id.in_(lot_ids))
    return db.session.scalars(select(Lot).where(Lot.id.in_(held)).order_by(Lot.id)).all()


def list_revisions(lot_ids: Collection[int]) -> Sequence[LotExpiryRevision]:
    """Return how the date of a batch changed, newest first, once for all its lots."""
    revisions = db.session.scalars(
        select(LotExpiryRevision)
        .where(LotExpiryRevision.lot_id.in_(lot_ids))
        .order_by(LotExpiryRevision.recorded_at.desc(), LotExpiryRevision.id.desc())
    )
    told = {(entry.recorded_at, entry.old_expiry, entry.new_expiry, entry.document): entry for entry in revisions}
    return list(told.values())


def list_status_changes(lot_ids: Collection[int]) -> Sequence[LotStatusChange]:
    """Return how the status of a batch changed, newest first, once for all its lots."""
    changes = db.session.scalars(
        select(LotStatusChange)
        .where(LotStatusChange.lot_id.in_(lot_ids))
        .order_by(LotStatusChange.recorded_at.desc(), LotStatusChange.id.desc())
    )
    told = {(entry.recorded_at, entry.old_status, entry.new_status, entry.reason): entry for entry in changes}
    return list(told.values())


def find_by_number(item_id: int, lot_number: str) -> Lot:
    """Return a lot of an item by its number; raises NotFound where the item has none of that number."""
    lots = select(Lot).where(Lot.item_id == item_id, Lot.lot_number == lot_number).order_by(Lot.id)
    lot = db.session.scalars(lots.limit(1)).first() if lot_number else None
    if lot is None:
        raise NotFound(message("No lot of this item has the number %(lot)s. Look at the pack again.", lot=lot_number))
    return lot


def list_places_of(lot_ids: Collection[int]) -> list[tuple[StockLocation, int]]:
    """Return where a batch lies or is on the way, with its units there, by name of the place."""
    units = func.sum(StockBalance.on_hand)
    rows = db.session.execute(
        select(StockLocation, units)
        .join(StockBalance, StockBalance.location_id == StockLocation.id)
        .where(StockBalance.lot_id.in_(lot_ids), StockLocation.kind.in_((*REAL_KINDS, LocationKind.IN_TRANSIT)))
        .group_by(StockLocation.id)
        .having(units != 0)
        .order_by(StockLocation.name)
    )
    return [(place, int(on_hand)) for place, on_hand in rows]
