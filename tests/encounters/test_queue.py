"""The front desk of a drop-in: tickets, calls and days, as stories on a real database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotFound
from harmreduction.encounters.actions import queue as actions
from harmreduction.encounters.models import Encounter, QueueDay, QueueEntry
from harmreduction.encounters.queries import queue as queries
from harmreduction.encounters.queries.visits import counts_as_visit
from harmreduction.encounters.rules.queue import DayIsOver, DaySums, MovedMeanwhile, QueueState, Wish
from harmreduction.stock.rules import ChangedFact
from tests.encounters import desk
from tests.factories import SYSTEM, hand_out, make_actor, make_location, make_site
from tests.participants.stories import make_participant

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # noon in New York
TODAY = date(2026, 11, 20)
MINUTE = timedelta(minutes=1)


def arrive(site, *, by, at=NOON, **changes):
    return desk.arrive(site, by=by, at=at, **changes)


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


@pytest.fixture
def site(database):
    """A drop-in."""
    return make_site("Union St")


def test_tickets_count_up_each_day_and_each_site_has_its_own(site):
    worker, elsewhere = make_actor(sites=(site.id,)), make_site("Eastside")
    assert [arrive(site, by=worker).ticket for _ in range(3)] == [1, 2, 3]
    assert arrive(elsewhere, by=SYSTEM).ticket == 1
    assert arrive(site, by=worker, at=NOON + timedelta(days=1)).ticket == 1


def test_the_same_arrival_sent_again_is_one_ticket_and_with_another_wish_it_is_not_accepted(site):
    worker, client_id = make_actor(sites=(site.id,)), new_id()
    first = arrive(site, by=worker, client_id=client_id, wish=Wish.TALK)
    again = arrive(site, by=worker, client_id=client_id, wish=Wish.TALK, at=NOON + MINUTE)
    assert (again.public_id, again.ticket) == (first.public_id, first.ticket)
    assert (first.is_new, again.is_new) == (True, False)
    with pytest.raises(ChangedFact):
        arrive(site, by=worker, client_id=client_id, wish=Wish.TESTING)
    assert count(QueueEntry) == 1


def test_who_arrived_first_is_first_but_for_somebody_who_feels_unwell(site):
    worker = make_actor(sites=(site.id,))
    for minute, wish in enumerate((None, Wish.TESTING, Wish.UNWELL, Wish.WOUND_CARE)):
        arrive(site, by=worker, wish=wish, at=NOON + minute * MINUTE)
    queue = queries.get_queue(worker, site, now=NOON + 10 * MINUTE)
    assert [(one.ticket, one.minutes) for one in queue.waiting] == [(3, 8), (1, 10), (2, 9), (4, 7)]
    assert (queue.longest_wait, queue.median_wait) == (10, None)  # who still waits, waits too


def test_a_call_begins_one_visit_and_the_second_desk_reads_that_it_was_slower(site):
    one, other = make_actor(sites=(site.id,)), make_actor(sites=(site.id,))
    entry = arrive(site, by=one).public_id
    visit_id = actions.call_from_queue(entry, by=one, at=NOON + 7 * MINUTE)
    assert actions.call_from_queue(entry, by=one, at=NOON + 8 * MINUTE) == visit_id
    with pytest.raises(MovedMeanwhile, match=r"Another desk was faster\. Ticket 1: With staff\."):
        actions.call_from_queue(entry, by=other, at=NOON + 8 * MINUTE)
    assert count(Encounter) == 1
    [called] = queries.get_queue(one, site, now=NOON + 30 * MINUTE).with_staff
    assert (called.visit, called.minutes) == (visit_id, 7)
    assert queries.get_queue(other, site, now=NOON).with_staff[0].visit is None  # an anonymous visit is its worker's


def test_a_call_by_mistake_is_taken_back_with_its_empty_visit_and_called_again_by_somebody_else(site):
    one, other = make_actor(sites=(site.id,)), make_actor(sites=(site.id,))
    entry = arrive(site, by=one).public_id
    actions.call_from_queue(entry, by=one, at=NOON + MINUTE)
    assert actions.move_in_queue(entry, QueueState.WAITING, by=one, at=NOON + 2 * MINUTE) == 1
    assert (count(Encounter), queries.get_queue(one, site, now=NOON).median_wait) == (0, None)
    visit_id = actions.call_from_queue(entry, by=other, at=NOON + 9 * MINUTE)
    assert queries.get_queue(other, site, now=NOON).with_staff[0].visit == visit_id
    assert queries.get_queue(other, site, now=NOON).sums.longest_wait == 9


def test_a_visit_on_which_something_was_handed_out_stays_when_the_person_waits_again(site):
    worker, shelf = make_actor(sites=(site.id,)), make_location(site)
    entry = arrive(site, by=worker).public_id
    visit_id = actions.call_from_queue(entry, by=worker, at=NOON)
    hand_out(shelf, ("naloxone-nasal-4", 2), by=worker, visit_id=visit_id)
    actions.move_in_queue(entry, QueueState.WAITING, by=worker, at=NOON)
    assert count(Encounter, counts_as_visit()) == 1
    assert actions.call_from_queue(entry, by=worker, at=NOON) == visit_id  # and the same worker goes on with it


def test_seen_and_left_are_one_tap_are_taken_back_by_one_and_pressed_twice_are_one_move(site):
    worker = make_actor(sites=(site.id,))
    entry = arrive(site, by=worker).public_id
    for to in (QueueState.SEEN, QueueState.SEEN, QueueState.WAITING, QueueState.LEFT, QueueState.LEFT):
        assert actions.move_in_queue(entry, to, by=worker, at=NOON + 4 * MINUTE) == 1
    with pytest.raises(MovedMeanwhile, match="Ticket 1: Went away"):
        actions.move_in_queue(entry, QueueState.SEEN, by=worker, at=NOON)
    assert queries.get_queue(worker, site, now=NOON).sums == DaySums(arrived=1, went_away=1)


def test_a_code_has_one_ticket_at_a_time_whichever_of_its_merged_codes_is_shown(site):
    worker = make_actor(sites=(site.id,))
    participant, same_person = make_participant(site), make_participant(site)
    with transaction():
        same_person.merged_into_id = participant.id
    first = arrive(site, by=worker, participant_id=same_person.id)
    again = arrive(site, by=worker, participant_id=participant.id)
    assert (again.ticket, again.was_waiting, count(QueueEntry)) == (first.ticket, True, 1)
    actions.move_in_queue(first.public_id, QueueState.LEFT, by=worker, at=NOON)
    assert arrive(site, by=worker, participant_id=participant.id).ticket == 2  # they came back later


def test_a_call_carries_the_code_to_the_visit_and_a_volunteer_never_sees_that_there_is_one(site):
    worker, volunteer = make_actor(sites=(site.id,)), make_actor("volunteer", sites=(site.id,))
    participant = make_participant(site)
    entry = arrive(site, by=worker, participant_id=participant.id).public_id
    [as_worker] = queries.get_queue(worker, site, now=NOON).waiting
    [as_volunteer] = queries.get_queue(volunteer, site, now=NOON).waiting
    assert (as_worker.participant, as_volunteer.participant) == (participant.public_id, None)
    visit_id = actions.call_from_queue(entry, by=worker, at=NOON)
    visit = db.session.scalars(select(Encounter).where(Encounter.public_id == visit_id)).one()
    assert visit.participant_id == participant.id
    assert queries.get_queue(volunteer, site, now=NOON).with_staff[0].visit is None
    with pytest.raises(NotFound):
        arrive(site, by=volunteer, participant_id=participant.id)


def test_tickets_of_another_site_are_as_good_as_none(site):
    stranger = make_actor(sites=(make_site("Eastside").id,))
    entry = arrive(site, by=SYSTEM).public_id
    with pytest.raises(NotFound):
        arrive(site, by=stranger)
    for deed in (
        lambda: actions.call_from_queue(entry, by=stranger, at=NOON),
        lambda: actions.move_in_queue(entry, QueueState.LEFT, by=stranger, at=NOON),
        lambda: queries.find_site_of_queue(stranger, site.public_id, now=NOON),
    ):
        with pytest.raises(NotFound):
            deed()
    assert queries.list_queue_days(stranger, TODAY, TODAY) == []


def test_the_day_after_only_sums_are_left_and_a_ticket_that_comes_late_or_again_counts_nothing(site):
    worker, quiet = make_actor(sites=(site.id,)), make_site("Eastside")
    seen, called, waits, left = (arrive(site, by=worker, day=TODAY).public_id for _ in range(4))
    arrive(quiet, by=SYSTEM)
    actions.move_in_queue(seen, QueueState.SEEN, by=worker, at=NOON + 10 * MINUTE)
    actions.call_from_queue(called, by=worker, at=NOON + 21 * MINUTE)
    actions.move_in_queue(left, QueueState.LEFT, by=worker, at=NOON + 5 * MINUTE)
    of_day = DaySums(arrived=4, seen=1, went_away=1, called=2, minutes_waited=31, longest_wait=21)
    assert queries.list_queue_days(worker, TODAY, TODAY)[0].sums == of_day

    tomorrow = NOON + timedelta(days=1)
    actions.open_queue(site, by=worker, now=tomorrow)
    assert (count(QueueEntry, QueueEntry.site_id == site.id), count(QueueEntry)) == (0, 1)
    assert queries.list_queue_days(worker, TODAY, TODAY)[0].sums == of_day
    with pytest.raises(NotFound):
        actions.call_from_queue(called, by=worker, at=tomorrow)

    too_late = (
        {"day": TODAY, "at": tomorrow},  # a phone that was offline
        {"at": NOON},
        {"day": TODAY, "at": tomorrow, "client_id": waits},  # a page that is sent again
        {"at": NOON, "client_id": waits},
    )
    for record in too_late:
        with pytest.raises(DayIsOver, match="nothing was counted"):
            arrive(site, by=worker, **record)
    arrive(site, by=worker, at=tomorrow)
    assert actions.close_queue_days(tomorrow) == 1  # the quiet site; nobody used its desk
    assert actions.close_queue_days(tomorrow) == 0
    assert queries.list_queue_days(worker, TODAY, TODAY)[0].sums == of_day
    assert count(QueueEntry, QueueEntry.day > TODAY) == 1
    assert count(QueueDay) == 2


def test_a_day_ends_where_its_site_is(site):
    tokyo = make_site("Far away", time_zone="Asia/Tokyo")
    late = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # six in the evening in New York, eight the next morning in Tokyo
    for place in (site, tokyo):
        arrive(place, by=SYSTEM, at=NOON - timedelta(hours=4))
    assert actions.close_queue_days(late) == 1
    assert db.session.scalars(select(QueueEntry.site_id)).all() == [site.id]


def test_the_trail_tells_who_moved_which_ticket_and_nothing_of_the_participant(site):
    worker, participant = make_actor(sites=(site.id,)), make_participant(site)
    entry = arrive(site, by=worker, participant_id=participant.id, wish=Wish.WOUND_CARE).public_id
    actions.call_from_queue(entry, by=worker, at=NOON)
    actions.move_in_queue(entry, QueueState.SEEN, by=worker, at=NOON)
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "QUEUE_CHANGED")).all()
    assert [(row.subject, row.account_id) for row in told] == [(entry, worker.account_id)] * 3
    subjects = db.session.scalars(select(AuditEntry.subject)).all()
    assert participant.public_id not in subjects
