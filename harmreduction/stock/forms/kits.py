"""The forms of kits: what goes into one, packing, taking apart."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, SelectMultipleField, SubmitField
from wtforms import Form as Part
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import CheckboxInput

from harmreduction.stock.actions.kits import Packing, TakingApart
from harmreduction.stock.actions.recipes import RecipeChange
from harmreduction.stock.forms.checks import believable, in_readers_order
from harmreduction.stock.models import Item, KitRecipe, Lot, StockLocation
from harmreduction.stock.queries.packing import PackingPlan, Wish
from harmreduction.stock.rules import MOST_AT_ONCE
from harmreduction.stock.rules.kits import RecipePart
from harmreduction.web.forms import Between, DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import translated, units

EMPTY_LINES = 4


class RecipeLinePart(Part):  # type: ignore[misc]  # WTForms ships no types
    """A part of a kit; a line without a part or without a number is left out."""

    item = SelectField(_("Part"), validate_choice=False)
    quantity = WholeNumberField(_("How many in one kit"))
    is_date_left_out = BooleanField(_("Its date does not count for the kit"))

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not lie in a kit."""
        believable(field)


class RecipeForm(Form):
    """What goes into one kit from a day on."""

    form_id = OnceField()
    kit = SelectField(_("Which item is the kit?"), validate_choice=False)
    valid_from = DayField(_("From which day?"), description=_("Left empty, from today."))
    lines = FieldList(FormField(RecipeLinePart))
    more = SubmitField(_("More lines"))

    def offer(self, items: Sequence[Item], recipe: KitRecipe | None) -> None:
        """Lay out the lines of the recipe so far, some empty ones, and the items to choose from.

        A part of the recipe that went out of use stays on offer, so that no change takes it out unseen.
        """
        if not self.is_submitted():
            for line in recipe.lines if recipe else ():
                left_out = line.component.has_expiry and not line.is_expiry_bearing
                self.lines.append_entry(
                    {"item": line.component.public_id, "quantity": line.quantity, "is_date_left_out": left_out}
                )
        if self.more.data or not self.is_submitted():
            for _line in range(EMPTY_LINES):
                self.lines.append_entry()
        self.kit.choices = _named(items)
        named_now = [line.component for line in recipe.lines] if recipe else []
        parts = _named([*items, *(part for part in named_now if part not in items)])
        for entry in self.lines:
            entry.form.item.choices = parts

    def change(self, kit: Item, items: dict[str, Item], today: date) -> RecipeChange:
        """Return the recipe as entered."""
        return RecipeChange(
            public_id=self.form_id.data,
            kit_item_id=kit.id,
            valid_from=self.valid_from.data or today,
            parts=tuple(
                RecipePart(
                    item_id=items[line.item.data].id,
                    per_kit=line.quantity.data,
                    is_expiry_bearing=items[line.item.data].has_expiry and not line.is_date_left_out.data,
                )
                for line in self._entered()
            ),
        )

    def chosen(self) -> set[str]:
        """Return the parts that were chosen, by public id."""
        return {line.item.data for line in self._entered()}

    def _entered(self) -> list[Part]:
        """Return the lines that name a part and how many of it."""
        return [entry.form for entry in self.lines if entry.form.item.data and entry.form.quantity.data]


def _named(items: Sequence[Item]) -> dict[str, str]:
    """Return items as a list offers them, with an empty choice in front."""
    return {"": ""} | {item.public_id: translated(item.name) for item in in_readers_order(items)}


class PackForm(Form):
    """How many kits to pack where, and by which plan they were packed."""

    form_id = OnceField()
    place = SelectField(_("Where are they packed?"), [DataRequired(_("Choose a place."))], validate_choice=False)
    kits = WholeNumberField(_("How many kits?"), [InputRequired(_("Enter how many kits.")), Between(1, MOST_AT_ONCE)])
    instead = SelectMultipleField(_("What stands in"), option_widget=CheckboxInput(), validate_choice=False)
    without = SelectMultipleField(
        _("Lots that you cannot find"),
        option_widget=CheckboxInput(),
        validate_choice=False,
        description=_("Tick one, look again, and other lots are taken."),
    )
    seen = HiddenField()
    show = SubmitField(_("Look at the lots"))
    packed = SubmitField(_("Packed"))

    def offer(self, places: Sequence[StockLocation]) -> None:
        """Offer the places."""
        self.place.choices = {"": ""} | {place.public_id: place.name for place in places}
        self.instead.choices = self.without.choices = {}

    def wish(self, kit: Item, location: StockLocation) -> Wish:
        """Return what to pack."""
        return Wish(
            location_id=location.id,
            kit_item_id=kit.id,
            kits=self.kits.data or 0,
            instead=tuple(sorted(self.instead.data or ())),
            without=tuple(sorted(self.without.data or ())),
        )

    def packing(self, wish: Wish, at: datetime) -> Packing:
        """Return what was packed."""
        return Packing(client_id=self.form_id.data, wish=wish, seen=self.seen.data or "", occurred_at=at)

    def lay_out(self, plan: PackingPlan | None) -> None:
        """Show a plan: what may stand in, which lots may be left out, and by what the plan is known again."""
        if plan is None:
            return
        self.seen.data = plan.seen
        self.instead.choices = {
            other.value: _("%(other)s for %(part)s (%(units)s here)")
            % {
                "other": translated(other.item.name),
                "part": translated(part.item.name),
                "units": units(other.item, other.usable),
            }
            for part in plan.parts
            for other in part.stand_ins
            if part.short or other.value in plan.wish.instead
        }
        lots = [*plan.left_out, *(lot for part in plan.parts for lot, _units in part.takes)]
        self.without.choices = {
            lot.public_id: f"{translated(lot.item.name)} · {lot.lot_number}" for lot in lots if lot.lot_number
        }


class ApartForm(Form):
    """How many kits were taken apart."""

    form_id = OnceField()
    kits = WholeNumberField(_("How many kits?"), [InputRequired(_("Enter how many kits.")), Between(1, MOST_AT_ONCE)])

    def apart(self, lot: Lot, location: StockLocation, at: datetime) -> TakingApart:
        """Return what was taken apart."""
        return TakingApart(
            client_id=self.form_id.data,
            location_id=location.id,
            kit_lot_id=lot.id,
            kits=self.kits.data or 0,
            occurred_at=at,
        )
