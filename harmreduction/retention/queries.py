"""Read whose time is over."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from harmreduction.assessments import erasing as assessments
from harmreduction.core.db import db
from harmreduction.encounters import erasing as encounters
from harmreduction.journeys import erasing as journeys
from harmreduction.participants import erasing as participants
from harmreduction.participants.models import Participant
from harmreduction.referrals import erasing as referrals
from harmreduction.retention.models import RollUp
from harmreduction.reversals import erasing as reversals

# Each feature says of whom it knows something since a day.
SEEN_SINCE: tuple[Callable[[date], Iterable[Select[Any]]], ...] = (
    assessments.seen_since,
    encounters.seen_since,
    reversals.seen_since,
    referrals.seen_since,
    journeys.seen_since,
    participants.seen_since,
)


def list_people_not_seen_since(day: date) -> list[list[int]]:
    """Return the row ids of everybody of whom nothing is known from a day on, each with those merged into them."""
    rows = db.session.execute(select(Participant.id, Participant.merged_into_id))
    merged_into = {row_id: target for row_id, target in rows}
    seen = {
        _stands_for(row_id, merged_into)
        for seen_since in SEEN_SINCE
        for wanted in seen_since(day)
        for row_id in db.session.scalars(wanted)
        if row_id is not None
    }
    people: dict[int, list[int]] = defaultdict(list)
    for row_id in merged_into:
        people[_stands_for(row_id, merged_into)].append(row_id)
    return [rows for person, rows in sorted(people.items()) if person not in seen]


def last_roll_up() -> date | None:
    """Return the latest day before which everything was rolled up, or None before the first time."""
    return db.session.scalar(select(func.max(RollUp.before_day)))


def _stands_for(row_id: int, merged_into: dict[int, int | None]) -> int:
    """Return who a participant was merged into at last."""
    target = merged_into[row_id]
    while target is not None:
        row_id, target = target, merged_into[target]
    return row_id
