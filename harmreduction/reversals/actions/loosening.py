"""Cut a report loose from its visit, later and for good, or take one back that was loose from the start."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, insert, or_, select, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.keyed import keyed_digest
from harmreduction.core.messages import message
from harmreduction.reversals.actions.reporting import LOOSE
from harmreduction.reversals.actions.storing import ANSWER, REPORT, insert_report, sealed_note
from harmreduction.reversals.models import ReversalAnswer, ReversalReport, SameEvent
from harmreduction.reversals.queries.reports import get_report_of, read_note
from harmreduction.reversals.rules.reports import CannotReport, State, noon_of
from harmreduction.settings.queries import current_settings

SAME = cast(Table, SameEvent.__table__)
NOTHING_LEFT: dict[str, object] = {
    **LOOSE,
    "fingerprint": "",
    "state": State.GONE.value,
    "is_cut_loose": True,
    "happened_on": None,
    "exactness": "unknown",
    **dict.fromkeys(("site_id", "area", "place", "outcome", "doses", "item_id", "note_sealed", "put_aside_reason")),
}


def cut_loose(public_id: str, *, by: Actor) -> None:
    """Cut a report loose from its visit, the code and whoever wrote it down; nobody can join them again.

    The audit trail says that it was done, and not to which report.
    """
    with transaction():
        report = get_report_of(by, public_id, for_change=True)
        if report.is_cut_loose:
            raise CannotReport(message("This report is cut loose already."))
        loosen(report)
        record(Event.REVERSAL_CUT_LOOSE, by=by)


def loosen(report: ReversalReport) -> None:
    """Write what a report tells down anew, under ids that stand nowhere else, and empty the old row.

    The audit trail names the old id beside the minute and the worker, so what was told may not keep it. The empty row
    stays, so that a phone that sends the old record again does not bring it back. Of the time the month is left.
    """
    with transaction():
        fresh_id = new_id()
        row = {
            **{column.key: getattr(report, column.key) for column in REPORT.columns if column.key != "id"},
            **LOOSE,
            "public_id": fresh_id,
            "fingerprint": keyed_digest("reversal report", fresh_id),
            "is_cut_loose": True,
            "note_sealed": sealed_note(read_note(report), fresh_id),
            "received_at": _in_its_month(report.received_at),
        }
        told = select(ReversalAnswer.question, ReversalAnswer.answer).where(ReversalAnswer.report_id == report.id)
        answers = [(question, answer) for question, answer in db.session.execute(told)]
        loose_id = insert_report(row, answers)
        assert loose_id is not None, "a fresh id is nobody's"  # noqa: S101
        _repoint(report.id, loose_id)
        _empty(report)


def take_back_loose(public_id: str) -> None:
    """Empty a report that was loose from the start, and that whoever told it takes back; without one, do nothing.

    The audit trail says nothing of it, as it said nothing of the report: its own times would tell who told it.
    """
    with transaction():
        own = select(ReversalReport).where(ReversalReport.public_id == public_id, ReversalReport.is_cut_loose)
        report = db.session.scalar(own.with_for_update())
        if report is not None:
            db.session.execute(delete(SAME).where(or_(SAME.c.first_id == report.id, SAME.c.second_id == report.id)))
            _empty(report)


def _empty(report: ReversalReport) -> None:
    """Leave of a report only that it was here, so that it does not come back."""
    db.session.execute(delete(ANSWER).where(ANSWER.c.report_id == report.id))
    emptied = {**NOTHING_LEFT, "received_at": _in_its_month(report.received_at)}
    db.session.execute(update(REPORT).where(REPORT.c.id == report.id).values(**emptied))


def _repoint(old_id: int, loose_id: int) -> None:
    """Let what a lead decided about the old row hold for the new one."""
    decided = db.session.execute(select(SAME).where(or_(SAME.c.first_id == old_id, SAME.c.second_id == old_id))).all()
    for decision in decided:
        other_id = decision.second_id if decision.first_id == old_id else decision.first_id
        first_id, second_id = sorted((other_id, loose_id))
        row = {**decision._mapping, "first_id": first_id, "second_id": second_id}
        db.session.execute(insert(SAME), row)
    db.session.execute(delete(SAME).where(or_(SAME.c.first_id == old_id, SAME.c.second_id == old_id)))


def _in_its_month(moment: datetime) -> datetime:
    """Return noon of the first day of a moment's month."""
    zone = current_settings().time_zone
    return noon_of(clock.today(zone, moment).replace(day=1), zone)
