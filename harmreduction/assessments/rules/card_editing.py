"""How a programme changes its cards: another set comes out, and the one of before stays as it was."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType

from harmreduction.assessments.rules.card_reading import as_part
from harmreduction.assessments.rules.cards import Card, CardSet, Step, Words
from harmreduction.core.errors import DomainError, NotFound, OutOfDate
from harmreduction.core.messages import message

ALWAYS_USED = frozenset({"now", "mood"})  # what the plan looks like depends on one; everybody is asked the other
OWN = "own_"  # how codes of a programme's own cards, answers and steps begin; no release has such a code


class StaysInUse(DomainError):
    """A card that a conversation cannot do without."""


def revision_of(part: Card | Step) -> str:
    """Return a digest of everything that a card or step says, by which a page knows what it was made from."""
    return sha256(json.dumps(as_part(part), sort_keys=True).encode()).hexdigest()


def is_own(part: Card | Step) -> bool:
    """Say whether a card or step is of the programme's own making."""
    return part.code.startswith(OWN)


def pictures(card_set: CardSet) -> Mapping[str, Words]:
    """Return the pictures that a card may have, each with the topic of the card of the release that has it."""
    return {card.picture: card.topic for card in (*card_set.cards, *card_set.put_away) if not is_own(card)}


def find_card(card_set: CardSet, code: str) -> Card:
    """Return a card, used or put away; raises NotFound."""
    for card in (*card_set.cards, *card_set.put_away):
        if card.code == code:
            return card
    raise NotFound(message("There is no such card."))


def find_step(card_set: CardSet, code: str) -> Step:
    """Return a step; raises NotFound."""
    if code not in card_set.steps:
        raise NotFound(message("There is no such step."))
    return card_set.steps[code]


def move_card(card_set: CardSet, code: str, places: int) -> CardSet:
    """Return the set with a card so many places later; at either end it stays there."""
    cards = list(card_set.cards)
    card = next((each for each in cards if each.code == code), None)
    if card is None:
        return card_set
    place = max(0, cards.index(card) + places)
    cards.remove(card)
    cards.insert(place, card)
    return replace(card_set, cards=tuple(cards))


def put_away(card_set: CardSet, code: str) -> CardSet:
    """Return the set with a card put away; raises StaysInUse for one that is always used."""
    if code in ALWAYS_USED:
        raise StaysInUse(message("This card stays in use: the conversation cannot do without it. Change its words."))
    card = card_set.card(code)
    if card is None:
        return card_set
    return replace(card_set, cards=_without(card_set.cards, code), put_away=(*card_set.put_away, card))


def take_back(card_set: CardSet, code: str) -> CardSet:
    """Return the set with a card that was put away in use again, as the last one."""
    cards = tuple(card for card in card_set.put_away if card.code == code)
    return replace(card_set, cards=(*card_set.cards, *cards), put_away=_without(card_set.put_away, code))


def with_card(card_set: CardSet, card: Card, *, seen: str | None) -> CardSet:
    """Return the set with a card as it reads now; seen: revision_of() what it was changed from, None for a new one.

    Raises OutOfDate where somebody changed this card meanwhile; changes of other cards are kept.
    """
    if seen is None:
        return replace(card_set, cards=(*card_set.cards, card))
    _check_unchanged(find_card(card_set, card.code), seen)
    return replace(card_set, cards=_with(card_set.cards, card), put_away=_with(card_set.put_away, card))


def with_step(card_set: CardSet, step: Step, *, seen: str | None) -> CardSet:
    """Return the set with a step as it reads now; the same as with_card."""
    if seen is not None:
        _check_unchanged(find_step(card_set, step.code), seen)
    return replace(card_set, steps=MappingProxyType({**card_set.steps, step.code: step}))


def _check_unchanged(part: Card | Step, seen: str) -> None:
    """Raise OutOfDate unless a part is still what somebody saw."""
    if revision_of(part) != seen:
        raise OutOfDate(
            message("Somebody changed this meanwhile. What you wrote is here still. Save again, and yours is used.")
        )


def _with(cards: Iterable[Card], card: Card) -> tuple[Card, ...]:
    """Return cards with one in the place of its earlier self."""
    return tuple(card if each.code == card.code else each for each in cards)


def _without(cards: Iterable[Card], code: str) -> tuple[Card, ...]:
    """Return cards without one."""
    return tuple(card for card in cards if card.code != code)
