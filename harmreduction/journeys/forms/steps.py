"""The forms by which the programme shapes its journey."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from harmreduction.journeys.models import JourneyStep
from harmreduction.journeys.rules.steps import NAME_LENGTH, StepWanted
from harmreduction.web.forms import Form, OnceField

PLACES = {"earlier": -1, "later": 1}


class StepForm(Form):
    """One step of the journey."""

    form_id = OnceField()
    name = StringField(
        _("Name"),
        [DataRequired(_("Enter a name.")), Length(max=NAME_LENGTH, message=_("Keep it under 60 characters."))],
        description=_("What somebody reached, in their words. No treatment has to be in it."),
    )
    is_active = BooleanField(_("We use it"), default=True)

    def step(self, changed: JourneyStep | None) -> StepWanted:
        """Return the step as entered: the one that is changed, or a new one."""
        return StepWanted(
            client_id=changed.public_id if changed else self.form_id.data,
            name=self.name.data.strip(),
            is_active=self.is_active.data,
        )


class MoveForm(Form):
    """One tap that moves a step."""

    do = HiddenField()

    @property
    def places(self) -> int:
        """Return how many places later it goes; what is neither is no move."""
        return PLACES.get(self.do.data, 0)
