"""Open a recall, change what it says, release lots that may be used after all, close it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.messages import message
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.actions.statuses import put_status
from harmreduction.stock.models import Lot, Recall, RecallLot
from harmreduction.stock.queries.genealogy import list_reached, list_reached_from, list_same_batch
from harmreduction.stock.queries.recalls import get_recall, list_named_ids, list_recalls_of_lot
from harmreduction.stock.rules import ChangedFact, LotStatus
from harmreduction.stock.rules.recalls import CannotRelease, LotNames, NothingRecalled, RecallNotice


def open_recall(client_id: str, notice: RecallNotice, named: Sequence[LotNames], *, by: Actor, at: datetime) -> Recall:
    """Open a recall once: the lots it names, their batches and every kit that holds them are recalled from now on.

    A number that is not known here is kept, so that it arrives recalled. Raises NothingRecalled without a
    number, ChangedFact when the same page was sent before and said something else.
    """
    with transaction():
        recall = db.session.scalar(select(Recall).where(Recall.public_id == client_id))
        if recall is not None:
            return _unchanged(recall, notice, named)
        if not any(lots.lot_numbers for lots in named):
            raise NothingRecalled(message("Enter at least one lot number, and which item it is of."))
        recall = Recall(public_id=client_id, opened_at=at, opened_by_id=by.account_id, **_fields(notice))
        db.session.add(recall)
        db.session.flush()
        _add_lots(recall, named, by=by, at=at)
        record(Event.RECALL_OPENED, by=by, subject=recall.public_id)
        return recall


def change_recall(
    public_id: str, notice: RecallNotice, more: Sequence[LotNames] = (), *, by: Actor, at: datetime
) -> None:
    """Change what a recall says, and add lots that a later notice names."""
    with transaction():
        recall = get_recall(public_id)
        for name, value in _fields(notice).items():
            setattr(recall, name, value)
        _add_lots(recall, more, by=by, at=at)
        record(Event.RECALL_CHANGED, by=by, subject=public_id)


def release_lots(public_id: str, reasons: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Let lots of a recall be used again, each (by public id) with the reason why; its batch follows.

    Raises CannotRelease for a lot that another open recall touches, or that holds a part that stays recalled.
    """
    with transaction():
        recall = get_recall(public_id)
        touched = list_reached(list_named_ids(recall.id))
        lots = db.session.scalars(select(Lot).where(Lot.public_id.in_(reasons), Lot.id.in_(touched))).all()
        for lot in lots:
            batch = list_same_batch([lot.id])
            _set_status(batch, LotStatus.AVAILABLE, recall, reasons[lot.public_id], by=by, at=at)
        for lot in lots:
            _check_released(lot, recall)
        record(Event.RECALL_CHANGED, by=by, subject=public_id)


def close_recall(public_id: str, *, by: Actor, at: datetime) -> None:
    """Close a recall; its lots stay recalled unless they were released."""
    with transaction():
        recall = get_recall(public_id)
        if recall.closed_at is None:
            recall.closed_at = at
            record(Event.RECALL_CHANGED, by=by, subject=public_id)


def settle_recall(public_id: str, reasons: Mapping[str, str], *, closes: bool, by: Actor, at: datetime) -> None:
    """Release lots of a recall, each with its reason, and close it if that was all; see both for what they raise."""
    with transaction():
        if reasons:
            release_lots(public_id, reasons, by=by, at=at)
        if closes:
            close_recall(public_id, by=by, at=at)


def record_export(public_id: str, *, by: Actor) -> None:
    """Note that the trace of a recall was downloaded."""
    with transaction():
        record(Event.STOCK_EXPORTED, by=by, subject=public_id)


def _fields(notice: RecallNotice) -> dict[str, str | None]:
    """Return what a notice says as columns."""
    return {
        "reference": notice.reference,
        "title": notice.title,
        "recall_class": notice.recall_class and notice.recall_class.value,
        "instructions": notice.instructions,
    }


def _unchanged(recall: Recall, notice: RecallNotice, named: Sequence[LotNames]) -> Recall:
    """Return a recall that was opened by the same page before, unless that said something else."""
    said = {(lots.item_id, number) for lots in named for number in lots.lot_numbers}
    lots = select(Lot.item_id, Lot.lot_number).join(RecallLot, RecallLot.lot_id == Lot.id)
    known = {tuple(row) for row in db.session.execute(lots.where(RecallLot.recall_id == recall.id))}
    if said - known or any(getattr(recall, name) != value for name, value in _fields(notice).items()):
        raise ChangedFact(
            message("This page was sent before, and that recall was opened. Open a new page for another.")
        )
    return recall


def _add_lots(recall: Recall, named: Sequence[LotNames], *, by: Actor, at: datetime) -> None:
    """Let a recall name lots, which are made now if nobody ever saw them here."""
    lot_ids = {find_or_make_lot(lots.item_id, number) for lots in named for number in lots.lot_numbers}
    for lot_id in sorted(list_same_batch(lot_ids) - list_named_ids(recall.id)):
        db.session.add(RecallLot(recall_id=recall.id, lot_id=lot_id))
    _mark(lot_ids, recall, by=by, at=at)


def _mark(lot_ids: Collection[int], recall: Recall, *, by: Actor, at: datetime) -> None:
    """Recall lots, their batches and the kits that hold them.

    Looked up until nothing new turns up: whoever packs kits from them this very moment is done before a lot can be
    marked, and the kits are then seen.
    """
    marked: set[int] = set()
    while fresh := list_reached(lot_ids) - marked:
        _set_status(fresh, LotStatus.RECALLED, recall, recall.reference, by=by, at=at)
        marked |= fresh


def _set_status(
    lot_ids: Collection[int], status: LotStatus, recall: Recall, reason: str, *, by: Actor, at: datetime
) -> None:
    """Change what becomes of lots, and write down why; one that is so already stays as it is."""
    lots = db.session.scalars(select(Lot).where(Lot.id.in_(lot_ids)).order_by(Lot.id)).all()
    put_status(lots, status, reason=reason, by=by, at=at, recall_id=recall.id)


def _check_released(lot: Lot, recall: Recall) -> None:
    """Refuse to release a lot that is recalled for another reason too."""
    for other in list_recalls_of_lot(lot.id):
        if other.id != recall.id and other.closed_at is None:
            raise CannotRelease(
                message(
                    "Lot %(lot)s is recalled by %(other)s too. Close that recall first.",
                    lot=lot.lot_number,
                    other=other.reference,
                )
            )
    inside = list_reached_from([lot.id]) - list_same_batch([lot.id])
    kept = select(Lot).where(Lot.id.in_(inside), Lot.status == LotStatus.RECALLED.value).limit(1)
    part = db.session.scalar(kept)
    if part is not None:
        raise CannotRelease(
            message(
                "Kits of lot %(lot)s hold lot %(part)s, which stays recalled. Release that too, or take them apart.",
                lot=lot.lot_number,
                part=part.lot_number,
            )
        )
