"""The forms of a hand-out: the tiles, the full list, details of a visit, the place, a void."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms import Form as Part
from wtforms.validators import DataRequired, Length, ValidationError

from harmreduction.encounters.forms.lot_words import describe, proposal, told
from harmreduction.encounters.queries import Place
from harmreduction.encounters.rules import (
    AUDIENCES,
    NOTE_LENGTH,
    RETURN_MEASURES,
    Audience,
    Distribution,
    Returned,
    ReturnMeasure,
    VisitDetails,
    looks_personal,
)
from harmreduction.sites.models import Site
from harmreduction.stock.models import Item, Lot, StockLocation
from harmreduction.stock.queries import StockRow
from harmreduction.stock.rules import (
    REVERSAL_REASONS,
    LotSource,
    QuantityOutOfBounds,
    ReversalReason,
    Wanted,
    check_quantity,
)
from harmreduction.web.forms import AmountField, DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say


class HandOutForm(Form):
    """What every page that hands out carries: its own id, and the visit, place and day that it shows.

    A hand-out is logged where and when its page said, whatever was chosen meanwhile in another tab.
    """

    form_id = OnceField()
    visit = HiddenField()
    opened = HiddenField()
    place = HiddenField()
    day = DayField(_("Day"))

    @property
    def page_id(self) -> UUID:
        """Return the id made with the page."""
        return UUID(self.form_id.data)

    @property
    def own_visit(self) -> str:
        """Return the id of the visit that this page may begin."""
        return str(uuid5(self.page_id, "visit"))

    @property
    def opened_at(self) -> datetime | None:
        """Return when the page was opened for the visit that it shows, if it was."""
        try:
            return datetime.fromisoformat(self.opened.data or "").astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def place_shown(self) -> tuple[str, str]:
        """Return the public ids of the site and the stock place that the page said."""
        site, _colon, location = (self.place.data or "").partition(":")
        return site, location


class TilesForm(HandOutForm):
    """One tap on a tile."""

    give = HiddenField()

    @property
    def client_id(self) -> str:
        """Return the id of what was tapped: each tile of a page has one of its own, so a double tap is one hand-out."""
        return str(uuid5(self.page_id, self.give.data or ""))

    def distribution(self, place: Place, lines: Iterable[tuple[int, int]], visit_id: str) -> Distribution:
        """Return what one tap hands out."""
        return Distribution(
            client_id=self.client_id,
            visit_id=visit_id,
            site_id=place.site_id,
            location_id=place.location_id,
            time_zone=place.time_zone,
            lines=tuple(Wanted(item_id=item_id, quantity=quantity) for item_id, quantity in lines),
            day=place.day,
        )


class LinePart(Part):  # type: ignore[misc]  # WTForms ships no types
    """One item of the full list: how many, and from which lot where that is known."""

    item = HiddenField()
    quantity = WholeNumberField(_("How many"))
    lot = SelectField(_("Lot"), validate_choice=False)

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have been handed out."""
        if field.data in (None, 0):
            return
        try:
            check_quantity(field.data)
        except QuantityOutOfBounds as problem:
            raise ValidationError(say(problem.message)) from problem


class DetailsForm(Form):
    """Everything that was told or seen on a visit; all of it may stay empty."""

    audience = RadioField(_("Who are the supplies for?"), validate_choice=False)
    number_of_others = WholeNumberField(_("How many other people?"))
    returned_measure = SelectField(_("Returned syringes"), default=ReturnMeasure.COUNTED.value, validate_choice=False)
    returned_amount = AmountField(_("How many came back?"), places=None)
    note = TextAreaField(_("Note"), [Length(max=NOTE_LENGTH, message=_("Keep the note under 280 characters."))])
    note_names_nobody = BooleanField(_("Keep the note: it names nobody"))

    def __init__(self, **options: object) -> None:
        """Offer the choices in the reader's language."""
        super().__init__(**options)
        self.audience.choices = {kind.value: say(text) for kind, text in AUDIENCES.items()}
        self.returned_measure.choices = {kind.value: say(text) for kind, text in RETURN_MEASURES.items()}

    def validate_note(self, field: TextAreaField) -> None:
        """Point out gently what looks personal; the person decides."""
        found = looks_personal(field.data or "")
        if found is not None and not self.note_names_nobody.data:
            self.note_looks_personal = True
            raise ValidationError(
                " ".join((say(found), str(_("Leave out who it was, or tick below that it names nobody."))))
            )

    def validate_returned_amount(self, field: AmountField) -> None:
        """Refuse a part of a syringe where they were counted."""
        is_counted = self.returned_measure.data in ("", None, ReturnMeasure.COUNTED)
        if field.data is not None and is_counted and field.data != field.data.to_integral():
            raise ValidationError(str(_("Enter a whole number, or choose how it was estimated.")))

    note_looks_personal = False

    def details(self) -> VisitDetails:
        """Return what was told; what was skipped is None."""
        audience = self.audience.data or ""
        measure = self.returned_measure.data or ""
        returned = None
        if self.returned_amount.data is not None:
            known = measure if measure in list(ReturnMeasure) else ReturnMeasure.COUNTED
            returned = Returned(measure=ReturnMeasure(known), amount=self.returned_amount.data)
        return VisitDetails(
            audience=Audience(audience) if audience in list(Audience) else None,
            number_of_others=self.number_of_others.data,
            returned=returned,
            note=(self.note.data or "").strip() or None,
        )


class ItemsForm(DetailsForm, HandOutForm):
    """The full list: any item, any number, any lot, for now or another day."""

    lots_are_right = BooleanField(_("Yes, it was this lot"))
    scanned_lot = HiddenField()
    lines = FieldList(FormField(LinePart))

    def offer(
        self,
        items: Sequence[Item],
        stock: Sequence[StockRow],
        *,
        today: date,
        scanned_item: str = "",
        scanned_lot: Lot | None = None,
    ) -> None:
        """Lay out one line for each item, with the lots that lie at the place and the one proposed today.

        One unit of a scanned item (public id) is filled in; its lot is offered though it may not be booked here.
        """
        lot_id = scanned_lot.public_id if scanned_lot is not None else ""
        if not self.is_submitted():
            self.scanned_lot.data = lot_id
            for item in items:
                was_scanned = item.public_id == scanned_item
                self.lines.append_entry(
                    {
                        "item": item.public_id,
                        "quantity": 1 if was_scanned else None,
                        "lot": lot_id if was_scanned else "",
                    }
                )
        by_id = {item.public_id: item for item in items}
        for entry in self.lines:
            entry.form.thing = by_id.get(entry.form.item.data)
            here = [row for row in stock if row.item.public_id == entry.form.item.data and row.lot.lot_number]
            entry.form.lot.choices = {"": proposal(here, today)} | {r.lot.public_id: describe(r) for r in here}
            if scanned_lot is not None and scanned_lot.item.public_id == entry.form.item.data:
                entry.form.lot.choices.setdefault(lot_id, str(_("%(lot)s, as scanned", lot=scanned_lot.lot_number)))
            entry.form.told = told(here, today)

    def chosen(self) -> list[tuple[str, int, str]]:
        """Return (item, units, lot or "") of the lines that hand something out, all as public ids."""
        return [
            (line.form.item.data, line.form.quantity.data, line.form.lot.data or "")
            for line in self.lines
            if line.form.quantity.data
        ]

    @property
    def client_id(self) -> str:
        """Return the id of what this page hands out."""
        return str(self.page_id)

    def distribution(self, place: Place, items: dict[str, Item], lots: dict[str, Lot], visit_id: str) -> Distribution:
        """Return what the list hands out."""
        return Distribution(
            client_id=self.client_id,
            visit_id=visit_id,
            site_id=place.site_id,
            location_id=place.location_id,
            time_zone=place.time_zone,
            lines=tuple(
                Wanted(
                    item_id=items[item].id,
                    quantity=quantity,
                    lot_id=lots[lot].id if lot else None,
                    source=LotSource.SCANNED if lot and lot == self.scanned_lot.data else LotSource.PICKED,
                )
                for item, quantity, lot in self.chosen()
            ),
            details=self.details(),
            day=self.day.data,
        )


class PlaceForm(Form):
    """Where this worker hands out from, and for which day."""

    place = RadioField(_("Where are you?"), [DataRequired(_("Choose where you are."))], validate_choice=False)
    day = DayField(_("Entering for another day?"), description=_("Leave it empty for now."))

    def offer(self, sites: Sequence[Site], locations: Sequence[StockLocation]) -> None:
        """Offer every stock place of the sites; a site without one gets a shelf when it is chosen."""
        self.place.choices = {}
        for site in sites:
            here = [place for place in locations if place.site_id == site.id]
            for place in here:
                self.place.choices[f"{site.public_id}:{place.public_id}"] = f"{site.name}: {place.name}"
            if not here:
                self.place.choices[f"{site.public_id}:"] = site.name

    def validate_place(self, field: RadioField) -> None:
        """Refuse a place that was not offered."""
        if field.data not in field.choices:
            raise ValidationError(_("Choose one of these places."))

    def chosen(self) -> tuple[str, str]:
        """Return the public ids of the site and of the place, or "" for a site without one."""
        site, _colon, place = self.place.data.partition(":")
        return site, place


class DayForm(Form):
    """Which day of which site to show; it stands in the address."""

    class Meta:
        """Asking changes nothing, so it needs no token."""

        csrf = False

    site = SelectField(_("Site"), validate_choice=False)
    day = DayField(_("Day"))

    def offer(self, sites: Sequence[Site]) -> None:
        """Offer the sites; what is not on offer becomes the first that is."""
        self.site.choices = {site.public_id: site.name for site in sites}
        if self.site.data not in self.site.choices and sites:
            self.site.data = sites[0].public_id


class VoidForm(Form):
    """Why a hand-out is taken back."""

    reasons: Iterable[ReversalReason] = REVERSAL_REASONS

    reason = RadioField(_("Why?"), [DataRequired(_("Choose a reason."))])

    def __init__(self, **options: object) -> None:
        """Offer the reasons in the reader's language."""
        super().__init__(**options)
        self.reason.choices = {reason.value: say(REVERSAL_REASONS[reason]) for reason in self.reasons}

    def chosen(self) -> ReversalReason:
        """Return the reason."""
        return ReversalReason(self.reason.data)
