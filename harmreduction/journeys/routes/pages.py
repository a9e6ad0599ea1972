"""What the pages about one participant share."""

from uuid import UUID

from flask import request

from harmreduction.core import clock
from harmreduction.core.errors import NotAllowed
from harmreduction.core.messages import message
from harmreduction.journeys import queries
from harmreduction.journeys.queries import Person
from harmreduction.participants.actions.people import note_seen
from harmreduction.sites.models import Site
from harmreduction.web.access import SAFE_METHODS, current_actor


def open_person(participant_id: UUID) -> Person:
    """Return the participant whom a page is about; looking at them is written down."""
    person = queries.get_person(current_actor(), str(participant_id))
    if request.method in SAFE_METHODS:
        note_seen(person.participant, by=current_actor())
    return person


def site_to_note_at(person: Person) -> Site:
    """Return the site at which something about them is noted."""
    site = queries.usual_site(current_actor(), person, now=clock.now())
    if site is None:
        raise NotAllowed(message("You have no site yet. Ask your administrator to add you to one."))
    return site
