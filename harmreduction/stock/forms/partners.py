"""The form of what a partner handed on."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, HiddenField, SelectField
from wtforms import Form as Part
from wtforms.validators import DataRequired

from harmreduction.core.clock import start_of_day
from harmreduction.stock.actions.partners import HandedOn
from harmreduction.stock.forms.checks import believable, in_readers_order
from harmreduction.stock.models import Item, StockLocation
from harmreduction.stock.queries.partners import MONTHS, ItemThere
from harmreduction.stock.rules.partners import first_of_month
from harmreduction.web.forms import Form, OnceField, WholeNumberField
from harmreduction.web.i18n import month_name, translated


class HandedOnPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """How many units of one item were handed on."""

    item = HiddenField()
    quantity = WholeNumberField(_("How many"))

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have been handed on."""
        believable(field)


class HandOnForm(Form):
    """What a partner says they handed on in a month."""

    form_id = OnceField()
    month = SelectField(_("In which month?"), [DataRequired(_("Choose a month."))])
    items = FieldList(FormField(HandedOnPart))
    other_item = SelectField(_("Another item"), validate_choice=False)
    other_quantity = WholeNumberField(_("How many of it"))

    def offer(self, there: Sequence[ItemThere], items: Sequence[Item], *, today: date) -> None:
        """Lay out one line for each item that lies or lay there, the other items, and the last twelve months."""
        months = [first_of_month(today, months_before=before) for before in range(MONTHS)]
        self.today = today
        self.month.choices = {month.isoformat(): month_name(month) for month in months}
        if not self.is_submitted():
            for row in there:
                self.items.append_entry({"item": row.item.public_id})
        by_id = {row.item.public_id: row for row in there}
        for entry in self.items:
            entry.form.row = by_id.get(entry.form.item.data)
        others = [item for item in items if item.public_id not in by_id]
        self.other_item.choices = {"": ""} | {
            item.public_id: translated(item.name) for item in in_readers_order(others)
        }

    def validate_other_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have been handed on."""
        believable(field)

    def chosen(self) -> dict[str, int]:
        """Return the units of each item that were handed on, by public id."""
        told = {line.form.item.data: line.form.quantity.data for line in self.items}
        if self.other_item.data:
            told[self.other_item.data] = self.other_quantity.data
        return {item: told_units for item, told_units in told.items() if told_units}

    def handed_on(self, partner: StockLocation, items: dict[str, Item], *, now: datetime, time_zone: str) -> HandedOn:
        """Return what was handed on; it counts as of the end of a past month, and as of now in this one."""
        month = date.fromisoformat(self.month.data)
        is_over = month < first_of_month(self.today)
        after = first_of_month(month, months_before=-1)
        return HandedOn(
            client_id=self.form_id.data,
            location_id=partner.id,
            items=tuple((items[item].id, told) for item, told in self.chosen().items()),
            last_day=after - timedelta(days=1) if is_over else self.today,
            occurred_at=start_of_day(after, time_zone) - timedelta(seconds=1) if is_over else now,
        )
