"""Read what the codes that told their need got of it in a time."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.encounters.models import Encounter, StatedNeed
from harmreduction.encounters.queries.coverage import ABOUT_SYRINGES, as_told
from harmreduction.encounters.queries.taken import list_taken
from harmreduction.encounters.rules.coverage import (
    FORTNIGHT,
    CodeCoverage,
    CoverageFigures,
    NeedTold,
    Taken,
    days_looked_at,
    figures_of,
    kept_of,
)
from harmreduction.participants.models import Participant

ONE_DAY = timedelta(days=1)
HAS_CODE = Encounter.participant_id.is_not(None)


def coverage_figures(first: date, last: date, *, time_zone: str) -> CoverageFigures:
    """Return what all codes that told in a time how many syringes they need, needed and kept in it.

    Merged codes are one. A code counts from its first visit on, and by what it told last; visits without a code and
    hand-outs that were taken back do not count.
    """
    begins, ends = start_of_day(first, time_zone), start_of_day(last + ONE_DAY, time_zone)
    within = HAS_CODE & (Encounter.occurred_at >= begins) & (Encounter.occurred_at < ends)
    roots = _roots()
    known_since = _known_since(roots)
    taken: defaultdict[int, list[Taken]] = defaultdict(list)
    for visit in list_taken(within):
        taken[roots[visit.participant_id or 0]].append(visit.taken)
    return figures_of(
        [
            _code_coverage(told, days_looked_at(first, last, today(time_zone, known_since[root])), taken[root])
            for root, told in _needs_told(within, roots).items()
        ]
    )


def _code_coverage(told: NeedTold, days: int, taken: list[Taken]) -> CodeCoverage:
    """Return what a code needed in so many days beside what it took and kept."""
    return CodeCoverage(
        needed=told.syringes_for(days) or 0, taken=sum(each.syringes for each in taken), kept=kept_of(taken)
    )


def _needs_told(within: ColumnElement[bool], roots: dict[int, int]) -> dict[int, NeedTold]:
    """Return what each code told last about syringes, by the row it stands for; what adds up to nothing known not."""
    rows = db.session.execute(
        select(Encounter.participant_id, StatedNeed)
        .join(StatedNeed, StatedNeed.encounter_id == Encounter.id)
        .where(within, ABOUT_SYRINGES)
        .order_by(Encounter.occurred_at, Encounter.id)
    )
    told = {roots[participant_id or 0]: as_told(row) for participant_id, row in rows}
    return {root: need for root, need in told.items() if need.syringes_for(FORTNIGHT) is not None}


def _known_since(roots: dict[int, int]) -> dict[int, datetime]:
    """Return when each code was first seen on a visit, by the row it stands for."""
    rows = db.session.execute(
        select(Encounter.participant_id, func.min(Encounter.occurred_at))
        .where(HAS_CODE)
        .group_by(Encounter.participant_id)
    )
    found: dict[int, datetime] = {}
    for participant_id, moment in rows:
        root = roots[participant_id or 0]
        found[root] = min(moment, found.get(root, moment))
    return found


def _roots() -> dict[int, int]:
    """Return the row that each participant stands for once all merges are followed."""
    rows = db.session.execute(select(Participant.id, Participant.merged_into_id))
    merged: dict[int, int | None] = {participant_id: target for participant_id, target in rows}
    roots: dict[int, int] = {}
    for participant_id in merged:
        root, seen = participant_id, {participant_id}
        while (target := merged.get(root)) is not None and target not in seen:
            root = target
            seen.add(root)
        roots[participant_id] = root
    return roots
