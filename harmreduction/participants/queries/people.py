"""Read participants: whom a person may see, who was joined with whom, and at which sites."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import CTE, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.participants.models import Participant, ParticipantSite
from harmreduction.sites.queries import list_sites


def get_participant_of(actor: Actor, public_id: str) -> Participant:
    """Return a participant whose code was shown at a site of this person; another's is as good as none.

    For one who was merged, this is who they were merged into.
    """
    found = find_participant(public_id)
    participant = None if found is None else stands_for(found)
    if participant is None or not may_see(actor, participant):
        raise NotFound(message("There is no such participant."))
    return participant


def find_participant(public_id: str) -> Participant | None:
    """Return a participant as they are, merged or not, whoever may see them."""
    return db.session.scalar(select(Participant).where(Participant.public_id == public_id))


def may_see(actor: Actor, participant: Participant) -> bool:
    """Say whether a person may look at a participant: the code was shown at one of their own sites."""
    if not actor.may(Permission.LOOK_UP_PARTICIPANTS):
        return False
    return any(actor.works_at(site_id) for site_id in sites_of(participant))


def stands_for(participant: Participant) -> Participant:
    """Return who a participant was merged into at last, or the same participant."""
    seen = {participant.id}
    while participant.merged_into_id is not None and participant.merged_into_id not in seen:
        participant = db.session.get_one(Participant, participant.merged_into_id)
        seen.add(participant.id)
    return participant


def ids_of_group(participant: Participant) -> list[int]:
    """Return the row ids of everybody who is this same person, whichever of them is given; their own stands first."""
    root = stands_for(participant)
    return sorted(_merged_into(root), key=lambda row_id: (row_id != root.id, row_id))


def sites_of(participant: Participant) -> frozenset[int]:
    """Return the sites at which the codes of this same person were shown."""
    shown = select(ParticipantSite.site_id).where(ParticipantSite.participant_id.in_(ids_of_group(participant)))
    return frozenset(db.session.scalars(shown))


def known_since(actor: Actor, participant: Participant) -> date | None:
    """Return the day on which a code of this person was first shown at a site of the reader; other sites are silent."""
    shown = select(ParticipantSite).where(ParticipantSite.participant_id.in_(ids_of_group(participant)))
    return min((row.since for row in db.session.scalars(shown) if actor.works_at(row.site_id)), default=None)


def list_merged(actor: Actor, participant: Participant) -> Sequence[Participant]:
    """Return who was merged straight into this participant, latest first, where the reader's sites know both."""
    merged = select(Participant).where(Participant.merged_into_id == participant.id)
    found = db.session.scalars(merged.order_by(Participant.merged_at.desc(), Participant.id.desc()))
    return [each for each in found if may_part(actor, each)]


def may_part(actor: Actor, merged: Participant) -> bool:
    """Say whether a person knows both sides of a merge at their own sites; one alone would tell of the other's."""
    one_side = _merged_into(merged)
    other_side = set(ids_of_group(merged)) - one_side
    return _is_known_to(actor, one_side) and _is_known_to(actor, other_side)


def own_site_ids(actor: Actor) -> list[int]:
    """Return the sites that a person works for, closed ones too: what happened there is still theirs to see."""
    return [site.id for site in list_sites() if actor.works_at(site.id)]


def person_of_each() -> CTE:
    """Return every participant's row beside the row of who they stand for."""
    roots = select(Participant.id, Participant.id.label("person_id")).where(Participant.merged_into_id.is_(None))
    person = roots.cte("person_of_each", recursive=True)
    merged = select(Participant.id, person.c.person_id).join(person, Participant.merged_into_id == person.c.id)
    return person.union(merged)


def _merged_into(participant: Participant) -> set[int]:
    """Return the row ids of a participant and of whoever was merged into them, step by step."""
    group = select(Participant.id).where(Participant.id == participant.id).cte("one_person", recursive=True)
    merged = select(Participant.id).join(group, Participant.merged_into_id == group.c.id)
    return set(db.session.scalars(select(group.union(merged).c.id)))


def _is_known_to(actor: Actor, participant_ids: Collection[int]) -> bool:
    """Say whether a code of any of these was shown at a site of this person."""
    shown = select(ParticipantSite.site_id).where(ParticipantSite.participant_id.in_(participant_ids))
    return actor.may(Permission.LOOK_UP_PARTICIPANTS) and any(map(actor.works_at, db.session.scalars(shown)))
