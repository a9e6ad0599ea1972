"""Mark how far somebody came on the programme's journey, and what stands in the way."""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete

from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.journeys.actions.who import group_of, note_change, today_at
from harmreduction.journeys.models import JourneyBarrier, JourneyMark, JourneyStep
from harmreduction.journeys.queries.told import list_barriers
from harmreduction.journeys.rules.steps import BarriersNoted, StepMark, check_reached_on
from harmreduction.participants.queries.people import own_site_ids

MARK = cast(Table, JourneyMark.__table__)
BARRIER = cast(Table, JourneyBarrier.__table__)


def mark_step(mark: StepMark, *, by: Actor, at: datetime) -> None:
    """Mark by hand that somebody reached a step; marked again, the first day stays.

    Raises CannotMark for a day that has not come yet.
    """
    with transaction():
        group = group_of(mark.participant_id, mark.site_id, by=by)
        _check_step(mark.step_id)
        check_reached_on(mark.reached_on, today=today_at(mark.site_id, at))
        row = {"participant_id": group[0], "step_id": mark.step_id, "site_id": mark.site_id}
        db.session.execute(insert_if_new(MARK), row | {"reached_on": mark.reached_on})
        note_change(Event.JOURNEY_CHANGED, group[0], mark.site_id, by=by)


def unmark_step(participant_id: int, step_id: int, *, site_id: int, by: Actor) -> None:
    """Take back what was marked by hand, at every site of whoever takes it back; what facts show stays."""
    with transaction():
        group = group_of(participant_id, site_id, by=by)
        db.session.execute(
            delete(MARK).where(
                MARK.c.participant_id.in_(group), MARK.c.step_id == step_id, MARK.c.site_id.in_(own_site_ids(by))
            )
        )
        note_change(Event.JOURNEY_CHANGED, group[0], site_id, by=by)


def note_barriers(noted: BarriersNoted, *, by: Actor, at: datetime) -> None:
    """Say what stands between somebody and a step; this is the whole of it, and what stays noted keeps its day."""
    with transaction():
        group = group_of(noted.participant_id, noted.site_id, by=by)
        _check_step(noted.step_id)
        site_ids = own_site_ids(by)
        _drop_others(noted, group, site_ids)
        row = {"participant_id": group[0], "step_id": noted.step_id, "site_id": noted.site_id}
        row_on = row | {"noted_on": today_at(noted.site_id, at)}
        before = {each.barrier for each in list_barriers(site_ids, group) if each.step_id == noted.step_id}
        for barrier in sorted(noted.barriers - before):
            db.session.execute(insert_if_new(BARRIER), row_on | {"barrier": barrier.value})
        note_change(Event.JOURNEY_CHANGED, group[0], noted.site_id, by=by)


def _drop_others(noted: BarriersNoted, group: Collection[int], site_ids: Collection[int]) -> None:
    """Erase what does not stand in the way any more."""
    db.session.execute(
        delete(BARRIER).where(
            BARRIER.c.participant_id.in_(group),
            BARRIER.c.step_id == noted.step_id,
            BARRIER.c.site_id.in_(site_ids),
            BARRIER.c.barrier.not_in([barrier.value for barrier in noted.barriers]),
        )
    )


def _check_step(step_id: int) -> None:
    """Refuse a step that is not there; one that is no longer used may still be told of later."""
    if db.session.get(JourneyStep, step_id) is None:
        raise NotFound(message("There is no such step."))
