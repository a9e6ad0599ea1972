"""The form of a shipment that arrived."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, HiddenField, RadioField
from wtforms import Form as Part
from wtforms.validators import InputRequired

from harmreduction.stock.actions.shipments import Acceptance
from harmreduction.stock.forms.adjusting import as_choices
from harmreduction.stock.forms.checks import believable
from harmreduction.stock.models import Shipment, StockReason
from harmreduction.stock.queries.shipments import ShippedLot
from harmreduction.web.forms import Form, OnceField, WholeNumberField


class ArrivedPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """How many units of one lot arrived; nothing entered is not nothing arrived."""

    lot = HiddenField()
    quantity = WholeNumberField(_("How many arrived"), [InputRequired(_("Enter how many arrived; 0 if none did."))])

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have arrived."""
        believable(field)


class AcceptForm(Form):
    """What arrived of a shipment."""

    form_id = OnceField()
    lots = FieldList(FormField(ArrivedPart))
    reason = RadioField(_("If another number arrived: why?"), validate_choice=False)

    def offer(self, lots: Sequence[ShippedLot], reasons: Sequence[StockReason]) -> None:
        """Lay out one line for each lot that was sent, filled with what was sent, and the reasons.

        A lot of which a page that was sent in says nothing gets an empty line: somebody has to say.
        """
        self.reason.choices = as_choices(reasons)
        told = {entry.form.lot.data for entry in self.lots}
        for sent in lots:
            if sent.lot.public_id not in told:
                self.lots.append_entry(
                    {"lot": sent.lot.public_id, "quantity": None if self.is_submitted() else sent.sent}
                )
        by_id = {sent.lot.public_id: sent for sent in lots}
        for entry in self.lots:
            entry.form.row = by_id.get(entry.form.lot.data)

    def acceptance(self, shipment: Shipment, reason: StockReason | None, at: datetime) -> Acceptance:
        """Return what arrived; a lot that was not sent is left out."""
        return Acceptance(
            client_id=self.form_id.data,
            shipment_id=shipment.public_id,
            lots=tuple(
                (line.form.row.lot.id, line.form.quantity.data) for line in self.lots if line.form.row is not None
            ),
            occurred_at=at,
            reason_id=None if reason is None else reason.id,
        )
