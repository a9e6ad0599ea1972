"""What reversal reports add up to; reports of one overdose count once. Plain Python."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import mean, median

from harmreduction.reversals.rules.bank import Answer
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import Exactness
from harmreduction.reversals.rules.same_event import ALIVE

EXACTEST = tuple(Exactness)
DOSES_IN_A_KIT = 2


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A report that counts; day is the day it tells, or the one it came on where it tells none."""

    report_id: int
    day: date
    exactness: Exactness
    outcome: Outcome | None = None
    doses: int | None = None
    answers: frozenset[Answer] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ReversalFigures:
    """What happened in a time; what nobody knows is counted as not known, never as a no.

    The numbers of doses are over `doses_known` overdoses; called_911 and not_called_911 leave out what is not known.
    """

    overdoses: int = 0
    reports: int = 0
    survived: int = 0
    died: int = 0
    not_known: int = 0
    doses_known: int = 0
    doses_mean: float | None = None
    doses_median: float | None = None
    called_911: int = 0
    not_called_911: int = 0
    why_not_911: dict[str, int] = field(default_factory=dict)
    police_came: int = 0
    kit_taken: int = 0

    @property
    def call_not_known(self) -> int:
        """Return of how many nobody knows whether 911 was called."""
        return self.overdoses - self.called_911 - self.not_called_911

    @property
    def called_percent(self) -> float | None:
        """Return at how many of 100 overdoses 911 was called, of those where it is known."""
        asked = self.called_911 + self.not_called_911
        return 100 * self.called_911 / asked if asked else None

    def for_100_kits(self, doses_handed_out: int) -> float | None:
        """Return overdoses for every 100 kits of two doses that were handed out in the same time."""
        return 100 * self.overdoses * DOSES_IN_A_KIT / doses_handed_out if doses_handed_out else None


@dataclass(frozen=True, kw_only=True)
class Overdose:
    """One overdose, as all its reports together tell it."""

    day: date
    outcome: Outcome | None
    doses: int | None
    answers: frozenset[Answer]
    reports: int

    @property
    def is_called(self) -> bool | None:
        """Say whether 911 was called; who called knows it better than who did not see it."""
        if ("called_911", "yes") in self.answers:
            return True
        return False if ("called_911", "no") in self.answers else None


def overdose_of(reports: Sequence[Counted]) -> Overdose:
    """Return the overdose that these reports tell of: on the day most exactly told, with the most that anybody saw."""
    told = min(reports, key=lambda report: (EXACTEST.index(report.exactness), report.day, report.report_id))
    doses = [report.doses for report in reports if report.doses is not None]
    return Overdose(
        day=told.day,
        outcome=_outcome_of({report.outcome for report in reports}),
        doses=max(doses, default=None),
        answers=frozenset().union(*(report.answers for report in reports)),
        reports=len(reports),
    )


def add_up(overdoses: Iterable[Overdose]) -> ReversalFigures:
    """Return what these overdoses add up to."""
    all_of_them = list(overdoses)
    doses = [overdose.doses for overdose in all_of_them if overdose.doses is not None]
    calls = Counter(overdose.is_called for overdose in all_of_them)
    died = sum(overdose.outcome is Outcome.DIED for overdose in all_of_them)
    survived = sum(overdose.outcome in ALIVE for overdose in all_of_them)
    answers = Counter(answer for overdose in all_of_them for answer in overdose.answers)
    return ReversalFigures(
        overdoses=len(all_of_them),
        reports=sum(overdose.reports for overdose in all_of_them),
        survived=survived,
        died=died,
        not_known=len(all_of_them) - survived - died,
        doses_known=len(doses),
        doses_mean=mean(doses) if doses else None,
        doses_median=median(doses) if doses else None,
        called_911=calls[True],
        not_called_911=calls[False],
        why_not_911=_counts(answers, "why_not_911"),
        police_came=answers["came", "police"],
        kit_taken=answers["police", "took_kit"],
    )


def _counts(answers: Counter[Answer], question: str) -> dict[str, int]:
    """Return how often each answer to a question was told, the most frequent first."""
    counts = {code: count for (asked, code), count in answers.items() if asked == question}
    return dict(sorted(counts.items(), key=lambda told: (-told[1], told[0])))


def _outcome_of(told: set[Outcome | None]) -> Outcome | None:
    """Return what became of the person: who died is told by one at last, and nobody's "I don't know" outweighs that."""
    for outcome in (Outcome.DIED, Outcome.HOSPITAL, Outcome.OK, Outcome.LEFT, Outcome.DONT_KNOW):
        if outcome in told:
            return outcome
    return None
