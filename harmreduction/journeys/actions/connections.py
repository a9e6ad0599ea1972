"""Say what is in place in somebody's life."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete

from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_or_change, transaction
from harmreduction.journeys.actions.who import group_of, note_change, today_at
from harmreduction.journeys.models import Connection
from harmreduction.journeys.rules.connections import Connections, Part, check_told_on
from harmreduction.participants.queries.people import own_site_ids

CONNECTION = cast(Table, Connection.__table__)


def tell_connections(told: Connections, *, by: Actor, at: datetime) -> None:
    """Write down how things stand, as they say; what they would rather leave out is erased, not a "no".

    What was told on a later day stays. Raises CannotTell for a day that has not come yet.
    """
    with transaction():
        group = group_of(told.participant_id, told.site_id, by=by)
        check_told_on(told.told_on, today=today_at(told.site_id, at))
        left_out = [part for part, status in told.statuses.items() if status is None]
        if left_out:
            _erase(told, left_out, group, own_site_ids(by))
        for part, status in told.statuses.items():
            if status is not None:
                _keep(told, part, {"status": status.value, "told_on": told.told_on}, group[0])
        note_change(Event.PROFILE_CHANGED, group[0], told.site_id, by=by)


def _keep(told: Connections, part: Part, words: dict[str, object], person_id: int) -> None:
    """Write one status down, unless a later day said otherwise."""
    row = {"participant_id": person_id, "part": part.value, "site_id": told.site_id}
    db.session.execute(
        insert_or_change(CONNECTION).on_conflict_do_update(
            index_elements=["participant_id", "part", "site_id"],
            set_=words,
            where=CONNECTION.c.told_on <= told.told_on,
        ),
        {**row, **words},
    )


def _erase(told: Connections, parts: Sequence[Part], group: Sequence[int], site_ids: Sequence[int]) -> None:
    """Erase what was told of some parts until that day, as far as whoever says so sees it."""
    db.session.execute(
        delete(CONNECTION).where(
            CONNECTION.c.participant_id.in_(group),
            CONNECTION.c.site_id.in_(site_ids),
            CONNECTION.c.part.in_([part.value for part in parts]),
            CONNECTION.c.told_on <= told.told_on,
        )
    )
