"""The forms by which a programme changes its cards, one language at a time."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields import SelectMultipleField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput

from harmreduction.assessments.rules.card_editing import OWN, is_own, pictures, revision_of
from harmreduction.assessments.rules.card_parts import UnusableCardSet
from harmreduction.assessments.rules.card_reading import as_part, read_card
from harmreduction.assessments.rules.cards import Card, CardSet, Kind, Situation, in_words
from harmreduction.assessments.rules.plan_words import DOMAINS
from harmreduction.assessments.talk_words import SITUATIONS
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message
from harmreduction.web.forms import Form
from harmreduction.web.i18n import say

EMPTY_ROWS = 3  # for answers that a card does not have yet
LINE, TEXT = 120, 600  # characters
OF_A_CARD = ("topic", "ask", "short", "why", "notice", "told_first")
OPTIONAL = {"notice", "told_first"}
NO_PICTURE = "info"  # the sign of a card for which none was chosen
KINDS = {
    Kind.ONE: message("One answer"),
    Kind.MANY: message("Any number of answers"),
    Kind.WORDS: message("Own words only"),
}


def short_text(label: str, **options: Any) -> StringField:
    """Return a field for one short text."""
    return StringField(label, [Length(max=LINE, message=_("Keep it under 120 characters."))], **options)


def long_text(label: str, **options: Any) -> TextAreaField:
    """Return a field for a few sentences."""
    return TextAreaField(label, [Length(max=TEXT, message=_("Keep it under 600 characters."))], **options)


def tick_rows(label: str, **options: Any) -> SelectMultipleField:
    """Return rows to tick."""
    return SelectMultipleField(label, option_widget=CheckboxInput(), validate_choice=False, **options)


def fail_where(form: Form, problem: DomainError) -> None:
    """Show a problem at the field that its place names, with the words of that field; else above the form."""
    field = None
    if isinstance(problem, UnusableCardSet):
        field = next((form[name] for name in problem.where.split(" › ") if name in form), None)
        problem = UnusableCardSet(str(field.label.text), problem.problem) if field else problem
    form.fail(problem, field)


class OptionPart(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """One answer of a card; its text in one language."""

    code = HiddenField()
    text = short_text(_("Answer"))
    is_concern = BooleanField(_("It opens the menu of steps"))


class WordsForm(Form):
    """What a card says, in one language."""

    seen = HiddenField()
    topic = short_text(_("Topic"))
    ask = long_text(_("Question"))
    short = short_text(_("Short question"), description=_("Eight words at most, for one short question at a time."))
    why = long_text(_("Why we ask"))
    notice = long_text(
        _("Said before the card"), description=_("For a hard topic: what comes, and that it can be skipped.")
    )
    told_first = long_text(
        _("Told before it is asked"), description=_("What happens after which answer, if something does.")
    )
    options = FieldList(FormField(OptionPart), max_entries=40)

    def show(self, card: Card, language: str) -> None:
        """Fill in what a card says in a language now; nothing where it has no words in that language."""
        self.seen.process_data(revision_of(card))
        for name in OF_A_CARD:
            self[name].process_data((getattr(card, name) or {}).get(language, ""))
        for option in card.options:
            said = {"code": option.code, "text": option.text.get(language, ""), "is_concern": option.is_concern}
            self.options.append_entry(said)

    def said(self) -> list[str]:
        """Return everything that stands in the fields for words."""
        fields = (*(self[name] for name in OF_A_CARD), *(part.form.text for part in self.options))
        return [field.data or "" for field in fields]

    def card(self, before: Card | None, language: str) -> Card:
        """Return the card with its words in one language as entered; raises UnusableCardSet."""
        node = as_part(before) if before else {"options": []}
        typed = {part.form.code.data: part.form.text.data for part in self.options}
        for option in node["options"]:
            option["text"] = with_text(option["text"], language, typed.get(option["code"]))
        return read_card(self.with_words(node, language))

    def with_words(self, node: dict[str, Any], language: str) -> dict[str, Any]:
        """Return an object with its texts in one language as entered; what says nothing and may do so is left out."""
        words = {name: with_text(node.get(name), language, self[name].data) for name in OF_A_CARD}
        return {name: said for name, said in {**node, **words}.items() if said or name not in OPTIONAL}


class CardForm(WordsForm):
    """A whole card in English: what it says, its answers, the menu of its steps, its picture, and when it is shown."""

    kind = RadioField(_("How is it answered?"), default=Kind.MANY, validate_choice=False)
    steps = tick_rows(_("Steps in the menu"))
    situations = tick_rows(
        _("Show it only to people who say"), description=_("Leave all empty to show it to everybody.")
    )
    is_core = BooleanField(_("Show it where fewer cards are wanted, too"))
    picture = RadioField(
        _("Picture"),
        default=NO_PICTURE,
        validate_choice=False,
        description=_("Each is called after a card that has it."),
    )

    def __init__(self, card_set: CardSet, language: str, before: Card | None = None, **options: Any) -> None:
        """Offer the steps of a set; language: the reader's, in which they are named. before: the card, if it exists.

        A card of the release keeps its picture.
        """
        super().__init__(**options)
        self.known = card_set
        self.kind.choices = {kind.value: say(text) for kind, text in KINDS.items()}
        self.steps.choices = {code: in_words(step.text, language) for code, step in card_set.steps.items()}
        self.situations.choices = {one.value: say(text) for one, text in SITUATIONS.items()}
        topics = {picture: in_words(topic, language) for picture, topic in pictures(card_set).items()}
        self.picture.choices = {NO_PICTURE: str(_("None of them")), **topics}
        if before and not is_own(before):
            del self.picture

    def show(self, card: Card, language: str = "en") -> None:
        """Fill in a card as it is now."""
        super().show(card, language)
        self.steps.process_data(list(card.steps))
        self.situations.process_data([one.value for one in Situation if one in card.situations])
        self.is_core.process_data(card.is_core)
        if self.picture:
            self.picture.process_data(card.picture)

    def add_rows(self) -> None:
        """Add a few empty rows for more answers."""
        for _row in range(EMPTY_ROWS):
            self.options.append_entry()

    def steps_by_domain(self) -> list[tuple[str, list[Any]]]:
        """Return the rows to tick, under the name of their part of the plan."""
        rows = dict(zip(self.known.steps, self.steps, strict=True))
        return [
            (say(name), [rows[code] for code, step in self.known.steps.items() if step.domain is domain])
            for domain, name in DOMAINS.items()
        ]

    def card(self, before: Card | None, language: str = "en") -> Card:
        """Return the card as entered, a new one with a code of its own; raises UnusableCardSet."""
        new = {"code": new_code(), "kind": self.kind.data, "picture": NO_PICTURE}
        node = self.with_words(as_part(before) if before else new, language)
        return read_card({**node, **self._ticked(before), "options": list(self._options(node, language))})

    def _ticked(self, before: Card | None) -> dict[str, Any]:
        """Return what was ticked; steps that were in the menu keep their places, others follow."""
        wanted, said = set(self.steps.data or ()), set(self.situations.data or ())
        first = [code for code in (before.steps if before else ()) if code in wanted]
        chosen = self.picture.data if self.picture else None
        return {
            **({"picture": chosen} if self.picture and chosen in self.picture.choices else {}),
            "steps": [*first, *(code for code in self.known.steps if code in wanted and code not in first)],
            "situations": [one.value for one in Situation if one.value in said],
            "is_core": self.is_core.data,
        }

    def _options(self, node: Mapping[str, Any], language: str) -> Iterator[dict[str, Any]]:
        """Yield the answers that say something; one whose text was taken away is an answer no more."""
        before = {option["code"]: option for option in node.get("options", ())}
        for part in self.options:
            option = before.get(part.form.code.data) or {"code": new_code(), "text": {}}
            if (part.form.text.data or "").strip():
                text = with_text(option["text"], language, part.form.text.data)
                yield {**option, "text": text, "is_concern": part.form.is_concern.data}


class CardDeedForm(Form):
    """One tap on a card in the list: which way, or which set."""

    do = HiddenField()
    fingerprint = HiddenField()


def with_text(words: Mapping[str, str] | None, language: str, text: str | None) -> dict[str, str]:
    """Return a text in its languages with what was entered in one of them; an empty one is taken out."""
    others = {each: said for each, said in (words or {}).items() if each != language}
    return {**others, language: text.strip()} if text and text.strip() else others


def new_code() -> str:
    """Return a code for a card, answer or step of the programme's own; no release has such a one."""
    return f"{OWN}{uuid4().hex[:8]}"
