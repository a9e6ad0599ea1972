"""The forms of supplies that move: receive, move."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, HiddenField, SelectField, StringField
from wtforms import Form as Part
from wtforms.validators import DataRequired, InputRequired, Length

from harmreduction.stock.actions import Receipt, Transfer
from harmreduction.stock.forms.checks import believable, in_readers_order
from harmreduction.stock.models import Item, Lot, StockLocation
from harmreduction.stock.queries import StockRow
from harmreduction.web.forms import DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import translated


class ReceiveForm(Form):
    """What arrived at a place."""

    form_id = OnceField()
    item = SelectField(_("What arrived?"), [DataRequired(_("Choose an item."))], validate_choice=False)
    quantity = WholeNumberField(
        _("How many?"),
        [InputRequired(_("Enter how many arrived."))],
        description=_("Units as they are handed out, not packs."),
    )
    lot_number = StringField(_("Lot number"), [Length(max=40)], description=_("As printed on the pack."))
    expiry = DayField(_("Use by"), description=_("As printed. A month without a day means its last day."))

    def offer(self, items: Sequence[Item]) -> None:
        """Offer the items of the programme."""
        self.item.choices = {"": ""} | {item.public_id: translated(item.name) for item in in_readers_order(items)}

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have arrived."""
        believable(field)

    def receipt(self, location: StockLocation, item: Item, at: datetime) -> Receipt:
        """Return what arrived."""
        return Receipt(
            client_id=self.form_id.data,
            location_id=location.id,
            item_id=item.id,
            lot_number=(self.lot_number.data or "").strip().upper(),
            expiry=self.expiry.data,
            quantity=self.quantity.data or 0,
            occurred_at=at,
        )


class LotPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """How many units of one lot go along."""

    lot = HiddenField()
    quantity = WholeNumberField(_("How many"))

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have been moved."""
        believable(field)


class TransferForm(Form):
    """What goes from one place to another."""

    form_id = OnceField()
    to = SelectField(_("To which place?"), [DataRequired(_("Choose where it goes."))], validate_choice=False)
    lots = FieldList(FormField(LotPart))

    def offer(self, rows: Sequence[StockRow], places: Sequence[StockLocation]) -> None:
        """Lay out one line for each lot that lies here, and the places it can go to."""
        self.to.choices = {"": ""} | {place.public_id: place.name for place in places}
        if not self.is_submitted():
            for row in rows:
                self.lots.append_entry({"lot": row.lot.public_id})
        by_id = {row.lot.public_id: row for row in rows}
        for entry in self.lots:
            entry.form.row = by_id.get(entry.form.lot.data)

    def chosen(self) -> dict[str, int]:
        """Return the units of each lot that goes along, by public id."""
        return {line.form.lot.data: line.form.quantity.data for line in self.lots if line.form.quantity.data}

    def transfer(self, source: StockLocation, target: StockLocation, lots: dict[str, Lot], at: datetime) -> Transfer:
        """Return what goes along."""
        return Transfer(
            client_id=self.form_id.data,
            from_location_id=source.id,
            to_location_id=target.id,
            lots=tuple((lots[lot].id, units) for lot, units in self.chosen().items()),
            occurred_at=at,
        )
