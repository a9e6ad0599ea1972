"""The forms that ask: a slip number, and which referrals to list."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField

from harmreduction.referrals.queries import Asked
from harmreduction.referrals.rules import kinds
from harmreduction.referrals.rules.kinds import Need, State
from harmreduction.sites.models import Site
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say


class SlipForm(Form):
    """A slip number to look up; posted, so that it stands in no address."""

    slip_number = StringField(_("Slip number"))


class AskedForm(Form):
    """Which referrals to list; it stands in the address."""

    class Meta:
        """Asking changes nothing, so it needs no token."""

        csrf = False

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
