"""The forms of stock that is set right, thrown away, or brought back."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from harmreduction.stock.actions.adjusting import Adjustment, CameBack, Waste
from harmreduction.stock.forms.asking import beyond_the_book, is_settled
from harmreduction.stock.forms.checks import believable, in_readers_order
from harmreduction.stock.forms.movements import LotPart
from harmreduction.stock.models import Item, Lot, StockLocation, StockReason
from harmreduction.stock.queries import StockRow
from harmreduction.stock.rules import QuantityOutOfBounds, ReasonUse, check_quantity
from harmreduction.web.forms import Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say, translated, units


def as_choices(reasons: Sequence[StockReason]) -> dict[str, str]:
    """Return reasons as a person chooses among them."""
    return {reason.public_id: translated(reason.name) for reason in reasons}


class AdjustForm(Form):
    """More or fewer units of a lot than was booked."""

    form_id = OnceField()
    lot = SelectField(_("Which lot?"), [DataRequired(_("Choose a lot."))], validate_choice=False)
    reason = RadioField(_("Why?"), [DataRequired(_("Choose why."))], validate_choice=False)
    quantity = WholeNumberField(
        _("How many more or fewer?"),
        [InputRequired(_("Enter by how many it differs."))],
        description=_("Only the difference, not what lies here now."),
    )
    is_right_number = BooleanField(_("Yes, that number is right"))

    def offer(self, rows: Sequence[StockRow], reasons: Sequence[StockReason]) -> None:
        """Offer the lots that lie or lay here, and the reasons, each with the way it goes."""
        self.rows = {row.lot.public_id: row for row in rows}
        self.lot.choices = {"": ""} | {row.lot.public_id: _name_of(row) for row in rows}
        ways = {ReasonUse.MORE.value: _("More here"), ReasonUse.LESS.value: _("Fewer here")}
        self.reason.choices = {reason.public_id: f"{ways[reason.use]}: {translated(reason.name)}" for reason in reasons}

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse a difference that could not be."""
        try:
            check_quantity(field.data or 0)
        except QuantityOutOfBounds as problem:
            raise ValidationError(say(problem.message)) from problem

    def is_settled(self, reason: StockReason) -> bool:
        """Ask once about fewer units than were ever booked here."""
        row = self.rows.get(self.lot.data)
        taken = [(row, self.quantity.data or 0)] if row is not None and reason.use == ReasonUse.LESS else []
        return is_settled(self.is_right_number, beyond_the_book(taken))

    def adjustment(self, location: StockLocation, lot: Lot, reason: StockReason, at: datetime) -> Adjustment:
        """Return the difference."""
        return Adjustment(
            client_id=self.form_id.data,
            location_id=location.id,
            lot_id=lot.id,
            units=self.quantity.data or 0,
            reason_id=reason.id,
            occurred_at=at,
        )


class WastePart(LotPart):
    """How many units of one lot were thrown away: a number, or all of it."""

    everything = BooleanField(_("All of it"))


class WasteForm(Form):
    """What was thrown away at a place."""

    form_id = OnceField()
    reason = RadioField(_("Why?"), [DataRequired(_("Choose why."))], validate_choice=False)
    is_right_number = BooleanField(_("Yes, that number is right"))
    lots = FieldList(FormField(WastePart))

    def offer(self, rows: Sequence[StockRow], reasons: Sequence[StockReason]) -> None:
        """Lay out one line for each lot that lies here, and the reasons."""
        self.reason.choices = as_choices(reasons)
        if not self.is_submitted():
            for row in rows:
                self.lots.append_entry({"lot": row.lot.public_id})
        by_id = {row.lot.public_id: row for row in rows}
        for entry in self.lots:
            entry.form.row = by_id.get(entry.form.lot.data)

    def chosen(self) -> dict[str, int]:
        """Return the units of each lot that were thrown away, by public id."""
        found = {line.form.lot.data: _thrown(line.form) for line in self.lots}
        return {lot: thrown for lot, thrown in found.items() if thrown}

    def is_settled(self) -> bool:
        """Ask once about more units than are booked here."""
        here = [(line.form.row, _thrown(line.form)) for line in self.lots if line.form.row is not None]
        return is_settled(self.is_right_number, beyond_the_book(here))

    def waste(self, location: StockLocation, lots: dict[str, Lot], reason: StockReason, at: datetime) -> Waste:
        """Return what was thrown away."""
        return Waste(
            client_id=self.form_id.data,
            location_id=location.id,
            lots=tuple((lots[lot].id, thrown) for lot, thrown in self.chosen().items()),
            reason_id=reason.id,
            occurred_at=at,
        )


class CameBackForm(Form):
    """What a participant brought back."""

    form_id = OnceField()
    item = SelectField(_("What came back?"), [DataRequired(_("Choose an item."))], validate_choice=False)
    quantity = WholeNumberField(_("How many?"), [InputRequired(_("Enter how many came back."))])
    lot_number = StringField(_("Lot number"), [Length(max=40)], description=_("Leave it empty if nobody can read it."))
    condition = RadioField(_("What becomes of it?"), [DataRequired(_("Choose what becomes of it."))])
    reason = RadioField(_("Why did it come back?"), validate_choice=False)

    def offer(self, items: Sequence[Item], reasons: Sequence[StockReason]) -> None:
        """Offer the items, the reasons, and what can become of it."""
        self.item.choices = {"": ""} | {item.public_id: translated(item.name) for item in in_readers_order(items)}
        self.reason.choices = as_choices(reasons)
        self.condition.choices = {
            "usable": str(_("Unopened and in date: back on the shelf")),
            "waste": str(_("Opened, damaged or past its date: thrown away")),
        }

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have come back."""
        if field.data == 0:
            raise ValidationError(str(_("Enter how many came back.")))
        believable(field)

    def came_back(
        self, location: StockLocation, item: Item, reason: StockReason | None, *, at: datetime, today: date
    ) -> CameBack:
        """Return what came back; today is the day at the place."""
        return CameBack(
            client_id=self.form_id.data,
            location_id=location.id,
            item_id=item.id,
            lot_number=(self.lot_number.data or "").strip().upper(),
            units=self.quantity.data or 0,
            is_usable=self.condition.data == "usable",
            reason_id=None if reason is None else reason.id,
            occurred_at=at,
            today=today,
        )


def _thrown(part: WastePart) -> int:
    """Return the units of a line that were thrown away: all that lies here, or the number."""
    if part.everything.data and part.row is not None:
        return max(int(part.row.on_hand), 0)
    return int(part.quantity.data or 0)


def _name_of(row: StockRow) -> str:
    """Return a lot as a person finds it in a list: the item, the number, and what lies here."""
    parts = [
        translated(row.item.name),
        row.lot.lot_number,
        str(_("%(units)s here", units=units(row.item, row.on_hand))),
    ]
    return " · ".join(part for part in parts if part)
