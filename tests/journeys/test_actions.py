"""What is told of a life and marked on a journey: on a real database, at one's own sites only."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from harmreduction.core.clock import now, today
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.encounters.actions import undo_distribution
from harmreduction.journeys import actions, queries
from harmreduction.journeys.models import Connection, JourneyBarrier, JourneyMark
from harmreduction.journeys.rules.connections import CannotTell, Status
from harmreduction.journeys.rules.counts import Travelled, count_journeys
from harmreduction.journeys.rules.steps import CannotMark, StepWanted
from harmreduction.participants.actions.merging import merge_participants, part_participants
from harmreduction.referrals.rules.kinds import Barrier, State
from tests.factories import SYSTEM, TIME_ZONE, make_actor, make_location, make_site
from tests.journeys.stories import (
    add_step,
    block,
    hand_out_on,
    mark,
    reached_by,
    report,
    say,
    step,
    tell_all,
    told_of,
    visit,
)
from tests.participants.stories import count_trail, make_participant
from tests.referrals.stories import make_referral, tell

MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


# What is in place -------------------------------------------------------------------------------------


def test_what_somebody_says_is_kept_and_what_they_leave_out_is_no_row(database):
    site = make_site()
    somebody = make_participant(site)
    for _ in range(2):  # a record sent twice is told once
        say(somebody, site, housing=Status.WANTED_NOW, phone=Status.IN_PLACE, legal=None)
    assert told_of(somebody) == {"housing": "wanted_now", "phone": "in_place"}
    say(somebody, site, phone=None)
    assert (told_of(somebody), count(Connection)) == ({"housing": "wanted_now"}, 1)
    assert count_trail("PROFILE_CHANGED", somebody) == 3


def test_a_late_record_does_not_take_the_place_of_a_later_word(database):
    site = make_site()
    somebody = make_participant(site)
    with time_machine.travel(MONDAY, tick=False):
        day = today(TIME_ZONE)
        say(somebody, site, food=Status.IN_PLACE, on=day)
        say(somebody, site, food=Status.NOT_YET, on=day - DAY)
        say(somebody, site, food=None, on=day - DAY)
        assert told_of(somebody) == {"food": "in_place"}
        with pytest.raises(CannotTell):
            say(somebody, site, food=Status.NOT_YET, on=day + DAY)


def test_what_was_told_at_another_site_is_not_seen_even_where_the_code_is_known(database):
    here, there = make_site(), make_site()
    somebody = make_participant(here)
    visit(somebody, there)  # the code was shown there too
    worker, lead = make_actor("outreach_worker", sites=(there.id,)), make_actor("programme_lead")
    say(somebody, here, housing=Status.WANTED_NOW, food=Status.IN_PLACE)
    mark(somebody, step("naloxone"), here)
    block(somebody, step("referral_made"), here, Barrier.ID)
    assert (told_of(somebody, by=worker), "Has naloxone" in reached_by(somebody, by=worker)) == ({}, False)
    say(somebody, there, by=worker, housing=None, food=Status.NOT_YET)
    block(somebody, step("referral_made"), there, by=worker)
    actions.unmark_step(somebody.id, step("naloxone").id, site_id=there.id, by=worker)
    assert told_of(somebody, by=lead) == {"housing": "wanted_now", "food": "not_yet"}
    assert ("Has naloxone" in reached_by(somebody, by=lead), count(JourneyBarrier)) == (True, 1)


def test_nobody_writes_about_a_participant_whom_they_may_not_see(database):
    here, there = make_site(), make_site()
    somebody = make_participant(here)
    strangers = [
        make_actor("outreach_worker", sites=(there.id,)),
        make_actor("volunteer", sites=(here.id,)),
        make_actor("administrator"),
    ]
    for stranger in strangers:
        for deed in (
            lambda by=stranger: say(somebody, here, by=by, food=Status.IN_PLACE),
            lambda by=stranger: mark(somebody, step("naloxone"), here, by=by),
            lambda by=stranger: block(somebody, step("naloxone"), here, Barrier.COST, by=by),
            lambda by=stranger: actions.unmark_step(somebody.id, step("naloxone").id, site_id=here.id, by=by),
            lambda by=stranger: queries.get_person(by, somebody.public_id),
        ):
            with pytest.raises(NotFound):
                deed()
    assert (count(Connection), count(JourneyMark), count(JourneyBarrier)) == (0, 0, 0)


# The journey of one -----------------------------------------------------------------------------------


def test_facts_show_the_steps_by_themselves_each_on_its_first_day(database):
    site = make_site()
    shelf = make_location(site)
    with time_machine.travel(MONDAY, tick=False) as clock:
        first = today(TIME_ZONE)
        somebody = make_participant(site)
        visit(somebody, site)
        assert reached_by(somebody) == {"First visit": first}
        visit(somebody, site)  # on the same day: they did not come back yet
        assert "Came again" not in reached_by(somebody)
        clock.shift(7 * DAY)
        hand_out_on(visit(somebody, site), shelf, ("naloxone-nasal-4", 1))
        referral = make_referral(site, participant_id=somebody.id)
        clock.shift(7 * DAY)
        tell(referral, State.ARRIVED)
        assert reached_by(somebody) == {
            "First visit": first,
            "Came again": first + 7 * DAY,
            "Has naloxone": first + 7 * DAY,
            "Told of a service": first + 7 * DAY,
            "Got there": first + 14 * DAY,
        }


def test_naloxone_that_was_taken_back_shows_nothing_and_having_it_already_does(database):
    site = make_site()
    shelf = make_location(site)
    somebody, other = make_participant(site), make_participant(site)
    undo_distribution(hand_out_on(visit(somebody, site), shelf, ("naloxone-nasal-4", 1)), by=SYSTEM)
    assert "Has naloxone" not in reached_by(somebody)
    of = visit(other, site)
    tell_all(of)
    assert "Has naloxone" not in reached_by(other)
    db.session.execute(db.text("UPDATE naloxone_talk SET reply = 'already_has'"))
    db.session.commit()
    assert "Has naloxone" in reached_by(other)


def test_a_step_is_marked_once_by_hand_and_can_be_taken_back(database):
    site = make_site()
    somebody, own = make_participant(site), add_step("Knows a place to sleep")
    with time_machine.travel(MONDAY, tick=False):
        day = today(TIME_ZONE)
        mark(somebody, own, site, on=day - DAY)
        mark(somebody, own, site, on=day)
        assert reached_by(somebody) == {"Knows a place to sleep": day - DAY}
        with pytest.raises(CannotMark):
            mark(somebody, own, site, on=day + DAY)
        actions.unmark_step(somebody.id, own.id, site_id=site.id, by=SYSTEM)
        assert reached_by(somebody) == {}
    assert count_trail("JOURNEY_CHANGED", somebody) == 3


def test_what_stands_in_the_way_keeps_its_day(database):
    site = make_site()
    somebody, own = make_participant(site), step("referral_made")
    with time_machine.travel(MONDAY, tick=False) as clock:
        block(somebody, own, site, Barrier.ID, Barrier.PET)
        clock.shift(DAY)
        block(somebody, own, site, Barrier.ID, Barrier.COST)
        noted = {row.barrier: row.noted_on for row in db.session.scalars(select(JourneyBarrier))}
        assert noted == {"id": today(TIME_ZONE) - DAY, "cost": today(TIME_ZONE)}


# Merged -----------------------------------------------------------------------------------------------


def test_a_merged_participant_is_one_person_and_parted_again_two(database):
    site = make_site()
    shelf = make_location(site)
    with time_machine.travel(MONDAY, tick=False) as clock:
        one, two = make_participant(site), make_participant(site)
        visit(one, site)
        say(one, site, housing=Status.IN_PLACE, food=Status.NOT_YET)
        clock.shift(DAY)
        of = visit(two, site)
        hand_out_on(of, shelf, ("naloxone-nasal-4", 1))
        report(of)
        say(two, site, food=Status.IN_PLACE)
        mark(two, step("referral_kept"), site)
        merge_participants(one.public_id, two.public_id, by=SYSTEM, at=now())
        for each in (one, two):
            person = queries.get_person(SYSTEM, each.public_id)
            assert (person.participant.id, queries.count_visits(person)) == (one.id, 2)
            assert [m.site.id for m in queries.list_moments(person.ids, person.site_ids, offset=0, limit=9)] == [
                site.id
            ] * 3
        assert told_of(one) == {"housing": "in_place", "food": "in_place"}
        assert set(reached_by(one)) == {"First visit", "Came again", "Has naloxone", "Still there after 30 days"}
        assert queries.count_steps(SYSTEM, today(TIME_ZONE) - DAY, today(TIME_ZONE)).participants == 1
        part_participants(two.public_id, by=SYSTEM)
        assert told_of(one) == {"housing": "in_place", "food": "not_yet"}
        assert "Came again" not in reached_by(one)


# The journey of all -----------------------------------------------------------------------------------


def test_the_programme_shapes_its_journey_and_what_was_marked_stays(database):
    names = [each.name for each in queries.list_steps()]
    own = add_step("Sleeps inside")
    actions.move_step(own.public_id, -1, by=SYSTEM)
    assert [each.name for each in queries.list_steps()] == [*names[:-1], "Sleeps inside", names[-1]]
    actions.move_step(own.public_id, -99, by=SYSTEM)
    actions.save_step(StepWanted(client_id=own.public_id, name=" Sleeps safely "), by=SYSTEM)
    assert [each.name for each in queries.list_steps()] == ["Sleeps safely", *names]
    site = make_site()
    somebody = make_participant(site)
    mark(somebody, own, site)
    actions.save_step(StepWanted(client_id=own.public_id, name="Sleeps safely", is_active=False), by=SYSTEM)
    assert (reached_by(somebody), count(JourneyMark)) == ({}, 1)
    actions.save_step(StepWanted(client_id=own.public_id, name="Sleeps safely"), by=SYSTEM)
    assert set(reached_by(somebody)) == {"Sleeps safely"}
    assert count_trail("QUESTIONS_CHANGED") == 6


def test_the_counts_are_those_of_everybody_asked_one_by_one(database):
    here, there = make_site(), make_site(time_zone="Pacific/Auckland")
    shelf = make_location(here)
    with time_machine.travel(MONDAY, tick=False) as clock:
        people = [make_participant(site) for site in (here, here, there, here, there)]
        long_ago, *others = people
        visit(long_ago, here)
        clock.shift(400 * DAY)
        for number, somebody in enumerate(others):
            of = visit(somebody, here if number < 3 else there)
            if number % 2:
                hand_out_on(of, shelf, ("naloxone-nasal-4", 1))
                make_referral(here, participant_id=somebody.id)
            block(somebody, step("referral_arrived"), here, *[Barrier.ID, Barrier.COST][: number % 3])
        visit(None, here)  # anonymous: in no count
        clock.shift(2 * DAY)
        visit(others[0], there)
        mark(others[1], step("referral_kept"), here)
        merge_participants(others[2].public_id, others[3].public_id, by=SYSTEM, at=now())
        last = today(TIME_ZONE)
        first = last - 30 * DAY
        counts = queries.count_steps(SYSTEM, first, last)
        assert counts == count_one_by_one(others[:3], last)
        assert (counts.participants, counts.steps[0].reached, counts.steps[1].reached) == (3, 3, 1)
        assert queries.count_steps(SYSTEM, last - 500 * DAY, last - 300 * DAY).participants == 1
        worker = make_actor("programme_lead")
        assert queries.count_steps(worker, first, last) == counts


def count_one_by_one(people, last):
    """Return the counts of people, each asked by what their own page shows."""
    steps = [(each.id, None) for each in queries.list_steps()]
    asked = []
    for somebody in people:
        person = queries.get_person(SYSTEM, somebody.public_id)
        standings = queries.list_standings(person.ids, person.site_ids)
        asked.append(
            Travelled(
                shown_on={},
                marked_on={each.step.id: each.reached.reached_on for each in standings if each.reached},
                barriers=frozenset((each.step.id, barrier.value) for each in standings for barrier in each.barriers),
            )
        )
    return count_journeys(asked, steps, last=last)
