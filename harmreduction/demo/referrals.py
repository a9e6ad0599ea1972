"""Made-up referrals of the past weeks: some arrived, some wait, one needs a call today."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.directory.models import Service
from harmreduction.referrals import actions
from harmreduction.referrals.rules.following import NewReferral, Step
from harmreduction.referrals.rules.kinds import Barrier, Handover, Need, State, ToldBy

TIME_ZONE = "America/New_York"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A referral and what became of it: days ago it was made, then (days after that, state) for each step."""

    days_ago: int
    service: str
    need: Need
    handover: Handover = Handover.COLD
    steps: Sequence[tuple[int, State]] = ()
    barriers: Sequence[Barrier] = ()
    told_by: ToldBy = ToldBy.STAFF


REFERRALS = (
    Told(
        days_ago=38,
        service="Low-barrier buprenorphine",
        need=Need.MOUD,
        handover=Handover.WARM,
        steps=((0, State.CONTACTED), (1, State.ACCEPTED), (2, State.ARRIVED)),
    ),
    Told(
        days_ago=35,
        service="Westside Wound Clinic",
        need=Need.WOUND_CARE,
        steps=((3, State.ARRIVED), (10, State.COMPLETED)),
        told_by=ToldBy.PERSON,
    ),
    Told(
        days_ago=30,
        service="Detox beds",
        need=Need.DETOX,
        steps=((0, State.CONTACTED), (1, State.WAITLISTED), (9, State.NO_SHOW)),
        barriers=(Barrier.WAITING_LIST, Barrier.ID),
    ),
    Told(
        days_ago=26,
        service="Harbor Methadone",
        need=Need.METHADONE,
        steps=((1, State.CONTACTED), (2, State.SCHEDULED), (6, State.ARRIVED)),
        barriers=(Barrier.ID,),
    ),
    Told(
        days_ago=21,
        service="Night shelter",
        need=Need.SHELTER,
        steps=((0, State.DECLINED_BY_PROVIDER),),
        barriers=(Barrier.WAITING_LIST, Barrier.PET),
    ),
    Told(days_ago=17, service="ID and birth certificate help", need=Need.ID_DOCUMENTS, steps=((2, State.ACCEPTED),)),
    Told(
        days_ago=12,
        service="Mobile HIV and hepatitis testing",
        need=Need.HEPATITIS_C,
        steps=((3, State.ARRIVED), (3, State.COMPLETED)),
        told_by=ToldBy.PERSON,
    ),
    Told(days_ago=8, service="Low-barrier buprenorphine", need=Need.MOUD, handover=Handover.WARM),
    Told(
        days_ago=7,
        service="Peer support group",
        need=Need.PEER_SUPPORT,
        steps=((1, State.DECLINED_BY_PERSON),),
        barriers=(Barrier.TRANSPORT,),
    ),
    Told(days_ago=2, service="Westside Wound Clinic", need=Need.WOUND_CARE, steps=((1, State.SCHEDULED),)),
    Told(days_ago=0, service="Safe house", need=Need.HOUSING, handover=Handover.WARM),
)


def add_referrals(site_id: int, *, by: Actor, at: datetime, chance: random.Random) -> None:
    """Make the referrals at a site, each on its day, and tell what became of them."""
    services = {name: row_id for name, row_id in db.session.execute(select(Service.name, Service.id))}
    for told in REFERRALS:
        made_at = at - timedelta(days=told.days_ago, hours=1)
        referral = actions.make_referral(
            NewReferral(
                client_id=_id(chance),
                site_id=site_id,
                need=told.need,
                service_id=services[told.service],
                handover=told.handover,
                follow_up_on=today(TIME_ZONE, made_at) + timedelta(days=7),
            ),
            by=by,
            at=made_at,
        )
        for days_later, state in told.steps:
            happened = made_at + timedelta(days=days_later)
            step = Step(
                client_id=_id(chance), state=state, happened_on=today(TIME_ZONE, happened), told_by=told.told_by
            )
            actions.take_step(referral.public_id, step, by=by, at=happened)
        if told.barriers:
            actions.note_barriers(referral.public_id, told.barriers, by=by, at=made_at)


def _id(chance: random.Random) -> str:
    """Return the client-made id of a fact."""
    return str(UUID(int=chance.getrandbits(128), version=4))
