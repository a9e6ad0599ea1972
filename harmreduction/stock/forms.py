"""The forms of supplies: receive, move, an item, a place."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from unicodedata import combining, normalize

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, StringField
from wtforms import Form as Part
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from harmreduction.sites.models import Site
from harmreduction.stock.actions import ItemChange, Receipt, Transfer
from harmreduction.stock.models import Item, ItemCategory, Lot, StockLocation
from harmreduction.stock.queries import StockRow
from harmreduction.stock.rules import (
    LOCATION_KINDS,
    REAL_KINDS,
    LocationKind,
    QuantityOutOfBounds,
    check_quantity,
)
from harmreduction.web.forms import DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say, translated


def in_readers_order(items: Sequence[Item]) -> list[Item]:
    """Return items in their groups as listed, and in each by name as the reader's language spells it."""
    groups = groupby(items, key=lambda item: (item.category, item.is_usual))
    return [item for _group, here in groups for item in sorted(here, key=_spelling)]


def _spelling(item: Item) -> str:
    """Return an item's name as words are put in order: accents and capitals aside."""
    return "".join(sign for sign in normalize("NFKD", translated(item.name)).casefold() if not combining(sign))


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
        _believable(field)

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
        _believable(field)


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


class ItemForm(Form):
    """An item as the programme names and counts it."""

    form_id = OnceField()
    name = StringField(_("Name"), [DataRequired(_("Enter a name.")), Length(max=80)])
    category = SelectField(_("Group"), validate_choice=False)
    unit = StringField(
        _("One of it is called"), [DataRequired(_("Enter what one is called, like “kit”.")), Length(max=40)]
    )
    unit_plural = StringField(
        _("Several are called"),
        [DataRequired(_("Enter what several are called, like “kits”.")), Length(max=40)],
    )
    doses_per_unit = WholeNumberField(
        _("Doses in one"),
        [InputRequired(_("Enter the doses in one; 0 where it holds none.")), NumberRange(0, 100)],
        default=0,
    )
    pack_size = WholeNumberField(
        _("Units in a pack"),
        [InputRequired(_("Enter the units in a pack; 1 if they come singly.")), NumberRange(1, 100_000)],
        default=1,
    )
    is_lot_tracked = BooleanField(_("Its lots are followed"))
    has_expiry = BooleanField(_("It has a use-by date"))
    is_usual = BooleanField(_("It is handed out often: show it first"))
    is_active = BooleanField(_("It is in use"), default=True)
    note = StringField(_("Note for the team"), [Length(max=200)])

    def offer(self, categories: Sequence[ItemCategory]) -> None:
        """Offer the groups of the programme."""
        self.category.choices = {"": ""} | {category.code: translated(category.name) for category in categories}

    def validate_category(self, field: SelectField) -> None:
        """Refuse no group, and one that was not offered."""
        if not field.data or field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these groups.")))

    def change(self) -> ItemChange:
        """Return the item as entered."""
        return ItemChange(
            name=self.name.data.strip(),
            category=self.category.data,
            unit=self.unit.data.strip(),
            unit_plural=self.unit_plural.data.strip(),
            doses_per_unit=self.doses_per_unit.data or 0,
            pack_size=self.pack_size.data or 1,
            is_lot_tracked=self.is_lot_tracked.data,
            has_expiry=self.has_expiry.data,
            is_usual=self.is_usual.data,
            is_active=self.is_active.data,
            note=(self.note.data or "").strip(),
        )


class LocationForm(Form):
    """A place that holds stock."""

    name = StringField(_("Name"), [DataRequired(_("Enter a name.")), Length(max=80)])
    kind = SelectField(_("Kind"), validate_choice=False)
    site = SelectField(_("Which site is it for?"), validate_choice=False)
    is_strict = BooleanField(_("Guard it: nothing can be moved from here beyond what is booked in"))

    def offer(self, sites: Sequence[Site]) -> None:
        """Offer the kinds of places and the sites."""
        self.kind.choices = {kind.value: say(LOCATION_KINDS[kind]) for kind in REAL_KINDS}
        self.site.choices = {site.public_id: site.name for site in sites}

    def validate_kind(self, field: SelectField) -> None:
        """Refuse a kind that was not offered."""
        if field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these kinds.")))

    def validate_site(self, field: SelectField) -> None:
        """Refuse a site that was not offered."""
        if field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these sites.")))

    def chosen_kind(self) -> LocationKind:
        """Return the kind."""
        return LocationKind(self.kind.data)


def _believable(field: WholeNumberField) -> None:
    """Refuse a number of units that could not have moved; nothing entered is nothing moved."""
    if field.data in (None, 0):
        return
    try:
        check_quantity(field.data)
    except QuantityOutOfBounds as problem:
        raise ValidationError(say(problem.message)) from problem
