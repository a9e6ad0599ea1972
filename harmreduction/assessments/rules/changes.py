"""What changed from one version of a conversation to the next, so that it can be said in words. Nobody failed at it.

Every line of both plans stands in exactly one place: new, still there, or not in the plan any more. Told the other
way round, new and gone change places.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from harmreduction.assessments.rules.cards import CardSet, Situation
from harmreduction.assessments.rules.editions import answers_for
from harmreduction.assessments.rules.plans import PlanStep
from harmreduction.assessments.rules.talks import Answer

FEWEST_RATINGS = 2  # one alone shows no change
Told = TypeVar("Told", Situation, str)
SCALES = ("importance", "confidence")


@dataclass(frozen=True, kw_only=True)
class Held:
    """What one version says: when it was held, with which cards, and what was said and planned."""

    held_on: date
    cards: CardSet
    situation: Situation | None
    answers: Mapping[str, Answer]
    steps: tuple[PlanStep, ...]
    goal: str


@dataclass(frozen=True, kw_only=True)
class Still:
    """A line that stands in both plans, as it read before and as it reads now."""

    before: PlanStep
    now: PlanStep

    @property
    def was_reworded(self) -> bool:
        """Say whether something about it reads otherwise now; ratings are told apart."""
        return _said(self.before) != _said(self.now)

    @property
    def ratings(self) -> dict[str, tuple[int, int]]:
        """Return by scale the number before and now, where both were given and differ."""
        both = {scale: (getattr(self.before, scale), getattr(self.now, scale)) for scale in SCALES}
        return {scale: pair for scale, pair in both.items() if None not in pair and pair[0] != pair[1]}


@dataclass(frozen=True, kw_only=True)
class AnswerChange:
    """A card that was answered both times, and not in the same way."""

    card: str
    before: Answer
    now: Answer


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Everything that changed. situation, goal: before and now, or None where it is as it was or was not said."""

    new: tuple[PlanStep, ...]
    still: tuple[Still, ...]
    gone: tuple[PlanStep, ...]
    answers: tuple[AnswerChange, ...]
    situation: tuple[Situation, Situation] | None
    goal: tuple[str, str] | None

    @property
    def is_empty(self) -> bool:
        """Say whether all of it is as it was."""
        differs = any(each.was_reworded or each.ratings for each in self.still)
        return not (self.new or self.gone or self.answers or self.situation or self.goal or differs)


@dataclass(frozen=True, kw_only=True)
class Rated:
    """How a participant rated one line on one scale, oldest first, each on its day; at least twice."""

    step: PlanStep
    scale: str
    ratings: tuple[tuple[date, int], ...]


def changes_between(before: Held, now: Held) -> Changes:
    """Return what changed from one version to another."""
    pairs = dict(_pairs(before.steps, now.steps))
    still = tuple(Still(before=before.steps[one], now=now.steps[other]) for one, other in sorted(pairs.items()))
    return Changes(
        new=tuple(step for place, step in enumerate(now.steps) if place not in pairs.values()),
        still=still,
        gone=tuple(step for place, step in enumerate(before.steps) if place not in pairs),
        answers=tuple(_answer_changes(before, now)),
        situation=_both(before.situation, now.situation),
        goal=_both(before.goal, now.goal),
    )


def said_until(versions: Sequence[Held]) -> dict[str, tuple[date, Answer]]:
    """Return how each card was answered last and when, in the codes of the last version; the oldest version first.

    A correction of one card is a version too, so the last one alone does not say all that holds.
    """
    said: dict[str, tuple[date, Answer]] = {}
    for place, held in enumerate(versions):
        then = versions[max(place - 1, 0)].cards
        carried = {
            recalled.answer.card: (on, recalled.answer)
            for on, answer in said.values()
            for recalled in answers_for(held.cards, {answer.card: answer}, then).values()
        }
        said = carried | {code: (held.held_on, answer) for code, answer in held.answers.items()}
    return said


def with_notes_before(before: Held, now: Held) -> dict[str, Answer]:
    """Return the answers of a version; what staff noted on a card before, and not now, stands as an earlier wording."""
    recalled = answers_for(now.cards, before.answers, before.cards)
    notes = {code: each.answer.staff_words for code, each in recalled.items()}
    return {code: _with_note(answer, notes.get(code, "")) for code, answer in now.answers.items()}


def ratings_over(versions: Sequence[Held]) -> tuple[Rated, ...]:
    """Return how each line of the latest plan was rated over the versions, oldest version first.

    A line that was rated once only is left out: one number shows no change.
    """
    found: list[Rated] = []
    for step in versions[-1].steps if versions else ():
        for scale in SCALES:
            ratings = tuple(_ratings(step, scale, versions))
            if len(ratings) >= FEWEST_RATINGS:
                found.append(Rated(step=step, scale=scale, ratings=ratings))
    return tuple(found)


def rated_until(versions: Sequence[Held]) -> tuple[PlanStep, ...]:
    """Return the last plan with each line as it was rated last, whenever that was; the oldest version first."""
    return tuple(
        replace(
            step,
            importance=_last_rating(step, "importance", versions),
            confidence=_last_rating(step, "confidence", versions),
        )
        for step in (versions[-1].steps if versions else ())
    )


def _last_rating(step: PlanStep, scale: str, versions: Sequence[Held]) -> int | None:
    """Return how a line was rated last, or None where it never was."""
    return next((rating for _on, rating in reversed(list(_ratings(step, scale, versions)))), None)


def _ratings(step: PlanStep, scale: str, versions: Sequence[Held]) -> Iterator[tuple[date, int]]:
    """Return the ratings of one line, of those versions in which it was rated."""
    for held in versions:
        for _one, other in _pairs((step,), held.steps):
            rating = getattr(held.steps[other], scale)
            if rating is not None:
                yield held.held_on, rating


def _pairs(before: Sequence[PlanStep], now: Sequence[PlanStep]) -> Iterator[tuple[int, int]]:
    """Return the places of the lines that are the same: by their id first, then by what they chose from the menu."""
    ids = {step.step_id: place for place, step in enumerate(now)}
    same = {place: ids[step.step_id] for place, step in enumerate(before) if step.step_id in ids}
    yield from same.items()
    by_option: defaultdict[str, list[int]] = defaultdict(list)
    for place, step in enumerate(now):
        if step.option is not None and place not in same.values():
            by_option[step.option].append(place)
    for place, step in enumerate(before):
        if place not in same and step.option is not None and by_option[step.option]:
            yield place, by_option[step.option].pop(0)


def _answer_changes(before: Held, now: Held) -> Iterator[AnswerChange]:
    """Return what was answered otherwise; a card that was not opened this time is no change."""
    recalled = answers_for(now.cards, before.answers, before.cards)
    for code, answer in now.answers.items():
        earlier = recalled.get(code)
        if earlier is not None and _told(earlier.answer) != _told(answer):
            yield AnswerChange(card=code, before=earlier.answer, now=answer)


def _with_note(answer: Answer, note: str) -> Answer:
    """Return an answer with an earlier note of staff, unless it reads so still."""
    if note in ("", answer.staff_words, *answer.staff_earlier):
        return answer
    return replace(answer, staff_earlier=(note, *answer.staff_earlier))


def _told(answer: Answer) -> tuple[object, ...]:
    """Return what an answer says, whatever the order of the ticks."""
    return answer.reply, frozenset(answer.chosen), answer.words


def _said(step: PlanStep) -> tuple[str, ...]:
    """Return what a line says, but its ratings."""
    return step.words, step.when, step.place, step.helper


def _both(before: Told | None, now: Told | None) -> tuple[Told, Told] | None:
    """Return both where each was said and they differ."""
    return (before, now) if before and now and before != now else None
