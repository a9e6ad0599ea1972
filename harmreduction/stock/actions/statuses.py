"""Put lots on hold, quarantine them, and release them again, with a reason."""

from collections.abc import Iterable
from datetime import datetime

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.stock.models import Lot, LotStatusChange
from harmreduction.stock.queries.batches import batch_of, get_lot
from harmreduction.stock.rules import LotStatus
from harmreduction.stock.rules.problems import CannotChangeStatus


def change_status(public_id: str, status: LotStatus, *, reason: str, by: Actor, at: datetime) -> None:
    """Give the whole batch of a lot a status; one that it has already changes nothing.

    Raises CannotChangeStatus for a recall, which is opened and closed as such, without a reason, and for
    what nobody knows the lot of.
    """
    with transaction():
        lot = get_lot(public_id)
        if not lot.lot_number:
            raise CannotChangeStatus(message("Nobody knows which lots these are. Move them to a place to put aside."))
        if not reason:
            raise CannotChangeStatus(message("Enter why, in a few words."))
        batch = batch_of(lot)
        if LotStatus.RECALLED in (status, *(each.status for each in batch)):
            raise CannotChangeStatus(message("A recall is opened and closed under Recalls."))
        if put_status(batch, status, reason=reason, by=by, at=at):
            record(Event.LOT_CHANGED, by=by, subject=public_id)


def put_status(
    lots: Iterable[Lot], status: LotStatus, *, reason: str, by: Actor, at: datetime, recall_id: int | None = None
) -> int:
    """Give lots a status and remember why; returns how many had another one. Called inside a transaction."""
    changed = [lot for lot in lots if lot.status != status]
    for lot in changed:
        db.session.add(
            LotStatusChange(
                lot_id=lot.id,
                old_status=lot.status,
                new_status=status.value,
                recall_id=recall_id,
                reason=reason,
                recorded_at=at,
                recorded_by_id=by.account_id,
            )
        )
        lot.status = status.value
    db.session.flush()
    return len(changed)
