"""The forms of lots: another date, another status, merging, heat, and warnings that were seen."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.actions.dates import Revision, SeenWarning
from harmreduction.stock.actions.merging import Merge
from harmreduction.stock.forms.checks import believable_day
from harmreduction.stock.models import Item, Lot
from harmreduction.stock.queries import StockRow
from harmreduction.stock.queries.dates import ExpiryWarning
from harmreduction.stock.rules import LOT_STATUSES, LotStatus
from harmreduction.stock.rules.dates import DOCUMENT_LENGTH, EXPIRY_AUTHORITIES, ExpiryAuthority, ExpiryBand
from harmreduction.web.forms import DayField, Form, OnceField
from harmreduction.web.i18n import day, say, translated, units

NO_DATE = "none"
PART = "|"


class DateForm(Form):
    """Another last day of use for a lot, and what says so."""

    old_expiry = HiddenField()
    new_expiry = DayField(_("Last day of use"), [InputRequired(_("Enter a date.")), believable_day])
    authority = RadioField(_("Why does it change?"), [DataRequired(_("Choose one."))])
    document = StringField(
        _("What says so?"),
        [DataRequired(_("Enter what says so.")), Length(max=DOCUMENT_LENGTH)],
        description=_("The letter, its number, or a web address. For a typing slip: what the pack says."),
    )

    def __init__(self, lot: Lot) -> None:
        """Offer the reasons in the reader's language, and remember the date that the page shows."""
        super().__init__(old_expiry=_written(lot.effective_expiry))
        self.authority.choices = {kind.value: say(text) for kind, text in EXPIRY_AUTHORITIES.items()}

    def look_again(self, lot: Lot) -> None:
        """Remember the date that somebody else gave the lot meanwhile, which the page now shows."""
        self.old_expiry.data = _written(lot.effective_expiry)

    def revision(self, lot: Lot) -> Revision:
        """Return the new date."""
        return Revision(
            lot_id=lot.public_id,
            old_expiry=_day_or_none(self.old_expiry.data),
            new_expiry=self.new_expiry.data or date.min,
            authority=ExpiryAuthority(self.authority.data),
            document=self.document.data.strip(),
        )


class StatusForm(Form):
    """Whether a lot may be handed out, and why."""

    new_status = RadioField(_("From now on it is"), [DataRequired(_("Choose one."))])
    reason = StringField(_("Why?"), [DataRequired(_("Enter why, in a few words.")), Length(max=200)])

    def __init__(self, lot: Lot) -> None:
        """Offer what people choose; a recall is opened as such."""
        super().__init__(new_status=lot.status)
        offered = (LotStatus.AVAILABLE, LotStatus.ON_HOLD, LotStatus.QUARANTINED)
        self.new_status.choices = {status.value: say(LOT_STATUSES[status]) for status in offered}

    def chosen(self) -> LotStatus:
        """Return the status."""
        return LotStatus(self.new_status.data)


class TwiceAskedForm(Form):
    """Which two are one and the same; nothing moves before somebody looked at both."""

    form_id = OnceField()
    looked_at = HiddenField()
    is_sure = BooleanField(_("Yes, these are one and the same"))

    def is_confirmed(self, stays: Lot | Item) -> bool:
        """Say whether the person looked at just these two and is sure; else remember at what they look now."""
        if self.looked_at.data == stays.public_id:
            if self.is_sure.data:
                return True
            self.is_sure.errors = [str(_("Tick the box if they are one and the same."))]
        self.looked_at.data, self.is_sure.data = stays.public_id, False
        return False

    def merge(self, slip: Lot | Item, stays: Lot | Item, at: datetime) -> Merge:
        """Return what goes on under what."""
        return Merge(client_id=self.form_id.data, slip=slip.public_id, stays=stays.public_id, occurred_at=at)


class MergeLotForm(TwiceAskedForm):
    """The lot number that is right."""

    lot_number = StringField(
        _("The right lot number"),
        [DataRequired(_("Enter the right lot number.")), Length(max=40)],
        description=_("As printed on the pack. It has to be in stock, or to have been, under this item."),
    )

    @property
    def number(self) -> str:
        """Return the number as lots are known by."""
        return (self.lot_number.data or "").strip().upper()


class MergeItemForm(TwiceAskedForm):
    """The item that stays."""

    stays = SelectField(_("Which one stays?"), [DataRequired(_("Choose an item."))], validate_choice=False)

    def offer(self, twin: Item, items: Iterable[Item]) -> None:
        """Offer the items that are counted like it."""
        alike = [
            item
            for item in items
            if item.id != twin.id and (item.unit, item.doses_per_unit) == (twin.unit, twin.doses_per_unit)
        ]
        self.stays.choices = {"": ""} | {item.public_id: translated(item.name) for item in alike}

    def validate_stays(self, field: SelectField) -> None:
        """Refuse an item that was not offered."""
        if field.data and field.data not in field.choices:
            raise ValidationError(str(_("Choose one of these items.")))


class HeatForm(Form):
    """Which lots at a place got too warm or too cold."""

    lots = SelectMultipleField(
        _("Which lots?"),
        [DataRequired(_("Choose at least one lot."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = StringField(
        _("What happened?"), [Length(max=200)], description=_("For example: 6 hours in the sun, about 45 degrees.")
    )

    def offer(self, rows: Sequence[StockRow]) -> None:
        """Offer the lots that lie at the place."""
        self.lots.choices = {row.lot.public_id: _described(row) for row in rows if row.on_hand > 0}


def seen_value(warning: ExpiryWarning) -> str:
    """Return a warning as its button sends it."""
    parts = (
        warning.location.public_id,
        warning.lot.public_id,
        str(warning.lot.effective_expiry),
        str(warning.band.value),
    )
    return PART.join(parts)


def read_seen(values: Iterable[str]) -> list[SeenWarning]:
    """Return the warnings that a page sent back; raises NotFound for what no page sends."""
    return [_read(value) for value in values]


def _read(value: str) -> SeenWarning:
    """Return one warning."""
    try:
        location_id, lot_id, expiry, band = value.split(PART)
        return SeenWarning(
            location_id=location_id,
            lot_id=lot_id,
            expiry=date.fromisoformat(expiry),
            band=ExpiryBand(int(band)),
        )
    except ValueError as problem:
        raise NotFound(message("There is no such warning.")) from problem


def _written(expiry: date | None) -> str:
    """Return a date as a page remembers it."""
    return expiry.isoformat() if expiry else NO_DATE


def _day_or_none(text: str | None) -> date | None:
    """Return the date that a page remembered; what cannot be read matches no lot's date, so somebody looks again."""
    if text == NO_DATE:
        return None
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return date.min


def _described(row: StockRow) -> str:
    """Describe a lot in a list."""
    number = row.lot.lot_number or str(_("no lot number"))
    until = day(row.lot.effective_expiry) if row.lot.effective_expiry else str(_("no date"))
    return f"{translated(row.item.name)} · {number} · {until} · {units(row.item, row.on_hand)}"
