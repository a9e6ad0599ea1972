"""Run the front desk: draw a ticket, call somebody, say that they were seen or left, and close days that are over."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import Table, delete, func, literal, select, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, insert_or_change, transaction
from harmreduction.core.errors import NotFound, NotSaved
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions.visits import ensure_visit, leave_visit
from harmreduction.encounters.models import Encounter, QueueDay, QueueEntry
from harmreduction.encounters.queries import queue as queries
from harmreduction.encounters.queries.hub import has_records
from harmreduction.encounters.queries.visits import find_visit_of
from harmreduction.encounters.rules.queue import (
    COMES_FROM,
    QUEUE_STATES,
    Arrival,
    DayIsOver,
    DaySums,
    MovedMeanwhile,
    QueueState,
    sum_up,
    times_after,
)
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.participants.actions.people import note_at_site
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import ids_of_group, stands_for
from harmreduction.sites.models import Site
from harmreduction.sites.queries import list_sites
from harmreduction.stock.rules import ChangedFact

ENTRY = cast(Table, QueueEntry.__table__)
DAY = cast(Table, QueueDay.__table__)
TRIES = 50  # desks that draw a ticket at the very same moment; each try lets at least one of them through


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A ticket. is_new: no when the same record was sent before. was_waiting: this code has a ticket already."""

    public_id: str
    ticket: int
    is_new: bool = False
    was_waiting: bool = False


def add_to_queue(arrival: Arrival, *, by: Actor, at: datetime) -> Drawn:
    """Give somebody the next ticket of the day, once however often it is sent; a code has one ticket at a time.

    Raises ChangedFact when the same record was sent before with another wish. Raises DayIsOver, and counts nothing, for
    a day that is over: its tickets are erased, so nobody could say whether this one was among them.
    """
    if not by.works_at(arrival.site_id):
        raise NotFound(message("There is no such site."))
    if arrival.participant_id is not None and not by.may(Permission.LOOK_UP_PARTICIPANTS):
        raise NotFound(message("There is no such participant."))
    day = clock.today(arrival.time_zone, at)
    if arrival.day is not None and arrival.day < day:
        raise _day_is_over()
    with transaction():
        _close_days_before(arrival.site_id, day, by=by)
        saved = queries.find_entry(arrival.client_id)
        if saved is None and queries.is_closed(arrival.site_id, day):
            raise _day_is_over()
        if saved is None and (waiting := _waiting_already(arrival, day, at)):
            return Drawn(public_id=waiting.public_id, ticket=waiting.ticket, was_waiting=True)
        is_new = saved is None
        if saved is None:
            saved = _draw(arrival, day, at)
            record(Event.QUEUE_CHANGED, by=by, subject=arrival.client_id, site_id=arrival.site_id)
        if (saved.site_id, saved.wish) != (arrival.site_id, arrival.wish and arrival.wish.value):
            raise ChangedFact(message("This page was sent before, and its ticket is drawn. Open the queue again."))
        return Drawn(public_id=saved.public_id, ticket=saved.ticket, is_new=is_new)


def call_from_queue(public_id: str, *, by: Actor, at: datetime) -> str:
    """Call somebody who waits, and return the id of the visit that this begins; pressed twice, it is one visit.

    Raises MovedMeanwhile for everybody but the first who calls.
    """
    with transaction():
        entry = queries.get_entry_of(by, public_id)
        visit_id = str(uuid5(UUID(public_id), f"visit of {by.account_id}"))
        if not _move(entry, QueueState.WITH_STAFF, at):
            if _is_called_for(entry, visit_id):
                return visit_id
            raise _moved_meanwhile(entry)
        start = VisitStart(
            visit_id=visit_id,
            site_id=entry.site_id,
            time_zone=db.session.get_one(Site, entry.site_id).time_zone,
            participant_id=entry.participant_id,
        )
        visit = ensure_visit(start, by=by, at=at)
        db.session.execute(update(ENTRY).where(ENTRY.c.id == entry.id).values(encounter_id=visit.id))
        record(Event.QUEUE_CHANGED, by=by, subject=public_id, site_id=entry.site_id)
        return visit_id


def move_in_queue(public_id: str, to: QueueState, *, by: Actor, at: datetime) -> int:
    """Say that somebody was seen, left, or waits again, and return their ticket number; pressed twice, it is one move.

    Raises MovedMeanwhile when another desk said something else in the meantime.
    """
    with transaction():
        entry = queries.get_entry_of(by, public_id)
        ticket, visit_id = entry.ticket, entry.encounter_id
        if not _move(entry, to, at):
            if entry.state == to.value:
                return ticket
            raise _moved_meanwhile(entry)
        if to is not QueueState.SEEN and visit_id is not None:
            _leave_visit(entry.id, visit_id, to, by)
        record(Event.QUEUE_CHANGED, by=by, subject=public_id, site_id=entry.site_id)
        return ticket


def open_queue(site: Site, *, by: Actor, now: datetime) -> None:
    """Close days that are over before anybody looks at today's queue of a site."""
    day = clock.today(site.time_zone, now)
    if queries.has_days_to_close(site.id, day):
        with transaction():
            _close_days_before(site.id, day, by=by)


def close_queue_days(now: datetime) -> int:
    """Keep only the sums of every day that is over where its site is, and return how many tickets were erased."""
    with transaction():
        return sum(_close(site.id, clock.today(site.time_zone, now)) for site in list_sites())


def _close_days_before(site_id: int, day: date, *, by: Actor) -> None:
    """Keep only the sums of a site's days before this one."""
    if queries.has_days_to_close(site_id, day) and _close(site_id, day):
        record(Event.ROLLED_UP, by=by, site_id=site_id)


def _close(site_id: int, day: date) -> int:
    """Add the tickets of days before this one to the sums of their days, and erase them; nobody counts one twice."""
    old = select(QueueEntry).where(QueueEntry.site_id == site_id, QueueEntry.day < day).with_for_update()
    entries = db.session.scalars(old).all()
    for over in sorted({entry.day for entry in entries}):
        of_day = [entry for entry in entries if entry.day == over]
        _add_to_day(site_id, over, sum_up([queries.passage_of(entry) for entry in of_day]))
    db.session.execute(delete(ENTRY).where(ENTRY.c.id.in_([entry.id for entry in entries])))
    return len(entries)


def _add_to_day(site_id: int, day: date, sums: DaySums) -> None:
    """Add sums to those of a day: another desk may draw a ticket at the very moment when the day is closed."""
    before = db.session.get(QueueDay, (site_id, day), with_for_update=True, populate_existing=True)
    total = asdict(sums + (queries.sums_of(before) if before is not None else DaySums()))
    row = {"site_id": site_id, "day": day, **total}
    changed = insert_or_change(DAY).on_conflict_do_update(index_elements=["site_id", "day"], set_=total)
    db.session.execute(changed, row)


def _waiting_already(arrival: Arrival, day: date, at: datetime) -> QueueEntry | None:
    """Let the site know the participant whose code was shown, and return their open ticket; two desks ask in turn."""
    if arrival.participant_id is None:
        return None
    participant = db.session.get_one(Participant, arrival.participant_id)
    note_at_site(participant, arrival.site_id, at=at)
    db.session.get_one(Participant, stands_for(participant).id, with_for_update=True)
    return queries.find_open_ticket(arrival.site_id, day, ids_of_group(participant))


def _draw(arrival: Arrival, day: date, at: datetime) -> QueueEntry:
    """Write down a ticket with the next number that nobody has."""
    last = select(func.coalesce(func.max(QueueEntry.ticket), 0)).where(
        QueueEntry.site_id == arrival.site_id, QueueEntry.day == day
    )
    row = {
        "public_id": arrival.client_id,
        "site_id": arrival.site_id,
        "day": day,
        "wish": arrival.wish and arrival.wish.value,
        "participant_id": arrival.participant_id,
        "state": QueueState.WAITING.value,
        "arrived_at": at,
    }
    for _ in range(TRIES):
        number = last.scalar_subquery() + literal(1)
        db.session.execute(insert_if_new(ENTRY).values(ticket=number, **row))
        if (drawn := queries.find_entry(arrival.client_id)) is not None:
            return drawn
    raise NotSaved(message("Many desks drew a ticket at once. Send it again."))


def _move(entry: QueueEntry, to: QueueState, at: datetime) -> bool:
    """Move a ticket unless somebody was faster, and say whether it moved; the entry is then as the database has it."""
    called_at, ended_at = times_after(to, called_at=entry.called_at, at=at)
    moved = db.session.execute(
        update(ENTRY)
        .where(ENTRY.c.id == entry.id, ENTRY.c.state.in_([state.value for state in COMES_FROM[to]]))
        .values(state=to.value, called_at=called_at, ended_at=ended_at)
        .returning(ENTRY.c.id)
    ).all()
    db.session.refresh(entry)
    return bool(moved)


def _is_called_for(entry: QueueEntry, visit_id: str) -> bool:
    """Say whether this very call was made before, and still stands."""
    own = select(Encounter.id).where(Encounter.public_id == visit_id)
    return entry.state == QueueState.WITH_STAFF.value and entry.encounter_id == db.session.scalar(own)


def _leave_visit(entry_id: int, encounter_id: int, to: QueueState, by: Actor) -> None:
    """Take back the visit that a call began if nothing happened on it; who waits again is in no visit."""
    if to is QueueState.WAITING:
        db.session.execute(update(ENTRY).where(ENTRY.c.id == entry_id).values(encounter_id=None))
    visit = db.session.get_one(Encounter, encounter_id)
    if find_visit_of(by, visit.public_id) is not None and not has_records(visit):
        leave_visit(visit.public_id, by=by)


def _day_is_over() -> DayIsOver:
    """Return the sentence for whoever comes too late."""
    return DayIsOver(message("That day is over, so nothing was counted. Draw a ticket for today."))


def _moved_meanwhile(entry: QueueEntry) -> MovedMeanwhile:
    """Return the sentence for whoever was second."""
    state = QUEUE_STATES[QueueState(entry.state)]
    return MovedMeanwhile(
        message("Another desk was faster. Ticket %(ticket)s: %(state)s.", ticket=entry.ticket, state=state)
    )
