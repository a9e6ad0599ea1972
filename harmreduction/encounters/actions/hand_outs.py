"""Log what was handed out, and take back what was a slip."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import Table, insert, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotAllowed, NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import seal
from harmreduction.encounters import queries
from harmreduction.encounters.actions.visits import ensure_visit, write_visit
from harmreduction.encounters.models import (
    Distribution as DistributionRow,
)
from harmreduction.encounters.models import (
    DistributionVoid,
    Encounter,
    SupplyLine,
)
from harmreduction.encounters.rules import (
    Distribution,
    ReturnMeasure,
    TakenBackBefore,
    TooLateToUndo,
    VisitDetails,
    check_details,
    check_distribution,
    happened_at,
    may_undo,
)
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.settings.queries import current_settings
from harmreduction.stock import actions as stock
from harmreduction.stock import ledger
from harmreduction.stock.ledger import Opened
from harmreduction.stock.rules import CannotReverse, ChangedFact, Origin, Outcome, ReversalReason

ENCOUNTER = cast(Table, Encounter.__table__)
DISTRIBUTION = cast(Table, DistributionRow.__table__)
SUPPLY_LINE = cast(Table, SupplyLine.__table__)
VOID = cast(Table, DistributionVoid.__table__)
# Every hand-out needs these, so they are put together once.
NEW_DISTRIBUTION = insert(DISTRIBUTION).returning(DISTRIBUTION.c.id)
NEW_LINES = insert(SUPPLY_LINE)
COLUMNS_OF = {
    "audience": ("audience",),
    "number_of_others": ("number_of_others",),
    "returned": ("returned_syringes", "returned_measure", "returned_factor"),
    "note": ("note_sealed",),
}


@dataclass(frozen=True, kw_only=True)
class Logged:
    """What became of a hand-out: `exists` when this same one was saved before."""

    outcome: Outcome
    visit_id: str
    distribution_id: str | None


def log_distribution(
    distribution: Distribution, *, by: Actor, at: datetime | None = None, origin: Origin = Origin.ONLINE
) -> Logged:
    """Record a visit, or more supplies on the same visit, and take what was handed out from stock.

    Saved once however often it is sent. Raises a DomainError with a sentence, and saves nothing,
    when it says nothing, cannot be, or was sent before with other content.
    """
    moment = at or clock.now()
    if distribution.details is not None:
        distribution = replace(distribution, details=_as_estimated(distribution.details))
    check_distribution(distribution, now=moment)
    if not by.works_at(distribution.site_id):
        raise NotFound(message("There is no such site."))
    occurred_at = happened_at(distribution.day, now=moment, time_zone=distribution.time_zone)
    with transaction():
        if not distribution.lines:
            distribution, _encounter_id = _on_visit(distribution, moment, by)
            record(Event.DISTRIBUTION_LOGGED, by=by, subject=distribution.visit_id, site_id=distribution.site_id)
            return Logged(outcome=Outcome.CREATED, visit_id=distribution.visit_id, distribution_id=None)
        opened = stock.issue(_issue(distribution, occurred_at, origin), by=by)
        if opened.outcome is not Outcome.CREATED:
            return _saved_before(distribution, opened, by)
        distribution, encounter_id = _on_visit(distribution, moment, by)
        _hand_out(distribution, encounter_id, opened.transaction_id, moment, by)
        return Logged(outcome=Outcome.CREATED, visit_id=distribution.visit_id, distribution_id=distribution.client_id)


def _saved_before(distribution: Distribution, opened: Opened, by: Actor) -> Logged:
    """Answer a page that is sent again: its supplies stay as saved, and what was told since is kept.

    Raises ChangedFact when it now says other supplies, TakenBackBefore when it was undone meanwhile.
    """
    if opened.outcome is Outcome.EXISTS_WITH_DIFFERENT_FIELDS:
        raise ChangedFact(
            message("This page was sent before with other numbers, and those were saved. Open a new page for more.")
        )
    saved = queries.get_distribution_of(by, distribution.client_id)
    if saved.void is not None:
        raise TakenBackBefore(message("This was saved and then taken back. Tap again to hand it out now."))
    if distribution.details is not None and distribution.details != VisitDetails():
        add_details(saved.encounter.public_id, distribution.details, by=by)
    return Logged(outcome=Outcome.EXISTS, visit_id=saved.encounter.public_id, distribution_id=distribution.client_id)


def add_details(visit_id: str, details: VisitDetails, *, by: Actor) -> None:
    """Say what was told or seen on a visit; this is the whole of it, so what was emptied is erased."""
    with transaction():
        encounter = queries.get_visit_of(by, visit_id)
        details = _as_estimated(details, encounter)
        check_details(details)
        told = _told(visit_id, details)
        db.session.execute(update(ENCOUNTER).where(ENCOUNTER.c.id == encounter.id).values(**told))
        record(Event.VISIT_DETAILS_ADDED, by=by, subject=visit_id, site_id=encounter.site_id)


def tell_details(start: VisitStart, details: VisitDetails, asked: Collection[str], *, by: Actor, at: datetime) -> None:
    """Say what was told on a visit, begun now if its id is new, to those questions (fields of VisitDetails) only.

    What others told on it, to other questions, stays; so do answers that somebody changed on a page since (at).
    """
    with transaction():
        encounter = ensure_visit(start, by=by, at=at)
        details = _as_estimated(details, encounter)
        check_details(details)
        columns = {column for question in asked for column in COLUMNS_OF[question]}
        columns -= queries.find_newer_answers(start.visit_id, at)
        told = {column: value for column, value in _told(start.visit_id, details).items() if column in columns}
        if told:
            db.session.execute(update(ENCOUNTER).where(ENCOUNTER.c.id == encounter.id).values(**told))
        record(Event.VISIT_DETAILS_SENT, by=by, subject=start.visit_id, site_id=encounter.site_id)


def undo_distribution(public_id: str, *, by: Actor, at: datetime | None = None) -> None:
    """Undo one's own hand-out within ten minutes; pressed twice, it is undone once.

    at: when it was pressed, where that comes in late. Raises TooLateToUndo for another person's or an older one; that
    is voided with a reason instead.
    """
    with transaction():
        distribution = queries.get_distribution_of(by, public_id)
        if distribution.void is not None:
            return
        if distribution.recorded_by_id != by.account_id:
            raise TooLateToUndo(message("Somebody else logged this. Void it with a reason instead."))
        if not may_undo(
            logged_by_id=distribution.recorded_by_id,
            logged_at=distribution.recorded_at,
            by_id=by.account_id,
            now=at or clock.now(),
        ):
            raise TooLateToUndo(message("Ten minutes have passed. Void it with a reason instead."))
        _take_back(distribution, ReversalReason.UNDO, by)
        record(Event.DISTRIBUTION_UNDONE, by=by, subject=public_id, site_id=distribution.encounter.site_id)


def void_distribution(public_id: str, *, reason: ReversalReason, by: Actor) -> None:
    """Void a hand-out that did not happen as logged: one's own, or any for those who may.

    Raises CannotReverse when it was taken back already.
    """
    with transaction():
        distribution = queries.get_distribution_of(by, public_id)
        if distribution.recorded_by_id != by.account_id and not by.may(Permission.VOID_ANY_DISTRIBUTION):
            raise NotAllowed(message("Somebody else logged this. Ask a programme lead to void it."))
        if distribution.void is not None:
            raise CannotReverse(message("This was taken back already."))
        _take_back(distribution, reason, by)
        record(Event.DISTRIBUTION_VOIDED, by=by, subject=public_id, site_id=distribution.encounter.site_id)


def _on_visit(distribution: Distribution, moment: datetime, by: Actor) -> tuple[Distribution, int]:
    """Return a hand-out and the row id of its visit: begun now if its id is new, else with what was told now added.

    One that names a visit of another site is a visit of its own: it is never refused for that.
    """
    start = VisitStart(
        visit_id=distribution.visit_id,
        site_id=distribution.site_id,
        time_zone=distribution.time_zone,
        participant_id=distribution.participant_id,
        day=distribution.day,
    )
    told = {} if distribution.details is None else _told(distribution.visit_id, distribution.details)
    encounter_id = write_visit(start, told, by=by, at=moment)
    if encounter_id is None:
        own = str(uuid5(UUID(distribution.client_id), "visit"))
        return _on_visit(replace(distribution, visit_id=own), moment, by)
    return distribution, encounter_id


def _told(visit_id: str, details: VisitDetails) -> dict[str, object]:
    """Return the columns for what was told; what was not asked is empty, never "no" and never 0."""
    returned, note = details.returned, details.note
    return {
        "audience": details.audience and details.audience.value,
        "number_of_others": details.number_of_others,
        "returned_syringes": returned and returned.syringes,
        "returned_measure": returned and returned.measure.value,
        "returned_factor": returned and returned.factor,
        "note_sealed": seal(note, table="encounter", column="note", row=visit_id) if note else None,
    }


def _as_estimated(details: VisitDetails, visit: Encounter | None = None) -> VisitDetails:
    """Return what was told with the programme's factor for what came back; a visit keeps the factor of its day."""
    returned = details.returned
    if returned is None or not returned.is_estimate:
        return details
    factor = visit.returned_factor if visit and visit.returned_measure == returned.measure else None
    return replace(details, returned=replace(returned, own_factor=factor or _factor_of(returned.measure)))


def _factor_of(measure: ReturnMeasure) -> int:
    """Return how many syringes the programme takes one of a measure for."""
    decided = current_settings()
    return decided.syringes_per_litre if measure is ReturnMeasure.LITRES else decided.syringes_per_pound


def _issue(distribution: Distribution, occurred_at: datetime, origin: Origin) -> stock.Issue:
    """Return the hand-out as the stock feature takes it."""
    return stock.Issue(
        client_id=distribution.client_id,
        fingerprint=distribution.fingerprint,
        location_id=distribution.location_id,
        lines=distribution.lines,
        occurred_at=occurred_at,
        today=clock.today(distribution.time_zone, occurred_at),
        origin=origin,
    )


def _hand_out(distribution: Distribution, encounter_id: int, transaction_id: int, moment: datetime, by: Actor) -> None:
    """Write down what went out on the visit."""
    distribution_id = db.session.scalar(
        NEW_DISTRIBUTION,
        {
            "public_id": distribution.client_id,
            "encounter_id": encounter_id,
            "stock_transaction_id": transaction_id,
            "recorded_at": moment,
            "recorded_by_id": by.account_id,
        },
    )
    db.session.execute(
        NEW_LINES,
        [
            {
                "distribution_id": distribution_id,
                "line_no": number,
                "item_id": line.item_id,
                "quantity": line.quantity,
            }
            for number, line in enumerate(distribution.lines, start=1)
        ],
    )
    record(Event.DISTRIBUTION_LOGGED, by=by, subject=distribution.client_id, site_id=distribution.site_id)


def _take_back(distribution: DistributionRow, reason: ReversalReason, by: Actor) -> None:
    """Reverse the fact in the ledger and say why."""
    reversal = ledger.reverse(
        distribution.stock_transaction_id,
        client_id=str(uuid5(UUID(distribution.public_id), "void")),
        reason=reason,
        by=by,
    )
    if reversal.outcome is not Outcome.CREATED:
        return  # somebody pressed the same button at the same moment
    db.session.execute(
        insert(VOID).values(
            distribution_id=distribution.id,
            stock_transaction_id=reversal.transaction_id,
            reason=reason.value,
            recorded_at=clock.now(),
            recorded_by_id=by.account_id,
        )
    )
