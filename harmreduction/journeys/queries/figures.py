"""Read how far participants came on the programme's journey."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TypeVar

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.journeys.queries.facts import list_facts, read_visit_days, shown_on
from harmreduction.journeys.queries.steps import as_measured, list_steps
from harmreduction.journeys.queries.told import first_marks, list_barriers, list_marks
from harmreduction.journeys.rules.counts import JourneyCounts, Travelled, count_journeys
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import own_site_ids

Told = TypeVar("Told")


def count_steps(actor: Actor, first: date, last: date) -> JourneyCounts:
    """Count how far those came who visited with a code from one day to another, both included.

    What was reached counts until the last day, since when ever; barriers count where they were noted in between.
    """
    site_ids, person_of = own_site_ids(actor), _person_of_each()
    first_days, came = _first_days(site_ids, person_of, first, last)
    facts = _by_person(((fact.participant_id, fact) for fact in list_facts(site_ids)), person_of)
    marks = _by_person(((mark.participant_id, mark) for mark in list_marks(site_ids)), person_of)
    noted = (each for each in list_barriers(site_ids) if first <= each.noted_on <= last)
    barriers = _by_person(((each.participant_id, (each.step_id, each.barrier)) for each in noted), person_of)
    travelled = [
        Travelled(
            shown_on=shown_on(first_days[person], facts[person]),
            marked_on=first_marks(marks[person]),
            barriers=frozenset(barriers[person]),
        )
        for person in came
    ]
    return count_journeys(travelled, as_measured(list_steps()), last=last)


def _first_days(
    site_ids: Collection[int], person_of: Mapping[int, int], first: date, last: date
) -> tuple[dict[int, list[date]], set[int]]:
    """Return the first two days on which each person ever came, and who came from one day to another."""
    first_days: dict[int, list[date]] = defaultdict(list)
    came: set[int] = set()
    for participant_id, day in read_visit_days(site_ids):
        person = person_of[participant_id]
        first_days[person] = sorted({*first_days[person], day})[:2]
        if first <= day <= last:
            came.add(person)
    return first_days, came


def _by_person(told: Iterable[tuple[int, Told]], person_of: Mapping[int, int]) -> dict[int, list[Told]]:
    """Gather what belongs to each person, whichever of their rows it stands with."""
    gathered: dict[int, list[Told]] = defaultdict(list)
    for participant_id, each in told:
        gathered[person_of[participant_id]].append(each)
    return gathered


def _person_of_each() -> dict[int, int]:
    """Return the row of who each participant's row stands for, by row id."""
    into = {
        row.id: row.merged_into_id for row in db.session.execute(select(Participant.id, Participant.merged_into_id))
    }
    person_of: dict[int, int] = {}
    for row_id in into:
        person = row_id
        while (further := into[person]) is not None:
            person = further
        person_of[row_id] = person
    return person_of
