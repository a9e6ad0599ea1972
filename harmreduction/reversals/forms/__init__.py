"""The forms of reversal reports: tell one, look through them, choose a time."""

from harmreduction.reversals.forms.reporting import KitForm, PublicForm, StaffForm
from harmreduction.reversals.forms.reviewing import PutAsideForm, SameForm

__all__ = ["KitForm", "PublicForm", "PutAsideForm", "SameForm", "StaffForm"]
