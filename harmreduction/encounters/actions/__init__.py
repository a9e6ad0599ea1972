"""Everything that a person does on a visit."""

from harmreduction.encounters.actions.hand_outs import (
    Logged,
    add_details,
    choose_only_place,
    choose_working_place,
    log_distribution,
    undo_distribution,
    void_distribution,
)

__all__ = [
    "Logged",
    "add_details",
    "choose_only_place",
    "choose_working_place",
    "log_distribution",
    "undo_distribution",
    "void_distribution",
]
