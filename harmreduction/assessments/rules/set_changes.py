"""What two sets of cards say differently, place by place, so that people can compare them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harmreduction.assessments.rules.cards import Card, CardSet, Step, Words
from harmreduction.core.messages import Message, message

Place = tuple[str, Message, str]  # the code of a card or step, which part of it, the language ("" for all)

TOPIC, ASK, SHORT, WHY = message("Topic"), message("Question"), message("Short question"), message("Why we ask")
NOTICE, TOLD_FIRST = message("Said before the card"), message("Told before it is asked")
ANSWERS, CONCERNS, STEPS = message("Answers"), message("Answers that open the menu"), message("Steps in the menu")
TEXT, MORE = message("Step"), message("How, in one line")
ORDER = message("Cards in use, in their order")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One place that reads differently. name: of the card or step; None: of the whole set. Empty: not there."""

    name: Words | None
    part: Message
    language: str
    before: str
    after: str


def differences(before: CardSet, after: CardSet) -> list[Difference]:
    """Return everything that a reader of the second set finds different from the first, in the order of the second."""
    old, new = _said(before), _said(after)
    names = {**_names(before), **_names(after)}
    places = [*new, *(place for place in old if place not in new)]
    return [
        Difference(
            name=names.get(code),
            part=part,
            language=language,
            before=old.get((code, part, language), ""),
            after=new.get((code, part, language), ""),
        )
        for code, part, language in places
        if old.get((code, part, language), "") != new.get((code, part, language), "")
    ]


def _said(card_set: CardSet) -> dict[Place, str]:
    """Return every text of a set by its place."""
    said: dict[Place, str] = {("", ORDER, ""): _list(card.topic["en"] for card in card_set.cards)}
    for card in (*card_set.cards, *card_set.put_away):
        said |= _of_card(card, card_set.steps)
    for step in card_set.steps.values():
        said |= _of_step(step)
    return said


def _of_card(card: Card, steps: Mapping[str, Step]) -> dict[Place, str]:
    """Return the texts of a card, its answers, and its menu."""
    parts = ((TOPIC, card.topic), (ASK, card.ask), (SHORT, card.short), (WHY, card.why))
    said = _in_each(card.code, parts) | _in_each(card.code, ((NOTICE, card.notice), (TOLD_FIRST, card.told_first)))
    for language in {language: None for option in card.options for language in option.text}:
        said[card.code, ANSWERS, language] = _list(option.text.get(language, "–") for option in card.options)
    said[card.code, CONCERNS, ""] = _list(option.text["en"] for option in card.options if option.is_concern)
    said[card.code, STEPS, ""] = _list(steps[code].text["en"] for code in card.steps)
    return {place: text for place, text in said.items() if text}


def _of_step(step: Step) -> dict[Place, str]:
    """Return the texts of a step."""
    return _in_each(step.code, ((TEXT, step.text), (MORE, step.more)))


def _in_each(code: str, parts: Iterable[tuple[Message, Words | None]]) -> dict[Place, str]:
    """Return texts in each of their languages."""
    return {(code, part, language): text for part, words in parts for language, text in (words or {}).items()}


def _names(card_set: CardSet) -> dict[str, Words]:
    """Return what cards and steps are called."""
    cards = {card.code: card.topic for card in (*card_set.cards, *card_set.put_away)}
    return {**{code: step.text for code, step in card_set.steps.items()}, **cards}


def _list(texts: Iterable[str]) -> str:
    """Return several texts as one, each in its place."""
    return " · ".join(texts)
