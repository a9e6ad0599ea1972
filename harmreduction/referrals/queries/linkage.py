"""Read how far referrals came in a time, and what stood in their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from harmreduction.core.clock import start_of_day, today
from harmreduction.core.db import db
from harmreduction.directory.models import Organization, Service, ServiceAtLocation, ServiceLocation
from harmreduction.referrals.models import Referral, ReferralBarrier, ReferralStep
from harmreduction.referrals.rules.kinds import Barrier, State
from harmreduction.referrals.rules.linkage import Followed
from harmreduction.referrals.rules.service_names import Named, told_apart

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class BarrierCount:
    """How often something stood between people and a service, and when it was last noted; None: no service."""

    barrier: Barrier
    service_id: int | None
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
    return [
        Followed(
            need=referral.need,
            service_id=referral.service_id,
            made_on=today(time_zone, referral.made_at),
            steps=steps.get(referral.id, ()),
            is_kept=referral.is_kept_at_30_days,
        )
        for referral in db.session.scalars(select(Referral).where(made))
    ]


def name_services(first: date, last: date, *, time_zone: str) -> dict[int, str]:
    """Return what the services of the referrals made in a time are called, by row id, no two of them the same."""
    offered = select(Referral.service_id).where(_made_between(first, last, time_zone))
    rows = db.session.execute(
        select(Service.id, Service.name, Organization.name)
        .outerjoin(Organization, Organization.id == Service.organization_id)
        .where(Service.id.in_(offered))
        .order_by(Service.id)
    ).all()
    same = select(Service.name).where(Service.id.in_(offered)).group_by(Service.name).having(func.count() > 1)
    towns = _towns(Service.id.in_(offered) & Service.name.in_(same))
    return told_apart(
        Named(service_id=service_id, name=name, organization=owner or "", town=towns.get(service_id, ""))
        for service_id, name, owner in rows
    )


def count_barriers(first: date, last: date, *, time_zone: str) -> Sequence[BarrierCount]:
    """Return what stood in the way of the referrals made in a time, most often first."""
    count = func.count(ReferralBarrier.id)
    rows = db.session.execute(
        select(ReferralBarrier.barrier, Service.id, count, func.max(ReferralBarrier.noted_at))
        .join(Referral, Referral.id == ReferralBarrier.referral_id)
        .outerjoin(Service, Service.id == Referral.service_id)
        .where(_made_between(first, last, time_zone))
        .group_by(ReferralBarrier.barrier, Service.id, Service.name)
        .order_by(count.desc(), ReferralBarrier.barrier, Service.name, Service.id)
    )
    return [
        BarrierCount(barrier=Barrier(barrier), service_id=service_id, count=times, last_noted_at=last_noted_at)
        for barrier, service_id, times, last_noted_at in rows
    ]


def _towns(which: ColumnElement[bool]) -> dict[int, str]:
    """Return the town of each of these services, by row id; that of a confidential place is told to nobody."""
    found: dict[int, str] = {}
    for service_id, place in db.session.execute(
        select(Service.id, ServiceLocation.document)
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .join(ServiceLocation, ServiceLocation.id == ServiceAtLocation.location_id)
        .where(which, ~ServiceLocation.is_confidential)
        .order_by(ServiceAtLocation.id)
    ):
        for address in place.get("addresses") or ():
            found.setdefault(service_id, address.get("city") or "")
    return found


def _made_between(first: date, last: date, time_zone: str) -> ColumnElement[bool]:
    """Return the condition that a referral was made on one of these days."""
    begins, ends = start_of_day(first, time_zone), start_of_day(last + ONE_DAY, time_zone)
    return (Referral.made_at >= begins) & (Referral.made_at < ends)
