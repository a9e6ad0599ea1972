"""The form of supplies that move to another place."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField
from wtforms import Form as Part
from wtforms.validators import DataRequired

from harmreduction.stock.actions import Transfer
from harmreduction.stock.actions.shipments import Sending
from harmreduction.stock.forms.asking import beyond_the_book, is_settled, no_good_to_hand_out
from harmreduction.stock.forms.checks import believable
from harmreduction.stock.models import Lot, StockLocation
from harmreduction.stock.queries import StockRow
from harmreduction.web.forms import Form, OnceField, WholeNumberField


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
    has_arrived = BooleanField(
        _("It is there already"),
        description=_("Otherwise what goes to another site or to a partner is on the way until it is accepted there."),
    )
    is_right_number = BooleanField(_("Yes, that number is right"))
    is_right_place = BooleanField(_("Yes, move it there"))
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

    def is_settled(self, source: StockLocation, target: StockLocation, today: date) -> bool:
        """Ask once about numbers beyond the book, which a guarded place refuses anyway, and about lots with a flaw."""
        chosen = self.chosen()
        lots = [(line.form.row, chosen[line.form.lot.data]) for line in self.lots if line.form.lot.data in chosen]
        here = [(row, units) for row, units in lots if row is not None]
        beyond = [] if source.is_strict else beyond_the_book(here)
        flawed = no_good_to_hand_out((row for row, _units in here), target, today)
        return all([is_settled(self.is_right_number, beyond), is_settled(self.is_right_place, flawed)])

    def transfer(self, source: StockLocation, target: StockLocation, lots: dict[str, Lot], at: datetime) -> Transfer:
        """Return what goes along."""
        return Transfer(
            client_id=self.form_id.data,
            from_location_id=source.id,
            to_location_id=target.id,
            lots=tuple((lots[lot].id, units) for lot, units in self.chosen().items()),
            occurred_at=at,
        )

    def sending(self, source: StockLocation, target: StockLocation, lots: dict[str, Lot], at: datetime) -> Sending:
        """Return what is sent off."""
        return Sending(
            client_id=self.form_id.data,
            from_location_id=source.id,
            to_location_id=target.id,
            lots=tuple((lots[lot].id, units) for lot, units in self.chosen().items()),
            occurred_at=at,
        )
