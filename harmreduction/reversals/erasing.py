"""What is erased of reversal reports when somebody is forgotten or a report's time is over; what happened stays."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import cast

from sqlalchemy import Select, Table, or_, select, update

from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.encounters.erasing import visits_of
from harmreduction.reversals.actions.loosening import loosen
from harmreduction.reversals.actions.reporting import LOOSE
from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.rules.reports import noon_of
from harmreduction.settings.queries import current_settings

REPORT = cast(Table, ReversalReport.__table__)
ROLLED_UP = {**LOOSE, "is_cut_loose": True, "area": None, "note_sealed": None}


def forget(participant_ids: Collection[int]) -> None:
    """Cut the reports of these people and of their visits loose, without their notes; before the visits are parted."""
    own = or_(
        ReversalReport.participant_id.in_(participant_ids),
        ReversalReport.encounter_id.in_(visits_of(participant_ids)),
    )
    for report in db.session.scalars(select(ReversalReport).where(own)).all():
        report.note_sealed = None
        loosen(report)


def seen_since(day: date) -> list[Select[int | None]]:
    """Return who told of an overdose on this day or after."""
    since = start_of_day(day, current_settings().time_zone)
    told = ReversalReport.participant_id.is_not(None), ReversalReport.received_at >= since
    return [select(ReversalReport.participant_id).where(*told)]


def roll_up(before: date, *, limit: int) -> int:
    """Cut at most so many reports loose that came before a day, and return how many; 0: none is left.

    They lose their notes and areas too, and were received at noon of their day.
    """
    zone = current_settings().time_zone
    has_more = or_(
        ~ReversalReport.is_cut_loose, ReversalReport.area.is_not(None), ReversalReport.note_sealed.is_not(None)
    )
    due = select(ReversalReport.id, ReversalReport.received_at).where(
        ReversalReport.received_at < start_of_day(before, zone), has_more
    )
    of_day: dict[date, list[int]] = defaultdict(list)
    rows = db.session.execute(due.limit(limit)).all()
    for report_id, received_at in rows:
        of_day[today(zone, received_at)].append(report_id)
    for day, report_ids in of_day.items():
        own = update(REPORT).where(REPORT.c.id.in_(report_ids))
        db.session.execute(own.values(**ROLLED_UP, received_at=noon_of(day, zone)))
    return len(rows)
