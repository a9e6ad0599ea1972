"""Which reports may tell of one overdose, by what happened and never by who told it. Plain Python."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import Exactness, Happened

SLACK = timedelta(days=1)  # a night belongs to two days
ALIVE = frozenset({Outcome.OK, Outcome.HOSPITAL})


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a report tells that another can be compared with; visit_id: the row of its visit, if it has one."""

    report_id: int
    happened: Happened
    area: str | None = None
    place: str | None = None
    outcome: Outcome | None = None
    visit_id: int | None = None


def may_be_same(one: Told, other: Told) -> bool:
    """Say whether two reports may tell of one overdose; where the day is only about known, area and place must fit.

    Two reports of one visit are two overdoses: whoever told them counted them.
    """
    if one.report_id == other.report_id or (one.visit_id is not None and one.visit_id == other.visit_id):
        return False
    if not _overlap(one.happened, other.happened) or not _outcomes_fit(one.outcome, other.outcome):
        return False
    area, place = _alike(_plain(one.area), _plain(other.area)), _alike(one.place, other.place)
    if area is False or place is False:
        return False
    is_vague = Exactness.MONTH in (one.happened.exactness, other.happened.exactness)
    return bool(area and place) if is_vague else bool(area or place)


def groups_of(report_ids: Iterable[int], same: Iterable[tuple[int, int]]) -> list[frozenset[int]]:
    """Return these reports in groups of one overdose each, whatever the order in which they were found the same."""
    group = {report_id: frozenset({report_id}) for report_id in report_ids}
    for one, other in same:
        if one in group and other in group and group[one] is not group[other]:
            joined = group[one] | group[other]
            group.update(dict.fromkeys(joined, joined))
    return sorted(set(group.values()), key=min)


def _overlap(one: Happened, other: Happened) -> bool:
    """Say whether both can have been on one day, give or take a night."""
    first, second = one.stretch, other.stretch
    if first is None or second is None:
        return False
    return first[0] - SLACK <= second[1] and second[0] - SLACK <= first[1]


def _outcomes_fit(one: Outcome | None, other: Outcome | None) -> bool:
    """Say whether what became of the person fits; who went to hospital may be OK now, who died is not."""
    return not ({one, other} & ALIVE and Outcome.DIED in (one, other))


def _alike(one: str | None, other: str | None) -> bool | None:
    """Say whether two answers are the same; None where one of them was not told."""
    return None if not one or not other else one == other


def _plain(area: str | None) -> str | None:
    """Return an area as it is compared."""
    return " ".join(area.casefold().split()) if area else None
