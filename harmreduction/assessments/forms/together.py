"""The forms of what can be done in the same sitting: supplies, practice, a referral, a follow-up, help today."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from harmreduction.assessments.actions.together import Practised
from harmreduction.assessments.rules.loops import SAME_DAY_WAYS, WORDS_LENGTH, SameDayWay
from harmreduction.assessments.rules.talks import Loop, LoopKind
from harmreduction.core.messages import Message
from harmreduction.directory.results import Result
from harmreduction.encounters.queries import Place
from harmreduction.encounters.rules import Distribution, looks_personal
from harmreduction.encounters.rules.naloxone import ACTS, Act
from harmreduction.referrals.queries import Target
from harmreduction.referrals.rules.following import NewReferral
from harmreduction.referrals.rules.kinds import HANDOVERS, NEEDS, Handover, Need
from harmreduction.stock.models import Item
from harmreduction.stock.rules import QuantityOutOfBounds, Wanted, check_quantity
from harmreduction.web.forms import DayField, Form, OnceField, WholeNumberField
from harmreduction.web.i18n import say

TALKED, SHOWN = "talked", "shown"


class PageOfPlace(Form):
    """What every page that hands out carries: its own id, and the place that it shows.

    A hand-out is logged where its page said, whatever was chosen meanwhile in another tab.
    """

    form_id = OnceField()
    place = HiddenField()

    def show(self, place: Place | None) -> None:
        """Say on the page where its supplies come from; one that was sent says so already."""
        if place is not None and not self.place.data:
            self.place.data = f"{place.site_public_id}:{place.location_public_id}"

    def place_shown(self) -> tuple[str, str]:
        """Return the public ids of the site and the stock place that the page said, "" for none."""
        site, _colon, location = (self.place.data or "").partition(":")
        return site, location


class TapForm(PageOfPlace):
    """One tap on a tile."""

    give = HiddenField()

    def distribution(self, place: Place, lines: Iterable[tuple[int, int]], visit_id: str) -> Distribution:
        """Return what one tap hands out; each tile of a page has an id of its own, so a double tap is one hand-out."""
        return Distribution(
            client_id=str(uuid5(UUID(self.form_id.data), self.give.data or "")),
            visit_id=visit_id,
            site_id=place.site_id,
            location_id=place.location_id,
            time_zone=place.time_zone,
            lines=tuple(Wanted(item_id=item_id, quantity=quantity) for item_id, quantity in lines),
        )


class ItemForm(PageOfPlace):
    """Any one item of the list, and how many."""

    item = SelectField(_("Which item?"), [InputRequired(_("Choose an item."))], validate_choice=False)
    units = WholeNumberField(_("How many?"), [InputRequired(_("Enter how many."))])

    def offer(self, items: Sequence[Item]) -> None:
        """Offer the items, each with its unit; none is chosen for anybody."""
        named = {item.public_id: f"{say(Message(item.name))} ({_unit(item)})" for item in items}
        self.item.choices = {"": str(_("Choose an item"))} | named

    def validate_units(self, field: WholeNumberField) -> None:
        """Refuse numbers that could not have been handed out."""
        try:
            check_quantity(field.data or 0)
        except QuantityOutOfBounds as problem:
            raise ValidationError(say(problem.message)) from problem

    def distribution(self, place: Place, item: Item, visit_id: str) -> Distribution:
        """Return what is handed out."""
        return Distribution(
            client_id=self.form_id.data,
            visit_id=visit_id,
            site_id=place.site_id,
            location_id=place.location_id,
            time_zone=place.time_zone,
            lines=(Wanted(item_id=item.id, quantity=self.units.data or 0),),
        )


class TeachBackForm(Form):
    """The five acts, each talked about, shown back, or neither."""

    form_id = OnceField()
    given_before = HiddenField()
    recognise = RadioField(validate_choice=False)
    call = RadioField(validate_choice=False)
    naloxone = RadioField(validate_choice=False)
    breaths = RadioField(validate_choice=False)
    stay = RadioField(validate_choice=False)

    def __init__(self, **options: Any) -> None:
        """Name each act in the reader's language."""
        super().__init__(**options)
        for field, act in self.acts:
            field.label.text = say(ACTS[act])
            field.choices = {TALKED: str(_("We talked about it")), SHOWN: str(_("They showed it back"))}

    @property
    def acts(self) -> list[tuple[RadioField, Act]]:
        """Return each act with its field."""
        return [(self[act.value], act) for act in Act]

    def practised(self) -> Practised:
        """Return what was practised; what was shown back was talked about too."""
        told = {act: field.data for field, act in self.acts if field.data in (TALKED, SHOWN)}
        return Practised(
            client_id=self.form_id.data,
            acts={act: True if how == SHOWN else None for act, how in told.items()},
            given_before=self.given_before.data or None,
        )


class AgreedForm(Form):
    """Words about what was agreed, which name nobody."""

    words = TextAreaField(
        _("How do we do it?"),
        [Length(max=WORDS_LENGTH, message=_("Keep it under 300 characters."))],
        description=_("In their words. No names and no numbers. It can stay empty."),
    )
    names_nobody = BooleanField(_("Keep these words: they name nobody"))
    looks_personal = False

    def validate_words(self, field: TextAreaField) -> None:
        """Point out gently what looks personal; the two decide."""
        found = looks_personal(field.data or "")
        if found is not None and not self.names_nobody.data:
            self.looks_personal = True
            raise ValidationError(f"{say(found)} {_('Leave it out, or tick below that these words name nobody.')}")


class FollowUpForm(AgreedForm):
    """A follow-up that the participant agreed to."""

    form_id = OnceField()
    due_on = DayField(_("On which day?"), description=_("Leave it empty for whenever they come by."))

    def loop(self) -> Loop:
        """Return what was agreed."""
        return Loop(
            loop_id=self.form_id.data,
            kind=LoopKind.FOLLOW_UP,
            words=(self.words.data or "").strip(),
            due_on=self.due_on.data,
        )


class SameDayForm(Form):
    """What is done today; nothing has to be ticked."""

    ways = SelectMultipleField(_("What do we do today?"), option_widget=CheckboxInput(), validate_choice=False)

    def __init__(self, **options: Any) -> None:
        """Offer the ways in the reader's language."""
        super().__init__(**options)
        self.ways.choices = {way.value: say(text) for way, text in SAME_DAY_WAYS.items()}

    def words(self) -> str:
        """Return the ways that were chosen, in the language in which they were read."""
        return ". ".join(say(SAME_DAY_WAYS[way]) for way in SameDayWay if way.value in (self.ways.data or ()))


class ReferForm(Form):
    """A referral from the sitting: look for a service first, or begin with the need alone."""

    form_id = OnceField()
    do = HiddenField()
    need = SelectField(_("What do they want?"), validate_choice=False)
    looked_for = StringField(_("Words to look for"), [Length(max=80, message=_("Keep it under 80 characters."))])
    service = RadioField(_("Where to?"), default="", validate_choice=False)
    handover = RadioField(_("How?"), default=Handover.WARM.value, validate_choice=False)
    follow_up_on = DayField(_("Ask again on"), description=_("Leave it empty if nobody should ask."))

    def __init__(self, **options: Any) -> None:
        """Offer the choices in the reader's language."""
        super().__init__(**options)
        self.need.choices = {need.value: say(text) for need, text in NEEDS.items()}
        self.handover.choices = {way.value: say(HANDOVERS[way]) for way in (Handover.WARM, Handover.COLD)}

    def offer(self, results: Sequence[Result]) -> None:
        """Offer the services that were found, and none of them."""
        found = {result.hsds_id: f"{result.name}, {result.town}" if result.town else result.name for result in results}
        self.service.choices = found | {"": str(_("No service yet, only what they want"))}
        if self.service.data not in self.service.choices:
            self.service.data = ""

    @property
    def chosen_need(self) -> Need:
        """Return what they want."""
        return Need(self.need.data) if self.need.data in list(Need) else Need.OTHER

    @property
    def is_sent(self) -> bool:
        """Say whether the referral is to be made; else the page only looks for services."""
        return bool(self.do.data == "refer")

    def referral(self, site_id: int, target: Target | None) -> NewReferral:
        """Return the referral as told."""
        return NewReferral(
            client_id=self.form_id.data,
            site_id=site_id,
            need=self.chosen_need,
            service_id=target.service_id if target else None,
            service_at_location_id=target.service_at_location_id if target else None,
            handover=Handover(self.handover.data) if self.handover.data in list(Handover) else Handover.COLD,
            follow_up_on=self.follow_up_on.data,
        )

    def loop(self) -> Loop:
        """Return what is open until the referral ends."""
        return Loop(
            loop_id=self.form_id.data,
            kind=LoopKind.REFERRAL,
            due_on=self.follow_up_on.data,
            referral_id=self.form_id.data,
        )


def _unit(item: Item) -> str:
    """Return what one of an item is called."""
    return say(Message(item.unit))
