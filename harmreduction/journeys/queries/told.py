"""Read what a participant told of their life, and how far they came on the programme's journey."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, select

from harmreduction.core.db import db
from harmreduction.journeys.models import Connection, JourneyBarrier, JourneyMark, JourneyStep
from harmreduction.journeys.queries.facts import list_facts, read_visit_days, shown_on
from harmreduction.journeys.queries.steps import as_measured, list_steps
from harmreduction.journeys.rules.connections import Part, Status, Told, latest
from harmreduction.journeys.rules.steps import Reached, reached
from harmreduction.referrals.rules.kinds import Barrier


@dataclass(frozen=True, kw_only=True)
class StepStanding:
    """One step for one participant: reached or not, and what stands in the way of it."""

    step: JourneyStep
    reached: Reached | None
    barriers: Sequence[Barrier]


def list_connections(
    participant_id: int, participant_ids: Collection[int], site_ids: Collection[int]
) -> Mapping[Part, Told]:
    """Return the last word on each part of a life, at some sites, of a participant and whoever was merged into them."""
    own_last = case((Connection.participant_id == participant_id, 1), else_=0)
    rows = db.session.scalars(
        select(Connection)
        .where(Connection.participant_id.in_(participant_ids), Connection.site_id.in_(site_ids))
        .order_by(Connection.told_on, own_last)
    )
    return latest(Told(part=Part(row.part), status=Status(row.status), told_on=row.told_on) for row in rows)


def list_standings(participant_ids: Collection[int], site_ids: Collection[int]) -> list[StepStanding]:
    """Return each step of the journey for one participant, in the programme's order, as far as some sites know."""
    steps = list_steps()
    visit_days = [day for _participant_id, day in read_visit_days(site_ids, participant_ids)]
    shown = shown_on(visit_days, list_facts(site_ids, participant_ids))
    there = reached(shown, first_marks(list_marks(site_ids, participant_ids)), as_measured(steps))
    in_the_way = list_barriers(site_ids, participant_ids)
    return [
        StepStanding(
            step=step,
            reached=there.get(step.id),
            barriers=sorted({Barrier(row.barrier) for row in in_the_way if row.step_id == step.id}),
        )
        for step in steps
    ]


def list_marks(site_ids: Collection[int], participant_ids: Collection[int] | None = None) -> Sequence[JourneyMark]:
    """Return what was marked by hand at some sites; None: of everybody."""
    marks = select(JourneyMark).where(JourneyMark.site_id.in_(site_ids))
    if participant_ids is not None:
        marks = marks.where(JourneyMark.participant_id.in_(participant_ids))
    return db.session.scalars(marks).all()


def list_barriers(
    site_ids: Collection[int], participant_ids: Collection[int] | None = None
) -> Sequence[JourneyBarrier]:
    """Return what stands in the way, as noted at some sites; None: of everybody."""
    barriers = select(JourneyBarrier).where(JourneyBarrier.site_id.in_(site_ids))
    if participant_ids is not None:
        barriers = barriers.where(JourneyBarrier.participant_id.in_(participant_ids))
    return db.session.scalars(barriers).all()


def first_marks(marks: Collection[JourneyMark]) -> dict[int, date]:
    """Return the first day on which each step was marked by hand, by its row id, of one person's marks."""
    first: dict[int, date] = {}
    for mark in marks:
        first[mark.step_id] = min(first.get(mark.step_id, mark.reached_on), mark.reached_on)
    return first
