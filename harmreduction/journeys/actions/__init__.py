"""What people do here: say what is in place, mark steps, note what stands in the way, shape the journey."""

from harmreduction.journeys.actions.connections import tell_connections
from harmreduction.journeys.actions.journey import mark_step, note_barriers, unmark_step
from harmreduction.journeys.actions.steps import move_step, save_step

__all__ = ["mark_step", "move_step", "note_barriers", "save_step", "tell_connections", "unmark_step"]
