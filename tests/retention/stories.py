"""Somebody with a code and everything that can be known of them, for tests; every word here is made up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import Base, db, new_id
from harmreduction.encounters.actions.naloxone import record_talk
from harmreduction.encounters.actions.needs import tell_need
from harmreduction.encounters.actions.visits import ensure_visit
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.rules import VisitDetails
from harmreduction.encounters.rules.coverage import NeedTold
from harmreduction.encounters.rules.naloxone import Fate, Reply, Talk
from harmreduction.encounters.rules.starting import VisitStart, start_of
from harmreduction.journeys.rules.connections import Status
from harmreduction.participants.actions.profile import tell_profile
from harmreduction.participants.models import Participant, ParticipantCode
from harmreduction.participants.rules.profile import ProfileTold
from harmreduction.referrals.actions import write_note
from harmreduction.referrals.models import Referral
from harmreduction.reversals.actions.reporting import report_reversal
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import Exactness, Happened, NewReport
from harmreduction.sites.models import Site
from harmreduction.stock.models import StockLocation
from tests.assessments.stories import a_result_kept, a_talk_kept
from tests.factories import SYSTEM, hand_out
from tests.journeys import stories as journeys
from tests.participants.asked import let_ask
from tests.participants.stories import allow_codes, make_participant
from tests.referrals.stories import CONTACT, make_referral

NOTE = "asked for the blue heron tea"
REPORT_NOTE = "behind the plover kiosk"
REFERRAL_NOTE = "likes to walk there with the otter crew"
AREA = "Q7Z"
ANSWERS = {"area": frozenset({AREA}), "gender": frozenset({"two_spirit"})}


@dataclass(frozen=True)
class Known:
    """Somebody with a code, and what points to them."""

    participant: Participant
    visits: tuple[str, ...]
    referral: Referral
    report_id: str

    @property
    def public_id(self) -> str:
        """What addresses call them."""
        return self.participant.public_id


def visit_of(
    participant: Participant | None, shelf: StockLocation, *, at: datetime, by: Actor = SYSTEM, note: str = NOTE
) -> Encounter:
    """Let somebody come, take supplies, bring syringes back and talk."""
    site = db.session.get_one(Site, shelf.site_id)
    start = VisitStart(
        visit_id=new_id(),
        site_id=site.id,
        time_zone=site.time_zone,
        participant_id=participant.id if participant else None,
    )
    visit = ensure_visit(start, by=by, at=at)
    hand_out(
        shelf,
        ("naloxone-nasal-4", 1),
        ("syringe-1ml-29g-half", 20),
        visit_id=visit.public_id,
        details=VisitDetails(note=note, number_of_others=2),
        by=by,
        at=at,
    )
    talk = Talk(client_id=new_id(), visit=start_of(visit), reply=Reply.ALREADY_HAS, previous_fate=Fate.USED_ON_SOMEONE)
    record_talk(talk, by=by, at=at)
    tell_need(start_of(visit), NeedTold(injections=3, injection_days=1, people_around=4), by=by, at=at)
    return visit


def somebody_known(site: Site, shelf: StockLocation, *, at: datetime, by: Actor = SYSTEM) -> Known:
    """Let somebody begin with a card, come twice, and tell everything that can be told."""
    allow_codes()
    let_ask("area", "gender")
    participant = make_participant(site, by=by, at=at)
    visits = [visit_of(participant, shelf, at=at, by=by) for _ in range(2)]
    referral = make_referral(site, by=by, participant_id=participant.id, contact=CONTACT, at=at)
    write_note(referral.public_id, client_id=new_id(), text=REFERRAL_NOTE, by=by, at=at)
    day = today(site.time_zone, at)
    report = NewReport(
        client_id=new_id(),
        site_id=site.id,
        visit=start_of(visits[0]),
        happened=Happened(exactness=Exactness.DAY, on=day),
        area="277",
        outcome=Outcome.OK,
        note=REPORT_NOTE,
    )
    report_reversal(report, by=by, at=at)
    told = ProfileTold(participant_id=participant.public_id, site_id=site.id, told_on=day, answers=ANSWERS)
    tell_profile(told, by=by)
    journeys.say(participant, site, on=day, housing=Status.WANTED_NOW)
    a_talk_kept(site, on=day, participant=participant)
    a_result_kept(site, participant, on=day)
    return Known(participant, tuple(visit.public_id for visit in visits), referral, report.client_id)


def digests_of(participant: Participant) -> list[str]:
    """Return the digests of somebody's codes."""
    own = select(ParticipantCode.code_digest).where(ParticipantCode.participant_id == participant.id)
    return list(db.session.scalars(own))


def rows_of(model: type[Base], *columns: str) -> list[tuple[Any, ...]]:
    """Return what stands in these columns of a table."""
    table = model.__table__
    return [tuple(row) for row in db.session.execute(select(*(table.columns[name] for name in columns)))]
