"""Reports as staff writes them down: joined to a visit, once, as told."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotFound
from harmreduction.encounters.models import Encounter
from harmreduction.reversals import actions
from harmreduction.reversals.models import ReversalAnswer, ReversalReport
from harmreduction.reversals.queries.figures import count_doses_handed_out, count_reversals
from harmreduction.reversals.queries.reports import (
    count_waiting,
    get_detail,
    get_report_of,
    list_reports_of,
    list_reports_on,
)
from harmreduction.reversals.queries.same_event import find_possible_with, list_pairs_to_decide
from harmreduction.reversals.rules.bank import AS_ROWS
from harmreduction.reversals.rules.quick import Outcome
from harmreduction.reversals.rules.reports import CannotReport, Exactness, Happened, PutAside, State
from harmreduction.stock.rules import ChangedFact
from tests.factories import SYSTEM, TIME_ZONE, hand_out, make_actor, make_location, make_site, receive
from tests.participants.stories import make_participant
from tests.reversals.stories import (
    TOLD,
    a_start,
    a_talk,
    count,
    events,
    make_public_report,
    make_report,
    new_report,
    read,
    today_here,
    told_by,
)

EVERY_ANSWER = sorted((question, answer) for question, known in AS_ROWS.items() for answer in known)


def test_a_report_from_a_talk_is_joined_to_its_visit_and_whoever_chose_a_code(database):
    site = make_site()
    worker = make_actor(sites=(site.id,))
    participant = make_participant(site)
    talk = a_talk(site, by=worker, visit=a_start(site, participant_id=participant.id))
    report = make_report(site, by=worker, visit=talk.visit, talk_id=talk.client_id, note="asked for two kits")
    visit = db.session.get_one(Encounter, report.encounter_id)
    assert (visit.public_id, visit.participant_id) == (talk.visit.visit_id, participant.id)
    assert (report.participant_id, report.recorded_by_id) == (participant.id, worker.account_id)
    assert report.talk_id is not None and report.state == State.COUNTED
    assert told_by(report) == set(TOLD)
    assert b"kits" not in report.note_sealed
    detail = get_detail(worker, report.public_id)
    assert (detail.note, detail.visit, detail.site.id) == ("asked for two kits", visit, site.id)
    assert list_reports_on(visit.id) == [report]
    assert [entry.subject for entry in events("REVERSAL_REPORTED")] == [report.public_id]


def test_a_report_that_arrives_before_everything_else_begins_the_visit(database):
    site = make_site()
    start = a_start(site)
    report = make_report(site, visit=start, talk_id=new_id())
    assert db.session.get_one(Encounter, report.encounter_id).public_id == start.visit_id
    assert report.talk_id is None


def test_a_report_is_saved_once_however_often_it_is_sent_and_never_changed(database):
    site = make_site()
    told = new_report(site, visit=a_start(site))
    first = actions.report_reversal(told, by=SYSTEM, at=now())
    again = actions.report_reversal(told, by=SYSTEM, at=now())
    assert (first.is_new, again.is_new) == (True, False)
    assert (count(ReversalReport), count(ReversalAnswer)) == (1, len(TOLD))
    changed = new_report(site, client_id=told.client_id, visit=told.visit, doses=5)
    with pytest.raises(ChangedFact):
        actions.report_reversal(changed, by=SYSTEM, at=now())
    assert read(told.client_id).doses == 2
    assert len(events("REVERSAL_REPORTED")) == 1


def test_what_was_skipped_is_nothing_and_contradictions_stay_as_told(database):
    site = make_site()
    nothing = {"happened": Happened(), "place": None, "outcome": None, "doses": None, "answers": frozenset()}
    talk = a_talk(site)  # it tells of an overdose even where its report has no answer
    silent = make_report(site, visit=talk.visit, talk_id=talk.client_id, **nothing)
    for pointless in ({}, {"visit": talk.visit, "talk_id": talk.client_id}):
        with pytest.raises(CannotReport, match="at least one question"):
            make_report(site, **nothing | pointless)
    assert (silent.happened_on, silent.place, silent.outcome, silent.doses, silent.note_sealed) == (None,) * 5
    assert (silent.answers, silent.exactness) == ([], Exactness.UNKNOWN)
    odd = {("called_911", "no"), ("called_911", "yes"), ("came", "nobody"), ("came", "police"), ("after", "nothing")}
    contradictory = make_report(site, outcome=Outcome.DIED, doses=0, answers=frozenset(odd))
    assert told_by(contradictory) == odd
    assert (contradictory.outcome, contradictory.doses) == (Outcome.DIED, 0)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(answers=st.frozensets(st.sampled_from(EVERY_ANSWER)), doses=st.none() | st.integers(0, 20))
def test_answers_come_back_as_they_were_told(database, answers, doses):
    site = make_site()
    report = make_report(site, answers=answers, doses=doses)
    assert (told_by(report), report.doses) == (set(answers), doses)


def test_another_sites_visit_and_reports_are_as_good_as_none(database):
    north, south = make_site(), make_site()
    worker, lead = make_actor(sites=(north.id,)), make_actor("programme_lead")
    start = a_start(south)
    report = make_report(south, visit=start)
    for told in (new_report(south), new_report(north, visit=a_start(north, visit_id=start.visit_id))):
        with pytest.raises(NotFound):
            actions.report_reversal(told, by=worker, at=now())
    for who in (worker, make_actor("volunteer", sites=(south.id,)), make_actor("administrator")):
        assert list_reports_of(who, offset=0, limit=9) == []
        with pytest.raises(NotFound):
            get_report_of(who, report.public_id)
    with pytest.raises(CannotReport):
        actions.report_reversal(new_report(north, visit=a_start(south)), by=lead, at=now())
    assert list_reports_of(lead, offset=0, limit=9) == [read(report.public_id)]
    public = make_public_report()
    with pytest.raises(NotFound):
        get_report_of(worker, public.public_id)


def test_a_public_report_waits_until_a_lead_counts_it_and_can_be_put_aside_and_back(database):
    lead = make_actor("programme_lead")
    report = make_public_report(note="it was fast")
    assert (report.state, report.recorded_by_id, report.site_id, report.is_cut_loose) == ("waiting", None, None, True)
    assert (count_waiting(), count_reversals_today()) == (1, 0)
    actions.count_report(report.public_id, by=lead)
    assert (count_waiting(), count_reversals_today()) == (0, 1)
    for _twice in range(2):
        actions.put_aside(report.public_id, PutAside.TEST, by=lead)
    aside = read(report.public_id)
    assert (aside.state, aside.put_aside_reason, count_reversals_today()) == ("put_aside", "test", 0)
    actions.put_back(report.public_id, by=lead)
    waiting = read(report.public_id)
    assert (waiting.state, waiting.put_aside_reason) == ("waiting", None)
    assert len(events("REVERSAL_REVIEWED")) == 3
    ours = make_report(make_site())
    actions.put_aside(ours.public_id, PutAside.TWICE, by=lead)
    actions.put_back(ours.public_id, by=lead)
    assert read(ours.public_id).state == "counted"


def test_reports_of_one_overdose_are_suggested_and_count_once(database):
    site, lead = make_site(), make_actor("programme_lead")
    at_home = make_report(site, place="own_home")
    first, second = make_report(site), make_public_report(outcome=None, doses=4)
    third = make_public_report(happened=today_here(1), doses=None, answers=frozenset({("called_911", "yes")}))
    for report in (second, third):
        actions.count_report(report.public_id, by=lead)
    possible = {pair.second.public_id for pair in find_possible_with(read(first.public_id))}
    assert possible == {second.public_id, third.public_id}
    assert len(list_pairs_to_decide(today=today_here().on)) == 3
    actions.decide_same(second.public_id, first.public_id, is_same=True, by=lead, at=now())
    actions.decide_same(second.public_id, third.public_id, is_same=True, by=lead, at=now())
    [left] = list_pairs_to_decide(today=today_here().on)
    assert {left.first.public_id, left.second.public_id} == {first.public_id, third.public_id}
    figures = count_reversals(today_here(3).on, today_here().on, time_zone=TIME_ZONE)
    assert (figures.overdoses, figures.reports, figures.called_911, figures.doses_mean) == (2, 4, 1, 3)
    only_today = count_reversals(today_here().on, today_here().on, time_zone=TIME_ZONE)
    assert only_today.overdoses == 1  # the exactest of the three tells of yesterday
    actions.decide_same(second.public_id, third.public_id, is_same=False, by=lead, at=now())
    assert count_reversals(today_here(3).on, today_here().on, time_zone=TIME_ZONE).overdoses == 3
    with pytest.raises(CannotReport):
        actions.decide_same(at_home.public_id, at_home.public_id, is_same=True, by=lead, at=now())


def test_figures_take_the_day_that_was_told_else_the_day_it_came_and_stand_beside_the_kits(database):
    place = make_location()
    receive(place, 200)
    hand_out(place, ("naloxone-nasal-4", 50))
    site = db.session.get_one(type(make_site()), place.site_id)
    make_report(site, happened=Happened())
    make_report(site, happened=today_here(40))
    aside = make_report(site)
    actions.put_aside(aside.public_id, PutAside.OTHER, by=SYSTEM)
    first, last = today_here(2).on, today_here().on
    figures = count_reversals(first, last, time_zone=TIME_ZONE)
    doses = count_doses_handed_out(first, last, time_zone=TIME_ZONE)
    assert (figures.overdoses, doses, figures.for_100_kits(doses)) == (1, 100, 2)
    assert count_reversals(first, last, time_zone=TIME_ZONE, site_id=make_site().id).overdoses == 0
    with transaction():
        db.session.execute(update(ReversalReport).values(state="gone"))
    assert count_reversals(first, last, time_zone=TIME_ZONE).overdoses == 0


def count_reversals_today():
    """Return how many overdoses of today count."""
    return count_reversals(today_here().on, today_here().on, time_zone=TIME_ZONE).overdoses
