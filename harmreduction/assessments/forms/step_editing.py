"""The forms by which a programme words the steps of its menus, and what would change with its own."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField

from harmreduction.assessments.forms.card_editing import long_text, new_code, short_text, tick_rows, with_text
from harmreduction.assessments.rules.card_editing import revision_of
from harmreduction.assessments.rules.card_reading import as_part, read_step
from harmreduction.assessments.rules.cards import CardSet, Domain, Layout, Step, in_words
from harmreduction.assessments.rules.plan_words import DOMAINS, LAYOUTS
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say

OF_A_STEP = ("text", "more")
OF_WHAT_IF = ("then", "but")


class StepWordsForm(Form):
    """What a step says, in one language."""

    seen = HiddenField()
    text = long_text(_("Step"), description=_("In the first person, as it is printed: “I keep naloxone near me.”"))
    more = short_text(_("How, in one line"))

    def show(self, step: Step, language: str) -> None:
        """Fill in what a step says in a language now."""
        self.seen.process_data(revision_of(step))
        self.text.process_data(step.text.get(language, ""))
        self.more.process_data((step.more or {}).get(language, ""))

    def said(self) -> list[str]:
        """Return everything that stands in the fields for words."""
        return [self[name].data or "" for name in (*OF_A_STEP, *OF_WHAT_IF) if name in self]

    def step(self, before: Step | None, language: str) -> Step:
        """Return the step with its words in one language as entered; raises UnusableCardSet."""
        return read_step(self._with_words(as_part(before) if before else {}, language))

    def _with_words(self, node: dict[str, Any], language: str) -> dict[str, Any]:
        """Return an object with its texts in one language as entered; what says nothing and may do so is left out."""
        words = {name: with_text(node.get(name), language, self[name].data) for name in OF_A_STEP}
        return {name: said for name, said in {**node, **words}.items() if said or name != "more"}


class OwnStepForm(StepWordsForm):
    """A step of the programme's own: what would change with it as well, and in English where that is known from."""

    then = long_text(_("What it would change"), description=_("In words. Nobody’s own risk is told as a number."))
    but = long_text(_("What it would not change"))
    known = tick_rows(_("Where this comes from"))

    def __init__(self, card_set: CardSet, reader: str, language: str = "en", **options: Any) -> None:
        """Offer what is known in a set, in the reader's language; language: the one that is written here."""
        super().__init__(**options)
        self.known.choices = {
            code: f"{in_words(factor.finding, reader)} ({factor.source})" for code, factor in card_set.factors.items()
        }
        if language != "en":
            del self.known

    def show(self, step: Step, language: str) -> None:
        """Fill in what a step says in a language now."""
        super().show(step, language)
        if step.what_if:
            self.then.process_data(step.what_if.then.get(language, ""))
            self.but.process_data(step.what_if.but.get(language, ""))
        if self.known:
            self.known.process_data(list(step.what_if.factors) if step.what_if else [])

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for what is missing where a part of it is said; in another language it is shown in English."""
        is_valid = bool(super().validate(extra_validators))
        parts = (self.then, self.but, self.known) if self.known else ()
        missing = [part for part in parts if not "".join(part.data or ()).strip()]
        if len(missing) in (0, len(parts)):
            return is_valid
        whole = _("Say what it would change, what it would not, and where that comes from. Or leave all three empty.")
        missing[0].errors = [*missing[0].errors, whole]
        return False

    def _with_words(self, node: dict[str, Any], language: str) -> dict[str, Any]:
        """Return the object with what would change as entered; without it where all of it was taken away."""
        node = super()._with_words(node, language)
        before = node.pop("what_if", {"factors": []})
        after = {name: with_text(before.get(name), language, self[name].data) for name in OF_WHAT_IF}
        factors = list(self.known.data or ()) if self.known else before["factors"]
        return {**node, "what_if": {**after, "factors": factors}} if factors else node


class NewStepForm(OwnStepForm):
    """A new step of the programme's own, in English."""

    domain = RadioField(_("Part of the plan"), default=Domain.PRACTICES, validate_choice=False)
    layouts = tick_rows(_("On which plan?"), description=_("Leave both empty for both."))

    def __init__(self, card_set: CardSet, reader: str, **options: Any) -> None:
        """Offer the parts of the plan in the reader's language."""
        super().__init__(card_set, reader, **options)
        self.domain.choices = {domain.value: say(name) for domain, name in DOMAINS.items()}
        self.layouts.choices = {layout.value: say(name) for layout, name in LAYOUTS.items()}

    def step(self, before: Step | None = None, language: str = "en") -> Step:
        """Return the new step as entered, with a code of its own; raises UnusableCardSet."""
        wanted = set(self.layouts.data or ())
        layouts = [layout.value for layout in Layout if layout.value in wanted]
        node = {"code": new_code(), "domain": self.domain.data, "layouts": layouts}
        return read_step(self._with_words(node, language))
