"""What follows for the plan from an answer: strengths become lines by themselves, what matters most leads as the goal.

Whatever the participant wrote over it, or took off, stays as they left it.
"""

from uuid import NAMESPACE_OID, uuid5

from harmreduction.assessments.rules.cards import Card, Domain
from harmreduction.assessments.rules.plans import LINE_LENGTH, MOST_STEPS, PlanStep

GOAL_CARD = "mine"

Said = tuple[tuple[str, ...], str]  # the options that were chosen, and own words
Key = tuple[str | None, str]  # what a line says: an option, or own words


def with_strengths(
    steps: tuple[PlanStep, ...], card: Card, *, before: Said, now: Said, draft_id: str
) -> tuple[PlanStep, ...]:
    """Return the plan after the card of strengths was answered: what is new is added, what is not said any more goes.

    A line that was taken off the plan comes back only when it is said anew.
    """
    if not card.is_strength:
        return steps
    were, are = _keys(before), _keys(now)
    steps = tuple(step for step in steps if step.card != card.code or _key(step) not in were or _key(step) in are)
    lines = [step for step in steps if step.card == card.code]
    there = {_key(step) for step in lines} | {(step.option, "") for step in lines}  # reworded, it is there too
    new = (_line(card, key, draft_id) for key in are if key not in were and key not in there)
    return (*steps, *new)[: max(MOST_STEPS, len(steps))]


def said_both_times(today: Said, last_time: Said) -> Said:
    """Return what was said last time and today, too: a card that is skipped after all brings nothing back."""
    (chosen, words), (chosen_then, words_then) = today, last_time
    return tuple(option for option in chosen_then if option in chosen), words_then if words_then == words else ""


def goal_after(goal: str, card: Card, *, before: str, now: str, last_time: str = "") -> str:
    """Return the goal after a card was answered: what matters most, in own words, until the goal is worded anew.

    last_time: the goal with which a conversation goes on; it gives way too, as nobody worded it in this sitting.
    """
    if card.code != GOAL_CARD or now == before:
        return goal
    return now if goal in ("", before, last_time) else goal


def line_id(draft_id: str, source: str) -> str:
    """Return the id of a line that comes from one place: the same however often it is made in one conversation."""
    return str(uuid5(uuid5(NAMESPACE_OID, draft_id), source))


def _keys(said: Said) -> list[Key]:
    """Return what the lines of an answer say."""
    chosen, words = said
    keys: list[Key] = [(option, "") for option in chosen]
    short = " ".join(words.split())[:LINE_LENGTH]
    return [*keys, (None, short)] if short else keys


def _key(step: PlanStep) -> Key:
    """Return what a line says; one of a strength that was reworded says something else."""
    return step.option, step.words


def _line(card: Card, key: Key, draft_id: str) -> PlanStep:
    """Return one line."""
    option, words = key
    step_id = line_id(draft_id, f"{card.code}|{option}|{words}")
    return PlanStep(step_id=step_id, domain=Domain.PRACTICES, card=card.code, option=option, words=words)
