"""Making referrals, following them up, sharing them: on a real database."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from harmreduction.core.clock import now, today
from harmreduction.core.db import Base, db, new_id, transaction
from harmreduction.core.errors import NotFound, NotSaved
from harmreduction.referrals import actions, queries
from harmreduction.referrals.actions import making
from harmreduction.referrals.models import Referral, ReferralStep
from harmreduction.referrals.rules.following import CannotRefer, NewReferral, replay
from harmreduction.referrals.rules.kinds import ENDED, FOLLOWS, Barrier, Need, State
from harmreduction.referrals.rules.linkage import count_linkage
from harmreduction.referrals.rules.sharing import Shared
from tests.factories import SYSTEM, TIME_ZONE, make_actor, make_site
from tests.referrals.stories import (
    BY_THE_BRIDGE,
    CONTACT,
    count,
    count_events,
    make_referral,
    make_service,
    read_again,
    share,
    tell,
)

MONDAY = datetime(2026, 11, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


# Making -----------------------------------------------------------------------------------------------


def test_a_referral_is_saved_once_however_often_it_is_sent(database):
    site, client_id = make_site(), new_id()
    first = make_referral(site, client_id=client_id)
    again = make_referral(site, client_id=client_id)
    assert (first.slip_number, count(Referral), count_events("REFERRAL_MADE")) == (again.slip_number, 1, 1)


def test_the_same_page_with_other_words_is_told_that_the_first_were_saved(database):
    site, client_id = make_site(), new_id()
    make_referral(site, client_id=client_id)
    with pytest.raises(CannotRefer, match="sent before"):
        make_referral(site, client_id=client_id, need=Need.FOOD)
    with pytest.raises(CannotRefer, match="sent before"):
        make_referral(site, client_id=client_id, contact=CONTACT)
    assert read_again(db.session.scalars(select(Referral)).one()).need == "housing"


def test_a_slip_number_that_was_given_out_before_is_drawn_anew(database, monkeypatch):
    drawn = iter(["2222-2222", "2222-2222", "2222-2222", "3333-3333"])
    monkeypatch.setattr(making, "draw_slip_number", lambda: next(drawn))
    site = make_site()
    assert make_referral(site).slip_number == "2222-2222"
    assert make_referral(site).slip_number == "3333-3333"
    monkeypatch.setattr(making, "draw_slip_number", lambda: "2222-2222")
    with pytest.raises(NotSaved):
        make_referral(site)
    assert count(Referral) == 2


def test_slip_numbers_are_by_lot(database):
    numbers = {making.draw_slip_number() for _ in range(200)}
    assert len(numbers) == 200
    assert all(re.fullmatch(r"[2-9BCDFGHJKMNPQRSTVWXYZ]{4}-[2-9BCDFGHJKMNPQRSTVWXYZ]{4}", each) for each in numbers)


def test_what_was_not_asked_is_empty_and_no_no(database):
    referral = make_referral(make_site())
    assert (referral.is_accompanied, referral.may_contact, referral.is_kept_at_30_days) == (None, None, None)
    assert (referral.reach_by, referral.reach_sealed, referral.follow_up_on) == (None, None, None)


def test_how_to_find_somebody_is_sealed_and_goes_when_the_referral_ends(database):
    for state in sorted(ENDED):
        referral = make_referral(make_site(), contact=CONTACT)
        sealed = bytes(referral.reach_sealed or b"")
        assert sealed and BY_THE_BRIDGE.encode() not in sealed
        assert queries.find_reach(referral) == BY_THE_BRIDGE
        tell(referral, state)
        ended = read_again(referral)
        assert (ended.reach_sealed, ended.reach_by, ended.reach_hours, ended.follow_up_on) == (None, None, "", None)
        assert ended.closed_at is not None


def test_no_column_about_referrals_holds_words_about_a_person_that_anybody_can_read(database):
    referral = make_referral(make_site(), contact=CONTACT)
    actions.write_note(referral.public_id, client_id=new_id(), text="asked twice", by=SYSTEM, at=now())
    share(referral, until=today(TIME_ZONE), items=frozenset({Shared.NOTE}), note="ring the back bell")
    for table in Base.metadata.sorted_tables:
        if table.name.startswith("referral") or table.name == "audit_entry":
            stored = str([list(row) for row in db.session.execute(select(table))])
            for words in (BY_THE_BRIDGE, "asked twice", "ring the back bell"):
                assert words not in stored, table.name


# Sites ------------------------------------------------------------------------------------------------


def test_a_referral_of_another_site_is_as_good_as_none(database):
    here, there = make_site(), make_site()
    worker = make_actor("outreach_worker", sites=(here.id,))
    referral = make_referral(there, follow_up_on=today(TIME_ZONE))
    for look in (
        lambda: queries.get_referral(worker, referral.public_id),
        lambda: tell(referral, State.ARRIVED, by=worker),
        lambda: actions.ask_again_later(referral.public_id, by=worker, at=now()),
        lambda: actions.stop_contacting(referral.public_id, note="x", by=worker, at=now()),
        lambda: actions.say_whether_kept(referral.public_id, True, by=worker, at=now()),
        lambda: actions.note_barriers(referral.public_id, {Barrier.ID}, by=worker, at=now()),
        lambda: actions.write_note(referral.public_id, client_id=new_id(), text="x", by=worker, at=now()),
        lambda: share(referral, until=today(TIME_ZONE), by=worker),
        lambda: make_referral(there, by=worker),
    ):
        with pytest.raises(NotFound):
            look()
    assert queries.find_by_slip_number(worker, referral.slip_number) is None
    assert queries.list_to_call(worker, queries.Asked(), today=today(TIME_ZONE), offset=0, limit=9) == []
    lead = make_actor("programme_lead")
    assert queries.find_by_slip_number(lead, referral.slip_number.lower()) is not None


def test_a_volunteer_sees_no_referral_of_their_own_site(database):
    site = make_site()
    referral = make_referral(site)
    assert queries.find_by_slip_number(make_actor("volunteer", sites=(site.id,)), referral.slip_number) is None


# Following up -----------------------------------------------------------------------------------------


def test_what_is_to_be_changed_is_read_as_it_is_once_nobody_else_can(database):
    referral = make_referral(make_site())
    with transaction():
        seen = queries.get_referral(SYSTEM, referral.public_id)
        db.session.execute(  # as somebody else did between the two reads
            update(Referral).values(state="closed").execution_options(synchronize_session=False)
        )
        assert queries.get_referral(SYSTEM, seen.public_id, for_change=True).state == "closed"


def test_a_step_sent_twice_is_one_step(database):
    referral = make_referral(make_site())
    step = tell(referral, State.CONTACTED)
    actions.take_step(referral.public_id, step, by=SYSTEM, at=now())
    assert (count(ReferralStep), count_events("REFERRAL_CHANGED")) == (1, 1)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(choices=st.lists(st.integers(0, 10), max_size=6))
def test_whatever_happens_the_referral_stands_where_its_steps_replay_to(start_over, choices):
    start_over()
    referral, state = make_referral(make_site(), contact=CONTACT), State.PENDING
    for choice in choices:
        state = sorted(FOLLOWS[state])[choice % len(FOLLOWS[state])]
        tell(referral, state)
    stands = read_again(referral)
    steps = db.session.execute(select(ReferralStep.state, ReferralStep.happened_on).order_by(ReferralStep.id)).all()
    replayed = replay((State(told), day) for told, day in steps)
    assert (State(stands.state), stands.arrived_on) == (replayed.state, replayed.arrived_on)
    assert (stands.closed_at is not None) == (replayed.state in ENDED)
    assert stands.reach_sealed is None or not any(told in ENDED for told, _day in steps)
    counts = count_linkage(queries.list_followed(today(TIME_ZONE), today(TIME_ZONE), time_zone=TIME_ZONE))
    assert (counts.offered, counts.attended) == (1, int(stands.arrived_on is not None))


def test_what_stands_in_the_way_keeps_the_day_on_which_it_was_first_noted(database):
    site, service = make_site(), make_service()
    referral, other = make_referral(site, service), make_referral(site)
    with time_machine.travel(MONDAY, tick=False) as clock:
        actions.note_barriers(referral.public_id, {Barrier.ID, Barrier.PET}, by=SYSTEM, at=now())
        clock.shift(DAY)
        actions.note_barriers(referral.public_id, {Barrier.ID, Barrier.COST}, by=SYSTEM, at=now())
        actions.note_barriers(other.public_id, {Barrier.ID}, by=SYSTEM, at=now())
    assert queries.list_barriers(referral.id) == {Barrier.ID, Barrier.COST}
    day = today(TIME_ZONE)
    found = queries.count_barriers(day, day, time_zone=TIME_ZONE)
    assert {(each.barrier, each.service_id, each.count, each.last_noted_at) for each in found} == {
        (Barrier.ID, service.id, 1, MONDAY),
        (Barrier.ID, None, 1, MONDAY + DAY),
        (Barrier.COST, service.id, 1, MONDAY + DAY),
    }


def test_a_referral_that_ended_is_not_asked_about_later(database):
    referral = make_referral(make_site())
    tell(referral, State.DECLINED_BY_PERSON)
    with pytest.raises(CannotRefer, match="Chose something else"):
        actions.ask_again_later(referral.public_id, by=SYSTEM, at=now())


def test_the_wish_not_to_be_contacted_erases_how_at_once_and_stays_in_the_notes(database):
    referral = make_referral(make_site(), contact=CONTACT, follow_up_on=today(TIME_ZONE))
    _agreement, token = share(referral, until=today(TIME_ZONE), items=frozenset({Shared.REACH}))
    for _ in range(2):
        actions.stop_contacting(referral.public_id, note="not any more", by=SYSTEM, at=now())
    asked = read_again(referral)
    assert (asked.may_contact, asked.reach_by, asked.reach_hours, asked.reach_sealed) == (False, None, "", None)
    assert [note.text for note in queries.get_detail(SYSTEM, referral.public_id).notes] == ["not any more"]
    assert (count_events("REFERRAL_CHANGED"), asked.state, asked.follow_up_on) == (1, "pending", today(TIME_ZONE))
    shared = actions.open_link(token, at=now())
    assert (shared.reach_by, shared.reach_hours, shared.reach) == (None, "", "")


def test_an_arrival_taken_back_takes_with_it_whether_they_still_go(database):
    with time_machine.travel(MONDAY, tick=False) as clock:
        referral = make_referral(make_site())
        tell(referral, State.ARRIVED)
        clock.shift(30 * DAY)
        actions.say_whether_kept(referral.public_id, True, by=SYSTEM, at=now())
        assert read_again(referral).is_kept_at_30_days is True
        tell(referral, State.NO_SHOW)
        stands = read_again(referral)
        assert (stands.arrived_on, stands.is_kept_at_30_days) == (None, None)
        assert stands.follow_up_on == today(TIME_ZONE) + 7 * DAY


def test_the_list_begins_with_what_is_due_longest_and_can_be_narrowed(database):
    site, other = make_site(), make_site()
    with time_machine.travel(MONDAY, tick=False) as clock:
        late = make_referral(site, follow_up_on=today(TIME_ZONE) + DAY, need=Need.FOOD)
        later = make_referral(other, follow_up_on=today(TIME_ZONE) + 9 * DAY)
        waits = make_referral(site)
        ended = make_referral(site, follow_up_on=today(TIME_ZONE))
        tell(ended, State.CLOSED)
        clock.shift(3 * DAY)
        due = make_referral(site, follow_up_on=today(TIME_ZONE))

        def listed(**asked):
            rows = queries.list_to_call(SYSTEM, queries.Asked(**asked), today=today(TIME_ZONE), offset=0, limit=9)
            return [row.referral.slip_number for row in rows], [row.is_due for row in rows]

        numbers = [each.slip_number for each in (late, due, later, waits)]
        assert listed() == (numbers, [True, True, False, False])
        assert listed(need=Need.FOOD)[0] == [late.slip_number]
        assert listed(site_id=other.id)[0] == [later.slip_number]
        assert listed(state=State.CLOSED)[0] == [ended.slip_number]


def test_what_points_to_a_referral_later_finds_it_by_its_client_id(database):
    site, client_id = make_site(), new_id()
    value = NewReferral(client_id=client_id, site_id=site.id, need=Need.MOUD)
    made = actions.make_referral(value, by=SYSTEM, at=now())
    assert queries.get_referral(SYSTEM, client_id).id == made.id
