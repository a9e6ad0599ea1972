"""Look through reports: count them or put them aside, and say which tell of one overdose."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_or_change, transaction
from harmreduction.core.messages import message
from harmreduction.reversals.models import ReversalReport, SameEvent
from harmreduction.reversals.queries.reports import get_report_of
from harmreduction.reversals.rules.reports import CannotReport, Origin, PutAside, State

SAME = cast(Table, SameEvent.__table__)


def note_seen(report: ReversalReport, *, by: Actor) -> None:
    """Write down that somebody looked at a report."""
    record(Event.REVERSAL_SEEN, by=by, subject=report.public_id, site_id=report.site_id)


def note_listed(*, by: Actor) -> None:
    """Write down that somebody looked through reports."""
    record(Event.REVERSAL_SEEN, by=by)


def count_report(public_id: str, *, by: Actor) -> None:
    """Let a report count."""
    _decide(public_id, State.COUNTED, None, by=by)


def put_aside(public_id: str, reason: PutAside, *, by: Actor) -> None:
    """Let a report count no more, and say why; what it tells stays."""
    _decide(public_id, State.PUT_ASIDE, reason, by=by)


def put_back(public_id: str, *, by: Actor) -> None:
    """Take a decision back: a public report waits again, one of the team counts again."""
    report = get_report_of(by, public_id)
    _decide(public_id, State.WAITING if report.origin == Origin.PUBLIC else State.COUNTED, None, by=by)


def decide_same(one_id: str, other_id: str, *, is_same: bool, by: Actor, at: datetime) -> None:
    """Say whether two reports tell of one overdose; said again, the last word holds."""
    with transaction():
        one, other = get_report_of(by, one_id), get_report_of(by, other_id)
        if one.id == other.id:
            raise CannotReport(message("These are the same report."))
        first, second = sorted((one, other), key=lambda report: report.id)
        told = {"is_same": is_same, "decided_at": at, "decided_by": by.label[:80]}
        db.session.execute(
            insert_or_change(SAME).on_conflict_do_update(index_elements=["first_id", "second_id"], set_=told),
            {"first_id": first.id, "second_id": second.id, **told},
        )
        record(Event.REVERSAL_REVIEWED, by=by, subject=first.public_id)
        record(Event.REVERSAL_REVIEWED, by=by, subject=second.public_id)


def _decide(public_id: str, state: State, reason: PutAside | None, *, by: Actor) -> None:
    """Note a decision; the same one twice is one."""
    with transaction():
        report = get_report_of(by, public_id, for_change=True)
        if (report.state, report.put_aside_reason) == (state, reason):
            return
        report.state, report.put_aside_reason = state.value, reason.value if reason else None
        record(Event.REVERSAL_REVIEWED, by=by, subject=public_id, site_id=report.site_id)
