"""The cards of the conversation, the steps they lead to and what is known of each: one versioned set of data.

A set stands in one JSON document. Whatever is changed makes another set; a conversation that was kept points to the
one it was held with, so that it says for ever what it said then.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Words = Mapping[str, str]  # one text in each language: {"en": …, "es": …}


class Domain(StrEnum):
    """A part of the plan, in the order in which it is printed."""

    PRACTICES = "practices"
    SETTINGS = "settings"
    SUPPLY = "supply"
    TRANSITIONS = "transitions"
    CARE = "care"
    PEOPLE = "people"
    GO_OVER = "go_over"


class Situation(StrEnum):
    """How things are now, as the participant says; it decides which cards and which layout of the plan are shown."""

    USING = "using"
    ON_A_BREAK = "on_a_break"
    STOPPED = "stopped"
    VARIES = "varies"


class Layout(StrEnum):
    """One of the two layouts of a plan: while using, and for a break or after stopping, when tolerance is lost."""

    USING = "using"
    BREAK = "break"


class Kind(StrEnum):
    """How a card is answered beside own words: by one option, by any number of them, or by words alone."""

    ONE = "one"
    MANY = "many"
    WORDS = "words"


class Offer(StrEnum):
    """What the house can do about a step in the same sitting."""

    NALOXONE = "naloxone"
    TEACH_BACK = "teach_back"
    STRIPS = "strips"
    SUPPLIES = "supplies"
    REFERRAL = "referral"
    FOLLOW_UP = "follow_up"
    SAME_DAY = "same_day"


@dataclass(frozen=True, kw_only=True)
class Option:
    """One coded answer. is_concern: the menu of the card's steps is offered for it; it is never a score.

    was: codes that it had in earlier sets, so that an earlier answer is found again; so too of cards and steps.
    """

    code: str
    text: Words
    is_concern: bool = False
    was: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Card:
    """One topic of the conversation, on a screen of its own.

    short: the same question in at most eight words, for one short question at a time. notice: said before a hard card.
    told_first: what happens after which answer, told before it is asked (mood). situations: where it fits; empty means
    everywhere. steps: codes of the menu, at least three. is_strength: an answer becomes a plan line by itself.
    """

    code: str
    topic: Words
    ask: Words
    short: Words
    why: Words
    picture: str
    kind: Kind
    options: tuple[Option, ...] = ()
    steps: tuple[str, ...] = ()
    situations: frozenset[Situation] = frozenset()
    notice: Words | None = None
    told_first: Words | None = None
    is_strength: bool = False
    is_core: bool = False  # one of the few that are shown where fewer cards are wanted
    was: tuple[str, ...] = ()

    def option(self, code: str) -> Option | None:
        """Return one of its options, or None for a code that it does not have."""
        return next((option for option in self.options if option.code == code), None)

    def is_hard(self) -> bool:
        """Say whether it is announced before it is shown."""
        return self.notice is not None


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What taking a step would change, said in words, and what it would not change; never a number of anybody's own.

    factors: codes of what is known, each with its source.
    """

    then: Words
    but: Words
    factors: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that a participant may choose to do, in the first person, as it is printed on the plan.

    more: one line of how. layouts: the plans on which it stands. offers: what can be done about it in the same
    sitting; need: the need of a referral (`referrals.rules.kinds.Need`), where it offers one.
    """

    code: str
    domain: Domain
    text: Words
    more: Words | None = None
    layouts: frozenset[Layout] = frozenset(Layout)
    what_if: WhatIf | None = None
    offers: tuple[Offer, ...] = ()
    need: str | None = None
    was: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Factor:
    """What research found, in plain words, with where it stands and what it does not say.

    is_read: the source was read for this set; otherwise it is from memory and marked "to verify". verified_on:
    the day (ISO) on which a programme checked it, or None.
    """

    code: str
    finding: Words
    caveat: Words
    source: str
    is_read: bool
    verified_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class CardSet:
    """Everything that the conversation is made of. edition: counts the sets of a release, or of a programme.

    wallet: the lines of the wallet card, in order. put_away: cards that the programme does not use now.
    """

    edition: int
    cards: tuple[Card, ...]
    steps: Mapping[str, Step]
    factors: Mapping[str, Factor]
    wallet: tuple[Words, ...]
    put_away: tuple[Card, ...] = ()

    def card(self, code: str) -> Card | None:
        """Return a card, or None for a code that this set does not have."""
        return next((card for card in self.cards if card.code == code), None)

    def menu(self, card: Card, layout: Layout) -> tuple[Step, ...]:
        """Return the steps that a card offers on a layout of the plan."""
        return tuple(step for code in card.steps if layout in (step := self.steps[code]).layouts)


def layout_of(situation: Situation | None) -> Layout:
    """Return the layout of the plan; where nothing was said it is the one of somebody who uses."""
    return Layout.BREAK if situation in (Situation.ON_A_BREAK, Situation.STOPPED) else Layout.USING


def sentences(text: str) -> list[str]:
    """Return a text sentence by sentence, so that each can stand on a line of its own."""
    return re.split(r"(?<=[.!?])\s+", text.strip())


def in_words(words: Words, language: str) -> str:
    """Return a text in a language, else in English."""
    return words.get(language) or words["en"]
