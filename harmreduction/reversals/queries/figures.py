"""Read what the reports of a time add up to; reports of one overdose count once."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, DistributionVoid, Encounter, SupplyLine
from harmreduction.encounters.queries.naloxone import NALOXONE
from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.queries.reports import answers_of
from harmreduction.reversals.queries.same_event import list_same_among
from harmreduction.reversals.rules.figures import Counted, Overdose, ReversalFigures, add_up, overdose_of
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import Exactness, State
from harmreduction.reversals.rules.same_event import groups_of
from harmreduction.stock.models import Item

ONE_DAY = timedelta(days=1)


def count_reversals(first: date, last: date, *, time_zone: str, site_id: int | None = None) -> ReversalFigures:
    """Return what was reported of the overdoses of these days, both included; at one site or anywhere."""
    return add_up(list_overdoses(first, last, time_zone=time_zone, site_id=site_id))


def list_overdoses(first: date, last: date, *, time_zone: str, site_id: int | None = None) -> list[Overdose]:
    """Return the overdoses of these days, each once; it belongs to the day that the most exact report tells."""
    within = _in_days(first, last, time_zone)
    if site_id is not None:
        within &= ReversalReport.site_id == site_id
    reports = _read(within)
    same = _closure(reports.keys())
    joined = {report_id for pair in same for report_id in pair}
    reports |= _read(ReversalReport.id.in_(joined - reports.keys()))
    groups = [[reports[each] for each in group if each in reports] for group in groups_of({*reports, *joined}, same)]
    overdoses = [overdose_of([_counted(report, time_zone) for report in group]) for group in groups if group]
    return [overdose for overdose in overdoses if first <= overdose.day <= last]


def count_doses_handed_out(first: date, last: date, *, time_zone: str) -> int:
    """Return the doses of naloxone that were handed out on these days."""
    begins, ends = start_of_day(first, time_zone), start_of_day(last + ONE_DAY, time_zone)
    given = (
        select(func.sum(SupplyLine.quantity * Item.doses_per_unit))
        .join(Item, Item.id == SupplyLine.item_id)
        .join(Distribution, Distribution.id == SupplyLine.distribution_id)
        .join(Encounter, Encounter.id == Distribution.encounter_id)
        .outerjoin(DistributionVoid, DistributionVoid.distribution_id == Distribution.id)
        .where(Item.category == NALOXONE, DistributionVoid.distribution_id.is_(None))
        .where(Encounter.occurred_at >= begins, Encounter.occurred_at < ends)
    )
    return int(db.session.scalar(given) or 0)


def _read(which: ColumnElement[bool]) -> dict[int, ReversalReport]:
    """Return reports that count, with their answers, by row id."""
    found = db.session.scalars(
        select(ReversalReport)
        .options(selectinload(ReversalReport.answers))
        .where(which, ReversalReport.state == State.COUNTED)
    )
    return {report.id: report for report in found}


def _closure(report_ids: Collection[int]) -> list[tuple[int, int]]:
    """Return every pair of one overdose that leads from these reports to others, step by step."""
    known: set[int] = set()
    wanted, pairs = set(report_ids), set[tuple[int, int]]()
    while wanted:
        pairs |= set(list_same_among(wanted))
        known |= wanted
        wanted = {report_id for pair in pairs for report_id in pair} - known
    return sorted(pairs)


def _counted(report: ReversalReport, time_zone: str) -> Counted:
    """Return a report as it is added up."""
    return Counted(
        report_id=report.id,
        day=report.happened_on or today(time_zone, report.received_at),
        exactness=Exactness(report.exactness),
        outcome=Outcome(report.outcome) if report.outcome else None,
        doses=report.doses,
        answers=frozenset((asked, answer) for asked, answers in answers_of(report).items() for answer in answers),
    )


def _in_days(first: date, last: date, time_zone: str) -> ColumnElement[bool]:
    """Return the condition that a report is of these days: by what it tells, else by when it came."""
    begins, ends = start_of_day(first, time_zone), start_of_day(last + ONE_DAY, time_zone)
    came = (ReversalReport.received_at >= begins) & (ReversalReport.received_at < ends)
    return or_(
        ReversalReport.happened_on.between(first, last),
        ReversalReport.happened_on.is_(None) & came,
    )
