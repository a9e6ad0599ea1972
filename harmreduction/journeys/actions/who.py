"""Whom something is written down about, for every action of this feature."""

from datetime import date, datetime

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import ids_of_group, may_see, stands_for
from harmreduction.sites.models import Site


def group_of(participant_id: int, site_id: int, *, by: Actor) -> list[int]:
    """Return the rows of everybody who is the same person as a participant, with who they stand for first.

    Raises NotFound when this person may not see them, or does not work at the site where they say it.
    """
    participant = db.session.get(Participant, participant_id)
    if participant is None or not may_see(by, participant) or not by.works_at(site_id):
        raise NotFound(message("There is no such participant."))
    return ids_of_group(participant)


def today_at(site_id: int, at: datetime) -> date:
    """Return the day at a site."""
    return clock.today(db.session.get_one(Site, site_id).time_zone, at)


def note_change(event: Event, participant_id: int, site_id: int, *, by: Actor) -> None:
    """Write down that something about a participant changed, by what leads nowhere once they are forgotten."""
    participant = stands_for(db.session.get_one(Participant, participant_id))
    record(event, by=by, subject=participant.trail_today, site_id=site_id)
