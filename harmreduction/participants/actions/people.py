"""Begin participants, let sites know them, and write down who looked at them."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new
from harmreduction.participants.models import Participant, ParticipantSite
from harmreduction.sites.models import Site

PARTICIPANT_SITE = cast(Table, ParticipantSite.__table__)


def note_seen(participant: Participant, *, by: Actor) -> None:
    """Write down that somebody looked at a participant; the trail id leads nowhere once they are gone."""
    record(Event.PARTICIPANT_SEEN, by=by, subject=participant.trail_today)


def note_listed(*, by: Actor) -> None:
    """Write down that somebody looked through the list."""
    record(Event.PARTICIPANTS_LISTED, by=by)


def add_participant(public_id: str, site_id: int, *, at: datetime) -> Participant:
    """Write down somebody who begins with a code today, inside the transaction of whoever does it."""
    zone = db.session.get_one(Site, site_id).time_zone
    participant = Participant(public_id=public_id, began_on=clock.today(zone, at))
    db.session.add(participant)
    db.session.flush()
    return participant


def one_at_a_time(site_id: int) -> None:
    """Let whoever begins with a code at a site take turns: a page tapped twice at one moment begins one person."""
    db.session.get_one(Site, site_id, with_for_update={"key_share": True})


def find_to_point_to(participant_id: int) -> Participant | None:
    """Return a participant by row id, if they are there; nobody forgets them until the transaction ends.

    Where somebody is just doing that, this waits, and there is nobody then: no record is refused for it.
    """
    return db.session.get(Participant, participant_id, with_for_update={"read": True, "key_share": True})


def note_at_site(participant: Participant, site_id: int, *, at: datetime) -> None:
    """Let a site know a participant whose code was shown there."""
    since = clock.today(db.session.get_one(Site, site_id).time_zone, at)
    row = {"participant_id": participant.id, "site_id": site_id, "since": since}
    db.session.execute(insert_if_new(PARTICIPANT_SITE), row)
