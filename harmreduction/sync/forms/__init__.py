"""What leads and administrators fill in about phones."""

from harmreduction.sync.forms.phones import GapsForm, ImportForm, RenameForm
from harmreduction.sync.forms.review import ChangesForm, SetAsideForm

__all__ = ["ChangesForm", "GapsForm", "ImportForm", "RenameForm", "SetAsideForm"]
