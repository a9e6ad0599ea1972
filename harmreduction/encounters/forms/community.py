"""The forms of trainings, groups and collected sharps, and of removing what was a slip."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as Part
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from harmreduction.encounters.forms.hand_out import VoidForm
from harmreduction.encounters.queries.places import Place
from harmreduction.encounters.rules import RETURN_MEASURES, Returned, ReturnMeasure, looks_personal
from harmreduction.encounters.rules.community import (
    AREA_LENGTH,
    GROUP_AUDIENCES,
    GROUP_KINDS,
    MOST_CONTAINERS,
    MOST_HELPERS,
    MOST_PEOPLE,
    NOTE_LENGTH,
    SHARPS_KINDS,
    TITLE_LENGTH,
    Collected,
    GivenThere,
    GroupAudience,
    GroupHeld,
    GroupKind,
    GroupNumbers,
    SharpsKind,
)
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item, StockLocation
from harmreduction.stock.rules import QuantityOutOfBounds, ReversalReason, Wanted, check_quantity
from harmreduction.web.forms import AmountField, Between, DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say

NALOXONE = "naloxone"


class ItemPart(Part):  # type: ignore[misc]  # WTForms ships no types
    """How many units of one item."""

    item = HiddenField()
    quantity = WholeNumberField(_("How many"))

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have been handed out."""
        if field.data in (None, 0):
            return
        try:
            check_quantity(field.data)
        except QuantityOutOfBounds as problem:
            raise ValidationError(say(problem.message)) from problem


class ItemsPart(Form):
    """Lines of items, each with a number."""

    form_id = OnceField()
    lines = FieldList(FormField(ItemPart))

    def lay_out(self, items: Sequence[Item], *, first: Collection[int]) -> None:
        """Lay out one line for each item; those first (row ids) are in sight, the others folded."""
        if not self.is_submitted():
            for item in items:
                self.lines.append_entry({"item": item.public_id})
        by_id = {item.public_id: item for item in items}
        for entry in self.lines:
            entry.form.thing = by_id.get(entry.form.item.data)
            entry.form.is_first = entry.form.thing is not None and entry.form.thing.id in first

    def chosen(self) -> list[tuple[int, int]]:
        """Return (item row id, units) of the lines with a number."""
        lines = [line.form for line in self.lines]
        return [(line.thing.id, line.quantity.data) for line in lines if line.thing is not None and line.quantity.data]


class SuppliesForm(ItemsPart):
    """Supplies given at a training or in a group, and from where."""

    place = SelectField(_("Where were supplies taken from?"), validate_choice=False)

    def offer(self, sites: Sequence[Site], locations: Sequence[StockLocation], items: Sequence[Item]) -> None:
        """Offer every stock place of the sites and one line for each item; a site without a place gets a shelf."""
        self.lay_out(items, first=[item.id for item in items if item.is_usual and item.category == NALOXONE])
        self.locations = {location.public_id: location.id for location in locations}
        self.place.choices = {}
        for site in sites:
            here = [location for location in locations if location.site_id == site.id]
            names = {location.public_id: f"{site.name}: {location.name}" for location in here} or {"": site.name}
            self.place.choices |= {f"{site.public_id}:{location}": name for location, name in names.items()}
        if self.place.data not in self.place.choices:
            self.place.data = next(iter(self.place.choices), "")

    def begin_at(self, place: Place | None) -> None:
        """Begin with the place where this person hands out now."""
        here = f"{place.site_public_id}:{place.location_public_id}" if place is not None else ""
        if not self.is_submitted() and here in self.place.choices:
            self.place.data = here

    @property
    def site_chosen(self) -> str:
        """Return the public id of the site of the chosen place."""
        return str(self.place.data or "").partition(":")[0]

    def given(self, client_id: str) -> GivenThere | None:
        """Return what was given, or None where that was nothing."""
        lines = tuple(Wanted(item_id=item_id, quantity=units) for item_id, units in self.chosen())
        location = str(self.place.data or "").partition(":")[2]
        return GivenThere(client_id=client_id, location_id=self.locations.get(location), lines=lines) if lines else None


class NumbersForm(Form):
    """How many came and how many were trained."""

    attended = WholeNumberField(_("How many came?"), [Optional(), Between(0, MOST_PEOPLE)])
    trained = WholeNumberField(_("How many were trained?"), [Optional(), Between(0, MOST_PEOPLE)])

    def numbers(self) -> GroupNumbers:
        """Return what was counted."""
        return GroupNumbers(attended=self.attended.data, trained=self.trained.data)


class NamesNobody(Form):
    """A form with words that should name nobody; it points that out once, and the person decides."""

    names_nobody = BooleanField(_("Keep it: it names nobody"))
    looks_personal = False

    def check_words(self, field: Field) -> None:
        """Point out gently what looks personal."""
        found = looks_personal(field.data or "")
        if found is not None and not self.names_nobody.data:
            self.looks_personal = True
            raise ValidationError(f"{say(found)} {_('Leave it out, or tick below that it names nobody.')}")


class GroupForm(SuppliesForm, NumbersForm, NamesNobody):
    """A training or a group that was held."""

    kind = RadioField(_("What was it?"), default=GroupKind.TRAINING.value, validate_choice=False)
    title = StringField(
        _("In a few words"),
        [
            DataRequired(_("Say in a few words what it was. No names.")),
            Length(max=TITLE_LENGTH, message=_("Keep it under 80 characters.")),
        ],
        description=_("For example: overdose response at the library. No names."),
    )
    held_on = DayField(_("When was it?"), [DataRequired(_("Choose the day."))])
    audience = RadioField(_("Who came?"), default="", validate_choice=False)

    def __init__(self, **options: Any) -> None:
        """Offer the choices in the reader's language."""
        super().__init__(**options)
        self.kind.choices = {kind.value: say(text) for kind, text in GROUP_KINDS.items()}
        self.audience.choices = {"": str(_("Skip this"))} | {
            kind.value: say(text) for kind, text in GROUP_AUDIENCES.items()
        }

    def validate_title(self, field: StringField) -> None:
        """Point out what names somebody."""
        self.check_words(field)

    def held(self, site: Site, given_id: str) -> GroupHeld:
        """Return what was held; what was skipped is None."""
        held_on: Any = self.held_on.data  # a page without it is not valid
        return GroupHeld(
            client_id=self.form_id.data,
            site_id=site.id,
            time_zone=site.time_zone,
            kind=GroupKind(self.kind.data) if self.kind.data in list(GroupKind) else GroupKind.GROUP,
            title=self.title.data.strip(),
            held_on=held_on,
            audience=GroupAudience(self.audience.data) if self.audience.data in list(GroupAudience) else None,
            numbers=self.numbers(),
            given=self.given(given_id),
        )


class SharpsForm(NamesNobody):
    """Sharps that were collected; everything but the day may stay empty."""

    form_id = OnceField()
    site = SelectField(_("Which site is this for?"), validate_choice=False)
    kind = RadioField(_("How were they collected?"), default=SharpsKind.CLEAN_UP.value, validate_choice=False)
    happened_on = DayField(_("When was it?"), [DataRequired(_("Choose the day."))])
    amount = AmountField(_("How many syringes?"), places=None)
    measure = SelectField(_("How was it known?"), default=ReturnMeasure.COUNTED.value, validate_choice=False)
    containers = WholeNumberField(_("Containers filled"), [Optional(), Between(0, MOST_CONTAINERS)])
    helpers = WholeNumberField(_("How many helped?"), [Optional(), Between(0, MOST_HELPERS)])
    area = StringField(
        _("Which area?"),
        [Length(max=AREA_LENGTH, message=_("Keep it under 80 characters."))],
        description=_("A neighborhood is enough. No exact spots: they can lead to people who stay there."),
    )
    note = TextAreaField(
        _("Note"),
        [Length(max=NOTE_LENGTH, message=_("Keep it under 280 characters."))],
        description=_("For example: glass, gloves ran out. No names."),
    )

    def __init__(self, **options: Any) -> None:
        """Offer the choices in the reader's language."""
        super().__init__(**options)
        self.kind.choices = {kind.value: say(text) for kind, text in SHARPS_KINDS.items()}
        self.measure.choices = {measure.value: say(text) for measure, text in RETURN_MEASURES.items()}

    def offer(self, sites: Sequence[Site], place: Place | None) -> None:
        """Offer the person's sites, the one where they work now first chosen."""
        self.site.choices = {site.public_id: site.name for site in sites}
        usual = place.site_public_id if place is not None else ""
        if self.site.data not in self.site.choices and sites:
            self.site.data = usual if usual in self.site.choices else sites[0].public_id

    def validate_area(self, field: StringField) -> None:
        """Point out what names somebody."""
        self.check_words(field)

    def validate_note(self, field: TextAreaField) -> None:
        """Point out what names somebody."""
        self.check_words(field)

    def validate_amount(self, field: AmountField) -> None:
        """Refuse a part of a syringe where they were counted."""
        if field.data is not None and self._measure is ReturnMeasure.COUNTED and field.data % 1:
            raise ValidationError(_("Enter a whole number, or choose how it was estimated."))

    @property
    def _measure(self) -> ReturnMeasure:
        """Return how the number was known."""
        known = self.measure.data in list(ReturnMeasure)
        return ReturnMeasure(self.measure.data) if known else ReturnMeasure.COUNTED

    def collected(self, site: Site) -> Collected:
        """Return what was collected; what was skipped is None."""
        amount: Decimal | None = self.amount.data
        happened_on: Any = self.happened_on.data  # a page without it is not valid
        return Collected(
            client_id=self.form_id.data,
            site_id=site.id,
            time_zone=site.time_zone,
            kind=SharpsKind(self.kind.data) if self.kind.data in list(SharpsKind) else SharpsKind.CLEAN_UP,
            happened_on=happened_on,
            syringes=None if amount is None else Returned(measure=self._measure, amount=amount),
            containers=self.containers.data,
            helpers=self.helpers.data,
            area=(self.area.data or "").strip(),
            note=(self.note.data or "").strip(),
        )


class RemoveForm(VoidForm):
    """Why something that was written down is removed."""

    reasons = (
        ReversalReason.ENTERED_TWICE,
        ReversalReason.WRONG_QUANTITY,
        ReversalReason.PRACTICE,
        ReversalReason.OTHER,
    )


def today_first(form: Form, field: Field, today: date) -> None:
    """Fill in today where a new page asks for a day."""
    if not form.is_submitted():
        field.process_data(today)
