"""What was said with an earlier set of cards, as a newer set shows it, so that nothing has to be told again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from harmreduction.assessments.rules.cards import Card, CardSet, Option, Step, Words
from harmreduction.assessments.rules.talks import Answer

Coded = TypeVar("Coded", Card, Option, Step)


@dataclass(frozen=True, kw_only=True)
class Recalled:
    """An earlier answer on a card of the newer set. answer: in the codes of the newer set.

    gone: what was chosen and can be chosen no more, in the words of then.
    """

    answer: Answer
    gone: tuple[Words, ...] = ()


def answers_for(card_set: CardSet, said: Mapping[str, Answer], held_with: CardSet) -> dict[str, Recalled]:
    """Return earlier answers by the card that asks for the same now; a card that is asked no more has none here."""
    found: dict[str, Recalled] = {}
    for code, answer in said.items():
        if card := current(card_set.cards, code):
            found[card.code] = _recalled(card, answer, held_with.card(code))
    return found


def step_now(card_set: CardSet, code: str) -> Step | None:
    """Return the step that a code of an earlier set means today, or None where the menu has it no more."""
    return current(card_set.steps.values(), code)


def current(parts: Iterable[Coded], code: str) -> Coded | None:
    """Return the part that has a code, or that had it in an earlier set."""
    for part in parts:
        if code == part.code or code in part.was:
            return part
    return None


def _recalled(card: Card, answer: Answer, then: Card | None) -> Recalled:
    """Return an answer with each choice in today's code, or else in the words of then."""
    options = {code: current(card.options, code) for code in answer.chosen}
    chosen = dict.fromkeys(option.code for option in options.values() if option)
    lost = [then.option(code) for code, option in options.items() if option is None and then]
    return Recalled(
        answer=replace(answer, card=card.code, chosen=tuple(chosen)),
        gone=tuple(option.text for option in lost if option),
    )
