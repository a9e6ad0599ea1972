"""The forms of the plan: what is ticked on a menu or added as an own idea, one line in its own words, the goal."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectMultipleField
from wtforms.validators import Length

from harmreduction.assessments.rules.cards import Card, CardSet, Domain, Layout
from harmreduction.assessments.rules.following import line_id
from harmreduction.assessments.rules.plan_words import SCALES
from harmreduction.assessments.rules.plans import LINE_LENGTH, MOST_ON_A_SCALE, PlanStep
from harmreduction.assessments.rules.talks import MOST_WORDS, SignOff
from harmreduction.core.db import new_id
from harmreduction.web.forms import Form, OnceField
from harmreduction.web.i18n import say

FITS = Length(max=LINE_LENGTH, message=_("Keep each line under 300 characters."))
NOT_ASKED = ""
NUMBERS = {str(number): str(number) for number in range(MOST_ON_A_SCALE + 1)}
PLACES = {"earlier": -1, "later": 1}


class MenuForm(Form):
    """What is chosen from one menu, with room for an idea of one's own."""

    form_id = OnceField()
    card = HiddenField()
    domain = HiddenField()
    chosen = SelectMultipleField(choices=[], validate_choice=False)
    idea = StringField(_("My own idea"), [FITS])

    def steps(self, cards: CardSet, layout: Layout) -> tuple[PlanStep, ...]:
        """Return the lines to add; what this menu does not offer is left aside."""
        card = cards.card(self.card.data or "")
        menu = {step.code: step for step in (cards.menu(card, layout) if card else cards.steps.values())}
        lines = [
            PlanStep(step_id=new_id(), domain=menu[code].domain, card=card.code if card else None, option=code)
            for code in dict.fromkeys(self.chosen.data or ())
            if code in menu
        ]
        idea = (self.idea.data or "").strip()
        if not idea:
            return tuple(lines)
        source = f"{self.card.data}|{self.domain.data}|{idea}"  # sent twice, it is one line; another idea is another
        own_id = line_id(self.form_id.data, source)
        return (*lines, PlanStep(step_id=own_id, domain=self._domain(card, cards), words=idea))

    def _domain(self, card: Card | None, cards: CardSet) -> Domain:
        """Return the part of the plan in which an own idea stands: that of the menu beside it."""
        if self.domain.data in list(Domain):
            return Domain(self.domain.data)
        return cards.steps[card.steps[0]].domain if card and card.steps else Domain.PRACTICES


class StepForm(Form):
    """One line of the plan: how it reads, when, where, with whose help, how it is rated; all of it may be empty."""

    revision = IntegerField(default=0)
    words = StringField(_("In my own words"), [FITS])
    when = StringField(_("When?"), [FITS])
    place = StringField(_("Where?"), [FITS])
    helper = StringField(_("With whose help?"), [FITS], description=_("No names are needed: “my roommate” is enough."))
    importance = RadioField(validate_choice=False)
    confidence = RadioField(validate_choice=False)
    is_on_paper = BooleanField(_("Print it on my page"))

    def __init__(self, step: PlanStep, **options: Any) -> None:
        """Begin with the line as it stands."""
        rated = {scale: _as_choice(getattr(step, scale)) for scale in SCALES}
        super().__init__(data={**vars(step), **rated}, **options)
        for scale, name in SCALES.items():
            self[scale].label.text = say(name)
            self[scale].choices = {NOT_ASKED: str(_("Leave it out"))} | NUMBERS

    def step(self, before: PlanStep) -> PlanStep:
        """Return the line as entered."""
        texts = {name: (self[name].data or "").strip() for name in ("words", "when", "place", "helper")}
        return PlanStep(
            step_id=before.step_id,
            domain=before.domain,
            card=before.card,
            option=before.option,
            importance=_as_rating(self.importance.data),
            confidence=_as_rating(self.confidence.data),
            is_on_paper=self.is_on_paper.data,
            revision=self.revision.data or 0,
            **texts,
        )


class GoalForm(Form):
    """What matters most, in own words; before: how it read when the page was made."""

    before = HiddenField()
    goal = TextAreaField(
        _("What matters most to me"),
        [Length(max=MOST_WORDS, message=_("Keep it under 2,000 characters."))],
    )


class TapForm(Form):
    """One tap: a line moved, the other layout, or the answer to "Does this say what you meant?"."""

    do = HiddenField()

    @property
    def places(self) -> int:
        """Return how many places later a line goes; what is neither is no move."""
        return PLACES.get(self.do.data or "", 0)

    @property
    def layout(self) -> Layout | None:
        """Return the layout that was chosen."""
        return Layout(self.do.data) if self.do.data in list(Layout) else None

    @property
    def sign_off(self) -> SignOff | None:
        """Return what was said to the question."""
        return SignOff(self.do.data) if self.do.data in list(SignOff) else None


def _as_choice(rating: int | None) -> str:
    """Return a rating as its choice; what was not asked is no 0."""
    return NOT_ASKED if rating is None else str(rating)


def _as_rating(chosen: str | None) -> int | None:
    """Return a choice as a rating; anything else than a number of the scale is none."""
    return int(chosen) if chosen in NUMBERS else None
