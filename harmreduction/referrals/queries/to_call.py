"""Read whom to call today: what is due first, then what waits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.directory.models import Service
from harmreduction.referrals.models import Referral, ReferralStep
from harmreduction.referrals.rules.following import asks_whether_kept
from harmreduction.referrals.rules.kinds import UNDER_WAY, Need, State
from harmreduction.sites import queries as sites

WAITING = [state.value for state in UNDER_WAY]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to list: a state, a need, a site, or everything that is due or waits."""

    state: State | None = None
    need: Need | None = None
    site_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One referral of the list: where it leads, what happened last, whether to call today, and what to ask then."""

    referral: Referral
    service_name: str | None
    last_step: ReferralStep | None
    is_due: bool
    asks_whether_kept: bool


def list_to_call(actor: Actor, asked: Asked, *, today: date, offset: int, limit: int) -> list[Row]:
    """Return referrals of a person's sites: due today or before, longest first, then those that wait."""
    own = [site.id for site in sites.list_sites_of(actor)]
    is_due = and_(Referral.follow_up_on.is_not(None), Referral.follow_up_on <= today)
    found = db.session.execute(
        _narrowed(select(Referral, Service.name, is_due.label("is_due")), asked, is_due)
        .outerjoin(Service, Service.id == Referral.service_id)
        .where(Referral.site_id.in_(own))
        .order_by(
            case((is_due, 0), else_=1),
            case((Referral.follow_up_on.is_(None), 1), else_=0),
            Referral.follow_up_on,
            Referral.made_at,
            Referral.id,
        )
        .offset(offset)
        .limit(limit)
    ).all()
    last = _last_steps([referral.id for referral, _name, _due in found])
    return [
        Row(
            referral=referral,
            service_name=name,
            last_step=last.get(referral.id),
            is_due=bool(due),
            asks_whether_kept=asks_whether_kept(referral.arrived_on, referral.is_kept_at_30_days, today=today),
        )
        for referral, name, due in found
    ]


def _narrowed(
    wanted: Select[Referral, str, bool], asked: Asked, is_due: ColumnElement[bool]
) -> Select[Referral, str, bool]:
    """Narrow the list to what was asked for."""
    if asked.state is not None:
        wanted = wanted.where(Referral.state == asked.state.value)
    else:
        wanted = wanted.where(or_(is_due, Referral.state.in_(WAITING)))
    if asked.need is not None:
        wanted = wanted.where(Referral.need == asked.need.value)
    if asked.site_id is not None:
        wanted = wanted.where(Referral.site_id == asked.site_id)
    return wanted


def _last_steps(referral_ids: Collection[int]) -> dict[int, ReferralStep]:
    """Return the last step of each of these referrals that has one."""
    newest = select(func.max(ReferralStep.id)).where(ReferralStep.referral_id.in_(referral_ids))
    steps = select(ReferralStep).where(ReferralStep.id.in_(newest.group_by(ReferralStep.referral_id)))
    return {step.referral_id: step for step in db.session.scalars(steps)}
