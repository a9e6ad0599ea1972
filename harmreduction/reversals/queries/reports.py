"""Read reports: one whole, those of a person's sites, those that wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import unseal
from harmreduction.encounters.models import Encounter, NaloxoneTalk
from harmreduction.encounters.queries.visits import find_visit_of
from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.rules.reports import State
from harmreduction.sites import queries as sites
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item


@dataclass(frozen=True, kw_only=True)
class Detail:
    """A report as staff read it: answers by question, the note unsealed, and its visit if the reader may see it."""

    report: ReversalReport
    answers: dict[str, list[str]]
    note: str
    site: Site | None
    item: Item | None
    visit: Encounter | None


def get_report_of(actor: Actor, public_id: str, *, for_change: bool = False) -> ReversalReport:
    """Return a report that a person may read: of their own sites, or any for those who look through them.

    for_change: nobody else changes it until the transaction ends.
    """
    wanted = select(ReversalReport).where(ReversalReport.public_id == public_id)
    if for_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    report = db.session.scalar(wanted)
    if report is None or not _may_see(actor, report):
        raise NotFound(message("There is no such report."))
    return report


def find_report_of(actor: Actor, public_id: str) -> ReversalReport | None:
    """Return a report that this person may read, or None."""
    try:
        return get_report_of(actor, public_id)
    except NotFound:
        return None


def get_detail(actor: Actor, public_id: str) -> Detail:
    """Return everything that a report tells."""
    report = get_report_of(actor, public_id)
    visit = None if report.encounter_id is None else db.session.get(Encounter, report.encounter_id)
    return Detail(
        report=report,
        answers=answers_of(report),
        note=read_note(report),
        site=None if report.site_id is None else db.session.get(Site, report.site_id),
        item=None if report.item_id is None else db.session.get(Item, report.item_id),
        visit=None if visit is None else find_visit_of(actor, visit.public_id),
    )


def answers_of(report: ReversalReport) -> dict[str, list[str]]:
    """Return the answers of a report by question."""
    answers: dict[str, list[str]] = {}
    for told in report.answers:
        answers.setdefault(told.question, []).append(told.answer)
    return answers


def read_note(report: ReversalReport) -> str:
    """Return the note of a report, or nothing."""
    if report.note_sealed is None:
        return ""
    return unseal(report.note_sealed, table="reversal_report", column="note", row=report.public_id)


def list_reports_of(actor: Actor, *, offset: int, limit: int) -> Sequence[ReversalReport]:
    """Return the reports of a person's sites, and the public ones for those who look through them, newest first."""
    return db.session.scalars(
        select(ReversalReport)
        .where(_visible_to(actor))
        .order_by(ReversalReport.received_at.desc(), ReversalReport.id)
        .offset(offset)
        .limit(limit)
    ).all()


def list_waiting(*, offset: int, limit: int) -> Sequence[ReversalReport]:
    """Return the public reports that nobody looked at yet, oldest first, with their answers."""
    return db.session.scalars(
        select(ReversalReport)
        .options(selectinload(ReversalReport.answers))
        .where(ReversalReport.state == State.WAITING)
        .order_by(ReversalReport.received_at, ReversalReport.id)
        .offset(offset)
        .limit(limit)
    ).all()


def count_waiting() -> int:
    """Return how many public reports nobody looked at yet."""
    waiting = select(func.count()).select_from(ReversalReport).where(ReversalReport.state == State.WAITING)
    return db.session.scalar(waiting) or 0


def list_reports_on(visit_id: int) -> Sequence[ReversalReport]:
    """Return the reports that are still joined to a visit, by its row."""
    return db.session.scalars(
        select(ReversalReport).where(ReversalReport.encounter_id == visit_id).order_by(ReversalReport.received_at)
    ).all()


def count_reports_of(talk: NaloxoneTalk) -> int:
    """Return how many reports are still joined to a talk."""
    joined = select(func.count()).select_from(ReversalReport).where(ReversalReport.talk_id == talk.id)
    return db.session.scalar(joined) or 0


def _may_see(actor: Actor, report: ReversalReport) -> bool:
    """Staff read the reports of their own sites; who looks through them reads all."""
    if report.state == State.GONE:
        return False
    at_own_site = report.site_id is not None and actor.works_at(report.site_id)
    return actor.may(Permission.REVIEW_REVERSALS) or (at_own_site and actor.may(Permission.RECORD_CARE))


def _visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the same as a condition."""
    stands = ReversalReport.state != State.GONE
    if actor.may(Permission.REVIEW_REVERSALS):
        return stands
    own = [site.id for site in sites.list_sites_of(actor)] if actor.may(Permission.RECORD_CARE) else []
    return stands & ReversalReport.site_id.in_(own)
