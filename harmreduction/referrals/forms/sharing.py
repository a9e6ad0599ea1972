"""The forms by which a referral is shared with a partner, and by which the partner answers."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from harmreduction.referrals.forms.texts import TOO_LONG, NamesNobody, refuse_ways_to_call
from harmreduction.referrals.rules.following import TEXT_LENGTH, Step, appointment_of
from harmreduction.referrals.rules.kinds import State, ToldBy
from harmreduction.referrals.rules.sharing import PARTNER_ANSWERS, PARTNER_LENGTH, Agreement, Shared
from harmreduction.web.forms import DayField, Form, OnceField
from harmreduction.web.i18n import say


class ShareForm(NamesNobody):
    """What a person agrees to have shared, after the words were read to them."""

    form_id = OnceField()
    shared_with = StringField(
        _("With whom?"),
        [
            DataRequired(_("Enter the organisation that will see this.")),
            Length(max=PARTNER_LENGTH, message=_("Keep it under 120 characters.")),
        ],
        description=_("The organisation, not a person."),
    )
    shares_reach = BooleanField(_("Also how to find them, and safe times"))
    note = TextAreaField(_("Also this note for the partner"), [Length(max=TEXT_LENGTH, message=TOO_LONG)])
    ends_on = DayField(_("Until"), [DataRequired(_("Choose the last day."))])
    is_agreed = BooleanField(
        _("These words were read to them, and they agree"),
        [DataRequired(_("Read them the words first, and tick this when they agree."))],
    )

    def validate_shared_with(self, field: StringField) -> None:
        """Refuse what leads to a person."""
        refuse_ways_to_call(field)

    def validate_note(self, field: TextAreaField) -> None:
        """Point out what names somebody."""
        self.check_text(field)

    def agreement(self, *, today: date) -> Agreement:
        """Return what they agreed to."""
        note = (self.note.data or "").strip()
        also = {Shared.REACH: self.shares_reach.data, Shared.NOTE: bool(note)}
        return Agreement(
            client_id=self.form_id.data,
            shared_with=self.shared_with.data.strip(),
            items=frozenset(item for item, is_shared in also.items() if is_shared),
            ends_on=self.ends_on.data or today,
            note=note,
        )


class PartnerForm(Form):
    """What a partner says of the one referral that they see."""

    form_id = OnceField()
    state = RadioField(_("What can you tell us?"), [DataRequired(_("Choose one answer."))])
    day = DayField(
        _("On which day?"), description=_("For an appointment, its day. For everything else: empty means today.")
    )
    time = TimeField(_("Time of the appointment"), [Optional()])

    def __init__(self, **options: Any) -> None:
        """Offer the answers in the reader's language."""
        super().__init__(**options)
        self.state.choices = {state.value: say(text) for state, text in PARTNER_ANSWERS.items()}

    def validate_day(self, field: DayField) -> None:
        """Ask for the day of an appointment."""
        if self.state.data == State.SCHEDULED and field.data is None and not field.errors:
            raise ValidationError(str(_("Choose the day of the appointment.")))

    def step(self, *, today: date, time_zone: str) -> Step:
        """Return what they said; the day of an appointment is when it will be, and was told today."""
        state, is_appointment = State(self.state.data), self.state.data == State.SCHEDULED
        return Step(
            client_id=self.form_id.data,
            state=state,
            happened_on=today if is_appointment else self.day.data or today,
            told_by=ToldBy.PARTNER,
            appointment_at=appointment_of(self.day.data, self.time.data, time_zone) if is_appointment else None,
        )
