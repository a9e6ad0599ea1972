"""The forms of an item, and of what may stand in for it."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, StringField, SubmitField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from harmreduction.stock.actions import ItemChange
from harmreduction.stock.forms.checks import in_readers_order
from harmreduction.stock.models import Item, ItemCategory
from harmreduction.web.forms import Between, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import translated


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
        [InputRequired(_("Enter the doses in one; 0 where it holds none.")), Between(0, 100)],
        default=0,
    )
    pack_size = WholeNumberField(
        _("Units in a pack"),
        [InputRequired(_("Enter the units in a pack; 1 if they come singly.")), Between(1, 100_000)],
        default=1,
    )
    is_lot_tracked = BooleanField(_("Its lots are followed"))
    has_expiry = BooleanField(_("It has a use-by date"))
    is_usual = BooleanField(_("It is handed out often: show it first"))
    is_active = BooleanField(_("It is in use"), default=True)
    note = StringField(_("Note for the team"), [Length(max=200)])

    def offer(self, categories: Sequence[ItemCategory]) -> None:
        """Offer the groups of the programme."""
        offered = [category for category in categories if category.is_active or category.code == self.category.data]
        self.category.choices = {"": ""} | {category.code: translated(category.name) for category in offered}

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


class StandInForm(Form):
    """Another item that may take the place of an item, or may no longer."""

    other = SelectField(_("Another item that may take its place"), validate_choice=False)
    take_away = SubmitField(_("Take away"))

    def offer(self, item: Item, items: Sequence[Item]) -> None:
        """Offer every other item."""
        others = [other for other in items if other.id != item.id]
        self.other.choices = {"": ""} | {other.public_id: translated(other.name) for other in in_readers_order(others)}

    def validate_other(self, field: SelectField) -> None:
        """Refuse nothing, the item itself, and one that was not offered."""
        if not field.data or field.data not in field.choices:
            raise ValidationError(str(_("Choose an item.")))
