"""The forms of one step of somebody's journey: that they reached it, or what stands in the way."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms.fields import SelectMultipleField
from wtforms.widgets import CheckboxInput

from harmreduction.journeys.rules.steps import BarriersNoted, StepMark
from harmreduction.referrals.rules.kinds import BARRIERS, Barrier
from harmreduction.web.forms import DayField, Form
from harmreduction.web.i18n import say


class MarkForm(Form):
    """A step that they reached, on a day."""

    reached_on = DayField(_("Since when?"), description=_("Leave it empty for today."))

    def mark(self, *, participant_id: int, site_id: int, step_id: int, today: date) -> StepMark:
        """Return the step as marked."""
        return StepMark(
            participant_id=participant_id, site_id=site_id, step_id=step_id, reached_on=self.reached_on.data or today
        )


class BarriersForm(Form):
    """What stands in the way of one step."""

    barriers = SelectMultipleField(_("What stands in the way?"), option_widget=CheckboxInput(), validate_choice=False)

    def __init__(self, noted: Sequence[Barrier] = (), **options: Any) -> None:
        """Offer the barriers in the reader's language, ticked where they were noted."""
        super().__init__(barriers=list(noted), **options)
        self.barriers.choices = {barrier.value: say(text) for barrier, text in BARRIERS.items()}

    def noted(self, *, participant_id: int, site_id: int, step_id: int) -> BarriersNoted:
        """Return everything that stands in the way now."""
        chosen = frozenset(Barrier(value) for value in self.barriers.data or () if value in list(Barrier))
        return BarriersNoted(participant_id=participant_id, site_id=site_id, step_id=step_id, barriers=chosen)
