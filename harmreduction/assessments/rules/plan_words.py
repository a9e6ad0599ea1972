"""How the lines of a plan read, and where each came from: the menu, a strength, or an idea of one's own."""

from harmreduction.assessments.rules.cards import Card, CardSet, Domain, Layout, Step, in_words
from harmreduction.assessments.rules.plans import PlanStep
from harmreduction.core.messages import Message, message

DOMAINS: dict[Domain, Message] = {
    Domain.PRACTICES: message("Safer practices"),
    Domain.SETTINGS: message("Safer places"),
    Domain.SUPPLY: message("Safer supply"),
    Domain.TRANSITIONS: message("When things change"),
    Domain.CARE: message("Getting care"),
    Domain.PEOPLE: message("My people"),
    Domain.GO_OVER: message("If I go over"),
}
LAYOUTS: dict[Layout, Message] = {
    Layout.USING: message("While using"),
    Layout.BREAK: message("On a break, or after stopping"),
}
SCALES: dict[str, Message] = {
    "importance": message("How much it matters to you"),
    "confidence": message("How sure you are that you can do it"),
}


def step_words(step: PlanStep, cards: CardSet, language: str) -> str:
    """Return how a line reads: in own words, else in those of the strength or of the menu.

    A strength reads as the participant said it; whoever shows it puts "Keep doing" before it (`is_kept_up`). A code
    that the set does not have reads as itself, so that no line is ever lost.
    """
    if step.words or step.option is None:
        return step.words
    card = _strength(step, cards)
    said = card.option(step.option) if card else None
    if said is not None:
        return in_words(said.text, language)
    of_menu = cards.steps.get(step.option)
    return in_words(of_menu.text, language) if of_menu else step.option


def step_more(step: PlanStep, cards: CardSet, language: str) -> str:
    """Return the menu's line of how, where it has one and the line does not read otherwise by now."""
    of_menu = find_menu_step(step, cards)
    return in_words(of_menu.more, language) if of_menu and of_menu.more and not step.words else ""


def is_kept_up(step: PlanStep, cards: CardSet) -> bool:
    """Say whether a line is something that the participant does already: it came from the card of strengths."""
    card = _strength(step, cards)
    return card is not None and (step.option is None or card.option(step.option) is not None)


def find_menu_step(step: PlanStep, cards: CardSet) -> Step | None:
    """Return the step of the menu that a line was chosen from, or None for an own idea or a strength."""
    return None if step.option is None or is_kept_up(step, cards) else cards.steps.get(step.option)


def _strength(step: PlanStep, cards: CardSet) -> Card | None:
    """Return the card of strengths that a line came from."""
    card = cards.card(step.card) if step.card else None
    return card if card is not None and card.is_strength else None
