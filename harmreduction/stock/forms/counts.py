"""The forms of a count: begin, what was counted, a lot that was found, why it differs."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, StringField
from wtforms import Form as Part
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from harmreduction.stock.actions.counts import FoundLot
from harmreduction.stock.forms.checks import believable_day, in_readers_order
from harmreduction.stock.models import Item, StockReason
from harmreduction.stock.queries.counts import Difference, SheetRow
from harmreduction.stock.rules import MOST_AT_ONCE
from harmreduction.web.forms import DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import number, translated


def countable(field: WholeNumberField) -> None:
    """Refuse a number that cannot lie at a place; zero is a number, and empty is not counted."""
    if field.data is not None and not 0 <= field.data <= MOST_AT_ONCE:
        raise ValidationError(str(_("Enter a whole number from 0 to %(most)s.", most=number(MOST_AT_ONCE))))


def reason_choices(reasons: Sequence[StockReason]) -> dict[str, str]:
    """Return the reasons to choose from; none is one of them."""
    return {"": str(_("Skip this"))} | {reason.public_id: translated(reason.name) for reason in reasons}


class StartForm(Form):
    """How a count begins."""

    form_id = OnceField()
    is_open = BooleanField(_("Show the booked numbers while counting"))


class CountPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """What was counted of one lot; `was` is what the page showed, so that two people can count side by side."""

    lot = HiddenField()
    was = HiddenField()
    counted = WholeNumberField(_("Counted"))

    def validate_counted(self, field: WholeNumberField) -> None:
        """Refuse a number that cannot lie there."""
        countable(field)

    @property
    def is_changed(self) -> bool:
        """Say whether the person entered something else than the page showed."""
        return bool(self.was.data != _as_text(self.counted.data))


class SheetForm(Form):
    """What was counted, lot by lot."""

    lines = FieldList(FormField(CountPart))

    def offer(self, rows: Sequence[SheetRow]) -> None:
        """Lay out one line for each lot."""
        if not self.is_submitted():
            for row in rows:
                counted = row.counted
                self.lines.append_entry({"lot": row.lot.public_id, "was": _as_text(counted), "counted": counted})
        by_id = {row.lot.public_id: row for row in rows}
        for entry in self.lines:
            entry.form.row = by_id.get(entry.form.lot.data)

    def shown(self) -> dict[str, int | None]:
        """Return what the page showed as counted, by public id of the lot."""
        return {line.form.lot.data: _as_units(line.form.was.data) for line in self.lines}

    def keep_theirs(self, theirs: Mapping[str, int | None]) -> None:
        """Show the numbers (by public id of the lot) that others saved meanwhile, and what was entered here."""
        for line in self.lines:
            part = line.form
            if part.lot.data in theirs:
                part.counted.errors = [_meanwhile(theirs[part.lot.data], part.counted.data)]
                part.counted.data, part.counted.raw_data = theirs[part.lot.data], None
            part.was.data = _as_text(part.counted.data)

    def changes(self) -> dict[str, int | None]:
        """Return what the person changed, by public id of the lot; a line that was cleared is not counted."""
        return {line.form.lot.data: line.form.counted.data for line in self.lines if line.form.is_changed}


class FoundForm(Form):
    """A lot that was found and is not on the sheet."""

    item = SelectField(_("What did you find?"), [DataRequired(_("Choose an item."))], validate_choice=False)
    lot_number = StringField(_("Lot number"), [Length(max=40)], description=_("As printed on the pack."))
    expiry = DayField(
        _("Use by"), [believable_day], description=_("As printed. If only a month is printed, choose its last day.")
    )
    counted = WholeNumberField(
        _("How many?"),
        [InputRequired(_("Enter how many you counted."))],
        description=_("Units as they are handed out, not packs."),
    )

    def offer(self, items: Sequence[Item]) -> None:
        """Offer the items of the programme."""
        self.item.choices = {"": ""} | {item.public_id: translated(item.name) for item in in_readers_order(items)}

    def validate_counted(self, field: WholeNumberField) -> None:
        """Refuse a number that cannot lie there."""
        countable(field)

    def found(self, item: Item) -> FoundLot:
        """Return what was found."""
        return FoundLot(
            item_id=item.id,
            lot_number=(self.lot_number.data or "").strip().upper(),
            expiry=self.expiry.data,
            counted=self.counted.data or 0,
        )


class ReasonPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """Why one lot differs."""

    lot = HiddenField()
    reason = SelectField(_("Why does it differ?"), validate_choice=False)


class ReviewForm(Form):
    """Why lots differ from the book; `seen` says which numbers the person looked at."""

    seen = HiddenField()
    lines = FieldList(FormField(ReasonPart))

    def offer(self, differing: Sequence[Difference], reasons: Sequence[StockReason]) -> None:
        """Lay out one line for each lot that differs."""
        if not self.is_submitted():
            for row in differing:
                self.lines.append_entry({"lot": row.lot.public_id})
        by_id = {row.lot.public_id: row for row in differing}
        for entry in self.lines:
            entry.form.row = by_id.get(entry.form.lot.data)
            entry.form.reason.choices = reason_choices(reasons)

    def reasons(self, reasons: Sequence[StockReason]) -> dict[int, int]:
        """Return the reason (id) of each lot (id) where one was chosen."""
        known = {reason.public_id: reason.id for reason in reasons}
        return {
            line.form.row.lot.id: known[line.form.reason.data]
            for line in self.lines
            if line.form.row is not None and line.form.reason.data in known
        }


def _meanwhile(theirs: int | None, entered: int | None) -> str:
    """Say that somebody saved another number meanwhile."""
    said = [str(_("not counted")) if units is None else number(units) for units in (theirs, entered)]
    return str(
        _(
            "Somebody else saved %(theirs)s here meanwhile, and that stays. You entered %(entered)s: "
            "change it if yours is right.",
            theirs=said[0],
            entered=said[1],
        )
    )


def _as_units(text: str | None) -> int | None:
    """Return a number as the page showed it; empty is not counted."""
    return int(text) if text and text.isdecimal() else None


def _as_text(counted: int | None) -> str:
    """Return a number as a form sends it; not counted is empty."""
    return "" if counted is None else str(counted)
