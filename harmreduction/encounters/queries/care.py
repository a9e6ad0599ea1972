"""Read the programme's lists of services, tests and topics, and what was done of them on visits."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.encounters.models import Activity, VisitActivity
from harmreduction.encounters.rules.care import ActivityKind, ActivityOutcome

ORDER = [kind.value for kind in ActivityKind]


def list_activities(*, only_active: bool = True) -> list[Activity]:
    """Return services, then tests, then topics, each in the programme's order."""
    listed = select(Activity).order_by(Activity.position, Activity.id)
    found = db.session.scalars(listed.where(Activity.is_active) if only_active else listed)
    return sorted(found, key=lambda activity: (ORDER.index(activity.kind), not activity.is_active))


def find_activity(public_id: str) -> Activity | None:
    """Return one line of the lists, if it is there."""
    return db.session.scalar(select(Activity).where(Activity.public_id == public_id))


def get_activity(public_id: str) -> Activity:
    """Return one line of the lists."""
    found = find_activity(public_id)
    if found is None:
        raise NotFound(message("This is not on the list any more."))
    return found


def activities_on(visit_ids: Collection[int]) -> dict[int, list[VisitActivity]]:
    """Return what was done, or offered and not wanted, on each of these visits (row ids), in the programme's order."""
    rows: dict[int, list[VisitActivity]] = defaultdict(list)
    done = select(VisitActivity).join(VisitActivity.activity).options(joinedload(VisitActivity.activity))
    for row in db.session.scalars(
        done.where(VisitActivity.encounter_id.in_(visit_ids)).order_by(Activity.position, Activity.id)
    ):
        rows[row.encounter_id].append(row)
    return {visit_id: sorted(on, key=lambda row: ORDER.index(row.activity.kind)) for visit_id, on in rows.items()}


def outcomes_on(visit_id: int) -> dict[str, ActivityOutcome]:
    """Return what became of each activity on a visit, by the activity's public id."""
    rows: Sequence[VisitActivity] = activities_on([visit_id]).get(visit_id, [])
    return {row.activity.public_id: ActivityOutcome(row.outcome) for row in rows}
