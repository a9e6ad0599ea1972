"""The forms of ordering: how much a place wants to hold, and the numbers of an order sheet."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, HiddenField, SelectField
from wtforms import Form as Part
from wtforms.validators import Optional

from harmreduction.stock.forms.checks import believable
from harmreduction.stock.models import StockLocation
from harmreduction.stock.queries.ordering import Need
from harmreduction.stock.rules import MOST_AT_ONCE
from harmreduction.stock.rules.ordering import MOST_DAYS, Levels
from harmreduction.web.forms import Between, Form, WholeNumberField


class NeedsFilterForm(Form):
    """Which place, and whether everything is shown or only what runs low."""

    class Meta(Form.Meta):
        """A search changes nothing, so it needs no token."""

        csrf = False

    place = SelectField(_("Place"), validate_choice=False)
    show = SelectField(_("Show"), validate_choice=False)

    def offer(self, places: Sequence[StockLocation]) -> None:
        """Offer all places and each of them."""
        self.place.choices = {"": str(_("All places"))} | {place.public_id: place.name for place in places}
        self.show.choices = {"": str(_("What runs low")), "all": str(_("Everything"))}

    def chosen(self, places: Sequence[StockLocation]) -> Sequence[StockLocation]:
        """Return the places to show: the one chosen, or all."""
        return [place for place in places if place.public_id == self.place.data] or places


class LevelsLine(Part):  # type: ignore[misc]  # WTForms ships no types
    """How much of one item a place wants to hold."""

    item = HiddenField()
    emergency_days = WholeNumberField(_("Emergency, days"), [Optional(), Between(0, MOST_DAYS)])
    min_days = WholeNumberField(_("At least, days"), [Optional(), Between(0, MOST_DAYS)])
    max_days = WholeNumberField(_("At most, days"), [Optional(), Between(0, MOST_DAYS)])
    lead_days = WholeNumberField(_("Delivery takes, days"), [Optional(), Between(0, MOST_DAYS)])
    par_level = WholeNumberField(_("Fill up to, units"), [Optional(), Between(0, MOST_AT_ONCE)])

    def levels(self) -> Levels:
        """Return what was entered."""
        return Levels(**{name: field.data for name, field in self._fields.items() if name != "item"})


class LevelsForm(Form):
    """How much of each item a place wants to hold; empty is not set."""

    lines = FieldList(FormField(LevelsLine))

    def offer(self, needs: Sequence[Need]) -> None:
        """Lay out one line for each item, with what is set."""
        if not self.is_submitted():
            for need in needs:
                self.lines.append_entry({"item": need.item.public_id, **vars(need.levels)})
        _name_lines(self.lines, needs)

    def chosen(self) -> dict[int, Levels]:
        """Return the levels by item id."""
        return {line.form.need.item.id: line.form.levels() for line in self.lines if line.form.need}


class UnitsLine(Part):  # type: ignore[misc]  # WTForms ships no types
    """How many units of one item."""

    item = HiddenField()
    units = WholeNumberField(_("How many"))

    def validate_units(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not be moved."""
        believable(field)


class OrderSheetForm(Form):
    """How many units of each item to order."""

    lines = FieldList(FormField(UnitsLine))

    def offer(self, needs: Sequence[Need]) -> None:
        """Lay out one line for each item, with what is proposed."""
        if not self.is_submitted():
            for need in needs:
                self.lines.append_entry({"item": need.item.public_id, "units": need.to_order or None})
        _name_lines(self.lines, needs)

    def ordered(self) -> list[tuple[Need, int]]:
        """Return the units to order of each item, as proposed or as changed."""
        return [(line.form.need, line.form.units.data or 0) for line in self.lines if line.form.need]


def _name_lines(lines: FieldList, needs: Sequence[Need]) -> None:
    """Tell each line what it is about; one about nothing known here is left out."""
    by_item = {need.item.public_id: need for need in needs}
    for line in lines:
        line.form.need = by_item.get(line.form.item.data)
