"""The forms of referrals: make one, say what became of it, share it, and what to list."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields import SelectMultipleField
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from harmreduction.encounters.rules import EMAIL, PHONE, looks_personal
from harmreduction.referrals.queries import Asked, Target
from harmreduction.referrals.rules import kinds
from harmreduction.referrals.rules.following import (
    HOURS_LENGTH,
    TEXT_LENGTH,
    Contact,
    NewReferral,
    Step,
    appointment_of,
)
from harmreduction.referrals.rules.kinds import Barrier, Channel, Handover, Need, State, ToldBy
from harmreduction.referrals.rules.sharing import PARTNER_ANSWERS, PARTNER_LENGTH, Agreement, Shared
from harmreduction.sites.models import Site
from harmreduction.web.forms import DayField, Form, OnceField
from harmreduction.web.i18n import say

TOO_LONG = _("Keep it under 280 characters.")
OR_TICK = _("Leave it out, or tick below that it names nobody.")
ANSWERS = {"yes": True, "no": False}
EARLIEST = date(2000, 1, 1)


class NamesNobody(Form):
    """A form with free text that should name nobody; it points that out once, and the person decides."""

    names_nobody = BooleanField(_("Keep it: it names nobody"))
    looks_personal = False

    def check_text(self, field: TextAreaField) -> None:
        """Refuse what a person could be called by, and point out gently what else looks personal."""
        if EMAIL.search(field.data or "") or PHONE.search(field.data or ""):
            raise ValidationError(_("Leave out phone numbers and email addresses: they are not kept here."))
        found = looks_personal(field.data or "")
        if found is not None and not self.names_nobody.data:
            self.looks_personal = True
            raise ValidationError(f"{say(found)} {OR_TICK}")


class NewForm(NamesNobody):
    """A new referral; everything but the need may stay empty."""

    form_id = OnceField()
    service = HiddenField()
    place = HiddenField()
    site = SelectField(_("Which site is this for?"), validate_choice=False)
    need = SelectField(_("What do they want?"), [DataRequired(_("Choose what they want. “Something else” is fine."))])
    handover = RadioField(_("How?"), default=Handover.COLD.value)
    is_accompanied = RadioField(_("Does somebody go along?"), validate_choice=False)
    follow_up_on = DayField(_("Ask again on"), description=_("Leave it empty if nobody should ask."))
    may_contact = RadioField(_("May we contact you about this?"), validate_choice=False)
    channel = SelectField(_("How is best?"), validate_choice=False)
    hours = StringField(_("Safe times"), [Length(max=HOURS_LENGTH, message=_("Keep it under 80 characters."))])
    finding = TextAreaField(
        _("How do we find you?"),
        [Length(max=TEXT_LENGTH, message=TOO_LONG)],
        description=_("No names. It is sealed, and erased when the referral closes."),
    )

    def __init__(self, **options: Any) -> None:
        """Offer the choices in the reader's language."""
        super().__init__(**options)
        self.need.choices = {"": str(_("Choose"))} | {need.value: say(text) for need, text in kinds.NEEDS.items()}
        self.handover.choices = {way.value: say(text) for way, text in kinds.HANDOVERS.items()}
        yes_or_no = {"yes": str(_("Yes")), "no": str(_("No"))}
        self.is_accompanied.choices = self.may_contact.choices = yes_or_no
        self.channel.choices = {"": str(_("Not asked"))} | {
            way.value: say(text) for way, text in kinds.CHANNELS.items()
        }

    def validate_finding(self, field: TextAreaField) -> None:
        """Point out what names somebody."""
        self.check_text(field)

    def offer(self, sites: Sequence[Site], usual_site: str) -> None:
        """Offer the person's sites, the one where they work now first chosen."""
        self.site.choices = {site.public_id: site.name for site in sites}
        if self.site.data not in self.site.choices and sites:
            self.site.data = usual_site if usual_site in self.site.choices else sites[0].public_id

    def referral(self, site_id: int, target: Target | None) -> NewReferral:
        """Return what was told; what was skipped is None."""
        return NewReferral(
            client_id=self.form_id.data,
            site_id=site_id,
            need=Need(self.need.data),
            service_id=target.service_id if target else None,
            service_at_location_id=target.service_at_location_id if target else None,
            handover=Handover(self.handover.data or Handover.COLD),
            is_accompanied=ANSWERS.get(self.is_accompanied.data),
            follow_up_on=self.follow_up_on.data,
            contact=Contact(
                is_allowed=ANSWERS.get(self.may_contact.data),
                channel=Channel(self.channel.data) if self.channel.data in list(Channel) else None,
                hours=(self.hours.data or "").strip(),
                finding=(self.finding.data or "").strip(),
            ),
        )


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
    day = DayField(_("On which day?"), description=_("For an appointment: its day. Leave it empty for today."))
    time = TimeField(_("Time of the appointment"), [Optional()])

    def __init__(self, **options: Any) -> None:
        """Offer the answers in the reader's language."""
        super().__init__(**options)
        self.state.choices = {state.value: say(text) for state, text in PARTNER_ANSWERS.items()}

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


class SlipForm(Form):
    """A slip number to look up; posted, so that it stands in no address."""

    slip_number = StringField(_("Slip number"))


class Question(Form):
    """A form that stands in the address."""

    class Meta:
        """Asking changes nothing, so it needs no token."""

        csrf = False


class AskedForm(Question):
    """Which referrals to list; it stands in the address."""

    state = SelectField(_("How far"), validate_choice=False)
    need = SelectField(_("Need"), validate_choice=False)
    site = SelectField(_("Site"), validate_choice=False)

    def offer(self, sites: Sequence[Site]) -> None:
        """Offer states, needs and sites; what is not on offer is left aside."""
        self.state.choices = {"": str(_("Due or waiting"))} | {s.value: say(text) for s, text in kinds.STATES.items()}
        self.need.choices = {"": str(_("Every need"))} | {need.value: say(text) for need, text in kinds.NEEDS.items()}
        self.site.choices = {"": str(_("Every site of yours"))} | {site.public_id: site.name for site in sites}
        for field in (self.state, self.need, self.site):
            field.data = field.data if field.data in field.choices else ""

    def asked(self, sites: Sequence[Site]) -> Asked:
        """Return what to list."""
        return Asked(
            state=State(self.state.data) if self.state.data else None,
            need=Need(self.need.data) if self.need.data else None,
            site_id=next((site.id for site in sites if site.public_id == self.site.data), None),
        )


class PeriodForm(Question):
    """From which day to which the figures count; it stands in the address."""

    first = DayField(_("Made from"))
    last = DayField(_("Until"))

    def period(self, *, today: date) -> tuple[date, date]:
        """Return the first and the last day, in order; this year so far where none is given."""
        last = min(self.last.data or today, today)
        first = self.first.data or date(last.year, 1, 1)
        first, last = (max(day, EARLIEST) for day in sorted((first, last)))
        self.first.process_data(first)
        self.last.process_data(last)
        return first, last
