"""Read recalls: which lots they touch, what to put aside, what to ask whoever comes by."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock.models import Item, Lot, LotStatusChange, Recall, RecallLot, StockBalance, StockMovement
from harmreduction.stock.queries.genealogy import list_reached, list_reached_from
from harmreduction.stock.queries.lots import StockRow
from harmreduction.stock.queries.tracing import (
    PARTICIPANT,
    Trace,
    count_went_out,
    count_without_number,
    find_first_moment,
    trace,
)
from harmreduction.stock.rules import LotStatus


@dataclass(frozen=True, kw_only=True)
class RecallTrace:
    """A recall with the lots that its notice names, and where these and all kits with them are and went.

    without_number: units of the same items, by item id, that went out since and nobody knows the lot of.
    """

    recall: Recall
    named_ids: frozenset[int]
    trace: Trace
    without_number: dict[int, int]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What to ask whoever comes by: an item of these lots was recalled; units went out from here."""

    recall: Recall
    item: Item
    lot_numbers: Sequence[str]
    went_out_here: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a worker is told of recalls at a place: what to put aside here, and what to ask whoever comes by."""

    aside: Sequence[StockRow]
    questions: Sequence[Question]


def list_recalls(*, offset: int = 0, limit: int | None = None) -> Sequence[Recall]:
    """Return recalls, open ones first, then the latest."""
    return db.session.scalars(
        select(Recall)
        .order_by(Recall.closed_at.is_not(None), Recall.opened_at.desc(), Recall.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()


def list_open_recalls() -> Sequence[Recall]:
    """Return the recalls that are open, oldest first."""
    return db.session.scalars(select(Recall).where(Recall.closed_at.is_(None)).order_by(Recall.id)).all()


def get_recall(public_id: str) -> Recall:
    """Return a recall."""
    recall = db.session.scalar(select(Recall).where(Recall.public_id == public_id))
    if recall is None:
        raise NotFound(message("There is no such recall."))
    return recall


def list_named_ids(recall_id: int) -> frozenset[int]:
    """Return the lots that a notice names."""
    return frozenset(db.session.scalars(select(RecallLot.lot_id).where(RecallLot.recall_id == recall_id)))


def list_touched(recall_id: int) -> list[Lot]:
    """Return the lots that a recall touches, kits that hold them too, by item and number."""
    reached = list_reached(list_named_ids(recall_id))
    lots = select(Lot).join(Lot.item).options(joinedload(Lot.item)).where(Lot.id.in_(reached))
    return list(db.session.scalars(lots.order_by(Item.is_kit, Item.name, Lot.lot_number, Lot.id)))


def list_status_changes(recall_id: int) -> Sequence[LotStatusChange]:
    """Return what became of lots by a recall, oldest first."""
    changes = select(LotStatusChange).where(LotStatusChange.recall_id == recall_id)
    return db.session.scalars(changes.order_by(LotStatusChange.id)).all()


def trace_recall(recall: Recall, *, to: Actor, at: datetime) -> RecallTrace:
    """Trace a recall; whoever does not lead sees the places of their own sites."""
    named = list_named_ids(recall.id)
    whole = trace(list_reached(named), at=at)
    since = find_first_moment(named)
    items = {lot.item_id for lot in whole.lots if lot.id in named}
    leads = to.may(Permission.MANAGE_CATALOGUE)
    return RecallTrace(
        recall=recall,
        named_ids=named,
        trace=whole if leads else _of_own_sites(whole, to),
        without_number=count_without_number(items, since=since) if leads and since else {},
    )


def list_recalled_at(location_id: int) -> list[StockRow]:
    """Return the recalled lots that lie at a place: to be put aside, and not handed out."""
    rows = db.session.execute(
        select(Lot, Item, StockBalance.on_hand)
        .join(StockBalance, StockBalance.lot_id == Lot.id)
        .join(Item, Item.id == Lot.item_id)
        .where(
            StockBalance.location_id == location_id,
            StockBalance.on_hand > 0,
            Lot.status == LotStatus.RECALLED.value,
        )
        .order_by(Item.name, Lot.lot_number, Lot.id)
    )
    return [StockRow(item=item, lot=lot, on_hand=on_hand) for lot, item, on_hand in rows]


def list_questions(location_id: int) -> list[Question]:
    """Return what to ask whoever comes by, while recalls are open of which units went out."""
    questions: list[Question] = []
    for recall in list_open_recalls():
        lots = _out_there(list_reached(list_named_ids(recall.id)))
        here = count_went_out([lot.id for lot in lots], location_id) if lots else {}
        by_item: dict[int, list[Lot]] = defaultdict(list)
        for lot in lots:
            by_item[lot.item_id].append(lot)
        questions += [
            Question(
                recall=recall,
                item=of_item[0].item,
                lot_numbers=sorted({lot.lot_number for lot in of_item}),
                went_out_here=sum(here.get(lot.id, 0) for lot in of_item),
            )
            for of_item in by_item.values()
        ]
    return questions


def told_at(location_id: int) -> Told:
    """Return what a worker who hands out from a place is told of recalls."""
    return Told(aside=list_recalled_at(location_id), questions=list_questions(location_id))


def list_recalls_of_lot(lot_id: int) -> Sequence[Recall]:
    """Return the recalls, open or closed, that name a lot, its batch, or anything inside it."""
    if db.session.scalar(select(RecallLot.recall_id).limit(1)) is None:
        return ()  # as in most programmes, at most times
    touching = select(RecallLot.recall_id).where(RecallLot.lot_id.in_(list_reached_from([lot_id])))
    return db.session.scalars(select(Recall).where(Recall.id.in_(touching)).order_by(Recall.id)).all()


def list_recalls_touching(transaction_ids: Collection[int]) -> dict[int, list[Recall]]:
    """Return the open recalls that touch what went out by these facts, by the fact's row id.

    A fact that was taken back is left out, and so is a lot that was released meanwhile.
    """
    given = _given_by(transaction_ids)
    found: dict[int, list[Recall]] = defaultdict(list)
    for recall in list_open_recalls() if given else ():
        reached = list_reached(list_named_ids(recall.id))
        for transaction_id, lot_ids in given.items():
            if lot_ids & reached:
                found[transaction_id].append(recall)
    return dict(found)


def _given_by(transaction_ids: Collection[int]) -> dict[int, set[int]]:
    """Return the lots, still recalled, that went to participants by facts that stand."""
    back = StockMovement.__table__.alias("back")
    rows = db.session.execute(
        select(StockMovement.transaction_id, StockMovement.lot_id)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .where(
            StockMovement.transaction_id.in_(transaction_ids),
            StockMovement.to_location_id == PARTICIPANT,
            Lot.status == LotStatus.RECALLED.value,
            ~select(back.c.id).where(back.c.reverses_id == StockMovement.id).exists(),
        )
    )
    given: dict[int, set[int]] = defaultdict(set)
    for transaction_id, lot_id in rows:
        given[transaction_id].add(lot_id)
    return given


def _out_there(lot_ids: Collection[int]) -> list[Lot]:
    """Return those of these lots, still recalled, of which participants hold units."""
    return list(
        db.session.scalars(
            select(Lot)
            .join(StockBalance, StockBalance.lot_id == Lot.id)
            .options(joinedload(Lot.item))
            .where(
                StockBalance.location_id == PARTICIPANT,
                StockBalance.on_hand > 0,
                Lot.id.in_(lot_ids),
                Lot.status == LotStatus.RECALLED.value,
            )
            .order_by(Lot.id)
        )
    )


def _of_own_sites(whole: Trace, actor: Actor) -> Trace:
    """Return what a trace says of the places at which a person works."""
    return Trace(
        lots=whole.lots,
        held=[row for row in whole.held if actor.works_at(row.place.site_id)],
        went_out=[row for row in whole.went_out if actor.works_at(row.place.site_id)],
        came_back=[row for row in whole.came_back if actor.works_at(row.place.site_id)],
    )
