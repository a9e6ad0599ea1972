"""Begin a visit, join it and a code or part them, and take back one on which nothing happened."""

from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, delete, select, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, insert_or_change, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.encounters.models import Encounter, QueueEntry, StatedNeed
from harmreduction.encounters.queries.hub import has_records, tables_that_name_visit_and_code
from harmreduction.encounters.queries.visits import get_visit_of
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.encounters.rules.visits import NotEmpty, check_day, happened_at
from harmreduction.participants.actions.people import find_to_point_to, note_at_site
from harmreduction.participants.models import Participant

ENCOUNTER = cast(Table, Encounter.__table__)
QUEUE_ENTRY = cast(Table, QueueEntry.__table__)
STATED_NEED = cast(Table, StatedNeed.__table__)


def ensure_visit(start: VisitStart, *, by: Actor, at: datetime) -> Encounter:
    """Return the visit, begun now if its id is new; one that is there stays as it is, whosever record says more.

    A participant who is not there any more leaves the visit anonymous: no record is ever refused for that.
    Raises NotFound for a visit of another site.
    """
    if not by.works_at(start.site_id):
        raise NotFound(message("There is no such site."))
    if start.day is not None:
        check_day(start.day, today=clock.today(start.time_zone, at))
    with transaction():
        is_new = db.session.scalar(insert_if_new(ENCOUNTER).returning(ENCOUNTER.c.id), _row(start, by=by, at=at))
        if is_new is not None:
            record(Event.VISIT_STARTED, by=by, subject=start.visit_id, site_id=start.site_id)
        visit = db.session.scalar(select(Encounter).where(Encounter.public_id == start.visit_id))
        if visit is None or visit.site_id != start.site_id:
            raise NotFound(message("There is no such visit."))
        return visit


def write_visit(start: VisitStart, told: dict[str, object], *, by: Actor, at: datetime) -> int | None:
    """Return the row id of a visit, written down now if its id is new, else with what was told now added.

    None for a visit of another site, which stays as it is.
    """
    written = _write(insert_or_change(ENCOUNTER), tuple(sorted(told)))
    encounter_id = db.session.scalar(written, {**_row(start, by=by, at=at), **told})
    return None if encounter_id is None else int(encounter_id)


@cache
def _write(insert_or_change: Any, told: tuple[str, ...]) -> Any:
    """Put together, once a database and for what columns were told, what writes a visit down; every hand-out does."""
    new = insert_or_change.excluded
    columns = told or ("public_id",)  # the database returns the id of a row that it updates, be it with what it holds
    return insert_or_change.on_conflict_do_update(
        index_elements=["public_id"],
        set_={name: new[name] for name in columns},
        where=ENCOUNTER.c.site_id == new.site_id,
    ).returning(ENCOUNTER.c.id)


def join_visit(visit_id: str, participant: Participant | None, *, by: Actor) -> None:
    """Join a visit and the code that somebody chose to use after all; None parts them.

    Whatever names both the visit and a code, its ticket or a report of an overdose, follows: it would tell whose.
    """
    with transaction():
        visit = get_visit_of(by, visit_id)
        participant_id = None if participant is None else participant.id
        if visit.participant_id == participant_id:
            return
        if participant is not None:
            note_at_site(participant, visit.site_id, at=clock.now())
        db.session.execute(update(ENCOUNTER).where(ENCOUNTER.c.id == visit.id).values(participant_id=participant_id))
        for table in tables_that_name_visit_and_code():
            own = update(table).where(table.c.encounter_id == visit.id)
            db.session.execute(own.values(participant_id=participant_id))
        record(Event.VISIT_JOINED, by=by, subject=visit_id, site_id=visit.site_id)


def leave_visit(visit_id: str, *, by: Actor) -> None:
    """Take back a visit that was none after all; raises NotEmpty once anything was recorded on it."""
    with transaction():
        visit = get_visit_of(by, visit_id)
        if has_records(visit):
            raise NotEmpty(message("Something was recorded on this visit, so it stays."))
        db.session.execute(update(QUEUE_ENTRY).where(QUEUE_ENTRY.c.encounter_id == visit.id).values(encounter_id=None))
        db.session.execute(delete(STATED_NEED).where(STATED_NEED.c.encounter_id == visit.id))  # told, then emptied
        db.session.execute(delete(ENCOUNTER).where(ENCOUNTER.c.id == visit.id))
        record(Event.VISIT_TAKEN_BACK, by=by, subject=visit_id, site_id=visit.site_id)


def _row(start: VisitStart, *, by: Actor, at: datetime) -> dict[str, object]:
    """Return the columns of a visit that begins; whoever shows a code is known at its site from then on."""
    occurred_at = happened_at(start.day, now=at, time_zone=start.time_zone)
    participant = None if start.participant_id is None else find_to_point_to(start.participant_id)
    if participant is not None:  # they may have been forgotten since the record was written
        note_at_site(participant, start.site_id, at=at)
    return {
        "public_id": start.visit_id,
        "site_id": start.site_id,
        "occurred_at": occurred_at,
        "is_time_known": occurred_at == at,
        "recorded_at": at,
        "recorded_by_id": by.account_id,
        "participant_id": None if participant is None else participant.id,
    }
