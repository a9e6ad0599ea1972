"""The forms of a recall: what the notice says, and which lots may be used after all."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import Form as Part
from wtforms.validators import DataRequired, Length, ValidationError

from harmreduction.stock.forms.asking import is_settled
from harmreduction.stock.forms.checks import in_readers_order
from harmreduction.stock.models import Item, Lot, Recall
from harmreduction.stock.queries.tracing import Held
from harmreduction.stock.rules import LotStatus
from harmreduction.stock.rules.recalls import (
    RECALL_CLASSES,
    LotNames,
    NothingRecalled,
    RecallClass,
    RecallNotice,
    read_lot_numbers,
)
from harmreduction.web.forms import Form, OnceField
from harmreduction.web.i18n import say, translated, units

ITEMS_AT_ONCE = 3
REASON_LENGTH = 160


class LotsPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """Lot numbers of one item."""

    item = SelectField(_("Which item?"), validate_choice=False)
    lot_numbers = TextAreaField(_("Lot numbers"), description=_("One on each line, as printed."))

    def validate_item(self, field: SelectField) -> None:
        """Refuse numbers of which nobody said the item."""
        has_numbers = (self.lot_numbers.data or "").strip()
        if has_numbers and (not field.data or field.data not in field.choices):
            raise ValidationError(str(_("Choose the item of these lots.")))

    def validate_lot_numbers(self, field: TextAreaField) -> None:
        """Refuse what cannot be lot numbers."""
        try:
            read_lot_numbers(field.data or "")
        except NothingRecalled as problem:
            raise ValidationError(say(problem.message)) from problem


class RecallForm(Form):
    """What a notice says, and the lots that it names."""

    form_id = OnceField()
    reference = StringField(
        _("Number of the notice"),
        [DataRequired(_("Enter the number, or a few words by which you find the notice again.")), Length(max=60)],
    )
    title = StringField(_("What it is about"), [DataRequired(_("Enter what it is about.")), Length(max=120)])
    recall_class = SelectField(_("How serious"), validate_choice=False)
    instructions = TextAreaField(
        _("What to do"), [Length(max=500)], description=_("It stands on the notice that partners and sites get.")
    )
    lots = FieldList(FormField(LotsPart), min_entries=ITEMS_AT_ONCE, max_entries=ITEMS_AT_ONCE)

    def offer(self, items: Sequence[Item]) -> None:
        """Offer the classes of recalls and the items of the programme."""
        classes = {kind.value: say(text) for kind, text in RECALL_CLASSES.items()}
        self.recall_class.choices = {"": str(_("Not said"))} | classes
        choices = {"": ""} | {item.public_id: translated(item.name) for item in in_readers_order(items)}
        for entry in self.lots:
            entry.form.item.choices = choices

    def notice(self) -> RecallNotice:
        """Return what the notice says."""
        said = self.recall_class.data
        return RecallNotice(
            reference=self.reference.data.strip(),
            title=self.title.data.strip(),
            recall_class=RecallClass(said) if said in list(RecallClass) else None,
            instructions=(self.instructions.data or "").strip(),
        )

    def named(self, items: Sequence[Item]) -> list[LotNames]:
        """Return the lots that it names."""
        ids = {item.public_id: item.id for item in items}
        return [
            LotNames(item_id=ids[entry.form.item.data], lot_numbers=read_lot_numbers(entry.form.lot_numbers.data or ""))
            for entry in self.lots
            if entry.form.item.data in ids
        ]

    def show(self, recall: Recall) -> None:
        """Begin with what a recall says now."""
        self.reference.data = recall.reference
        self.title.data = recall.title
        self.recall_class.data = recall.recall_class or ""
        self.instructions.data = recall.instructions


class ReleasePart(Part):  # type: ignore[misc]  # WTForms ships no types
    """Why one lot may be used after all; empty: it stays recalled."""

    lot = HiddenField()
    reason = StringField(_("Why it may be used again"), [Length(max=REASON_LENGTH)])


class ReleaseForm(Form):
    """Which lots of a recall may be used after all, and whether it is over."""

    lots = FieldList(FormField(ReleasePart))
    closes = BooleanField(_("Close the recall: everything that was to be done is done"))
    is_left_lying = BooleanField(_("Yes, close it although they lie there"))

    def offer(self, touched: Sequence[Lot]) -> None:
        """Lay out one line for each lot that is recalled; lots of one number from several sources are one."""
        batches = {(lot.item_id, lot.lot_number): lot for lot in touched if lot.status == LotStatus.RECALLED.value}
        if not self.is_submitted():
            for lot in batches.values():
                self.lots.append_entry({"lot": lot.public_id})
        by_id = {lot.public_id: lot for lot in touched}
        for entry in self.lots:
            entry.form.thing = by_id.get(entry.form.lot.data)

    def is_settled(self, lying: Sequence[Held]) -> bool:
        """Ask once before a recall is closed while lots that stay recalled lie at places."""
        released = {entry.form.thing for entry in self.lots if entry.form.thing and entry.form.reason.data}
        batches = {(lot.item_id, lot.lot_number) for lot in released}
        left = [row for row in lying if (row.lot.item_id, row.lot.lot_number) not in batches]
        return is_settled(self.is_left_lying, map(_lies, left) if self.closes.data else ())

    def reasons(self) -> dict[str, str]:
        """Return why lots may be used again, by public id."""
        said = {entry.form.lot.data: (entry.form.reason.data or "").strip() for entry in self.lots}
        return {lot: reason for lot, reason in said.items() if reason}


def _lies(row: Held) -> str:
    """Say how much of a lot still lies where."""
    what = {"place": translated(row.place.name), "units": units(row.lot.item, row.units), "lot": row.lot.lot_number}
    return str(_("%(place)s still holds %(units)s of lot %(lot)s.", **what))
