"""Count what a programme tells participants and staff of a stretch of time."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, select

from harmreduction.core.clock import start_of_day
from harmreduction.core.db import db
from harmreduction.encounters.models import Encounter, GroupEvent, NaloxoneTalk
from harmreduction.encounters.rules.naloxone import Training
from harmreduction.referrals.models import ReferralStep
from harmreduction.referrals.rules.kinds import State
from harmreduction.reports.queries.totals import list_totals
from harmreduction.reports.report_back import FIGURES
from harmreduction.reports.rules import Counted, Measure, Period
from harmreduction.reversals.queries.figures import list_overdoses
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.settings.queries import current_settings

SUPPLIES = {
    "kits": Measure.NALOXONE_KITS,
    "syringes": Measure.SYRINGES_GIVEN,
    "returned": Measure.SYRINGES_RETURNED,
    "strips": Measure.TEST_STRIPS,
}
LEARNED = (Training.FIRST_TIME.value, Training.REFRESHER.value)


def count_figures(period: Period) -> Mapping[str, int]:
    """Return every figure of `report_back.FIGURES` for the days of a period."""
    counts = {
        "reversals": _count_reversals(period),
        "trained": _count_trained(period),
        "arrived": _count_arrived(period),
        **_sum_supplies(period),
    }
    return {figure: counts[figure] for figure in FIGURES}


def _count_reversals(period: Period) -> int:
    """Return how many overdoses people told us of that nobody died of; reports of the same one count once."""
    days = (period.start, period.end - timedelta(days=1))
    told = list_overdoses(*days, time_zone=current_settings().time_zone)
    return sum(overdose.outcome is not Outcome.DIED for overdose in told)


def _sum_supplies(period: Period) -> dict[str, int]:
    """Return what went out and came back at all sites, past totals too."""
    totals = list_totals([period])
    return {
        figure: sum(total.amount.quantity for total in totals if total.counted == Counted(measure))
        for figure, measure in SUPPLIES.items()
    }


def _count_trained(period: Period) -> int:
    """Return how many learned to answer an overdose: alone with one of the team, or in a group."""
    time_zone = current_settings().time_zone
    alone = (
        select(func.count())
        .select_from(NaloxoneTalk)
        .join(Encounter, Encounter.id == NaloxoneTalk.encounter_id)
        .where(
            NaloxoneTalk.training.in_(LEARNED),
            Encounter.occurred_at >= start_of_day(period.start, time_zone),
            Encounter.occurred_at < start_of_day(period.end, time_zone),
        )
    )
    in_groups = select(func.coalesce(func.sum(GroupEvent.trained), 0)).where(
        GroupEvent.removed_at.is_(None), GroupEvent.held_on >= period.start, GroupEvent.held_on < period.end
    )
    return int(db.session.scalar(alone) or 0) + int(db.session.scalar(in_groups) or 0)


def _count_arrived(period: Period) -> int:
    """Return of how many referrals somebody got there."""
    return int(
        db.session.scalar(
            select(func.count(ReferralStep.referral_id.distinct())).where(
                ReferralStep.state == State.ARRIVED.value,
                ReferralStep.happened_on >= period.start,
                ReferralStep.happened_on < period.end,
            )
        )
        or 0
    )
