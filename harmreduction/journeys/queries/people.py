"""Read one participant as their page shows them: only what happened at the reader's own sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.queries import counts_as_visit, find_place
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import (
    get_participant_of,
    ids_of_group,
    known_since,
    own_site_ids,
    sites_of,
)
from harmreduction.sites import queries as sites
from harmreduction.sites.models import Site


@dataclass(frozen=True, kw_only=True)
class Person:
    """A participant with the rows of everybody who is this same person, and the sites of which the reader may see.

    since: the day on which a code was first shown at one of these sites.
    """

    participant: Participant
    ids: Sequence[int]
    site_ids: Sequence[int]
    since: date | None


def get_person(actor: Actor, public_id: str) -> Person:
    """Return a participant whose code was shown at a site of this person; raises NotFound for another's."""
    participant = get_participant_of(actor, public_id)
    return Person(
        participant=participant,
        ids=ids_of_group(participant),
        site_ids=own_site_ids(actor),
        since=known_since(actor, participant),
    )


def count_visits(person: Person) -> int:
    """Return how many visits there were at the reader's sites."""
    visits = select(func.count(Encounter.id)).where(
        Encounter.participant_id.in_(person.ids), Encounter.site_id.in_(person.site_ids), counts_as_visit()
    )
    return db.session.scalar(visits) or 0


def usual_site(actor: Actor, person: Person, *, now: datetime) -> Site | None:
    """Return the site that something about a participant is noted at: where the reader works now, else one of theirs.

    None for a reader without an open site.
    """
    own = sites.list_sites_of(actor)
    place = find_place(actor, now=now)
    if place is not None:
        return next((site for site in own if site.id == place.site_id), None)
    known = sites_of(person.participant)
    return next((site for site in own if site.id in known), own[0] if own else None)
