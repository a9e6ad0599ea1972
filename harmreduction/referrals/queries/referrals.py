"""Read one referral with everything that became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import unseal
from harmreduction.encounters.queries import find_visit_of
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import get_participant_of, may_see, stands_for
from harmreduction.referrals.models import Referral, ReferralBarrier, ReferralConsent, ReferralNote, ReferralStep
from harmreduction.referrals.queries.services import Target, target_of
from harmreduction.referrals.rules.kinds import Barrier
from harmreduction.referrals.rules.slips import find_slip_number
from harmreduction.sites.models import Site


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note as staff read it."""

    text: str
    written_at: datetime
    written_by: str


@dataclass(frozen=True, kw_only=True)
class Detail:
    """A referral as staff see it; `reach` is how to find the person, unsealed, or empty."""

    referral: Referral
    site: Site
    target: Target | None
    steps: Sequence[ReferralStep]
    barriers: frozenset[Barrier]
    notes: Sequence[Note]
    reach: str


def get_referral(actor: Actor, public_id: str, *, for_change: bool = False) -> Referral:
    """Return a referral of a site that a person works for; another's is as good as none.

    for_change: nobody else changes it until the transaction ends.
    """
    wanted = select(Referral).where(Referral.public_id == public_id)
    if for_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)  # as it is once it is ours
    referral = db.session.scalar(wanted)
    if referral is None or not _may_see(actor, referral):
        raise NotFound(message("There is no such referral."))
    return referral


def find_by_slip_number(actor: Actor, typed: str) -> Referral | None:
    """Return the referral with exactly this slip number, however it was typed, if this person may see it."""
    number = find_slip_number(typed)
    referral = db.session.scalar(select(Referral).where(Referral.slip_number == number)) if number else None
    return referral if referral is not None and _may_see(actor, referral) else None


def get_detail(actor: Actor, public_id: str) -> Detail:
    """Return everything about a referral, oldest step first."""
    referral = get_referral(actor, public_id)
    steps = select(ReferralStep).where(ReferralStep.referral_id == referral.id).order_by(ReferralStep.id)
    return Detail(
        referral=referral,
        site=db.session.get_one(Site, referral.site_id),
        target=target_of(referral),
        steps=db.session.scalars(steps).all(),
        barriers=list_barriers(referral.id),
        notes=_notes(referral.id),
        reach=find_reach(referral),
    )


def find_participant(actor: Actor, referral: Referral) -> Participant | None:
    """Return the participant whose referral it is, for those who may look at them."""
    if referral.participant_id is None:
        return None
    participant = stands_for(db.session.get_one(Participant, referral.participant_id))
    return participant if may_see(actor, participant) else None


def find_whose(actor: Actor, *, participant: str, visit: str) -> Participant | None:
    """Return for whom a referral may be made, by the public id of a participant or of a visit; None: for anybody."""
    try:
        if participant:
            return get_participant_of(actor, participant)
        of_visit = find_visit_of(actor, visit) if visit else None
        found = of_visit and of_visit.participant_id and db.session.get(Participant, of_visit.participant_id)
        return get_participant_of(actor, found.public_id) if found else None
    except NotFound:
        return None


def list_barriers(referral_id: int) -> frozenset[Barrier]:
    """Return what stood in the way."""
    noted = select(ReferralBarrier.barrier).where(ReferralBarrier.referral_id == referral_id)
    return frozenset(Barrier(barrier) for barrier in db.session.scalars(noted))


def find_reach(referral: Referral) -> str:
    """Return how the person may be found again, or nothing once the referral has ended."""
    if referral.reach_sealed is None:
        return ""
    return unseal(referral.reach_sealed, table="referral", column="reach", row=referral.public_id)


def read_note(note: ReferralNote) -> str:
    """Return the text of a note."""
    return unseal(note.text_sealed, table="referral_note", column="text", row=note.public_id)


def _notes(referral_id: int) -> list[Note]:
    """Return the notes for staff, newest first; those that travel with a consent are read there."""
    for_partners = select(ReferralConsent.public_id).where(ReferralConsent.referral_id == referral_id)
    notes = select(ReferralNote).where(
        ReferralNote.referral_id == referral_id, ReferralNote.public_id.not_in(for_partners)
    )
    return [
        Note(text=read_note(note), written_at=note.written_at, written_by=note.written_by)
        for note in db.session.scalars(notes.order_by(ReferralNote.id.desc()))
    ]


def _may_see(actor: Actor, referral: Referral) -> bool:
    """Referrals are for those who make them, at their own sites."""
    return actor.may(Permission.MAKE_REFERRALS) and actor.works_at(referral.site_id)
