"""Change the date of a lot on somebody's word, let its kits follow, and note which warnings were seen."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.messages import message
from harmreduction.stock.models import ExpiryNotice, Lot, LotComponent, LotExpiryRevision
from harmreduction.stock.queries import get_location_of
from harmreduction.stock.queries.batches import batch_of, get_lot, kits_holding
from harmreduction.stock.rules.dates import (
    DateChanged,
    ExpiryAuthority,
    ExpiryBand,
    check_revision,
)
from harmreduction.stock.rules.kits import Content, kit_expiry

NOTICE = cast(Table, ExpiryNotice.__table__)


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A new last day of use for a lot; `document` says so. old_expiry: the date in force that the page showed."""

    lot_id: str
    old_expiry: date | None
    new_expiry: date
    authority: ExpiryAuthority
    document: str


@dataclass(frozen=True, kw_only=True)
class SeenWarning:
    """A warning as a page showed it: the lot at the place came within so many days of this date."""

    location_id: str
    lot_id: str
    expiry: date
    band: ExpiryBand


def revise_date(revision: Revision, *, by: Actor, at: datetime) -> None:
    """Give the whole batch of a lot a new last day of use, and its kits what follows; sent twice, it is done once.

    The printed date stays, except where it was typed wrong. Raises DateDoesNotFit with a sentence, and
    DateChanged where somebody else was faster.
    """
    with transaction():
        lot = get_lot(revision.lot_id)
        batch = batch_of(lot)
        if _was_sent_before(lot, revision):
            return
        if lot.effective_expiry != revision.old_expiry:
            raise DateChanged(message("Somebody changed this date meanwhile. Look at it again, then decide."))
        check_revision(
            lot.effective_expiry,
            revision.new_expiry,
            is_numbered=bool(lot.lot_number),
            is_kit=lot.kit_recipe_id is not None,
            document=revision.document,
        )
        for each in batch:
            _revise(each, revision, by=by, at=at)
        db.session.flush()
        refresh_kit_dates([each.id for each in batch])
        record(Event.LOT_CHANGED, by=by, subject=revision.lot_id)


def refresh_kit_dates(lot_ids: Collection[int]) -> None:
    """Compute anew the last day of use of all kits that hold these lots, and of kits that hold those kits."""
    for kit in kits_holding(lot_ids):
        expiry = _kit_expiry(kit.id)
        if kit.effective_expiry != expiry:
            kit.effective_expiry = expiry
            db.session.flush()
            refresh_kit_dates([kit.id])


def mark_seen(warnings: Iterable[SeenWarning], *, by: Actor, at: datetime) -> int:
    """Note that somebody saw these warnings; the next band and another date warn anew. Returns how many were new.

    Raises NotFound for another site's place.
    """
    new = 0
    with transaction():
        for warning in warnings:
            place, lot = get_location_of(by, warning.location_id), get_lot(warning.lot_id)
            row = {
                "location_id": place.id,
                "lot_id": lot.id,
                "expiry": warning.expiry,
                "days": warning.band.value,
                "seen_at": at,
                "seen_by_id": by.account_id,
            }
            if db.session.scalar(insert_if_new(NOTICE).returning(NOTICE.c.lot_id), row) is not None:
                record(Event.EXPIRY_SEEN, by=by, subject=lot.public_id, site_id=place.site_id)
                new += 1
    return new


def _was_sent_before(lot: Lot, revision: Revision) -> bool:
    """Say whether the latest revision of a lot is just this one."""
    latest = db.session.scalar(
        select(LotExpiryRevision)
        .where(LotExpiryRevision.lot_id == lot.id)
        .order_by(LotExpiryRevision.id.desc())
        .limit(1)
    )
    return latest is not None and (latest.old_expiry, latest.new_expiry, latest.authority, latest.document) == (
        revision.old_expiry,
        revision.new_expiry,
        revision.authority.value,
        revision.document,
    )


def _revise(lot: Lot, revision: Revision, *, by: Actor, at: datetime) -> None:
    """Give one lot the new date and remember the old one."""
    db.session.add(
        LotExpiryRevision(
            lot_id=lot.id,
            old_expiry=lot.effective_expiry,
            new_expiry=revision.new_expiry,
            authority=revision.authority.value,
            document=revision.document,
            recorded_at=at,
            recorded_by_id=by.account_id,
        )
    )
    lot.effective_expiry = revision.new_expiry
    if revision.authority is ExpiryAuthority.DATA_ENTRY:
        lot.printed_expiry = revision.new_expiry


def _kit_expiry(kit_lot_id: int) -> date | None:
    """Return the last day of use of a kit as its parts say now."""
    parts = db.session.execute(
        select(LotComponent, Lot.effective_expiry)
        .join(Lot, Lot.id == LotComponent.component_lot_id)
        .where(LotComponent.kit_lot_id == kit_lot_id)
    )
    return kit_expiry(
        Content(
            lot_id=part.component_lot_id,
            part_item_id=part.part_item_id,
            per_kit=part.quantity_per_kit,
            is_expiry_bearing=part.is_expiry_bearing,
            effective_expiry=effective_expiry,
        )
        for part, effective_expiry in parts
    )
