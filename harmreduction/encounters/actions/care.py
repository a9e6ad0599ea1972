"""Record services, tests and topics of a visit, and edit the programme's lists of them."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_or_change, transaction
from harmreduction.encounters.actions.visits import ensure_visit
from harmreduction.encounters.models import Activity, VisitActivity
from harmreduction.encounters.queries.care import find_activity
from harmreduction.encounters.rules.care import CareGiven, ListedActivity

VISIT_ACTIVITY = cast(Table, VisitActivity.__table__)


def record_care(care: CareGiven, *, by: Actor, at: datetime) -> None:
    """Write down what was done, or offered and not wanted, on a visit; sent twice, it is written once.

    Of what the page showed it is the whole, so what was unticked is taken off again.
    """
    with transaction():
        visit = ensure_visit(care.visit, by=by, at=at)
        listed = select(Activity.public_id, Activity.id).where(Activity.public_id.in_({*care.shown, *care.outcomes}))
        ids = {public_id: row_id for public_id, row_id in db.session.execute(listed)}
        left_out = [row_id for public_id, row_id in ids.items() if public_id not in care.outcomes]
        db.session.execute(
            delete(VISIT_ACTIVITY).where(
                VISIT_ACTIVITY.c.encounter_id == visit.id, VISIT_ACTIVITY.c.activity_id.in_(left_out)
            )
        )
        for public_id, outcome in care.outcomes.items():
            if public_id in ids:
                _write(visit.id, ids[public_id], outcome.value)
        record(Event.CARE_RECORDED, by=by, subject=visit.public_id, site_id=visit.site_id)


def save_activity(public_id: str, wanted: ListedActivity, *, by: Actor) -> None:
    """Add a line to the lists under an id made with the page, or change the one that has it.

    Nothing is ever deleted: what is not in use any more stays on the visits on which it was done.
    """
    with transaction():
        activity = find_activity(public_id) or Activity(public_id=public_id)
        activity.kind, activity.name = wanted.kind.value, wanted.name
        activity.position, activity.is_active = wanted.position, wanted.is_active
        db.session.add(activity)
        record(Event.QUESTIONS_CHANGED, by=by, subject=public_id)


def _write(visit_id: int, activity_id: int, outcome: str) -> None:
    """Write down what became of one activity on a visit."""
    row = {"encounter_id": visit_id, "activity_id": activity_id, "outcome": outcome}
    db.session.execute(
        insert_or_change(VISIT_ACTIVITY).on_conflict_do_update(
            index_elements=["encounter_id", "activity_id"], set_={"outcome": outcome}
        ),
        row,
    )
