"""Read a participant's line, what is in place in their life, and how far participants came."""

from harmreduction.journeys.queries.figures import count_steps
from harmreduction.journeys.queries.people import Person, count_visits, get_person, usual_site
from harmreduction.journeys.queries.steps import find_step, get_step, list_steps, measure_of
from harmreduction.journeys.queries.timeline import Moment, list_moments
from harmreduction.journeys.queries.told import StepStanding, list_connections, list_standings

__all__ = [
    "Moment",
    "Person",
    "StepStanding",
    "count_steps",
    "count_visits",
    "find_step",
    "get_person",
    "get_step",
    "list_connections",
    "list_moments",
    "list_standings",
    "list_steps",
    "measure_of",
    "usual_site",
]
