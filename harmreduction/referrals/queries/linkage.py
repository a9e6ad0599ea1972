"""Read how far referrals came in a time, and what stood in their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.directory.models import Service
from harmreduction.referrals.models import Referral, ReferralBarrier, ReferralStep
from harmreduction.referrals.rules.kinds import Barrier, State
from harmreduction.referrals.rules.linkage import Followed

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class BarrierCount:
    """How often something stood between people and a service, and when it was last noted; service None: no service."""

    barrier: Barrier
    service: str | None
    count: int
    last_noted_at: datetime


def list_followed(first: date, last: date, *, time_zone: str) -> list[Followed]:
    """Return every referral made from one day to another, both included, with what became of it since."""
    made = _made_between(first, last, time_zone)
    steps: dict[int, list[tuple[State, date]]] = {}
    told = select(ReferralStep.referral_id, ReferralStep.state, ReferralStep.happened_on)
    for referral_id, state, day in db.session.execute(
        told.join(Referral, Referral.id == ReferralStep.referral_id).where(made).order_by(ReferralStep.id)
    ):
        steps.setdefault(referral_id, []).append((State(state), day))
    rows = db.session.execute(
        select(Referral, Service.name).outerjoin(Service, Service.id == Referral.service_id).where(made)
    )
    return [
        Followed(
            need=referral.need,
            service=name,
            made_on=today(time_zone, referral.made_at),
            steps=steps.get(referral.id, ()),
            is_kept=referral.is_kept_at_30_days,
        )
        for referral, name in rows
    ]


def count_barriers(first: date, last: date, *, time_zone: str) -> Sequence[BarrierCount]:
    """Return what stood in the way of the referrals made in a time, most often first."""
    count = func.count(ReferralBarrier.id)
    rows = db.session.execute(
        select(ReferralBarrier.barrier, Service.name, count, func.max(ReferralBarrier.noted_at))
        .join(Referral, Referral.id == ReferralBarrier.referral_id)
        .outerjoin(Service, Service.id == Referral.service_id)
        .where(_made_between(first, last, time_zone))
        .group_by(ReferralBarrier.barrier, Service.id, Service.name)
        .order_by(count.desc(), ReferralBarrier.barrier, Service.name)
    )
    return [
        BarrierCount(barrier=Barrier(barrier), service=service, count=times, last_noted_at=last_noted_at)
        for barrier, service, times, last_noted_at in rows
    ]


def _made_between(first: date, last: date, time_zone: str) -> ColumnElement[bool]:
    """Return the condition that a referral was made on one of these days."""
    begins, ends = start_of_day(first, time_zone), start_of_day(last + ONE_DAY, time_zone)
    return (Referral.made_at >= begins) & (Referral.made_at < ends)
