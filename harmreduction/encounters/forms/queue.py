"""The forms of the front desk: somebody arrives, a ticket moves, and which site to show."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField, StringField

from harmreduction.encounters.rules.queue import Arrival, QueueState, Wish
from harmreduction.sites.models import Site
from harmreduction.web.forms import DayField, Form, OnceField


class ArrivalForm(Form):
    """Somebody arrives: one tap draws the next ticket; the wish is the button that was tapped."""

    form_id = OnceField()
    site = HiddenField()
    day = DayField()
    wish = HiddenField()
    participant = HiddenField()

    def arrival(self, site: Site, participant_id: int | None = None) -> Arrival:
        """Return who arrived; each button of a page draws one ticket, however often it is pressed."""
        wish = self.wish.data or ""
        return Arrival(
            client_id=str(uuid5(UUID(self.form_id.data), f"{wish}|{participant_id or ''}")),
            site_id=site.id,
            time_zone=site.time_zone,
            wish=Wish(wish) if wish in list(Wish) else None,
            participant_id=participant_id,
            day=self.day.data,
        )


class ShownCodeForm(Form):
    """Somebody arrives and shows a card; what is typed is never shown again, whatever comes of it."""

    form_id = OnceField()
    site = HiddenField()
    day = DayField()
    code_card = StringField(_("Code on the card"))

    def take(self) -> str:
        """Return what was typed, and forget it."""
        typed, self.code_card.data = self.code_card.data or "", ""
        return typed


class MoveForm(Form):
    """What became of a ticket, by the button that was tapped."""

    to = HiddenField()

    def chosen(self) -> QueueState | None:
        """Return the state, or None for an empty form."""
        return QueueState(self.to.data) if self.to.data in list(QueueState) else None


class QueueSiteForm(Form):
    """Whose queue to show; it stands in the address."""

    class Meta:
        """Asking changes nothing, so it needs no token."""

        csrf = False

    site = SelectField(_("Site"), validate_choice=False)

    def offer(self, sites: Sequence[Site], shown: Site | None) -> None:
        """Offer the person's sites; the one that is shown is chosen."""
        self.site.choices = {site.public_id: site.name for site in sites}
        self.site.data = shown.public_id if shown else ""
