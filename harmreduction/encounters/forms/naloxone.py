"""The form of a talk about naloxone, which is also the form of a refill."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import uuid5

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput

from harmreduction.core.messages import Message
from harmreduction.encounters.forms.hand_out import HandOutForm
from harmreduction.encounters.forms.lot_words import describe, proposal, told
from harmreduction.encounters.queries import Place
from harmreduction.encounters.rules import Distribution
from harmreduction.encounters.rules import naloxone as rules
from harmreduction.encounters.rules.naloxone import Act, Fate, Recipient, Reply, Source, SupplyType, Talk, Training
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.stock.models import Item, Lot
from harmreduction.stock.queries import StockRow
from harmreduction.stock.rules import LotSource, QuantityOutOfBounds, Wanted, check_quantity
from harmreduction.web.forms import Between, WholeNumberField
from harmreduction.web.i18n import say

Kind = TypeVar("Kind", bound=StrEnum)
NOT_ASKED = _("Not asked")


class NaloxoneForm(HandOutForm):
    """What happened to the kit before, and what is taken now; everything may stay empty."""

    fate = RadioField(_("What happened to the kit before?"), validate_choice=False)
    times_used = WholeNumberField(_("How many times was it used?"), [Optional(), Between(1, rules.MOST_TIMES_USED)])
    reply = RadioField(_("A kit now?"), default=Reply.TAKEN.value, validate_choice=False)
    kits = WholeNumberField(_("How many?"))
    item = SelectField(_("Which naloxone?"), validate_choice=False)
    lot = SelectField(_("Lot"), validate_choice=False)
    supply_type = SelectField(_("What is this kit?"), validate_choice=False)
    recipient = SelectField(_("Who is it for?"), validate_choice=False)
    source = SelectField(_("Where was the kit before from?"), validate_choice=False)
    training = SelectField(_("Practised how to respond?"), validate_choice=False)
    talked = SelectMultipleField(_("Talked about"), option_widget=CheckboxInput(), validate_choice=False)
    shown = SelectMultipleField(_("They showed it back"), option_widget=CheckboxInput(), validate_choice=False)
    given_before = HiddenField()
    scanned_lot = HiddenField()
    is_more = HiddenField()  # the page said that something was saved before: nothing is ticked until somebody does

    def __init__(self, **options: Any) -> None:
        """Offer the choices in the reader's language."""
        super().__init__(**options)
        if self.is_submitted() and self.is_more.data and not self.reply.raw_data:
            self.reply.data = None  # the default is what a new page ticks
        self.fate.choices = _words(rules.FATES)
        self.reply.choices = _words(rules.REPLIES)
        self.supply_type.choices = {"": str(_("As it follows from what was told"))} | _words(rules.SUPPLY_TYPES)
        self.recipient.choices = {"": str(NOT_ASKED)} | _words(rules.RECIPIENTS)
        self.source.choices = {"": str(NOT_ASKED)} | _words(rules.SOURCES)
        self.training.choices = {"": str(NOT_ASKED)} | _words(rules.TRAININGS)
        self.talked.choices = self.shown.choices = _words(rules.ACTS)

    def offer(self, items: Sequence[Item], stock: Sequence[StockRow], *, today: date) -> None:
        """Offer the products, and the lots of them that lie at the place."""
        self.item.choices = {item.public_id: say(Message(item.name)) for item in items}
        if self.item.data not in self.item.choices and items:
            self.item.data = items[0].public_id
        ids = {item.id for item in items}
        here = [row for row in stock if row.item.id in ids and row.lot.lot_number]
        of_item = [row for row in here if row.item.public_id == self.item.data]
        self.first_to_go = proposal(of_item, today) if of_item else ""
        self.told = told(of_item, today)
        self.lot.choices = {"": str(_("The first to go out"))}
        self.lot.choices |= {row.lot.public_id: f"{say(Message(row.item.name))}: {describe(row)}" for row in here}
        if self.scanned_lot.data:
            self.lot.choices.setdefault(self.scanned_lot.data, str(_("As scanned")))

    first_to_go = ""
    told: Sequence[str] = ()

    def validate_kits(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have been handed out."""
        if field.data in (None, 0):
            return
        try:
            check_quantity(field.data)
        except QuantityOutOfBounds as problem:
            raise ValidationError(say(problem.message)) from problem

    @property
    def client_id(self) -> str:
        """Return the id of the talk that this page records."""
        return str(self.page_id)

    @property
    def was_used(self) -> bool:
        """Say whether the kit before was used on somebody."""
        return _chosen(Fate, self.fate.data) in rules.USED

    @property
    def hands_out(self) -> bool:
        """Say whether something is taken now: a number alone is not enough where they chose not to, or for more."""
        takes = (Reply.TAKEN,) if self.is_more.data else (Reply.TAKEN, None)
        return bool(self.kits.data) and _chosen(Reply, self.reply.data) in takes

    def ask_for_more(self) -> None:
        """Tick nothing beforehand, because what was saved a moment ago may be all there is."""
        self.is_more.data, self.reply.data = "yes", None

    @property
    def says_nothing(self) -> bool:
        """Say whether a page for more was sent as it was opened."""
        asked = (self.fate, self.reply, self.times_used, self.recipient, self.source, self.training)
        told = (*asked, self.talked, self.shown, self.supply_type, self.given_before)
        return bool(self.is_more.data) and not any(field.data for field in told)

    def talk(self, visit: VisitStart, *, is_known_here: bool | None, hand_out: Distribution | None) -> Talk:
        """Return what was told; what was skipped is None."""
        fate, reply = _chosen(Fate, self.fate.data), _chosen(Reply, self.reply.data)
        asked_how_often = fate is None or fate in rules.USED
        is_given = hand_out is not None or bool(self.given_before.data)
        return Talk(
            client_id=self.client_id,
            visit=visit,
            reply=None if reply is Reply.TAKEN and not is_given else reply,  # the page ticks it for everybody
            supply_type=self._type(fate, is_known_here, is_given=is_given),
            previous_fate=fate,
            previous_source=_chosen(Source, self.source.data),
            times_used=self.times_used.data if asked_how_often else None,
            recipient=_chosen(Recipient, self.recipient.data),
            training=_chosen(Training, self.training.data),
            acts=self._acts(),
            hand_out=hand_out,
            given_before=None if hand_out else self.given_before.data or None,
        )

    def distribution(self, place: Place, item: Item, lot: Lot | None, visit_id: str) -> Distribution:
        """Return what is handed out; the chosen lot says which product it is."""
        source = LotSource.SCANNED if lot and lot.public_id == self.scanned_lot.data else LotSource.PICKED
        wanted = Wanted(
            item_id=lot.item_id if lot else item.id,
            quantity=self.kits.data or 0,
            lot_id=lot.id if lot else None,
            source=source,
        )
        return Distribution(
            client_id=str(uuid5(self.page_id, "kits")),
            visit_id=visit_id,
            site_id=place.site_id,
            location_id=place.location_id,
            time_zone=place.time_zone,
            lines=(wanted,),
            day=place.day,
        )

    def _type(self, fate: Fate | None, is_known_here: bool | None, *, is_given: bool) -> SupplyType | None:
        """Return what the kit now is: as chosen, else as it follows; where nothing was taken there is no kit."""
        if not is_given:
            return None
        return _chosen(SupplyType, self.supply_type.data) or rules.usual_type(fate, is_known_here=is_known_here)

    def _acts(self) -> dict[Act, bool | None]:
        """Return the acts that were talked about; what was shown back was talked about too."""
        shown = {act for act in Act if act.value in (self.shown.data or ())}
        talked = {act for act in Act if act.value in (self.talked.data or ())}
        return {act: True if act in shown else None for act in Act if act in shown | talked}


def _words(choices: Mapping[Kind, Message]) -> dict[str, str]:
    """Return choices in the reader's language."""
    return {kind.value: say(text) for kind, text in choices.items()}


def _chosen(kind: type[Kind], value: str | None) -> Kind | None:
    """Return the choice that was made, or None where it was skipped."""
    return kind(value) if value in list(kind) else None
