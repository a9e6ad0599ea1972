"""What lines of a plan and answers say on a page, in the language of the conversation."""

from collections.abc import Iterator

from flask_babel import gettext

from harmreduction.assessments.rules.cards import CardSet, in_words
from harmreduction.assessments.rules.plan_words import is_kept_up, step_more, step_words
from harmreduction.assessments.rules.plans import PlanStep
from harmreduction.assessments.rules.talks import Answer
from harmreduction.web.i18n import in_language

__all__ = ["before_own", "chosen_words", "how_words", "line_words", "step_more"]


def line_words(step: PlanStep, cards: CardSet, language: str) -> str:
    """Return how a line of the plan reads; what is done already says so."""
    text = step_words(step, cards, language)
    with in_language(language):
        if not text:
            return str(gettext("An idea of their own, no longer kept in words"))
        if not is_kept_up(step, cards):
            return text
        return str(gettext("Keep doing: %(what)s", what=step.words or _ended(text)))


def before_own(step: PlanStep, cards: CardSet, language: str) -> str:
    """Return what stands before a line in own words, which are in quotation marks there."""
    with in_language(language):
        return str(gettext("Keep doing: %(what)s", what="")) if is_kept_up(step, cards) else ""


def _ended(text: str) -> str:
    """Return a text with a full stop, unless it has its own end; the options of a card have none."""
    return f"{text}." if text[-1:].isalnum() else text


def how_words(step: PlanStep) -> str:
    """Return when, where and with whose help, as the participant said it."""
    return " · ".join(text for text in (step.when, step.place, step.helper) if text)


def chosen_words(answer: Answer, cards: CardSet, language: str) -> Iterator[str]:
    """Return what was chosen on a card, as the card says it."""
    card = cards.card(answer.card)
    for code in answer.chosen:
        option = card.option(code) if card else None
        yield in_words(option.text, language) if option else code
