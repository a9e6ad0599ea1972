"""The form of a usual hand-out."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField, StringField
from wtforms import Form as Part
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from harmreduction.encounters.models import UsualHandout
from harmreduction.encounters.usual import TILE_ICONS, Tile
from harmreduction.stock.models import Item
from harmreduction.web.forms import Between, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say


class UnitsPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """How many units of one item a tap hands out."""

    item = HiddenField()
    quantity = WholeNumberField(_("How many"), [Optional(), Between(0, 1_000)])


class TileForm(Form):
    """One tile of the hand-out page."""

    form_id = OnceField()
    name = StringField(
        _("Name"), [DataRequired(_("Enter a name.")), Length(max=40)], description=_("As your team calls it.")
    )
    icon = RadioField(_("Picture"), default="kit", validate_choice=False)
    position = WholeNumberField(
        _("Place on the page"),
        [InputRequired(_("Enter its place on the page; 1 is the big tile.")), Between(1, 99)],
        description=_("1 is the big tile."),
        default=10,
    )
    is_active = BooleanField(_("It is shown"), default=True)
    lines = FieldList(FormField(UnitsPart))

    def offer(self, items: Sequence[Item], tile: UsualHandout | None) -> None:
        """Lay out one line for each item, with what the tile hands out now, be that out of use."""
        self.icon.choices = {icon: say(text) for icon, text in TILE_ICONS.items()}
        units = {line.item.public_id: line.quantity for line in tile.lines} if tile else {}
        offered = {item.public_id: item for item in items}
        offered |= {line.item.public_id: line.item for line in tile.lines} if tile else {}
        if not self.is_submitted():
            for item in offered.values():
                self.lines.append_entry({"item": item.public_id, "quantity": units.get(item.public_id)})
        for entry in self.lines:
            entry.form.thing = offered.get(entry.form.item.data)

    def tile(self) -> Tile:
        """Return the tile as entered."""
        return Tile(
            name=self.name.data.strip(),
            icon=self.icon.data if self.icon.data in TILE_ICONS else "box",
            position=self.position.data or 1,
            is_active=self.is_active.data,
            units={
                entry.form.thing.id: entry.form.quantity.data
                for entry in self.lines
                if entry.form.thing is not None and entry.form.quantity.data
            },
        )
