"""Read the front desk: today's tickets at a site, and what other days were."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select

from harmreduction.core.actor import Actor
from harmreduction.core.clock import today
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.models.queue import QueueDay, QueueEntry
from harmreduction.encounters.queries.places import find_place
from harmreduction.encounters.rules.queue import (
    GOES_FIRST,
    DaySums,
    Passage,
    QueueState,
    Wish,
    median_wait,
    sum_up,
    waits_of,
    whole_minutes,
)
from harmreduction.participants.models import Participant
from harmreduction.sites.models import Site
from harmreduction.sites.queries import list_sites_of

LATEST = 12  # of those who were seen or left: the ones that somebody may want to bring back
OPEN = (QueueState.WAITING.value, QueueState.WITH_STAFF.value)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A ticket as one person sees it.

    minutes: waited until called, or until now. participant and visit (public ids) only where that person may open
    them: to everybody else a ticket with a code looks like any other.
    """

    public_id: str
    ticket: int
    state: QueueState
    wish: Wish | None
    minutes: int
    arrived_at: datetime
    called_at: datetime | None
    ended_at: datetime | None
    participant: str | None
    visit: str | None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Today at one front desk; waiting in the order of their turn, with staff the last one first, ended the latest."""

    waiting: Sequence[Ticket]
    with_staff: Sequence[Ticket]
    ended: Sequence[Ticket]
    sums: DaySums
    median_wait: int | None

    @property
    def longest_wait(self) -> int | None:
        """Return the longest wait of today, of those who still wait too; None when nobody waited yet."""
        if not self.sums.called and not self.waiting:
            return None
        return max([self.sums.longest_wait, *(one.minutes for one in self.waiting)])

    def find(self, public_id: str) -> Ticket | None:
        """Return the ticket with this id, if it is in the queue."""
        tickets = (*self.waiting, *self.with_staff, *self.ended)
        return next((one for one in tickets if one.public_id == public_id), None)


@dataclass(frozen=True, kw_only=True)
class SiteSums:
    """What a day at a site's front desk was."""

    site_name: str
    day: date
    sums: DaySums


def find_site_of_queue(actor: Actor, chosen: str, *, now: datetime) -> Site | None:
    """Return the site whose queue to show: the chosen one, else where this person works now, else their first."""
    own_sites = list_sites_of(actor)
    place = None if chosen else find_place(actor, now=now)
    wanted = place.site_public_id if place else chosen
    found = next((site for site in own_sites if site.public_id == wanted), None)
    if chosen and found is None:
        raise NotFound(message("There is no such site."))
    return found or next(iter(own_sites), None)


def get_queue(actor: Actor, site: Site, *, now: datetime) -> Queue:
    """Return today's tickets at a site, as this person may see them."""
    rows = db.session.execute(
        select(QueueEntry, Participant.public_id, Encounter.public_id, Encounter.recorded_by_id)
        .outerjoin(Participant, Participant.id == QueueEntry.participant_id)
        .outerjoin(Encounter, Encounter.id == QueueEntry.encounter_id)
        .where(QueueEntry.site_id == site.id, QueueEntry.day == today(site.time_zone, now))
        .order_by(QueueEntry.arrived_at, QueueEntry.ticket)
    ).all()
    tickets = [_as_seen_by(actor, *row, now=now) for row in rows]
    passages = [passage_of(entry) for entry, *_rest in rows]
    return Queue(
        waiting=sorted(_in_state(tickets, QueueState.WAITING), key=lambda one: one.wish is not GOES_FIRST),
        with_staff=_last_first(_in_state(tickets, QueueState.WITH_STAFF)),
        ended=_last_first([one for one in tickets if one.ended_at is not None])[:LATEST],
        sums=sum_up(passages),
        median_wait=median_wait(waits_of(passages)),
    )


def get_entry_of(actor: Actor, public_id: str) -> QueueEntry:
    """Return a ticket at a site that a person works for; one of another site is as good as none."""
    entry = db.session.scalar(_entry_with(public_id))
    if entry is None or not actor.works_at(entry.site_id):
        raise NotFound(message("There is no such ticket today."))
    return entry


def find_entry(public_id: str) -> QueueEntry | None:
    """Return a ticket by the id made where it was written down."""
    return db.session.scalar(_entry_with(public_id))


def find_entry_of_visit(visit_id: int) -> QueueEntry | None:
    """Return today's ticket whose call began or opened a visit."""
    found = select(QueueEntry).where(QueueEntry.encounter_id == visit_id).order_by(QueueEntry.id.desc())
    return db.session.scalar(found.limit(1))


def find_open_ticket(site_id: int, day: date, participant_ids: Collection[int]) -> QueueEntry | None:
    """Return the ticket with which one of these participants waits, or is with staff, on a day."""
    return db.session.scalar(
        select(QueueEntry)
        .where(QueueEntry.site_id == site_id, QueueEntry.day == day)
        .where(QueueEntry.participant_id.in_(participant_ids), QueueEntry.state.in_(OPEN))
        .order_by(QueueEntry.id)
        .limit(1)
    )


def has_days_to_close(site_id: int, day: date) -> bool:
    """Say whether tickets of days before this one are still there."""
    old = select(QueueEntry.id).where(QueueEntry.site_id == site_id, QueueEntry.day < day)
    return db.session.scalar(old.limit(1)) is not None


def is_closed(site_id: int, day: date) -> bool:
    """Say whether only the sums of a day are left."""
    return db.session.get(QueueDay, (site_id, day)) is not None


def get_site_of_entry(actor: Actor, public_id: str) -> Site:
    """Return the site at whose front desk a ticket was drawn, for a person who works there."""
    return db.session.get_one(Site, get_entry_of(actor, public_id).site_id)


def list_queue_days(actor: Actor, first: date, last: date) -> list[SiteSums]:
    """Return what each day of a period was at each site of this person, newest first; today as far as it went."""
    sites = {site.id: site for site in list_sites_of(actor)}
    closed = select(QueueDay).where(QueueDay.day.between(first, last), QueueDay.site_id.in_(list(sites)))
    days = {(row.site_id, row.day): sums_of(row) for row in db.session.scalars(closed)}
    for key, sums in _sums_still_open(first, last, sites).items():
        days[key] = days.get(key, DaySums()) + sums
    found = [SiteSums(site_name=sites[site].name, day=day, sums=sums) for (site, day), sums in days.items()]
    return sorted(found, key=lambda one: (-one.day.toordinal(), one.site_name))


def sums_of(row: QueueDay) -> DaySums:
    """Return a closed day as sums."""
    return DaySums(
        arrived=row.arrived,
        seen=row.seen,
        went_away=row.went_away,
        called=row.called,
        minutes_waited=row.minutes_waited,
        longest_wait=row.longest_wait,
    )


def passage_of(entry: QueueEntry) -> Passage:
    """Return how a ticket went."""
    return Passage(state=QueueState(entry.state), arrived_at=entry.arrived_at, called_at=entry.called_at)


def _sums_still_open(first: date, last: date, sites: Mapping[int, Site]) -> dict[tuple[int, date], DaySums]:
    """Return the sums of days whose tickets are still there, by site and day."""
    wanted = select(QueueEntry).where(QueueEntry.day.between(first, last), QueueEntry.site_id.in_(list(sites)))
    passages: dict[tuple[int, date], list[Passage]] = {}
    for entry in db.session.scalars(wanted):
        passages.setdefault((entry.site_id, entry.day), []).append(passage_of(entry))
    return {key: sum_up(found) for key, found in passages.items()}


def _as_seen_by(
    actor: Actor,
    entry: QueueEntry,
    participant: str | None,
    visit: str | None,
    recorded_by: int | None,
    *,
    now: datetime,
) -> Ticket:
    """Return a ticket with what this person may see of it."""
    shown = participant if actor.may(Permission.LOOK_UP_PARTICIPANTS) else None
    may_open = recorded_by == actor.account_id or shown is not None or actor.may(Permission.VOID_ANY_DISTRIBUTION)
    return Ticket(
        public_id=entry.public_id,
        ticket=entry.ticket,
        state=QueueState(entry.state),
        wish=Wish(entry.wish) if entry.wish else None,
        minutes=whole_minutes(entry.arrived_at, entry.called_at or now),
        arrived_at=entry.arrived_at,
        called_at=entry.called_at,
        ended_at=entry.ended_at,
        participant=shown,
        visit=visit if may_open else None,
    )


def _in_state(tickets: Sequence[Ticket], state: QueueState) -> list[Ticket]:
    """Return the tickets that are that far."""
    return [one for one in tickets if one.state is state]


def _last_first(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Return the tickets by what happened to them last, the latest first."""
    return sorted(tickets, key=lambda one: one.ended_at or one.called_at or one.arrived_at, reverse=True)


def _entry_with(public_id: str) -> Select[QueueEntry]:
    """Return the statement that finds a ticket by its public id."""
    return select(QueueEntry).where(QueueEntry.public_id == public_id)
