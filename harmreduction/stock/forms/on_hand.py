"""The form that finds lots on hand."""

from collections.abc import Collection, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField

from harmreduction.stock.forms.checks import in_readers_order
from harmreduction.stock.models import Item, StockLocation
from harmreduction.stock.queries.on_hand import Wanted
from harmreduction.stock.rules.on_hand import CONDITIONS, Condition
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say, translated


class OnHandForm(Form):
    """Which lots to show; it stands in the address, so that it can be kept and sent on."""

    class Meta(Form.Meta):
        """It only reads, so it needs no token."""

        csrf = False

    place = SelectField(_("Place"), validate_choice=False, default="")
    item = SelectField(_("Item"), validate_choice=False, default="")
    condition = SelectField(_("Which lots"), validate_choice=False, default="")
    number = StringField(_("Lot number begins with"))

    def offer(self, places: Sequence[StockLocation], items: Sequence[Item]) -> None:
        """Offer the places of this person and the programme's items; what was not offered counts as not asked."""
        self.places = {place.public_id: place for place in places}
        self.items = {item.public_id: item for item in items}
        self.place.choices = {"": str(_("All places"))} | {id_: place.name for id_, place in self.places.items()}
        self.item.choices = {"": str(_("All items"))}
        self.item.choices |= {item.public_id: translated(item.name) for item in in_readers_order(items)}
        self.condition.choices = {"": str(_("All on hand"))} | {c.value: say(text) for c, text in CONDITIONS.items()}
        for field in (self.place, self.item, self.condition):
            field.data = field.data if field.data in field.choices else ""

    def wanted(self, location_ids: Collection[int], today: date) -> Wanted:
        """Return which lots to show."""
        place, item = self.places.get(self.place.data), self.items.get(self.item.data)
        return Wanted(
            location_ids=[place.id] if place else list(location_ids),
            today=today,
            item_id=item.id if item else None,
            number=(self.number.data or "").strip()[:40],
            condition=Condition(self.condition.data) if self.condition.data else None,
        )

    def asked(self) -> dict[str, str]:
        """Return what was asked, for addresses that ask the same."""
        return {field.name: field.data for field in self if field.data}
