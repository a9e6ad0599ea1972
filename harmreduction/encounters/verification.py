"""Check that what was handed out and what the ledger moved are the same."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from harmreduction.core.db import db
from harmreduction.encounters.models import (
    Distribution,
    DistributionVoid,
    Encounter,
    GroupEvent,
    NaloxoneTalk,
    PeerReport,
    SupplyLine,
)
from harmreduction.stock.models import Lot, StockMovement, StockTransaction
from harmreduction.stock.rules import TransactionKind


def find_differences() -> Iterator[str]:
    """Name each hand-out that is not what the ledger moved, each void that fits no reversal, each record astray."""
    handed_out: Counter[tuple[int, int]] = Counter()
    lines = select(Distribution.stock_transaction_id, SupplyLine.item_id, SupplyLine.quantity).join(
        SupplyLine, SupplyLine.distribution_id == Distribution.id
    )
    for transaction_id, item_id, quantity in db.session.execute(lines):
        handed_out[transaction_id, item_id] += quantity
    moved: Counter[tuple[int, int]] = Counter()
    movements = (
        select(StockMovement.transaction_id, Lot.item_id, StockMovement.quantity)
        .join(Lot, Lot.id == StockMovement.lot_id)
        .join(StockTransaction, StockTransaction.id == StockMovement.transaction_id)
        .where(StockTransaction.kind == TransactionKind.DISTRIBUTE.value)
    )
    for transaction_id, item_id, quantity in db.session.execute(movements):
        moved[transaction_id, item_id] += quantity
    for transaction_id, item_id in sorted(handed_out.keys() | moved.keys()):
        given, booked = handed_out[transaction_id, item_id], moved[transaction_id, item_id]
        if given != booked:
            yield f"Hand-out {transaction_id}: {given} of item {item_id} were logged, {booked} left the stock."
    yield from _voids_without_reversal()
    yield from _reversals_without_void()
    yield from _talks_astray()
    yield from _groups_astray()
    yield from _peer_reports_astray()
    yield from _peer_reports_not_taken_back()


def _voids_without_reversal() -> Iterator[str]:
    """Check that each void points to the reversal of its own hand-out."""
    wrong = (
        select(Distribution.public_id)
        .join(DistributionVoid, DistributionVoid.distribution_id == Distribution.id)
        .join(StockTransaction, StockTransaction.id == DistributionVoid.stock_transaction_id)
        .where(StockTransaction.reverses_id.is_distinct_from(Distribution.stock_transaction_id))
    )
    for (public_id,) in db.session.execute(wrong):
        yield f"The void of hand-out {public_id} takes something else back."


def _reversals_without_void() -> Iterator[str]:
    """Check that each hand-out that the ledger took back is void."""
    wrong = (
        select(Distribution.public_id)
        .join(StockTransaction, StockTransaction.reverses_id == Distribution.stock_transaction_id)
        .outerjoin(DistributionVoid, DistributionVoid.distribution_id == Distribution.id)
        .where(DistributionVoid.distribution_id.is_(None))
    )
    for (public_id,) in db.session.execute(wrong):
        yield f"The ledger took hand-out {public_id} back, and nothing says why."


def _talks_astray() -> Iterator[str]:
    """Check that each talk about naloxone led to a hand-out of its own visit."""
    wrong = (
        select(NaloxoneTalk.public_id)
        .join(Distribution, Distribution.id == NaloxoneTalk.distribution_id)
        .where(Distribution.encounter_id != NaloxoneTalk.encounter_id)
    )
    for (public_id,) in db.session.execute(wrong):
        yield f"The talk about naloxone {public_id} points to a hand-out of another visit."


def _groups_astray() -> Iterator[str]:
    """Check that what was given at a training or in a group was given at its site, and to nobody in particular."""
    astray = or_(Encounter.site_id != GroupEvent.site_id, Encounter.participant_id.is_not(None))
    wrong = select(GroupEvent.public_id).join(Encounter, Encounter.group_event_id == GroupEvent.id).where(astray)
    for (public_id,) in db.session.execute(wrong):
        yield f"The supplies of the group {public_id} are on a visit of another site, or of a participant."


def _peer_reports_astray() -> Iterator[str]:
    """Check that what a distributor told of was handed on from their own place."""
    elsewhere = select(StockMovement.id).where(
        StockMovement.transaction_id == StockTransaction.id, StockMovement.from_location_id != PeerReport.location_id
    )
    wrong = (
        select(PeerReport.public_id)
        .join(StockTransaction, StockTransaction.id == PeerReport.stock_transaction_id)
        .where(or_(StockTransaction.kind != TransactionKind.HAND_ON.value, elsewhere.exists()))
    )
    for (public_id,) in db.session.execute(wrong):
        yield f"The report {public_id} of a distributor points to something else than what they handed on."


def _peer_reports_not_taken_back() -> Iterator[str]:
    """Check that what was handed on with a removed report was taken back.

    The other way round is fine: what stock takes back on its own page may leave the numbers of people as they are.
    """
    reversal = aliased(StockTransaction)
    wrong = (
        select(PeerReport.public_id)
        .outerjoin(reversal, reversal.reverses_id == PeerReport.stock_transaction_id)
        .where(PeerReport.removed_at.is_not(None), PeerReport.stock_transaction_id.is_not(None), reversal.id.is_(None))
    )
    for (public_id,) in db.session.execute(wrong):
        yield f"The report {public_id} of a distributor was removed, and what they handed on was not taken back."
