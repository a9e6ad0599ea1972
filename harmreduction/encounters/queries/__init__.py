"""Read visits, hand-outs, shifts and how a worker's page is laid out."""

from harmreduction.encounters.queries.places import (
    Place,
    count_tiles,
    find_place,
    find_place_at,
    get_place_on_page,
    list_usual_handouts,
    list_usual_lines,
)
from harmreduction.encounters.queries.shifts import Entry, Shift, get_shift, list_day
from harmreduction.encounters.queries.usual import find_usual_handout, get_usual_handout, list_all_usual_handouts
from harmreduction.encounters.queries.visits import (
    Given,
    counts_as_visit,
    details_as_entered,
    find_distribution_of,
    find_last_of,
    find_newer_answers,
    find_visit_of,
    find_visits,
    get_distribution_of,
    get_visit_of,
    list_given_on,
    list_lines_of,
    sum_given,
)

__all__ = [
    "Entry",
    "Given",
    "Place",
    "Shift",
    "count_tiles",
    "counts_as_visit",
    "details_as_entered",
    "find_distribution_of",
    "find_last_of",
    "find_newer_answers",
    "find_place",
    "find_place_at",
    "find_usual_handout",
    "find_visit_of",
    "find_visits",
    "get_distribution_of",
    "get_place_on_page",
    "get_shift",
    "get_usual_handout",
    "get_visit_of",
    "list_all_usual_handouts",
    "list_day",
    "list_given_on",
    "list_lines_of",
    "list_usual_handouts",
    "list_usual_lines",
    "sum_given",
]
