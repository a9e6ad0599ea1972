"""The form that brings something to its end, or to another day."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField

from harmreduction.assessments.rules.loops import LOOP_ENDS
from harmreduction.assessments.rules.talks import LoopEnd
from harmreduction.web.forms import DayField, Form
from harmreduction.web.i18n import say

OPEN = "open"


class LoopForm(Form):
    """How something ended, or that it stays open and until when."""

    how = RadioField(_("How did it go?"), validate_choice=False)
    due_on = DayField(_("Another day"), description=_("Leave it empty for whenever they come by."))

    def __init__(self, **options: Any) -> None:
        """Offer the ends in the reader's language."""
        super().__init__(**options)
        ends = {end.value: say(text) for end, text in LOOP_ENDS.items()}
        self.how.choices = ends | {OPEN: str(_("It stays open, for another day"))}

    @property
    def ended(self) -> LoopEnd | None:
        """Return how it ended, or None where it stays open."""
        return LoopEnd(self.how.data) if self.how.data in list(LoopEnd) else None

    @property
    def is_answered(self) -> bool:
        """Say whether anything was chosen."""
        return self.how.data == OPEN or self.ended is not None
