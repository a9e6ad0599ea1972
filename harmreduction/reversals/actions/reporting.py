"""Tell of a reversed overdose: by staff, on a visit or without one, or by anybody through the public page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harmreduction.accounts.actions import count_try
from harmreduction.accounts.rules import TooManyTries
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.fingerprint import fingerprint
from harmreduction.core.keyed import keyed_digest
from harmreduction.core.messages import counted_message, message
from harmreduction.encounters.actions.visits import ensure_visit
from harmreduction.encounters.models import NaloxoneTalk
from harmreduction.encounters.queries.naloxone import find_talk
from harmreduction.reversals.actions.storing import insert_report, sealed_note
from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.queries.reports import count_reports_of, count_waiting
from harmreduction.reversals.rules.reports import (
    MOST_WAITING,
    CannotReport,
    NewReport,
    Origin,
    State,
    TooManyReports,
    check_report,
    noon_of,
)
from harmreduction.settings.queries import current_settings
from harmreduction.sites.models import Site
from harmreduction.stock.rules import ChangedFact

COUNTED_AS = "public reversal"  # no sign-in name holds a blank
TELL_SOMETHING = message("Answer at least one question. Every other one can stay empty.")
LOOSE: dict[str, object] = {"participant_id": None, "encounter_id": None, "talk_id": None, "recorded_by_id": None}


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What became of a report: is_new, unless this same one was saved before."""

    report_id: str
    is_new: bool


def report_reversal(report: NewReport, *, by: Actor, at: datetime) -> Reported:
    """Write a report down that staff was told, once however often it is sent.

    One that is cut loose at once never meets its visit: it keeps neither who wrote it down nor the time of day, and
    the audit trail says nothing of it, because its own times would tell. Raises CannotReport or ChangedFact.
    """
    if report.site_id is None or not by.works_at(report.site_id):
        raise NotFound(message("There is no such site."))
    zone = db.session.get_one(Site, report.site_id).time_zone
    check_report(report, today=clock.today(zone, at))
    if not (report.says_something or _is_there(report.client_id) or _tells_of_a_talk(report)):
        raise CannotReport(TELL_SOMETHING)
    with transaction():
        if report.is_cut_loose:
            joined = {**LOOSE, "received_at": noon_of(clock.today(zone, at), zone)}
        else:
            joined = {**_joined(report, by=by, at=at), "recorded_by_id": by.account_id, "received_at": at}
        row = {**_row(report), **joined, "origin": Origin.STAFF.value, "state": State.COUNTED.value}
        is_new = _keep(row, report)
        if is_new and not report.is_cut_loose:
            record(Event.REVERSAL_REPORTED, by=by, subject=report.client_id, site_id=report.site_id)
        return Reported(report_id=report.client_id, is_new=is_new)


def report_publicly(report: NewReport, *, at: datetime) -> Reported:
    """Keep a report of somebody who is not known, until a lead looks at it; nothing about who sends it is kept.

    All of them together may send a few a minute. Raises CannotReport, ChangedFact or TooManyReports.
    """
    zone = current_settings().time_zone
    today = clock.today(zone, at)
    check_report(report, today=today)
    if not report.says_something:
        raise CannotReport(TELL_SOMETHING)
    if _is_there(report.client_id):
        return Reported(report_id=report.client_id, is_new=False)
    _slow_down()
    with transaction():
        loose = {**LOOSE, "site_id": None, "is_cut_loose": True, "received_at": noon_of(today, zone)}
        row = {**_row(report), **loose, "origin": Origin.PUBLIC.value, "state": State.WAITING.value}
        return Reported(report_id=report.client_id, is_new=_keep(row, report))


def _keep(row: dict[str, object], report: NewReport) -> bool:
    """Write a report down and say whether it is new; raise where the same id tells something else now."""
    if insert_report(row, report.answers) is not None:
        return True
    saved = db.session.scalars(select(ReversalReport).where(ReversalReport.public_id == report.client_id)).one()
    if saved.state != State.GONE and saved.fingerprint != row["fingerprint"]:
        raise ChangedFact(
            message("This page was sent before, and what it said then was saved. Open it again for more.")
        )
    return False


def _row(report: NewReport) -> dict[str, object]:
    """Return the columns for what was told; what was skipped is empty."""
    return {
        "public_id": report.client_id,
        # keyed: otherwise whoever has the file could try which note or area stands behind it
        "fingerprint": keyed_digest("reversal report", fingerprint(report.told)),
        "wording": report.wording,
        "site_id": report.site_id,
        "is_cut_loose": report.is_cut_loose,
        "happened_on": report.happened.on,
        "exactness": report.happened.exactness.value,
        "area": report.area or None,
        "place": report.place,
        "outcome": report.outcome,
        "doses": report.doses,
        "item_id": report.item_id,
        "note_sealed": sealed_note(report.note, report.client_id),
    }


def _joined(report: NewReport, *, by: Actor, at: datetime) -> dict[str, object]:
    """Return what joins a report to its visit, which begins now if nothing of it has arrived yet."""
    if report.visit is None:
        return {"participant_id": None, "encounter_id": None, "talk_id": None}
    if report.visit.site_id != report.site_id:
        raise CannotReport(message("The visit was at another site. Open the report from the visit."))
    visit = ensure_visit(report.visit, by=by, at=at)
    talk = select(NaloxoneTalk.id).where(
        NaloxoneTalk.public_id == report.talk_id, NaloxoneTalk.encounter_id == visit.id
    )
    return {
        "participant_id": visit.participant_id,
        "encounter_id": visit.id,
        "talk_id": db.session.scalar(talk) if report.talk_id else None,
    }


def _is_there(public_id: str) -> bool:
    """Say whether a report was saved before; who sends it again is thanked again, and waits for nobody."""
    return db.session.scalar(select(ReversalReport.id).where(ReversalReport.public_id == public_id)) is not None


def _tells_of_a_talk(report: NewReport) -> bool:
    """Say whether a report without an answer tells of an overdose all the same: of one that its talk told of.

    A talk may arrive after its report; one that came tells of as many overdoses as kits were used.
    """
    if report.talk_id is None:
        return False
    talk = find_talk(report.talk_id)
    return talk is None or count_reports_of(talk) < (talk.times_used or 1)


def _slow_down() -> None:
    """Count a public report; raise TooManyReports when too many come, or too many wait."""
    if count_waiting() >= MOST_WAITING:
        raise TooManyReports(
            message("So many reports wait to be read that no more are taken now. Tell us when you come by, or call us.")
        )
    try:
        count_try(COUNTED_AS)
    except TooManyTries as problem:
        raise TooManyReports(
            counted_message(
                "Many reports came in this minute. Wait %(count)s second, then send it again.",
                "Many reports came in this minute. Wait %(count)s seconds, then send it again.",
                problem.seconds,
            )
        ) from problem
