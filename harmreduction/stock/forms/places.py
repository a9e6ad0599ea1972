"""The forms of a stock place and of what does not fit."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from harmreduction.sites.models import Site
from harmreduction.stock.actions.places import PlaceChange
from harmreduction.stock.models import StockLocation
from harmreduction.stock.rules import LOCATION_KINDS, MOST_AT_ONCE, REAL_KINDS, LocationKind
from harmreduction.web.forms import Between, Form, WholeNumberField
from harmreduction.web.i18n import say


class LocationForm(Form):
    """A place that holds stock."""

    name = StringField(
        _("Name"),
        [DataRequired(_("Enter a name.")), Length(max=80)],
        description=_("What the team calls it. For a person who hands on: a nickname or a number, never their name."),
    )
    kind = SelectField(_("Kind"), validate_choice=False)
    site = SelectField(_("Which site is it for?"), validate_choice=False)
    served_from = SelectField(_("Which place fills it up?"), validate_choice=False)
    directions = StringField(_("How to find it"), [Length(max=120)])
    capacity = WholeNumberField(
        _("How many units fit in?"),
        [Optional(), Between(1, MOST_AT_ONCE)],
        description=_("For a machine or a box."),
    )
    note = StringField(_("Note for the team"), [Length(max=200)], description=_("No names."))
    is_strict = BooleanField(_("Guard it: nothing can be moved from here beyond what is booked in"))

    def offer(self, sites: Sequence[Site], places: Sequence[StockLocation]) -> None:
        """Offer the kinds of places, the sites, and the places that can fill it up."""
        self.places = {place.public_id: place for place in places}
        self.kind.choices = {kind.value: say(LOCATION_KINDS[kind]) for kind in REAL_KINDS}
        self.site.choices = {site.public_id: site.name for site in sites}
        self.served_from.choices = {"": str(_("None of them"))} | {id_: p.name for id_, p in self.places.items()}

    def validate_kind(self, field: SelectField) -> None:
        """Refuse a kind that was not offered."""
        if field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these kinds.")))

    def validate_site(self, field: SelectField) -> None:
        """Refuse a site that was not offered; a place that is there stays with its site."""
        if field.choices and field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these sites.")))

    def validate_served_from(self, field: SelectField) -> None:
        """Refuse a place that was not offered."""
        if (field.data or "") not in field.choices:
            raise ValidationError(str(_("Choose one of these places.")))

    def change(self) -> PlaceChange:
        """Return the place as entered."""
        source = self.places.get(self.served_from.data)
        return PlaceChange(
            name=self.name.data.strip(),
            kind=LocationKind(self.kind.data),
            served_from_id=source.id if source else None,
            directions=(self.directions.data or "").strip(),
            capacity=self.capacity.data,
            is_strict=self.is_strict.data,
            note=(self.note.data or "").strip(),
        )


class LookedIntoForm(Form):
    """What a lead found out about something that did not fit."""

    note = StringField(_("What did you find?"), [Length(max=200)], description=_("No names."))
