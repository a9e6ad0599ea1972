"""Read the steps of the programme's journey."""

from collections.abc import Sequence

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.journeys.models import JourneyStep
from harmreduction.journeys.rules.steps import Measure


def list_steps(*, only_active: bool = True) -> Sequence[JourneyStep]:
    """Return the steps in the programme's order, those that are no longer used last."""
    steps = select(JourneyStep).order_by(JourneyStep.is_active.desc(), JourneyStep.position, JourneyStep.id)
    return db.session.scalars(steps.where(JourneyStep.is_active) if only_active else steps).all()


def find_step(public_id: str) -> JourneyStep | None:
    """Return a step, if it is there."""
    return db.session.scalar(select(JourneyStep).where(JourneyStep.public_id == public_id))


def get_step(public_id: str) -> JourneyStep:
    """Return a step."""
    step = find_step(public_id)
    if step is None:
        raise NotFound(message("There is no such step."))
    return step


def measure_of(step: JourneyStep) -> Measure | None:
    """Return the fact that shows a step, or None where it is marked by hand alone."""
    return Measure(step.measure) if step.measure in list(Measure) else None


def as_measured(steps: Sequence[JourneyStep]) -> list[tuple[int, Measure | None]]:
    """Return steps as (row id, measure)."""
    return [(step.id, measure_of(step)) for step in steps]
