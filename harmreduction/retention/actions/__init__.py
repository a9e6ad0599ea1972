"""Forget a person, and roll up what is past its time."""

from harmreduction.retention.actions.forgetting import forget_participant
from harmreduction.retention.actions.rolling_up import roll_up, roll_up_once_a_day

__all__ = ["forget_participant", "roll_up", "roll_up_once_a_day"]
