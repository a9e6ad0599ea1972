"""How many of those who were offered a service got there and stayed; what nobody knows yet is never a no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from statistics import median

from harmreduction.referrals.rules.following import replay
from harmreduction.referrals.rules.kinds import State

DID_NOT_GET_THERE = frozenset({State.NO_SHOW, State.DECLINED_BY_PERSON, State.DECLINED_BY_PROVIDER})


class Stage(IntEnum):
    """How far a referral ever came; each stage holds the ones before."""

    OFFERED = 0
    ACCEPTED = 1
    SCHEDULED = 2
    ATTENDED = 3


@dataclass(frozen=True, kw_only=True)
class Followed:
    """One referral with everything that became of it; service_id is a row, None for a need without a service."""

    need: str
    service_id: int | None
    made_on: date
    steps: Sequence[tuple[State, date]]
    is_kept: bool | None

    @property
    def arrived_on(self) -> date | None:
        """Return the day on which they got there."""
        return replay(self.steps).arrived_on

    @property
    def stage(self) -> Stage:
        """Return how far it came; who got there needed no appointment to count as further."""
        states = {state for state, _day in self.steps}
        if self.arrived_on is not None:
            return Stage.ATTENDED
        if State.SCHEDULED in states:
            return Stage.SCHEDULED
        return Stage.ACCEPTED if State.ACCEPTED in states else Stage.OFFERED

    @property
    def did_not_attend(self) -> bool:
        """Say whether it is known that they did not get there; a referral closed without a word says nothing."""
        told = [state for state, _day in self.steps if state is not State.CLOSED]
        return self.arrived_on is None and bool(told) and told[-1] in DID_NOT_GET_THERE


@dataclass(frozen=True, kw_only=True)
class Linkage:
    """Counts of a group of referrals, each stage holding the next; median_days from the offer to getting there."""

    offered: int = 0
    accepted: int = 0
    scheduled: int = 0
    attended: int = 0
    not_attended: int = 0
    kept: int = 0
    not_kept: int = 0
    median_days: float | None = None

    @property
    def attendance_unknown(self) -> int:
        """Return of how many nobody knows yet whether they got there."""
        return self.offered - self.attended - self.not_attended

    @property
    def keeping_unknown(self) -> int:
        """Return of how many that got there nobody knows yet whether they still go."""
        return self.attended - self.kept - self.not_kept


def count_linkage(referrals: Iterable[Followed]) -> Linkage:
    """Add up how far these referrals came."""
    followed = list(referrals)
    stages = [referral.stage for referral in followed]
    attended = [referral for referral in followed if referral.stage is Stage.ATTENDED]
    days = [(referral.arrived_on - referral.made_on).days for referral in attended if referral.arrived_on]
    return Linkage(
        offered=len(followed),
        accepted=sum(stage >= Stage.ACCEPTED for stage in stages),
        scheduled=sum(stage >= Stage.SCHEDULED for stage in stages),
        attended=len(attended),
        not_attended=sum(referral.did_not_attend for referral in followed),
        kept=sum(referral.is_kept is True for referral in attended),
        not_kept=sum(referral.is_kept is False for referral in attended),
        median_days=median(days) if days else None,
    )
