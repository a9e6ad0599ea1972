"""What the page of the plan offers: a menu for each concern, the whole menu by domain, and the lines so far."""

from dataclasses import dataclass

from harmreduction.assessments.rules.cards import Card, Domain, Step
from harmreduction.assessments.rules.talks import Answer, Draft, concerns


@dataclass(frozen=True, kw_only=True)
class Menu:
    """What may be chosen for one concern, with what was said to its card; in_plan: codes that stand in the plan."""

    card: Card
    answer: Answer
    steps: tuple[Step, ...]
    in_plan: frozenset[str]


def menus(draft: Draft) -> tuple[Menu, ...]:
    """Return a menu for each concern, in the order in which they were talked about."""
    chosen = in_plan(draft)
    return tuple(
        Menu(card=card, answer=draft.answers[card.code], steps=steps, in_plan=chosen & {step.code for step in steps})
        for card in concerns(draft)
        if (steps := draft.cards.menu(card, draft.layout))
    )


def whole_menu(draft: Draft) -> dict[Domain, tuple[Step, ...]]:
    """Return everything that the set offers on this layout, by domain."""
    fitting = [step for step in draft.cards.steps.values() if draft.layout in step.layouts]
    found = {domain: tuple(step for step in fitting if step.domain is domain) for domain in Domain}
    return {domain: steps for domain, steps in found.items() if steps}


def in_plan(draft: Draft) -> frozenset[str]:
    """Return the codes of what stands in the plan already."""
    return frozenset(step.option for step in draft.steps if step.option is not None)
