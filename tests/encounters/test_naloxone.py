"""Stories of the talk about naloxone and of refills: told as it was told, saved once, never in the way of a kit."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotFound
from harmreduction.encounters import actions, queries, verification
from harmreduction.encounters.actions.naloxone import record_talk
from harmreduction.encounters.models import Distribution, Encounter, NaloxoneTalk
from harmreduction.encounters.queries.naloxone import (
    find_naloxone_given,
    get_talk_of,
    list_naloxone,
    talks_on,
    took_naloxone_before,
)
from harmreduction.encounters.rules import NotBelievable
from harmreduction.encounters.rules.naloxone import (
    FATES,
    TYPE_OF_FATE,
    Act,
    Fate,
    Recipient,
    Reply,
    Source,
    SupplyType,
    Talk,
    Training,
    usual_type,
)
from harmreduction.stock import verification as stock_verification
from harmreduction.stock.models import StockDiscrepancy
from harmreduction.stock.rules import ChangedFact, Outcome
from tests.encounters.things import begin_visit, kits, make_talk, the_talk, visit_start
from tests.factories import hand_out, make_actor, make_location, make_site, on_hand, receive
from tests.participants.stories import make_participant

ANSWERS = ("reply", "supply_type", "previous_fate", "previous_source", "times_used", "recipient", "training")


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def everything_balances():
    return [*stock_verification.find_differences(), *verification.find_differences()] == []


def test_an_anonymous_refill_hands_out_and_keeps_what_was_told(database):
    site = make_site()
    shelf, worker, visit = make_location(site), make_actor(sites=(site.id,)), visit_start(site)
    lot = receive(shelf, 10)
    told = make_talk(
        visit,
        by=worker,
        reply=Reply.TAKEN,
        previous_fate=Fate.USED_ON_SOMEONE,
        times_used=2,
        acts={Act.CALL: True, Act.STAY: None},
        hand_out=kits(shelf, visit, 2),
    )
    talk, saved_visit = get_talk_of(worker, told.talk_id)
    assert (told.outcome, on_hand(shelf, lot), saved_visit.participant_id) == (Outcome.CREATED, 8, None)
    assert (talk.reply, talk.previous_fate, talk.times_used) == ("taken", "used_on_someone", 2)
    assert {act.act: act.is_shown_back for act in talk.acts} == {"call": True, "stay": None}
    assert db.session.get_one(Distribution, talk.distribution_id).public_id == told.distribution_id
    assert everything_balances()


def test_what_was_skipped_is_empty_and_chosen_not_to_is_kept_as_told(database):
    site = make_site()
    make_talk(visit_start(site))
    assert [getattr(the_talk(), column) for column in ANSWERS] == [None] * len(ANSWERS)
    assert (the_talk().distribution_id, the_talk().acts) == (None, [])
    declined = visit_start(site)
    make_talk(declined, reply=Reply.DECLINED, training=Training.DECLINED)
    talks = db.session.scalars(select(NaloxoneTalk).order_by(NaloxoneTalk.id)).all()
    assert [(talk.reply, talk.training, talk.distribution_id) for talk in talks] == [
        (None, None, None),
        ("declined", "declined", None),
    ]


def test_one_record_is_saved_once_however_often_it_is_sent_and_another_under_its_id_is_told(database):
    site = make_site()
    shelf, visit = make_location(site), visit_start(site)
    lot = receive(shelf, 10)
    talk = Talk(client_id=new_id(), visit=visit, previous_fate=Fate.LOST, hand_out=kits(shelf, visit))
    outcomes = [record_talk(talk, by=make_actor("programme_lead"), at=now()).outcome for _ in range(3)]
    assert outcomes == [Outcome.CREATED, Outcome.EXISTS, Outcome.EXISTS]
    assert (on_hand(shelf, lot), count(Encounter), count(NaloxoneTalk)) == (9, 1, 1)
    with pytest.raises(ChangedFact, match="other answers"):
        record_talk(replace(talk, previous_fate=Fate.STOLEN), by=make_actor("programme_lead"), at=now())
    assert (the_talk().previous_fate, on_hand(shelf, lot)) == ("lost", 9)


def test_a_talk_may_arrive_before_or_after_the_hand_out_of_its_visit(database):
    site = make_site()
    shelf, first, second = make_location(site), visit_start(site), visit_start(site)
    make_talk(first, reply=Reply.ALREADY_HAS)
    hand_out(shelf, ("syringe-1ml-28g-half", 10), visit_id=first.visit_id)
    hand_out(shelf, ("naloxone-nasal-4", 1), visit_id=second.visit_id)
    given = find_naloxone_given(db.session.scalar(select(Encounter.id).where(Encounter.public_id == second.visit_id)))
    make_talk(second, reply=Reply.TAKEN, given_before=given.public_id)
    assert (count(Encounter), count(Distribution)) == (2, 2)
    assert find_naloxone_given(given.encounter_id) is None
    talks = db.session.scalars(select(NaloxoneTalk.distribution_id).order_by(NaloxoneTalk.id)).all()
    assert talks == [None, given.id]
    assert everything_balances()


def test_an_empty_shelf_still_hands_out_and_a_number_that_cannot_be_saves_nothing(database):
    site = make_site()
    shelf, visit = make_location(site), visit_start(site)
    make_talk(visit, reply=Reply.TAKEN, hand_out=kits(shelf, visit, 3))
    assert (count(StockDiscrepancy), count(NaloxoneTalk)) == (1, 1)
    with pytest.raises(NotBelievable):
        make_talk(visit_start(site), times_used=21)
    assert count(Encounter) == 1


def test_after_an_undo_the_talk_stays_and_says_that_nothing_was_taken(database):
    site = make_site()
    shelf, worker, visit = make_location(site), make_actor(sites=(site.id,)), visit_start(site)
    lot = receive(shelf, 5)
    talk = Talk(client_id=new_id(), visit=visit, reply=Reply.TAKEN, hand_out=kits(shelf, visit))
    told = record_talk(talk, by=worker, at=now())
    actions.undo_distribution(told.distribution_id, by=worker)
    row = db.session.scalars(select(Encounter)).one()
    (shown,) = talks_on([row.id])[row.id]
    assert (shown.talk.reply, shown.is_taken_back, on_hand(shelf, lot)) == ("taken", True, 5)
    assert record_talk(talk, by=worker, at=now()).outcome is Outcome.EXISTS
    assert on_hand(shelf, lot) == 5
    counting = select(func.count()).select_from(Encounter).where(queries.counts_as_visit())
    assert db.session.scalar(counting) == 1
    assert everything_balances()


def test_a_coded_refill_knows_the_code_and_another_site_sees_neither_visit_nor_talk(database):
    here, there = make_site(), make_site()
    shelf, somebody = make_location(here), make_participant(here)
    worker, stranger = make_actor(sites=(here.id,)), make_actor(sites=(there.id,))
    visit = visit_start(here, somebody)
    told = make_talk(visit, by=worker, hand_out=kits(shelf, visit))
    talk, row = get_talk_of(make_actor(sites=(here.id,)), told.talk_id)
    assert row.participant_id == somebody.id
    assert took_naloxone_before(worker, [somebody.id])
    assert not took_naloxone_before(worker, [somebody.id], besides=row.id)
    assert not took_naloxone_before(stranger, [somebody.id])  # else "refill" there would tell of here
    with pytest.raises(NotFound):
        get_talk_of(stranger, talk.public_id)
    with pytest.raises(NotFound):
        make_talk(replace(visit, site_id=there.id), by=stranger)
    with pytest.raises(NotFound):
        get_talk_of(make_actor("volunteer", sites=(here.id,)), told.talk_id)


def test_a_talk_that_points_to_another_visits_hand_out_is_found(database):
    site = make_site()
    shelf, visit = make_location(site), visit_start(site)
    make_talk(visit, hand_out=kits(shelf, visit))
    other = begin_visit(site)
    with transaction():
        db.session.execute(update(NaloxoneTalk).values(encounter_id=other.id))
    assert "points to a hand-out of another visit" in " ".join(verification.find_differences())


def test_the_kit_now_follows_from_what_was_told():
    assert set(TYPE_OF_FATE) | {Fate.RATHER_NOT_SAY} == set(Fate) == set(FATES)
    assert usual_type(Fate.USED_ON_ME, is_known_here=None) is SupplyType.REFILL
    assert usual_type(Fate.LOST, is_known_here=False) is SupplyType.FIRST_HERE
    assert usual_type(Fate.EXPIRED, is_known_here=False) is SupplyType.REPLACEMENT
    assert usual_type(Fate.RATHER_NOT_SAY, is_known_here=True) is None
    assert usual_type(None, is_known_here=True) is None


def test_the_first_tiles_naloxone_is_offered_first_and_an_atomizer_is_none(database):
    codes = [item.code for item in list_naloxone()]
    assert codes[0] == "naloxone-nasal-4"
    assert "atomizer" not in codes
    assert "kit-im-naloxone" in codes


def skipped_or(kind):
    return st.none() | st.sampled_from(kind)


@given(
    told=st.fixed_dictionaries(
        {
            "reply": skipped_or(Reply),
            "supply_type": skipped_or(SupplyType),
            "previous_fate": skipped_or(Fate),
            "previous_source": skipped_or(Source),
            "times_used": st.none() | st.integers(1, 20),
            "recipient": skipped_or(Recipient),
            "training": skipped_or(Training),
            "acts": st.dictionaries(st.sampled_from(Act), st.sampled_from([None, True, False])),
        }
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_was_told_is_kept_as_it_was_told(database, start_over, told):
    start_over()
    visit = visit_start(make_site())
    make_talk(visit, at=now() - timedelta(minutes=1), **told)
    talk = the_talk()
    assert {act.act: act.is_shown_back for act in talk.acts} == told.pop("acts")
    assert {column: getattr(talk, column) for column in ANSWERS} == told
