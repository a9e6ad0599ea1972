"""What would change if: what a protective step changes, what stays as it is, and where that is known from. Words only.

There is no number of anybody's own here, and nothing is added up: statements stand beside each other. One more step
never takes a statement away.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from harmreduction.assessments.rules.cards import Card, CardSet, Factor, Step, Words
from harmreduction.assessments.rules.following import line_id
from harmreduction.assessments.rules.plans import MOST_STEPS, PlanStep, added
from harmreduction.assessments.rules.talks import Draft


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What one step would change, and what it would not; factors: what is known about it, each with its source."""

    step: Step
    then: Words
    but: Words
    factors: tuple[Factor, ...]


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """The part of a card that says what would change: each step with a statement, ticked where it is being tried.

    in_plan: codes that stand in the plan already.
    """

    statements: tuple[Statement, ...]
    tried: frozenset[str]
    in_plan: frozenset[str]

    @property
    def shown(self) -> tuple[Statement, ...]:
        """Return the statements of what is ticked."""
        return tuple(each for each in self.statements if each.step.code in self.tried | self.in_plan)

    @property
    def remaining(self) -> tuple[Words, ...]:
        """Return what stays as it is with all that is ticked."""
        return remaining(self.shown)

    @property
    def buts(self) -> tuple[tuple[Words, tuple[str, ...]], ...]:
        """Return each thing that stays as it is, with the codes of the steps that leave it so."""
        return tuple(
            (but, tuple(each.step.code for each in self.statements if each.but == but))
            for but in remaining(self.statements)
        )

    @property
    def factors(self) -> tuple[Factor, ...]:
        """Return where all of it is known from, each once."""
        return tuple({factor.code: factor for each in self.statements for factor in each.factors}.values())


def changes(cards: CardSet, chosen: Collection[str], tried: Collection[str] = ()) -> tuple[Statement, ...]:
    """Return what changes with the steps that were chosen and those that are tried, in the order of the set.

    A code that the set does not have, or a step of which nothing is known, says nothing.
    """
    wanted = {*chosen, *tried}
    return tuple(stated for code, step in cards.steps.items() if code in wanted and (stated := _stated(cards, step)))


def remaining(statements: Iterable[Statement]) -> tuple[Words, ...]:
    """Return what stays as it is whatever was chosen: each sentence once, in the order of the statements."""
    return tuple({each.but["en"]: each.but for each in statements}.values())


def for_card(draft: Draft, card: Card) -> WhatIf:
    """Return what would change with the steps of a card's menu."""
    codes = list(_menu(draft, card))
    return WhatIf(
        statements=changes(draft.cards, codes),
        tried=draft.tried & frozenset(codes),
        in_plan=frozenset(step.option for step in draft.steps if step.option in codes),
    )


def tried_only(draft: Draft) -> tuple[Step, ...]:
    """Return the steps that were ticked to see what would change, and that are not in the plan."""
    in_plan = {line.option for line in draft.steps}
    return tuple(step for code, step in draft.cards.steps.items() if code in draft.tried - in_plan)


def with_tried(draft: Draft, card: Card, codes: Collection[str], *, into_plan: bool = False) -> Draft:
    """Return the draft with what is ticked on a card; into_plan: these steps come into the plan.

    What is ticked on other cards stays. A code that is not on the card's menu is left aside.
    """
    menu = _menu(draft, card)
    ticked = frozenset(code for code in codes if code in menu)
    lines = [
        PlanStep(step_id=line_id(draft.draft_id, code), domain=step.domain, card=card.code, option=code)
        for code, step in menu.items()
        if into_plan and code in ticked
    ]
    steps = added(draft.steps, *lines[: max(MOST_STEPS - len(draft.steps), 0)])
    sign_off = draft.sign_off if steps == draft.steps else None
    return replace(draft, tried=(draft.tried - frozenset(menu)) | ticked, steps=steps, sign_off=sign_off)


def _menu(draft: Draft, card: Card) -> dict[str, Step]:
    """Return the steps to weigh up on a card; on one that tells first what happens nobody weighs up anything."""
    return {} if card.told_first else {step.code: step for step in draft.cards.menu(card, draft.layout)}


def _stated(cards: CardSet, step: Step) -> Statement | None:
    """Return what a step changes, where something is known of it."""
    if step.what_if is None:
        return None
    factors = tuple(cards.factors[code] for code in step.what_if.factors if code in cards.factors)
    return Statement(step=step, then=step.what_if.then, but=step.what_if.but, factors=factors)
