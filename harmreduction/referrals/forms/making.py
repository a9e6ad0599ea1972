"""The form that makes a referral."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from harmreduction.participants.models import Participant
from harmreduction.referrals.forms.texts import TOO_LONG, NamesNobody, refuse_ways_to_call
from harmreduction.referrals.queries import Target
from harmreduction.referrals.rules import kinds
from harmreduction.referrals.rules.following import HOURS_LENGTH, TEXT_LENGTH, Contact, NewReferral
from harmreduction.referrals.rules.kinds import Channel, Handover, Need
from harmreduction.sites.models import Site
from harmreduction.web.forms import DayField, OnceField
from harmreduction.web.i18n import say

ANSWERS = {"yes": True, "no": False}
WITH_CODE, WITHOUT_CODE = "with", "without"


class NewForm(NamesNobody):
    """A new referral; everything but the need may stay empty."""

    form_id = OnceField()
    service = HiddenField()
    place = HiddenField()
    participant = HiddenField()
    visit = HiddenField()
    code = RadioField(_("With their code, or without?"), default=WITH_CODE, validate_choice=False)
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
        self.code.choices = {WITH_CODE: str(_("With their code")), WITHOUT_CODE: str(_("No code"))}
        self.channel.choices = {"": str(_("Not asked"))} | {
            way.value: say(text) for way, text in kinds.CHANNELS.items()
        }

    def validate_hours(self, field: StringField) -> None:
        """Refuse what is no time."""
        refuse_ways_to_call(field)

    def validate_finding(self, field: TextAreaField) -> None:
        """Point out what names somebody."""
        self.check_text(field)

    def offer(self, sites: Sequence[Site], usual_site: str) -> None:
        """Offer the person's sites, the one where they work now first chosen."""
        self.site.choices = {site.public_id: site.name for site in sites}
        if self.site.data not in self.site.choices and sites:
            self.site.data = usual_site if usual_site in self.site.choices else sites[0].public_id

    def referral(self, site_id: int, target: Target | None, whose: Participant | None) -> NewReferral:
        """Return what was told; what was skipped is None. It belongs to a participant only where they want it so."""
        return NewReferral(
            client_id=self.form_id.data,
            site_id=site_id,
            participant_id=None if whose is None or self.code.data == WITHOUT_CODE else whose.id,
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
