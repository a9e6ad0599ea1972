"""Make a referral, and write down beside it what is worth knowing."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.errors import NotFound, NotSaved
from harmreduction.core.messages import message
from harmreduction.core.sealing import seal
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import may_see
from harmreduction.referrals import queries
from harmreduction.referrals.models import Referral, ReferralBarrier, ReferralNote
from harmreduction.referrals.rules.following import CannotRefer, NewReferral, check_referral
from harmreduction.referrals.rules.kinds import Barrier, State
from harmreduction.referrals.rules.slips import SLIP_LENGTH, SLIP_SIGNS, slip_number_of
from harmreduction.settings.queries import current_settings

REFERRAL = cast(Table, Referral.__table__)
BARRIER = cast(Table, ReferralBarrier.__table__)
NOTE = cast(Table, ReferralNote.__table__)
TRIES = 20  # slip numbers that were given out before; one such in a row is already rare


def make_referral(value: NewReferral, *, by: Actor, at: datetime) -> Referral:
    """Write a referral down, once however often it is sent, and return it with its slip number.

    A participant who is not there any more leaves it anonymous. Raises CannotRefer, and saves nothing, when it could
    not be followed up as told.
    """
    check_referral(value, today=clock.today(current_settings().time_zone, at))
    if not by.works_at(value.site_id):
        raise NotFound(message("There is no such site."))
    with transaction():
        if _insert(value, by=by, at=at):
            record(Event.REFERRAL_MADE, by=by, subject=value.client_id, site_id=value.site_id)
        referral = queries.get_referral(by, value.client_id)
        if not _says_the_same(referral, value):
            raise CannotRefer(
                message("This page was sent before, and what it said then was saved. Open it again for more.")
            )
        return referral


def draw_slip_number() -> str:
    """Return a slip number drawn by lot."""
    return slip_number_of([secrets.choice(SLIP_SIGNS) for _ in range(SLIP_LENGTH)])


def note_seen(referral: Referral, *, by: Actor) -> None:
    """Write down that somebody looked at a referral."""
    record(Event.REFERRAL_SEEN, by=by, subject=referral.public_id, site_id=referral.site_id)


def note_barriers(public_id: str, barriers: Collection[Barrier], *, by: Actor, at: datetime) -> None:
    """Say what stands in the way; this is the whole of it, and what stays noted keeps its day."""
    with transaction():
        referral = queries.get_referral(by, public_id, for_change=True)
        before = queries.list_barriers(referral.id)
        gone = [barrier.value for barrier in before.difference(barriers)]
        db.session.execute(delete(BARRIER).where(BARRIER.c.referral_id == referral.id, BARRIER.c.barrier.in_(gone)))
        for barrier in sorted(set(barriers) - before):
            row = {"referral_id": referral.id, "barrier": barrier.value, "noted_at": at, "noted_by": by.label}
            db.session.execute(insert_if_new(BARRIER), row)
        record(Event.REFERRAL_CHANGED, by=by, subject=public_id, site_id=referral.site_id)


def part_from_code(public_id: str, *, by: Actor) -> None:
    """Cut a referral loose from the code that it belongs to; the slip number still finds it."""
    with transaction():
        referral = queries.get_referral(by, public_id, for_change=True)
        if referral.participant_id is None:
            return
        referral.participant_id = None
        record(Event.REFERRAL_CHANGED, by=by, subject=public_id, site_id=referral.site_id)


def write_note(public_id: str, *, client_id: str, text: str, by: Actor, at: datetime) -> None:
    """Write a note for staff, sealed; sent twice, it is written once."""
    with transaction():
        referral = queries.get_referral(by, public_id)
        if keep_note(referral, client_id=client_id, text=text, by=by, at=at):
            record(Event.REFERRAL_CHANGED, by=by, subject=public_id, site_id=referral.site_id)


def keep_note(referral: Referral, *, client_id: str, text: str, by: Actor, at: datetime) -> bool:
    """Seal a note beside a referral, and say whether it is new."""
    row = {
        "public_id": client_id,
        "referral_id": referral.id,
        "text_sealed": seal(text, table="referral_note", column="text", row=client_id),
        "written_at": at,
        "written_by": by.label,
    }
    return db.session.scalar(insert_if_new(NOTE).returning(NOTE.c.id), row) is not None


def record_export(*, by: Actor) -> None:
    """Write down that somebody downloaded the figures."""
    record(Event.REPORT_EXPORTED, by=by)


def _insert(value: NewReferral, *, by: Actor, at: datetime) -> bool:
    """Write the row with a slip number that nobody has, and say whether it is new."""
    row = _row(value, by=by, at=at)
    for _ in range(TRIES):
        row["slip_number"] = draw_slip_number()
        if db.session.scalar(insert_if_new(REFERRAL).returning(REFERRAL.c.id), row) is not None:
            return True
        if _exists(value.client_id):
            return False
    raise NotSaved(message("No free slip number was found. Send it again."))


def _exists(public_id: str) -> bool:
    """Say whether this referral was saved before."""
    return db.session.scalar(db.select(Referral.id).where(Referral.public_id == public_id)) is not None


def _says_the_same(referral: Referral, value: NewReferral) -> bool:
    """Say whether a referral is the one that was written down; what changes with time is left aside."""
    stays = ("site_id", "need", "service_id", "service_at_location_id", "handover", "is_accompanied")
    if any(getattr(referral, name) != getattr(value, name) for name in stays):
        return False
    if referral.participant_id not in (None, value.participant_id):  # None: it may have been parted from the code
        return False
    contact, reach = value.contact, (referral.reach_by, referral.reach_hours, queries.find_reach(referral))
    is_erased = referral.closed_at is not None
    return referral.may_contact == contact.is_allowed and (
        is_erased or reach == (contact.channel, contact.hours, contact.finding)
    )


def _participant_id(value: NewReferral, *, by: Actor) -> int | None:
    """Return whose referral it is, as long as they are there; another site's participant is as good as none."""
    participant = None if value.participant_id is None else db.session.get(Participant, value.participant_id)
    if participant is not None and not may_see(by, participant):
        raise NotFound(message("There is no such participant."))
    return None if participant is None else participant.id


def _row(value: NewReferral, *, by: Actor, at: datetime) -> dict[str, object]:
    """Return the columns of a new referral but its slip number; what was not asked is empty."""
    contact = value.contact
    reach = contact.finding and seal(contact.finding, table="referral", column="reach", row=value.client_id)
    return {
        "public_id": value.client_id,
        "site_id": value.site_id,
        "participant_id": _participant_id(value, by=by),
        "service_id": value.service_id,
        "service_at_location_id": value.service_at_location_id,
        "need": value.need.value,
        "handover": value.handover.value,
        "is_accompanied": value.is_accompanied,
        "state": State.PENDING.value,
        "made_at": at,
        "made_by_id": by.account_id,
        "made_by": by.label,
        "follow_up_on": value.follow_up_on,
        "may_contact": contact.is_allowed,
        "reach_by": contact.channel and contact.channel.value,
        "reach_hours": contact.hours,
        "reach_sealed": reach or None,
    }
