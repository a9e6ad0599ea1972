"""The forms of services, tests and topics: on a visit, and the programme's lists of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from harmreduction.encounters.forms.hand_out import HandOutForm
from harmreduction.encounters.models import Activity
from harmreduction.encounters.rules.care import (
    ACTIVITY_KINDS,
    NAME_LENGTH,
    ActivityKind,
    ActivityOutcome,
    CareGiven,
    ListedActivity,
)
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.web.forms import Between, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say


class CareForm(HandOutForm):
    """What was done on a visit, or offered and not wanted; what stays unticked was not spoken of."""

    shown = SelectMultipleField(validate_choice=False)
    done = SelectMultipleField(validate_choice=False)
    declined = SelectMultipleField(validate_choice=False)

    def offer(self, activities: Sequence[Activity], told: Mapping[str, ActivityOutcome]) -> None:
        """Lay out the lists, with what was told on the visit before."""
        self.lists = [
            (say(text), [activity for activity in activities if activity.kind == kind.value])
            for kind, text in ACTIVITY_KINDS.items()
        ]
        if not self.is_submitted():
            self.done.data = [key for key, outcome in told.items() if outcome is ActivityOutcome.DONE]
            self.declined.data = [key for key, outcome in told.items() if outcome is ActivityOutcome.DECLINED]

    lists: Sequence[tuple[str, Sequence[Activity]]] = ()

    @property
    def outcomes(self) -> dict[str, ActivityOutcome]:
        """Return what became of each activity; what was done after all counts as done."""
        declined = dict.fromkeys(self.declined.data or (), ActivityOutcome.DECLINED)
        return declined | dict.fromkeys(self.done.data or (), ActivityOutcome.DONE)

    def care(self, visit: VisitStart) -> CareGiven:
        """Return what was told."""
        return CareGiven(visit=visit, outcomes=self.outcomes, shown=frozenset(self.shown.data or ()))


class ActivityForm(Form):
    """One line of the programme's lists."""

    form_id = OnceField()
    kind = RadioField(_("Which list?"), default=ActivityKind.SERVICE.value)
    name = StringField(
        _("Name"),
        [DataRequired(_("Enter a name.")), Length(max=NAME_LENGTH, message=_("Keep it under 60 characters."))],
        description=_("As your team calls it."),
    )
    position = WholeNumberField(
        _("Place on the list"),
        [InputRequired(_("Enter its place on the list; 1 comes first.")), Between(1, 999)],
        default=50,
    )
    is_active = BooleanField(_("It is offered"), default=True)

    def __init__(self, **options: Any) -> None:
        """Offer the lists in the reader's language."""
        super().__init__(**options)
        self.kind.choices = {kind.value: say(text) for kind, text in ACTIVITY_KINDS.items()}

    def activity(self) -> ListedActivity:
        """Return the line as entered."""
        return ListedActivity(
            kind=ActivityKind(self.kind.data),
            name=self.name.data.strip(),
            position=self.position.data or 1,
            is_active=self.is_active.data,
        )
