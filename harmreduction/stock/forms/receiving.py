"""The form of what arrived at a place, with what its papers say."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from harmreduction.core.clock import start_of_day
from harmreduction.stock.actions.receiving import Papers, Receipt
from harmreduction.stock.forms.checks import believable, believable_day, in_readers_order
from harmreduction.stock.models import NOT_SAID, FundingSource, Item, StockLocation
from harmreduction.stock.rules import MOST_AT_ONCE, QuantityOutOfBounds, check_quantity
from harmreduction.stock.rules.funding import ACQUISITIONS
from harmreduction.web.forms import AmountField, DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say, translated

MOST_MONEY = Decimal(10_000_000)
NOON = timedelta(hours=12)
# What the next line of the same delivery begins with, as it stands in the address.
STAYS_FILLED = ("document", "supplier", "acquisition", "source", "arrived_on")


class ReceiveForm(Form):
    """What arrived at a place, or lay there when the programme began to keep its stock here."""

    form_id = OnceField()
    item = SelectField(_("What arrived?"), [DataRequired(_("Choose an item."))], validate_choice=False)
    packs = WholeNumberField(_("Packs"))
    pack_size = WholeNumberField(_("Units in a pack"))
    quantity = WholeNumberField(
        _("Single units"), description=_("Units as they are handed out. With packs: those beside the packs.")
    )
    lot_number = StringField(_("Lot number"), [Length(max=40)], description=_("As printed on the pack."))
    expiry = DayField(
        _("Use by"), [believable_day], description=_("As printed. If only a month is printed, choose its last day.")
    )
    arrived_on = DayField(_("Arrived on"), [believable_day], description=_("Left empty: now."))
    temperature = RadioField(_("Did it keep its temperature on the way?"), validate_choice=False)
    source = SelectField(_("Funding source"), validate_choice=False)
    is_funding_checked = BooleanField(_("The terms of this source are met"))
    acquisition = SelectField(_("How did it come?"), validate_choice=False)
    document = StringField(_("Number of the order or delivery note"), [Length(max=60)])
    supplier = StringField(_("Supplier"), [Length(max=80)])
    cost = AmountField(_("Cost of this line"), places=None, description=_("For all of it together, like 31.50."))

    @classmethod
    def starting_with(cls, asked: Mapping[str, str]) -> "ReceiveForm":
        """Return the form, filled with what a scanned code or the line before says."""
        start: dict[str, Any] = {name: asked.get(name) for name in ("item", *STAYS_FILLED)}
        start |= {"arrived_on": _day(asked.get("arrived_on")), "expiry": _day(asked.get("expiry"))}
        pack = asked.get("pack", "")
        return cls(**start, lot_number=asked.get("lot"), pack_size=int(pack) if pack.isdecimal() else None)

    def offer(self, items: Sequence[Item], sources: Sequence[FundingSource], *, today: date) -> None:
        """Offer the items and the funding sources of the programme; today is the day at the place."""
        self.today = today
        self.pack_sizes = {item.public_id: item.pack_size for item in items}
        self.item.choices = {"": ""} | {item.public_id: translated(item.name) for item in in_readers_order(items)}
        self.source.choices = {source.public_id: translated(source.name) for source in sources}
        self.acquisition.choices = {"": str(_("Not said"))} | {key: say(word) for key, word in ACQUISITIONS.items()}
        self.temperature.choices = {"kept": str(_("Yes")), "not_kept": str(_("No: it got too warm or too cold"))}

    def ask_for_opening(self) -> None:
        """Ask for what lay at a place, not for what arrived."""
        self.item.label.text = str(_("What lay here?"))

    def units(self) -> int:
        """Return the units in all packs and beside them."""
        size = self.pack_size.data or self.pack_sizes.get(self.item.data, 1)
        return int((self.packs.data or 0) * size + (self.quantity.data or 0))

    def validate_packs(self, field: WholeNumberField) -> None:
        """Refuse packs that could not have arrived."""
        believable(field)

    def validate_pack_size(self, field: WholeNumberField) -> None:
        """Refuse packs that hold nothing, or more than could be."""
        if field.data is not None and not 0 < field.data <= MOST_AT_ONCE:
            raise ValidationError(str(_("Enter how many units one pack holds.")))

    def validate_quantity(self, field: WholeNumberField) -> None:
        """Ask for a number in one of its two ways, and refuse one that could not have arrived."""
        if field.data is None and not self.packs.data:
            raise ValidationError(str(_("Enter how many arrived.")))
        try:
            check_quantity(field.data if field.data and field.data < 0 else self.units())
        except QuantityOutOfBounds as problem:
            raise ValidationError(say(problem.message)) from problem

    def validate_arrived_on(self, field: DayField) -> None:
        """Refuse a day that is still to come."""
        if field.data is not None and field.data > self.today:
            raise ValidationError(str(_("Enter today or a day before.")))

    def validate_cost(self, field: AmountField) -> None:
        """Refuse parts of a hundredth, and more than anybody paid."""
        if field.data is None:
            return
        if field.data > MOST_MONEY or field.data != field.data.quantize(Decimal("0.01")):
            raise ValidationError(str(_("Enter money with two decimals, like 31.50.")))

    def validate_source(self, field: SelectField) -> None:
        """Refuse a source that was not offered; none is the one that nobody said."""
        if field.data and field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these sources.")))

    def receipt(
        self,
        location: StockLocation,
        item: Item,
        source: FundingSource | None,
        *,
        now: datetime,
        time_zone: str,
        is_opening: bool = False,
    ) -> Receipt:
        """Return what arrived, or lay there (is_opening); a day before today means its noon."""
        day = self.arrived_on.data
        return Receipt(
            client_id=self.form_id.data,
            location_id=location.id,
            item_id=item.id,
            lot_number=(self.lot_number.data or "").strip().upper(),
            expiry=self.expiry.data,
            quantity=self.units(),
            occurred_at=start_of_day(day, time_zone) + NOON if day is not None and day < self.today else now,
            funding_source_id=NOT_SAID if source is None else source.id,
            is_funding_checked=bool(self.is_funding_checked.data),
            is_opening=is_opening,
            papers=self._papers(),
        )

    def next_line(self) -> dict[str, Any]:
        """Return what the next line of the same delivery begins with."""
        kept = {name: self[name].data for name in STAYS_FILLED}
        return {name: str(value) for name, value in kept.items() if value}

    def _papers(self) -> Papers:
        """Return what the papers say."""
        known = self.acquisition.data in ACQUISITIONS
        return Papers(
            number=(self.document.data or "").strip(),
            acquisition=self.acquisition.data if known else None,
            supplier=(self.supplier.data or "").strip(),
            cost_cents=None if self.cost.data is None else int(self.cost.data * 100),
            is_temperature_kept={"kept": True, "not_kept": False}.get(self.temperature.data),
        )


def _day(text: str | None) -> date | None:
    """Return a calendar day from an address, if it is one."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
