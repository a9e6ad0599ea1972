"""Find reports that may tell of one overdose; nothing but what happened is compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from sqlalchemy import ColumnElement, select

from harmreduction.core.db import db
from harmreduction.reversals.models import ReversalReport, SameEvent
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import Exactness, Happened, State
from harmreduction.reversals.rules.same_event import Told, may_be_same

LOOKED_BACK = timedelta(days=120)
AROUND = timedelta(days=32)  # a month that was told as such, and a night
MOST_LOOKED_AT = 300
MOST_PAIRS = 20


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two reports that may tell of one overdose; is_same is what a lead decided, None before."""

    first: ReversalReport
    second: ReversalReport
    is_same: bool | None = None


def list_pairs_to_decide(*, today: date) -> list[Pair]:
    """Return reports of the last months side by side that may tell of one overdose, and that nobody decided on."""
    recent = _comparable(ReversalReport.happened_on >= today - LOOKED_BACK)
    decided = _decided()
    pairs = (
        Pair(first=one, second=other)
        for one, other in combinations(recent, 2)
        if _key(one, other) not in decided and may_be_same(told_by(one), told_by(other))
    )
    return [pair for pair, _number in zip(pairs, range(MOST_PAIRS), strict=False)]


def find_possible_with(report: ReversalReport) -> list[Pair]:
    """Return the reports that may tell of the same overdose as this one, with what was decided about each."""
    if report.happened_on is None:
        return []
    near = ReversalReport.happened_on.between(report.happened_on - AROUND, report.happened_on + AROUND)
    decided = _decided()
    others = [other for other in _comparable(near) if other.id != report.id]
    return [
        Pair(first=report, second=other, is_same=decided.get(_key(report, other)))
        for other in others
        if decided.get(_key(report, other)) or may_be_same(told_by(report), told_by(other))
    ][:MOST_PAIRS]


def told_by(report: ReversalReport) -> Told:
    """Return what a report tells that others can be compared with."""
    return Told(
        report_id=report.id,
        happened=Happened(exactness=Exactness(report.exactness), on=report.happened_on),
        area=report.area,
        place=report.place,
        outcome=Outcome(report.outcome) if report.outcome else None,
        visit_id=report.encounter_id,
    )


def list_same_among(report_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return the pairs among these reports, or with one of them, that tell of one overdose."""
    wanted = set(report_ids)  # there may be more than a statement can name, and pairs are few
    same = [pair for pair, is_same in _decided().items() if is_same]
    return [pair for pair in same if wanted.intersection(pair)]


def _comparable(which: ColumnElement[bool]) -> Sequence[ReversalReport]:
    """Return reports that wait or count and tell a day, newest first."""
    states = (State.WAITING.value, State.COUNTED.value)
    return db.session.scalars(
        select(ReversalReport)
        .where(which, ReversalReport.state.in_(states))
        .order_by(ReversalReport.happened_on.desc(), ReversalReport.id)
        .limit(MOST_LOOKED_AT)
    ).all()


def _decided() -> dict[tuple[int, int], bool]:
    """Return what was decided about pairs."""
    rows = db.session.execute(select(SameEvent.first_id, SameEvent.second_id, SameEvent.is_same))
    return {(first_id, second_id): is_same for first_id, second_id, is_same in rows}


def _key(one: ReversalReport, other: ReversalReport) -> tuple[int, int]:
    """Return two reports as a decision names them."""
    return min(one.id, other.id), max(one.id, other.id)
