"""The safer practices plan: steps that a participant chose, in their own words or from the menu. Immutable values."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from harmreduction.assessments.rules.cards import Domain
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message

MOST_ON_A_SCALE = 10
LINE_LENGTH = 300  # characters in one line of a plan
MOST_STEPS = 60  # in one plan; more fit on no paper


class UnusablePlanStep(DomainError):
    """A step of a plan that says nothing, or a number that is not on the scale."""


@dataclass(frozen=True, kw_only=True)
class PlanStep:
    """One line of the plan; step_id is a UUID.

    card: the card that it came from, option: the code of the menu's step, or of the strength that is kept up; both
    None for an idea of the participant's own. words: how the participant wants it to read (empty: as the menu says
    it). importance and confidence: 0 to 10 as they rate it, None where it was not asked; never added up. revision:
    counts the changes in a draft, so that an old page does not overwrite a newer one; it is not kept.
    """

    step_id: str
    domain: Domain
    card: str | None = None
    option: str | None = None
    words: str = ""
    when: str = ""
    place: str = ""
    helper: str = ""
    importance: int | None = None
    confidence: int | None = None
    is_on_paper: bool = True
    revision: int = 0


@dataclass(frozen=True, kw_only=True)
class Removed:
    """A step that was just taken off the plan, and its place there, so that it can be put back."""

    step: PlanStep
    place: int


class StepChangedElsewhere(DomainError):
    """A step was changed on another screen meanwhile: it stays, and what was sent now is shown beside it."""

    def __init__(self, kept: PlanStep, sent: PlanStep) -> None:
        """Carry both, so that the two people choose."""
        super().__init__(message("This line was changed on another screen. Both versions are here: choose what stays."))
        self.kept = kept
        self.sent = sent


def in_domains(steps: Iterable[PlanStep]) -> dict[Domain, tuple[PlanStep, ...]]:
    """Return the lines of a plan by domain, in the order of printing; a domain without a line is left out."""
    listed = tuple(steps)
    found = {domain: tuple(step for step in listed if step.domain is domain) for domain in Domain}
    return {domain: lines for domain, lines in found.items() if lines}


def find_step(steps: Iterable[PlanStep], step_id: str) -> PlanStep | None:
    """Return a line of a plan, or None where it is not there any more."""
    return next((step for step in steps if step.step_id == step_id), None)


def added(steps: tuple[PlanStep, ...], *more: PlanStep) -> tuple[PlanStep, ...]:
    """Return the plan with more lines at its end; one that is there already, by id or by option, stays as it is.

    Raises UnusablePlanStep for a line that says nothing, or beyond what fits in one plan.
    """
    for step in more:
        check_step(step)
        is_there = any(each.step_id == step.step_id or _is_same_choice(each, step) for each in steps)
        steps = steps if is_there else (*steps, step)
    if len(steps) > MOST_STEPS:
        raise UnusablePlanStep(message("This plan is full. Take a line off it first."))
    return steps


def changed(steps: tuple[PlanStep, ...], step: PlanStep) -> tuple[PlanStep, ...]:
    """Return the plan with a line changed, in its place; one that is not there any more is added again.

    One that reads so already, from a page that was sent twice, stays as it is.
    Raises StepChangedElsewhere when it was changed since the page was made, UnusablePlanStep when it says nothing.
    """
    before = find_step(steps, step.step_id)
    if before is None:
        return added(steps, replace(step, revision=0))
    check_step(step)
    if replace(step, revision=before.revision) == before:
        return steps
    if step.revision != before.revision:
        raise StepChangedElsewhere(kept=before, sent=replace(step, revision=before.revision))
    newer = replace(step, revision=before.revision + 1)
    return tuple(newer if each.step_id == step.step_id else each for each in steps)


def removed(steps: tuple[PlanStep, ...], step_id: str) -> tuple[tuple[PlanStep, ...], Removed | None]:
    """Return the plan without a line, and the line with its place, or None where it was gone already."""
    step = find_step(steps, step_id)
    if step is None:
        return steps, None
    return tuple(each for each in steps if each is not step), Removed(step=step, place=steps.index(step))


def put_back(steps: tuple[PlanStep, ...], gone: Removed | None) -> tuple[PlanStep, ...]:
    """Return the plan with a line where it stood before it was taken off; None puts nothing back."""
    if gone is None or find_step(steps, gone.step.step_id) is not None:
        return steps
    return (*steps[: gone.place], gone.step, *steps[gone.place :])


def moved(steps: tuple[PlanStep, ...], step_id: str, places: int) -> tuple[PlanStep, ...]:
    """Return the plan with a line so many places later among those of its domain, or earlier for a negative number."""
    step = find_step(steps, step_id)
    if step is None:
        return steps
    beside = [each for each in steps if each.domain is step.domain]
    others = [each for each in beside if each is not step]
    place = min(max(beside.index(step) + places, 0), len(others))
    in_order = iter([*others[:place], step, *others[place:]])
    return tuple(next(in_order) if each.domain is step.domain else each for each in steps)


def check_step(step: PlanStep) -> None:
    """Refuse a line that says nothing, is too long, or has a number that is not on the scale."""
    if not step.words and step.option is None:
        raise UnusablePlanStep(message("Write what the line says, or go back to leave it out."))
    if any(len(text) > LINE_LENGTH for text in (step.words, step.when, step.place, step.helper)):
        raise UnusablePlanStep(message("Keep each line under %(most)s characters.", most=LINE_LENGTH))
    if any(rated is not None and not 0 <= rated <= MOST_ON_A_SCALE for rated in (step.importance, step.confidence)):
        raise UnusablePlanStep(message("Choose a number from 0 to 10, or leave it out."))


def _is_same_choice(one: PlanStep, other: PlanStep) -> bool:
    """Say whether two lines are the same step of the menu, whichever cards offered it."""
    return one.option is not None and one.option == other.option
