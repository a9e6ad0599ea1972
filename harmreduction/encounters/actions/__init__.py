"""Everything that a person does on a visit."""

from harmreduction.encounters.actions.hand_outs import (
    Logged,
    add_details,
    log_distribution,
    tell_details,
    undo_distribution,
    void_distribution,
)
from harmreduction.encounters.actions.places import choose_only_place, choose_working_place
from harmreduction.encounters.actions.visits import ensure_visit, join_visit, leave_visit

__all__ = [
    "Logged",
    "add_details",
    "choose_only_place",
    "choose_working_place",
    "ensure_visit",
    "join_visit",
    "leave_visit",
    "log_distribution",
    "tell_details",
    "undo_distribution",
    "void_distribution",
]
