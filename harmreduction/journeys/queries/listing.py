"""Read the list of participants: since when they come to the reader's sites, how often, and when last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CTE, Subquery, func, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import UtcDateTime, db
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.queries import counts_as_visit
from harmreduction.participants.models import Participant, ParticipantSite
from harmreduction.participants.queries.people import own_site_ids, person_of_each


@dataclass(frozen=True, kw_only=True)
class ListedParticipant:
    """A participant as the list shows them, by what happened at the reader's sites; last_at is None without a visit."""

    public_id: str
    since: date
    visits: int
    last_at: datetime | None


def list_participants_of(actor: Actor, *, offset: int, limit: int) -> Sequence[ListedParticipant]:
    """Return the participants whose codes were shown at a person's sites, who came last first; merged ones once."""
    site_ids = own_site_ids(actor)
    person = person_of_each()
    visits = _visits_at(site_ids, person)
    listed = (
        select(
            Participant.public_id,
            func.min(ParticipantSite.since).label("since"),
            func.max(visits.c.visits).label("visits"),
            func.max(visits.c.last_at, type_=UtcDateTime()).label("last_at"),
        )
        .join(person, person.c.person_id == Participant.id)
        .join(ParticipantSite, ParticipantSite.participant_id == person.c.id)
        .outerjoin(visits, visits.c.person_id == Participant.id)
        .where(ParticipantSite.site_id.in_(site_ids))
        .group_by(Participant.id, Participant.public_id)
        .order_by(func.max(visits.c.last_at).is_(None), func.max(visits.c.last_at).desc(), Participant.id.desc())
    )
    return [
        ListedParticipant(public_id=row.public_id, since=row.since, visits=row.visits or 0, last_at=row.last_at)
        for row in db.session.execute(listed.offset(offset).limit(limit))
    ]


def _visits_at(site_ids: Sequence[int], person: CTE) -> Subquery:
    """Return how many visits each person made at these sites, and when the last was; `person` is `person_of_each()`."""
    return (
        select(
            person.c.person_id,
            func.count(Encounter.id).label("visits"),
            func.max(Encounter.occurred_at).label("last_at"),
        )
        .join(Encounter, Encounter.participant_id == person.c.id)
        .where(Encounter.site_id.in_(site_ids), counts_as_visit())
        .group_by(person.c.person_id)
        .subquery()
    )
