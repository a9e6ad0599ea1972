"""Shape the programme's journey."""

from sqlalchemy import func, select

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.journeys import queries
from harmreduction.journeys.models import JourneyStep
from harmreduction.journeys.rules.steps import StepWanted, check_name, moved


def save_step(wanted: StepWanted, *, by: Actor) -> None:
    """Add a step at the end under an id made with the page, or rename or hide the one that has it.

    Raises CannotShape without a name.
    """
    check_name(wanted.name)
    with transaction():
        step = queries.find_step(wanted.client_id)
        if step is None:
            last = db.session.scalar(select(func.max(JourneyStep.position))) or 0
            step = JourneyStep(public_id=wanted.client_id, position=last + 1)
        step.name, step.is_active = wanted.name.strip(), wanted.is_active
        db.session.add(step)
        record(Event.QUESTIONS_CHANGED, by=by, subject=wanted.client_id)


def move_step(public_id: str, places: int, *, by: Actor) -> None:
    """Move a step so many places later, or earlier for a negative number, among those that are used."""
    with transaction():
        step = queries.get_step(public_id)
        steps = queries.list_steps()
        if step in steps:
            for position, each in enumerate(moved(steps, step, places), start=1):
                each.position = position
        record(Event.QUESTIONS_CHANGED, by=by, subject=public_id)
