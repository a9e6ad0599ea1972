"""The form of a stock place."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from harmreduction.sites.models import Site
from harmreduction.stock.rules import (
    LOCATION_KINDS,
    REAL_KINDS,
    LocationKind,
)
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say


class LocationForm(Form):
    """A place that holds stock."""

    name = StringField(_("Name"), [DataRequired(_("Enter a name.")), Length(max=80)])
    kind = SelectField(_("Kind"), validate_choice=False)
    site = SelectField(_("Which site is it for?"), validate_choice=False)
    is_strict = BooleanField(_("Guard it: nothing can be moved from here beyond what is booked in"))

    def offer(self, sites: Sequence[Site]) -> None:
        """Offer the kinds of places and the sites."""
        self.kind.choices = {kind.value: say(LOCATION_KINDS[kind]) for kind in REAL_KINDS}
        self.site.choices = {site.public_id: site.name for site in sites}

    def validate_kind(self, field: SelectField) -> None:
        """Refuse a kind that was not offered."""
        if field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these kinds.")))

    def validate_site(self, field: SelectField) -> None:
        """Refuse a site that was not offered."""
        if field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these sites.")))

    def chosen_kind(self) -> LocationKind:
        """Return the kind."""
        return LocationKind(self.kind.data)
