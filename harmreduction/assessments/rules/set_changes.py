"""What two sets of cards say differently, place by place, so that people can compare them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harmreduction.assessments.rules.card_editing import is_own, pictures
from harmreduction.assessments.rules.cards import Card, CardSet, Factor, Situation, Step, Words
from harmreduction.core.messages import Message, message

Place = tuple[str, Message, str]  # the code of a card or step, which part of it, the language ("" for all)

TOPIC, ASK, SHORT, WHY = message("Topic"), message("Question"), message("Short question"), message("Why we ask")
NOTICE, TOLD_FIRST = message("Said before the card"), message("Told before it is asked")
ANSWERS, CONCERNS, STEPS = message("Answers"), message("Answers that open the menu"), message("Steps in the menu")
SHOWN_TO, IS_CORE = message("Show it only to people who say"), message("Show it where fewer cards are wanted, too")
PICTURE = message("Picture")
TEXT, MORE = message("Step"), message("How, in one line")
THEN, BUT = message("What it would change"), message("What it would not change")
KNOWN = message("Where this comes from")
WALLET = message("Wallet card")
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
        said |= _of_card(card, card_set)
    for step in card_set.steps.values():
        said |= _of_step(step, card_set.factors)
    for factor in card_set.factors.values():
        said |= _in_each(_fact(factor), ((KNOWN, _finding(factor)),))
    for language in {language: None for line in card_set.wallet for language in line}:
        said["", WALLET, language] = _list(line.get(language, "–") for line in card_set.wallet)
    return {place: text for place, text in said.items() if text}


def _of_card(card: Card, card_set: CardSet) -> dict[Place, str]:
    """Return the texts of a card, its answers, its menu, and whom it is shown to."""
    parts = ((TOPIC, card.topic), (ASK, card.ask), (SHORT, card.short), (WHY, card.why))
    said = _in_each(card.code, parts) | _in_each(card.code, ((NOTICE, card.notice), (TOLD_FIRST, card.told_first)))
    for language in {language: None for option in card.options for language in option.text}:
        said[card.code, ANSWERS, language] = _list(option.text.get(language, "–") for option in card.options)
    said[card.code, CONCERNS, ""] = _list(option.text["en"] for option in card.options if option.is_concern)
    said[card.code, STEPS, ""] = _list(card_set.steps[code].text["en"] for code in card.steps)
    said[card.code, SHOWN_TO, ""] = _list(
        _in_situation(each, card_set) for each in Situation if each in card.situations
    )
    said[card.code, IS_CORE, ""] = "✓" if card.is_core else ""
    if is_own(card) and card.picture in (called := pictures(card_set)):
        said[card.code, PICTURE, ""] = called[card.picture]["en"]
    return said


def _in_situation(situation: Situation, card_set: CardSet) -> str:
    """Return how a set calls a situation, which is an answer of the card that asks for it."""
    options = {option.code: option.text["en"] for card in card_set.cards for option in card.options}
    return options.get(situation, situation)


def _of_step(step: Step, factors: Mapping[str, Factor]) -> dict[Place, str]:
    """Return the texts of a step, and what would change with it."""
    said = _in_each(step.code, ((TEXT, step.text), (MORE, step.more)))
    if step.what_if:
        said |= _in_each(step.code, ((THEN, step.what_if.then), (BUT, step.what_if.but)))
        said[step.code, KNOWN, ""] = _list(factors[code].source for code in step.what_if.factors)
    return said


def _fact(factor: Factor) -> str:
    """Return a code by which a fact is not taken for a card or step."""
    return f"fact {factor.code}"


def _finding(factor: Factor) -> Words:
    """Return what was found, with what it does not say, in each language."""
    return {language: f"{text} {factor.caveat.get(language, '')}" for language, text in factor.finding.items()}


def _in_each(code: str, parts: Iterable[tuple[Message, Words | None]]) -> dict[Place, str]:
    """Return texts in each of their languages."""
    return {(code, part, language): text for part, words in parts for language, text in (words or {}).items()}


def _names(card_set: CardSet) -> dict[str, Words]:
    """Return what cards and steps are called."""
    cards = {card.code: card.topic for card in (*card_set.cards, *card_set.put_away)}
    facts: dict[str, Words] = {_fact(factor): {"en": factor.source} for factor in card_set.factors.values()}
    return {**{code: step.text for code, step in card_set.steps.items()}, **cards, **facts}


def _list(texts: Iterable[str]) -> str:
    """Return several texts as one, each in its place."""
    return " · ".join(texts)
