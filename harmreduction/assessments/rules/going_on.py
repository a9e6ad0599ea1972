"""A plan that was kept, as a conversation goes on with it today: each line in today's codes, none lost."""

from collections.abc import Iterable
from dataclasses import replace

from harmreduction.assessments.rules.cards import CardSet, Option, Step
from harmreduction.assessments.rules.editions import current, step_now
from harmreduction.assessments.rules.plan_words import is_kept_up, step_words
from harmreduction.assessments.rules.plans import PlanStep
from harmreduction.assessments.rules.talks import Draft


def line_today(step: PlanStep, then: CardSet, cards: CardSet, language: str) -> PlanStep:
    """Return a line of an earlier plan in today's codes; what today's cards do not have stays in the words of then."""
    if step.option is None:
        return step
    found: Option | Step | None
    found = _strength_today(step, cards) if is_kept_up(step, then) else step_now(cards, step.option)
    if found is not None:
        return replace(step, option=found.code, revision=0)
    return replace(step, option=None, card=None, words=step_words(step, then, language), revision=0)


def not_rated(steps: Iterable[PlanStep]) -> tuple[PlanStep, ...]:
    """Return the lines without their numbers: one that is not asked for again is not given again."""
    return tuple(replace(step, importance=None, confidence=None) for step in steps)


def plan_today(last_time: tuple[PlanStep, ...], steps: tuple[PlanStep, ...]) -> tuple[PlanStep, ...]:
    """Return the plan to go on with: that of the last time, then today's; what was chosen both times reads as today."""
    today = {step.option for step in steps if step.option is not None}
    return (*not_rated(step for step in last_time if step.option not in today), *steps)


def begun_again(running: Draft, anew: Draft) -> Draft:
    """Return a conversation whose invitation is answered once more, with Back: the last answer counts.

    Sent twice, the page changes nothing. Once something was said, that stays, and what becomes of it is decided anew.
    """
    if running.revision == 0:
        return replace(anew, version_id=running.version_id, visit_id=running.visit_id, began_at=running.began_at)
    return replace(running, keeping=anew.keeping, participant_id=running.participant_id or anew.participant_id)


def _strength_today(step: PlanStep, cards: CardSet) -> Option | None:
    """Return the option of the card of strengths that means the same today."""
    card = current(cards.cards, step.card or "")
    return current(card.options, step.option or "") if card is not None else None
