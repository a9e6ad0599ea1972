"""How many participants reached each step of the journey, and what stands in the way of the others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from harmreduction.journeys.rules.steps import Measure, furthest, reached


@dataclass(frozen=True, kw_only=True)
class Travelled:
    """One participant: when facts showed each measure, what was marked by hand, and (step, barrier) noted."""

    shown_on: Mapping[Measure, date]
    marked_on: Mapping[int, date]
    barriers: frozenset[tuple[int, str]]


@dataclass(frozen=True, kw_only=True)
class StepCount:
    """Of one step: how many reached it or not yet, for how many it is the furthest so far, and what stands before it.

    barriers: how many participants named each, most often first.
    """

    step_id: int
    reached: int
    not_yet: int
    furthest: int
    barriers: Sequence[tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class JourneyCounts:
    """How many participants are counted, how many reached no step yet, and each step in the programme's order."""

    participants: int
    at_no_step: int
    steps: Sequence[StepCount]

    def is_small(self, smallest_shown: int) -> bool:
        """Say whether a count, or the rest of it, is so small that it could point to somebody."""
        counts = [self.participants, self.at_no_step]
        for step in self.steps:
            counts += [step.reached, step.not_yet, step.furthest]
            counts += [count for _barrier, count in step.barriers]
        return any(0 < count < smallest_shown for count in counts)


def count_journeys(
    travelled: Sequence[Travelled], steps: Sequence[tuple[int, Measure | None]], *, last: date
) -> JourneyCounts:
    """Count what was reached until a day; each participant once."""
    step_ids = [step_id for step_id, _measure in steps]
    reached_by: Counter[int] = Counter()
    furthest_of: Counter[int | None] = Counter()
    barriers: Counter[tuple[int, str]] = Counter()
    for each in travelled:
        there = {
            step_id
            for step_id, found in reached(each.shown_on, each.marked_on, steps).items()
            if found.reached_on <= last
        }
        reached_by.update(there)
        furthest_of[furthest(step_ids, there)] += 1
        barriers.update(each.barriers)
    return JourneyCounts(
        participants=len(travelled),
        at_no_step=furthest_of[None],
        steps=[
            StepCount(
                step_id=step_id,
                reached=reached_by[step_id],
                not_yet=len(travelled) - reached_by[step_id],
                furthest=furthest_of[step_id],
                barriers=sorted(
                    ((barrier, count) for (at_step, barrier), count in barriers.items() if at_step == step_id),
                    key=lambda pair: (-pair[1], pair[0]),
                ),
            )
            for step_id in step_ids
        ],
    )
