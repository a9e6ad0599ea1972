"""The forms of scanning: a code, and which item it belongs to."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from harmreduction.stock.actions.identifiers import PrintedCode
from harmreduction.stock.forms.checks import in_readers_order
from harmreduction.stock.models import Item
from harmreduction.stock.rules.identifiers import IDENTIFIER_SYSTEMS, IdentifierSystem
from harmreduction.web.forms import Between, DayField, Form, WholeNumberField
from harmreduction.web.i18n import say, translated


class ScanPurpose(StrEnum):
    """What a code is scanned for: to look, or to fill in a page."""

    LOOK = "look"
    RECEIVE = "receive"
    HAND_OUT = "hand_out"
    NALOXONE = "naloxone"


class ScanForm(Form):
    """A code as a scanner types it, or as it is pasted."""

    code = StringField(
        _("Scan or type a code"),
        [DataRequired(_("Scan a pack, or type what is printed under its code.")), Length(max=300)],
    )
    purpose = HiddenField(default=ScanPurpose.LOOK.value)
    place = HiddenField()

    @property
    def wanted_for(self) -> ScanPurpose:
        """Return what the code was scanned for; a delivery needs a place."""
        purpose = ScanPurpose(self.purpose.data) if self.purpose.data in list(ScanPurpose) else ScanPurpose.LOOK
        return ScanPurpose.LOOK if purpose is ScanPurpose.RECEIVE and self.receiving_place is None else purpose

    @property
    def receiving_place(self) -> UUID | None:
        """Return the public id of the place that a delivery is booked into, or of the visit of a refill."""
        try:
            return UUID(self.place.data)
        except (TypeError, ValueError):
            return None


class CodeForm(Form):
    """A code that is printed on packs of an item."""

    system = SelectField(_("Kind of code"), validate_choice=False, default=IdentifierSystem.GTIN.value)
    value = StringField(_("Code"), [DataRequired(_("Enter the code as printed.")), Length(max=60)])
    pack_size = WholeNumberField(
        _("Units in the pack that carries it"),
        [InputRequired(_("Enter the units in that pack; 1 for a single one.")), Between(1, 100_000)],
        default=1,
    )
    verified_on = DayField(_("Compared with a pack on"), description=_("Leave it empty if nobody did."))

    def __init__(self, **options: object) -> None:
        """Offer the kinds in the reader's language."""
        super().__init__(**options)
        self.system.choices = {kind.value: say(text) for kind, text in IDENTIFIER_SYSTEMS.items()}

    def printed_code(self) -> PrintedCode:
        """Return the code as entered."""
        known = self.system.data if self.system.data in list(IdentifierSystem) else IdentifierSystem.OWN
        return PrintedCode(
            system=IdentifierSystem(known),
            text=self.value.data,
            pack_size=self.pack_size.data or 1,
            verified_on=self.verified_on.data,
        )


class TeachForm(Form):
    """Which item a code belongs to that nobody knew here."""

    item = SelectField(_("Which item is it?"), [DataRequired(_("Choose an item."))], validate_choice=False)
    gtin = HiddenField(validators=[DataRequired(), Length(max=14)])
    pack_size = WholeNumberField(
        _("Units in the pack that carries it"),
        [InputRequired(_("Enter the units in that pack; 1 for a single one.")), Between(1, 100_000)],
        default=1,
    )

    def offer(self, items: Sequence[Item]) -> None:
        """Offer the items of the programme."""
        self.item.choices = {"": ""} | {item.public_id: translated(item.name) for item in in_readers_order(items)}

    def printed_code(self, today: date) -> PrintedCode:
        """Return the code, which was just compared with its pack."""
        return PrintedCode(
            system=IdentifierSystem.GTIN,
            text=self.gtin.data,
            pack_size=self.pack_size.data or 1,
            verified_on=today,
        )
