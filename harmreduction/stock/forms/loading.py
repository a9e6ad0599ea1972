"""The forms of shifts, machines and boxes: what is loaded, what is left."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField, SelectField, StringField
from wtforms import Form as Part
from wtforms.validators import Length

from harmreduction.stock.actions.loading import Filling
from harmreduction.stock.actions.points import Visit
from harmreduction.stock.actions.shifts import CloseOut, LoadOut
from harmreduction.stock.forms.checks import believable
from harmreduction.stock.forms.counts import CountPart, reason_choices
from harmreduction.stock.models import Item, Lot, StockLocation, StockReason
from harmreduction.stock.queries.loading import LoadRow
from harmreduction.stock.queries.lots import StockRow
from harmreduction.stock.queries.tallies import LotTally
from harmreduction.web.forms import Form, OnceField, WholeNumberField

STAYS, GOES_BACK = "stays", "back"


class LoadPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """How many units of one item go along."""

    item = HiddenField()
    quantity = WholeNumberField(_("How many"))

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have been loaded."""
        believable(field)


class LoadForm(Form):
    """What a place is filled up with, item by item."""

    form_id = OnceField()
    source = HiddenField()
    lines = FieldList(FormField(LoadPart))

    def offer(self, rows: Sequence[LoadRow]) -> None:
        """Lay out one line for each item, with the proposed number in it."""
        if not self.is_submitted():
            for row in rows:
                self.lines.append_entry({"item": row.item.public_id, "quantity": row.proposed or None})
        by_id = {row.item.public_id: row for row in rows}
        for entry in self.lines:
            entry.form.row = by_id.get(entry.form.item.data)

    def chosen(self) -> dict[str, int]:
        """Return the units of each item that goes along, by public id."""
        return {line.form.item.data: line.form.quantity.data for line in self.lines if line.form.quantity.data}

    def load_out(
        self, place: StockLocation, source: StockLocation | None, items: Mapping[str, Item], at: datetime, today: date
    ) -> LoadOut:
        """Return what a shift takes along."""
        return LoadOut(
            client_id=self.form_id.data,
            location_id=place.id,
            source_location_id=None if source is None else source.id,
            items={items[item].id: units for item, units in self.chosen().items()},
            at=at,
            today=today,
        )

    def filling(
        self, place: StockLocation, source: StockLocation, items: Mapping[str, Item], at: datetime, today: date
    ) -> Filling:
        """Return what is brought to a place."""
        return Filling(
            client_id=self.form_id.data,
            from_location_id=source.id,
            to_location_id=place.id,
            items={items[item].id: units for item, units in self.chosen().items()},
            occurred_at=at,
            today=today,
        )


class TopUpForm(LoadForm):
    """What a machine or a box is filled up with."""

    take_out = BooleanField(_("I took out what is past its date"))
    does_fit = BooleanField(_("It all fits in"))


class CloseOutForm(Form):
    """What is left at the end of a shift, and where it goes."""

    back = RadioField(_("What is left"), validate_choice=False, default=STAYS)
    reason = SelectField(_("Why does it differ?"), validate_choice=False)
    lines = FieldList(FormField(CountPart))

    def offer(self, rows: Sequence[LotTally], reasons: Sequence[StockReason], store: StockLocation | None) -> None:
        """Lay out one line for each lot with what should be left of it, and where it can go."""
        self.back.choices = {STAYS: str(_("It stays where it is"))}
        if store is not None:
            self.back.choices[GOES_BACK] = str(_("It all goes back to %(place)s", place=store.name))
        self.reason.choices = reason_choices(reasons)
        if not self.is_submitted():
            for row in rows:
                self.lines.append_entry({"lot": row.lot.public_id, "was": str(row.expected), "counted": row.expected})
        by_id = {row.lot.public_id: row for row in rows}
        for entry in self.lines:
            entry.form.row = by_id.get(entry.form.lot.data)

    def close_out(self, store: StockLocation | None, reasons: Sequence[StockReason], at: datetime) -> CloseOut:
        """Return what was found; a number that was cleared is as it should be."""
        known = {reason.public_id: reason.id for reason in reasons}
        goes_back = store is not None and self.back.data == GOES_BACK
        return CloseOut(
            found={
                line.form.row.lot.id: line.form.counted.data
                for line in self.lines
                if line.form.row is not None and line.form.is_changed and line.form.counted.data is not None
            },
            reason_id=known.get(self.reason.data or ""),
            back_to_id=store.id if store is not None and goes_back else None,
            at=at,
        )


class VisitForm(Form):
    """What is left in a machine or a box."""

    form_id = OnceField()
    lines = FieldList(FormField(CountPart))
    is_too_warm = BooleanField(_("It was too warm or too cold in it"))
    heat = StringField(_("What did you see?"), [Length(max=200)], description=_("For example: 41 °C inside at noon."))

    def offer(self, rows: Sequence[StockRow]) -> None:
        """Lay out one line for each lot that lies in it."""
        if not self.is_submitted():
            for row in rows:
                self.lines.append_entry({"lot": row.lot.public_id, "was": ""})
        by_id = {row.lot.public_id: row for row in rows}
        for entry in self.lines:
            entry.form.row = by_id.get(entry.form.lot.data)

    def counted(self) -> dict[str, int]:
        """Return the units left of each lot that somebody looked at, by public id."""
        lines = [line.form for line in self.lines]
        return {line.lot.data: line.counted.data for line in lines if line.counted.data is not None}

    def more_than_booked(self) -> list[StockRow]:
        """Return the lots of which more is left than is booked there, which may be a slip."""
        lines = [line.form for line in self.lines if line.form.row is not None]
        return [line.row for line in lines if (line.counted.data or 0) > max(line.row.on_hand, 0)]

    def visit(self, place: StockLocation, lots: Mapping[str, Lot], at: datetime) -> Visit:
        """Return what somebody saw."""
        return Visit(
            client_id=self.form_id.data,
            location_id=place.id,
            left={lots[lot].id: units for lot, units in self.counted().items()},
            is_too_warm=self.is_too_warm.data,
            heat=self.heat.data or "",
            at=at,
        )
