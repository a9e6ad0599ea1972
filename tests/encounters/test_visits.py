"""Stories of visits: begun once, joined with a code and parted again, left when nothing happened."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.encounters.actions import ensure_visit, join_visit, leave_visit
from harmreduction.encounters.actions.queue import call_from_queue
from harmreduction.encounters.models import Encounter, QueueEntry
from harmreduction.encounters.queries import find_visit_of, get_visit_of
from harmreduction.encounters.queries.recalls import list_recalled_earlier
from harmreduction.encounters.rules.starting import start_of
from harmreduction.encounters.rules.visits import NotBelievable, NotEmpty
from harmreduction.participants.queries.people import sites_of
from tests.encounters.desk import arrive
from tests.encounters.things import begin_visit, kits, make_talk, visit_start
from tests.factories import SYSTEM, days_from_now, hand_out, make_actor, make_location, make_site, receive
from tests.participants.stories import make_participant
from tests.stock.recalls import recall_of


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def trail_of(visit):
    return db.session.scalars(select(AuditEntry.event).where(AuditEntry.subject == visit).order_by(AuditEntry.id)).all()


def test_a_visit_is_begun_once_and_a_later_record_changes_nothing_about_it(database):
    site = make_site()
    somebody, start = make_participant(site), visit_start(site)
    first = ensure_visit(start, by=SYSTEM, at=now())
    again = ensure_visit(replace(start, participant_id=somebody.id), by=SYSTEM, at=now() + timedelta(hours=1))
    assert (again.id, again.participant_id, again.occurred_at) == (first.id, None, first.occurred_at)
    assert start_of(again) == replace(start, time_zone="UTC")
    assert list(trail_of(start.visit_id)) == ["VISIT_STARTED"]


def test_a_visit_of_another_day_is_at_its_noon_and_tomorrow_is_refused(database):
    site = make_site()
    yesterday = days_from_now(-1)
    visit = begin_visit(site, day=yesterday)
    assert (visit.is_time_known, visit.occurred_at.date()) == (False, yesterday)
    with pytest.raises(NotBelievable):
        begin_visit(site, day=days_from_now(2))


def test_a_visit_with_a_code_is_seen_by_the_team_of_its_site_and_an_anonymous_one_by_who_logged_it(database):
    here, there = make_site(), make_site()
    worker, colleague = make_actor(sites=(here.id,)), make_actor("clinician", sites=(here.id,))
    stranger, volunteer = make_actor(sites=(there.id,)), make_actor("volunteer", sites=(here.id,))
    coded = begin_visit(here, make_participant(here), by=worker)
    anonymous = begin_visit(here, by=worker)
    assert [find_visit_of(who, coded.public_id) is not None for who in (worker, colleague, volunteer, stranger)] == [
        True,
        True,
        False,
        False,
    ]
    assert [find_visit_of(who, anonymous.public_id) is not None for who in (worker, colleague)] == [True, False]
    with pytest.raises(NotFound):
        ensure_visit(replace(start_of(coded), site_id=there.id), by=stranger, at=now())
    with pytest.raises(NotFound):
        begin_visit(here, by=stranger)


def test_a_code_is_joined_and_parted_and_the_site_knows_it_from_then_on(database):
    here, there = make_site(), make_site()
    somebody, worker = make_participant(there), make_actor(sites=(here.id,))
    visit = begin_visit(here, by=worker)
    join_visit(visit.public_id, somebody, by=worker)
    join_visit(visit.public_id, somebody, by=worker)
    assert get_visit_of(worker, visit.public_id).participant_id == somebody.id
    assert sites_of(somebody) == {here.id, there.id}
    join_visit(visit.public_id, None, by=worker)
    assert get_visit_of(worker, visit.public_id).participant_id is None
    assert list(trail_of(visit.public_id)) == ["VISIT_STARTED", "VISIT_JOINED", "VISIT_JOINED"]


def test_the_ticket_of_a_visit_that_is_parted_from_its_code_forgets_the_code_too(database):
    site = make_site()
    worker = make_actor(sites=(site.id,))
    called = call_from_queue(arrive(site, participant_id=make_participant(site).id).public_id, by=worker, at=now())
    join_visit(called, None, by=worker)
    assert db.session.scalars(select(QueueEntry.participant_id)).all() == [None]


def test_whoever_was_forgotten_meanwhile_leaves_an_anonymous_visit(database):
    visit = begin_visit(make_site(), participant_id=987_654)
    assert visit.participant_id is None


def test_only_a_visit_on_which_nothing_happened_can_be_taken_back(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor(sites=(site.id,))
    called = call_from_queue(arrive(site).public_id, by=worker, at=now())
    leave_visit(called, by=worker)
    assert (count(Encounter), db.session.scalars(select(QueueEntry.encounter_id)).one()) == (0, None)
    talked, given = begin_visit(site, by=worker), begin_visit(site, by=worker)
    make_talk(start_of(talked), by=worker)
    hand_out(shelf, ("naloxone-nasal-4", 1), by=worker, visit_id=given.public_id)
    for visit in (talked, given):
        with pytest.raises(NotEmpty):
            leave_visit(visit.public_id, by=worker)
    assert count(Encounter) == 2


def test_a_hand_out_that_names_a_visit_of_another_site_is_a_visit_of_its_own(database):
    here, there = make_site(), make_site()
    visit = begin_visit(there)
    hand_out(make_location(here), ("naloxone-nasal-4", 1), visit_id=visit.public_id)
    assert count(Encounter) == 2


def test_a_hand_out_with_a_code_begins_the_visit_of_that_code(database):
    site = make_site()
    somebody = make_participant(site)
    hand_out(make_location(site), ("naloxone-nasal-4", 1), participant_id=somebody.id)
    assert db.session.scalars(select(Encounter.participant_id)).one() == somebody.id


def test_at_the_next_visit_one_is_told_what_was_recalled_of_what_they_took(database):
    here, there = make_site(), make_site()
    shelf, somebody, other = make_location(here), make_participant(here), make_participant(here)
    receive(shelf, 10, lot="STUCK")
    start = visit_start(here, somebody)
    make_talk(start, hand_out=kits(shelf, start))
    begin_visit(here, other)
    recall_of("STUCK")
    worker, stranger = make_actor(sites=(here.id,)), make_actor(sites=(there.id,))
    assert [earlier.recall.title for earlier in list_recalled_earlier(worker, [somebody.id])] == ["Sprays that stick"]
    assert list_recalled_earlier(worker, [other.id]) == []
    assert list_recalled_earlier(stranger, [somebody.id]) == []
