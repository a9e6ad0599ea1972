"""Whether the parts of a set of cards fit each other, so that no conversation ends without something offered."""

from collections.abc import Iterable, Iterator

from harmreduction.assessments.rules.card_editing import ALWAYS_USED
from harmreduction.assessments.rules.card_parts import UnusableCardSet
from harmreduction.assessments.rules.cards import Card, CardSet, Kind, Layout, Offer, Option, Situation, Step, layout_of
from harmreduction.core.messages import Message, message
from harmreduction.referrals.rules.kinds import Need

FEWEST_STEPS = 3  # a menu, not an instruction
SHORT = 8  # words of the short question
NOW = "now"  # the card whose answer decides which layout the plan has

Problem = tuple[str, Message]


def check(card_set: CardSet) -> CardSet:
    """Return the set again; raises UnusableCardSet for the first thing that does not fit."""
    for where, problem in _problems(card_set):
        raise UnusableCardSet(where, problem)
    return card_set


def _problems(card_set: CardSet) -> Iterator[Problem]:
    """Yield everything that does not fit, in the order of the document."""
    if not card_set.cards:
        yield "cards", message("a set has one card at least.")
    yield from _named_twice("cards", (*card_set.cards, *card_set.put_away))
    yield from _named_twice("steps", card_set.steps.values())
    for card in card_set.cards:
        yield from _named_twice(card.code, card.options)
        yield from _of_card(card)
        yield from _of_menu(card, card_set)
    for step in card_set.steps.values():
        yield from _of_step(step, card_set)


def _named_twice(where: str, parts: Iterable[Card | Step | Option]) -> Iterator[Problem]:
    """Yield the codes, of now or of earlier, that two parts lay claim to."""
    taken: set[str] = set()
    for part in parts:
        for code in (part.code, *part.was):
            if code in taken:
                yield f"{where} › {code}", message("another one has this code already.")
            taken.add(code)


def _of_card(card: Card) -> Iterator[Problem]:
    """Yield what does not fit in a card alone."""
    if card.kind is Kind.WORDS and card.options:
        yield card.code, message("a card that is answered in words has no answers to choose.")
    if card.kind is not Kind.WORDS and len(card.options) < 2:
        yield card.code, message("give two answers at least.")
    if any(len(text.split()) > SHORT for text in card.short.values()):
        yield f"{card.code} › short", message("use eight words at most.")
    if card.code in ALWAYS_USED and (card.situations or not card.is_core):
        yield card.code, message("this card is for everybody, whatever else they choose.")
    if card.code == NOW and (card.kind is not Kind.ONE or not {one.code for one in card.options} <= set(Situation)):
        yield card.code, message("this card decides which plan is shown; keep its answers as they are.")
    if card.is_strength and {one.code for one in card.options} & set(card.steps):
        yield (
            f"{card.code} › steps",
            message("a step and an answer of this card cannot share a code; both become lines."),
        )


def _of_menu(card: Card, card_set: CardSet) -> Iterator[Problem]:
    """Yield steps that are not there, and menus that leave too little to choose from."""
    unknown = [code for code in card.steps if code not in card_set.steps]
    for code in unknown:
        yield f"{card.code} › steps", message("there is no step “%(code)s”.", code=code)
    for layout in sorted(shown_on(card)) if not unknown else ():
        if len(card_set.menu(card, layout)) < FEWEST_STEPS:
            yield f"{card.code} › steps › {layout}", message("give three steps at least, so that there is a choice.")


def shown_on(card: Card) -> frozenset[Layout]:
    """Return the layouts of the plan on which a card may come up."""
    return frozenset(layout_of(situation) for situation in card.situations or Situation)


def _of_step(step: Step, card_set: CardSet) -> Iterator[Problem]:
    """Yield what does not fit in a step."""
    if (Offer.REFERRAL in step.offers) != (step.need is not None) or (step.need and step.need not in set(Need)):
        yield f"{step.code} › need", message("a referral needs to know what for, and nothing else does.")
    if step.what_if and not step.what_if.factors:
        yield f"{step.code} › what_if", message("name what this is known from.")
    for code in step.what_if.factors if step.what_if else ():
        if code not in card_set.factors:
            yield f"{step.code} › what_if", message("there is no fact “%(code)s”.", code=code)
