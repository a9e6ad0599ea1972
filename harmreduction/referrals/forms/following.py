"""The forms that say what became of a referral, what stands in the way, and what else to know."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, TextAreaField, TimeField
from wtforms.fields import SelectMultipleField
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from harmreduction.referrals.forms.texts import TOO_LONG, NamesNobody
from harmreduction.referrals.rules import kinds
from harmreduction.referrals.rules.following import TEXT_LENGTH, Step, appointment_of
from harmreduction.referrals.rules.kinds import Barrier, State, ToldBy
from harmreduction.web.forms import DayField, Form, OnceField
from harmreduction.web.i18n import say


class QuickForm(Form):
    """One tap that says what happened today."""

    form_id = OnceField()
    do = HiddenField()
    back = HiddenField()

    def step(self, referral_id: str, *, today: date) -> Step | None:
        """Return the step that was tapped, or None; each button of a page has one id, so a double tap is one step."""
        if self.do.data not in list(State):
            return None
        client_id = str(uuid5(UUID(self.form_id.data), f"{referral_id}|{self.do.data}"))
        return Step(client_id=client_id, state=State(self.do.data), happened_on=today)


class StepForm(Form):
    """What became of a referral, on any day."""

    form_id = OnceField()
    state = RadioField(_("What happened?"), [DataRequired(_("Choose what happened."))])
    day = DayField(_("On which day?"))
    told_by = RadioField(_("How do we know?"), default=ToldBy.STAFF.value)
    appointment_day = DayField(_("Day of the appointment"))
    appointment_time = TimeField(_("Time"), [Optional()])
    follow_up_on = DayField(_("Ask again on"), description=_("Leave it empty for the usual day."))

    def __init__(self, states: Sequence[State], **options: Any) -> None:
        """Offer what may follow, in the reader's language."""
        super().__init__(**options)
        self.state.choices = {state.value: say(kinds.STATES[state]) for state in states}
        self.told_by.choices = {teller.value: say(text) for teller, text in kinds.TELLERS.items()}

    def validate_appointment_time(self, _field: TimeField) -> None:
        """Refuse a time without its day."""
        if self.appointment_day.data is None:
            raise ValidationError(_("Choose the day of the appointment too."))

    def step(self, *, today: date, time_zone: str) -> Step:
        """Return what was told."""
        return Step(
            client_id=self.form_id.data,
            state=State(self.state.data),
            happened_on=self.day.data or today,
            told_by=ToldBy(self.told_by.data or ToldBy.STAFF),
            appointment_at=appointment_of(self.appointment_day.data, self.appointment_time.data, time_zone),
            follow_up_on=self.follow_up_on.data,
        )


class BarriersForm(Form):
    """What stands in the way."""

    barriers = SelectMultipleField(_("What stands in the way?"), option_widget=CheckboxInput(), validate_choice=False)

    def __init__(self, **options: Any) -> None:
        """Offer the barriers in the reader's language."""
        super().__init__(**options)
        self.barriers.choices = {barrier.value: say(text) for barrier, text in kinds.BARRIERS.items()}

    def chosen(self) -> set[Barrier]:
        """Return the barriers that were ticked."""
        return {Barrier(value) for value in self.barriers.data or () if value in list(Barrier)}


class NoteForm(NamesNobody):
    """A note for staff."""

    form_id = OnceField()
    text = TextAreaField(
        _("Note"), [DataRequired(_("Write the note first.")), Length(max=TEXT_LENGTH, message=TOO_LONG)]
    )

    def validate_text(self, field: TextAreaField) -> None:
        """Point out what names somebody."""
        self.check_text(field)
