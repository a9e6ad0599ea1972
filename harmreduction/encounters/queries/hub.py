"""Read one visit whole: what was handed out, told and done on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Column, ColumnElement, Table, exists, or_, select

from harmreduction.core.actor import Actor
from harmreduction.core.db import Base, db
from harmreduction.core.permissions import Permission
from harmreduction.encounters.models import Encounter, QueueEntry, StatedNeed, VisitActivity
from harmreduction.encounters.queries.care import activities_on
from harmreduction.encounters.queries.naloxone import ToldTalk, talks_on
from harmreduction.encounters.queries.recalls import RecalledEarlier, list_recalled_earlier
from harmreduction.encounters.queries.visits import Given, get_visit_of, has_need, list_given_on, sum_given
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import ids_of_group, stands_for
from harmreduction.sites.models import Site

ENCOUNTER = cast(Table, Encounter.__table__)
ALONE_NOTHING = {  # waiting is not yet something that happened, and a need may be empty
    QueueEntry.__tablename__,
    StatedNeed.__tablename__,
}


@dataclass(frozen=True, kw_only=True)
class WholeVisit:
    """A visit with everything that its page shows.

    participant: who showed their code, None for others and for readers who may not know. recalled: open recalls that
    touch what they took here.
    """

    visit: Encounter
    site: Site
    given: Sequence[Given]
    talks: Sequence[ToldTalk]
    activities: Sequence[VisitActivity]
    participant: Participant | None
    recalled: Sequence[RecalledEarlier]
    is_empty: bool


def get_whole_visit(actor: Actor, public_id: str) -> WholeVisit:
    """Return a visit that this person may see, with everything that was recorded on it."""
    visit = get_visit_of(actor, public_id)
    participant = participant_of(visit) if actor.may(Permission.LOOK_UP_PARTICIPANTS) else None
    return WholeVisit(
        visit=visit,
        site=db.session.get_one(Site, visit.site_id),
        given=sum_given(list_given_on(visit.id)),
        talks=talks_on([visit.id]).get(visit.id, []),
        activities=activities_on([visit.id]).get(visit.id, []),
        participant=participant,
        recalled=list_recalled_earlier(actor, ids_of_group(participant)) if participant else [],
        is_empty=not has_records(visit),
    )


def participant_of(visit: Encounter) -> Participant | None:
    """Return who showed their code on a visit, or who they were merged into since."""
    if visit.participant_id is None:
        return None
    return stands_for(db.session.get_one(Participant, visit.participant_id))


def has_records(visit: Encounter) -> bool:
    """Say whether anything was recorded on a visit, by whichever feature: a row of any table points to it."""
    if any(told is not None for told in (visit.returned_syringes, visit.audience, visit.number_of_others)):
        return True
    if visit.note_sealed is not None or visit.group_event_id is not None:
        return True
    pointing: list[ColumnElement[bool]] = [column == visit.id for column in _columns_that_point_here()]
    pointing.append((Encounter.id == visit.id) & has_need())
    return bool(db.session.scalar(select(or_(*(exists().where(condition) for condition in pointing)))))


def _columns_that_point_here() -> list[Column[int]]:
    """Return every column of the schema that points to a visit."""
    tables = (table for name, table in Base.metadata.tables.items() if name not in ALONE_NOTHING)
    return [key.parent for table in tables for key in table.foreign_keys if key.column is ENCOUNTER.c.id]


def tables_that_name_visit_and_code() -> list[Table]:
    """Return every table, of whichever feature, whose rows name both a visit and the participant whose it was."""
    return [table for table in Base.metadata.sorted_tables if {"encounter_id", "participant_id"} <= {*table.c.keys()}]
