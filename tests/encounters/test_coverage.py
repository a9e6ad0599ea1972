"""What somebody needs beside what they take: never a limit, and what was not told stays unknown."""

import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from harmreduction.accounts.queries import signed_in_as
from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotFound
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.actions.needs import tell_need
from harmreduction.encounters.actions.visits import leave_visit
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.queries.coverage import coverage_of, coverage_on, find_need_on
from harmreduction.encounters.queries.coverage_figures import coverage_figures
from harmreduction.encounters.queries.hub import has_records
from harmreduction.encounters.rules import Audience, NotBelievable, VisitDetails
from harmreduction.encounters.rules.coverage import (
    FORTNIGHT,
    Band,
    CodeCoverage,
    Coverage,
    NeedTold,
    Taken,
    band_of,
    days_looked_at,
    figures_of,
    individual_coverage,
    kept_of,
)
from harmreduction.encounters.rules.starting import VisitStart
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import ids_of_group
from harmreduction.stock.rules import ReversalReason
from tests.factories import SYSTEM, TIME_ZONE, hand_out, make_actor, make_location, make_site
from tests.pages import text_of
from tests.participants.stories import make_participant
from tests.stock.kits import write

SYRINGES = "syringe-1ml-28g-half"
DAILY = NeedTold(injections=10, injection_days=1)
numbers = st.integers(0, 500)
stretches = st.integers(1, 90)
lengths = st.integers(1, 400)


# Rules ------------------------------------------------------------------------------------------------


def test_a_new_set_for_every_injection_of_two_weeks():
    assert DAILY.syringes_for(FORTNIGHT) == 140
    assert NeedTold(injections=10, injection_days=7).syringes_for(FORTNIGHT) == 20
    assert NeedTold(injections=1, injection_days=30).syringes_for(FORTNIGHT) == 1  # a part of a set is a set
    assert NeedTold(supplies_units=50, supplies_days=7).syringes_for(FORTNIGHT) == 100
    assert NeedTold(injections=0, injection_days=1).syringes_for(FORTNIGHT) == 0


def test_half_an_answer_and_no_answer_stay_unknown():
    for told in (NeedTold(), NeedTold(injections=4), NeedTold(supplies_days=7), NeedTold(people_around=3)):
        assert told.syringes_for(FORTNIGHT) is None
    assert NeedTold().kits is None
    assert [NeedTold(people_around=people).kits for people in (0, 1, 4)] == [1, 1, 4]


@given(first=numbers, second=numbers, days=stretches, length=lengths, longer=lengths)
def test_the_need_grows_with_injections_and_with_time_and_is_never_below_zero(first, second, days, length, longer):
    few, many = sorted((first, second))
    short, long = sorted((length, longer))
    needed = NeedTold(injections=few, injection_days=days).syringes_for(short)
    assert 0 <= needed <= NeedTold(injections=many, injection_days=days).syringes_for(short)
    assert needed <= NeedTold(injections=few, injection_days=days).syringes_for(long)
    assert needed * days >= few * short  # never too few


@given(amount=numbers, days=stretches)
def test_the_need_of_the_stretch_that_was_told_is_what_was_told(amount, days):
    assert NeedTold(injections=amount, injection_days=days).syringes_for(days) == amount
    assert NeedTold(supplies_units=amount, supplies_days=days).syringes_for(days) == amount


@pytest.mark.parametrize(
    ("audience", "others", "share"),
    [
        (None, None, 1),
        (Audience.SELF, None, 1),
        (Audience.SELF_AND_OTHERS, None, None),
        (Audience.SELF_AND_OTHERS, 3, Fraction(1, 4)),
        (None, 1, Fraction(1, 2)),
        (Audience.OTHERS, None, 0),
        (Audience.OTHERS, 5, 0),
    ],
)
def test_what_is_for_others_is_not_counted_as_theirs(audience, others, share):
    assert Taken(audience=audience, others=others).share == share


taken_things = st.builds(
    Taken,
    syringes=numbers,
    doses=numbers,
    audience=st.sampled_from([None, *Audience]),
    others=st.none() | st.integers(0, 99),
)


@given(visits=st.lists(taken_things, max_size=5), more=taken_things)
def test_what_they_keep_is_never_below_zero_nor_above_what_they_took_and_unknown_stays_unknown(visits, more):
    kept = kept_of(visits)
    if kept is None:
        assert kept_of([*visits, more]) is None
        assert any(taken.share is None for taken in visits)
    else:
        assert 0 <= kept <= sum(taken.syringes for taken in visits)
        after = kept_of([*visits, more])
        assert after is None or after >= kept


@given(visits=st.lists(taken_things, max_size=3))
def test_where_nothing_was_told_nothing_more_is_offered(visits):
    assert not Coverage(told=NeedTold(), visits=visits).is_more_welcome


def test_more_is_offered_to_who_keeps_less_than_they_need_and_nobody_is_told_that_they_have_enough():
    told = NeedTold(injections=10, injection_days=14)
    assert Coverage(told=told, visits=[Taken(syringes=9)]).is_more_welcome
    assert not Coverage(told=told, visits=[Taken(syringes=10)]).is_more_welcome
    shared = Taken(syringes=10, others=1)
    assert Coverage(told=told, visits=[shared]).is_more_welcome
    assert Coverage(told=told, visits=[shared]).others == 1
    assert Coverage(told=NeedTold(people_around=2), visits=[Taken(doses=3)]).kits == 1


def test_bands_are_those_of_the_literature_and_only_for_reports():
    bands = [band_of(Fraction(percent)) for percent in (0, 49, 50, 99, 100, 149, 150, 900)]
    assert bands == [Band.UNDER_HALF] * 2 + [Band.HALF] * 2 + [Band.ALL] * 2 + [Band.MORE] * 2
    assert individual_coverage(Fraction(5), 0) is None
    assert individual_coverage(None, 5) is None
    assert individual_coverage(Fraction(5), 10) == 50


@given(
    codes=st.lists(
        st.builds(CodeCoverage, needed=numbers, taken=numbers, kept=st.none() | st.fractions(0, 500)), max_size=8
    )
)
def test_figures_count_every_code_once(codes):
    figures = figures_of(codes)
    known = [code for code in codes if code.kept is not None]
    assert figures.codes == len(codes)
    assert figures.not_known == len(codes) - len(known)
    assert sum(figures.bands.values()) == sum(code.needed > 0 for code in known)
    assert figures.percent is None or figures.percent >= 0


def test_a_code_counts_from_its_first_visit_on_and_two_weeks_at_least():
    january, june, december = date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 31)
    assert days_looked_at(january, december, date(2025, 3, 1)) == 365
    assert days_looked_at(january, december, june) == 214
    assert days_looked_at(january, december, december) == FORTNIGHT


# Stories ----------------------------------------------------------------------------------------------


def start(site, participant=None, **changes):
    return VisitStart(
        visit_id=changes.pop("visit_id", new_id()),
        site_id=site.id,
        time_zone=site.time_zone,
        participant_id=participant and participant.id,
        **changes,
    )


def tell(visit, told, *, by, at=None):
    tell_need(visit, told, by=by, at=at or now())


def visit_row(visit_id):
    return db.session.scalars(select(Encounter).where(Encounter.public_id == visit_id)).one()


def test_an_anonymous_need_is_told_once_and_erased_when_emptied(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor(sites=(site.id,))
    visit = start(site)
    tell(visit, replace(DAILY, people_around=2), by=worker)
    tell(visit, replace(DAILY, people_around=2), by=worker)
    hand_out(shelf, (SYRINGES, 60), ("naloxone-nasal-4", 1), by=worker, visit_id=visit.visit_id)
    known = coverage_on(worker, visit_row(visit.visit_id), now())
    assert (known.usual_syringes, known.syringes, known.usual_kits, known.kits) == (140, 60, 2, 1)
    assert known.is_more_welcome and not known.is_of_code
    tell(visit, NeedTold(), by=worker)
    assert find_need_on(visit_row(visit.visit_id)) is None
    assert coverage_on(worker, visit_row(visit.visit_id), now()) is None
    with pytest.raises(NotBelievable):
        tell(visit, NeedTold(injections=9_999, injection_days=1), by=worker)
    with pytest.raises(NotFound):
        tell(start(make_site()), DAILY, by=worker)


@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.builds(NeedTold, people_around=st.none() | st.integers(0, 99))),
        min_size=1,
        max_size=5,
        unique_by=lambda record: record[0],
    ).flatmap(lambda records: st.tuples(st.just(records), st.permutations(records + records[:1])))
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_was_told_last_stays_in_whichever_order_records_come_in(database, orders):
    told, arriving = orders
    by, visit, received_at = SYSTEM, start(make_site(new_id())), now()
    for minutes_ago, need in arriving:
        tell_need(visit, need, by=by, at=received_at, told_at=received_at - timedelta(minutes=minutes_ago))
    last = min(told)[1]
    found = visit_row(visit.visit_id)
    assert find_need_on(found) == (None if last.is_empty else last)
    assert has_records(found) is not last.is_empty
    if last.is_empty:
        leave_visit(visit.visit_id, by=by)
        assert db.session.scalar(select(Encounter).where(Encounter.public_id == visit.visit_id)) is None


def test_a_phone_whose_clock_is_ahead_keeps_nobody_from_telling_more(database):
    site = make_site()
    visit, moment = start(site), now()
    tell_need(visit, DAILY, by=SYSTEM, at=moment, told_at=moment + timedelta(days=400))
    tell_need(visit, replace(DAILY, people_around=2), by=SYSTEM, at=moment + timedelta(seconds=1))
    assert find_need_on(visit_row(visit.visit_id)).people_around == 2


def test_an_answer_is_kept_as_told_and_volunteers_do_not_see_it(database):
    site = make_site()
    worker, volunteer = make_actor(sites=(site.id,)), make_actor("volunteer", sites=(site.id,))
    visit = start(site)
    told = NeedTold(injections=0, injection_days=1, supplies_units=40, supplies_days=7)  # at odds, and kept as told
    tell(visit, told, by=worker)
    assert find_need_on(visit_row(visit.visit_id)) == told
    assert coverage_on(volunteer, visit_row(visit.visit_id), now()) is None


def test_a_code_tells_once_and_every_visit_of_two_weeks_counts_but_those_of_other_sites(database):
    here, there = make_site("Union St"), make_site("Eastside")
    shelf, van = make_location(here), make_location(there)
    worker, stranger = make_actor(sites=(here.id,)), make_actor(sites=(there.id,))
    with time_machine.travel(now(), tick=False) as clock:
        person, same = make_participant(here), make_participant(here)
        long_ago = start(here, person)
        tell(long_ago, replace(DAILY, people_around=4), by=worker)
        hand_out(shelf, (SYRINGES, 500), by=worker, visit_id=long_ago.visit_id)
        clock.shift(timedelta(days=20))
        with transaction():
            db.session.get_one(Participant, same.id).merged_into_id = person.id
        give(shelf, same, 30, by=worker)
        slip = give(shelf, person, 1_000, by=worker)
        encounters.void_distribution(slip.distribution_id, reason=ReversalReason.WRONG_QUANTITY, by=worker)
        give(van, person, 77, by=stranger)
        clock.shift(timedelta(days=1))
        last = give(shelf, person, 20, by=worker, details=VisitDetails(number_of_others=2))
        ids = ids_of_group(db.session.get_one(Participant, person.id))
        known = coverage_on(worker, visit_row(last.visit_id), now())
        assert (known.syringes, known.today.syringes, known.others) == (50, 20, 2)
        assert (known.usual_syringes, known.usual_kits) == (140, 4)
        assert known.syringes_told_on == today(TIME_ZONE, visit_row(long_ago.visit_id).occurred_at)
        assert coverage_of(worker, ids, now()).syringes == 50
        assert coverage_of(stranger, ids, now()) is None  # told elsewhere
        tell(start(here, person, visit_id=last.visit_id), NeedTold(people_around=1), by=worker)
        newest = coverage_on(worker, visit_row(last.visit_id), now())
        assert (newest.usual_syringes, newest.usual_kits) == (140, 1)


def give(shelf, person, units, *, by, **told):
    return hand_out(shelf, (SYRINGES, units), by=by, participant_id=person.id, **told)


def test_syringes_inside_a_pack_count_and_those_for_naloxone_do_not(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor("programme_lead", sites=(site.id,))
    write("kit-injection-5", (SYRINGES, 5), ("cooker", 5))
    write("kit-im-naloxone", ("naloxone-vial-0.4", 2), ("syringe-im-3ml-25g", 2))
    visit = start(site)
    tell(visit, DAILY, by=worker)
    lines = (("kit-injection-5", 3), ("kit-im-naloxone", 4), (SYRINGES, 2))
    hand_out(shelf, *lines, by=worker, visit_id=visit.visit_id)
    known = coverage_on(worker, visit_row(visit.visit_id), now())
    assert (known.syringes, known.kits) == (17, 4)


# For the programme ------------------------------------------------------------------------------------


def test_figures_of_a_time_agree_with_what_codes_told_and_took(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor("programme_lead", sites=(site.id,))
    first, second, silent, shared = (make_participant(site) for _ in range(4))
    with time_machine.travel(now(), tick=False) as clock:
        began = today(TIME_ZONE)
        for person, told in ((first, NeedTold(injections=1, injection_days=1)), (second, DAILY), (shared, DAILY)):
            tell(start(site, person), told, by=worker)
        give(shelf, first, 40, by=worker)
        give(shelf, second, 100, by=worker, details=VisitDetails(number_of_others=1))
        give(shelf, shared, 10, by=worker, details=VisitDetails(audience=Audience.SELF_AND_OTHERS))
        give(shelf, silent, 900, by=worker)
        hand_out(shelf, (SYRINGES, 300), by=worker)
        clock.shift(timedelta(days=19))
        with transaction():
            db.session.get_one(Participant, silent.id).merged_into_id = first.id
        figures = coverage_figures(began, today(TIME_ZONE), time_zone=TIME_ZONE)
        assert (figures.codes, figures.not_known) == (3, 1)
        assert (figures.needed, figures.taken) == (20 + 200 + 200, 40 + 900 + 100 + 10)
        assert (figures.needed_known, figures.kept, figures.percent) == (220, 990, 450)
        assert figures.bands == {Band.UNDER_HALF: 1, Band.HALF: 0, Band.ALL: 0, Band.MORE: 1}
        before = coverage_figures(began - timedelta(days=40), began - timedelta(days=1), time_zone=TIME_ZONE)
        assert (before.codes, before.needed, before.percent) == (0, 0, None)


# Pages ------------------------------------------------------------------------------------------------


def hidden(html, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


def times_seen(person):
    db.session.rollback()
    trail = select(func.count()).where(AuditEntry.event == "PARTICIPANT_SEEN", AuditEntry.subject == person.trail_today)
    return db.session.scalar(trail)


def test_from_asking_to_still_true_at_the_next_visit(sign_in_as):
    site = make_site("Union St")
    shelf = make_location(site)
    browser = sign_in_as("outreach_worker", sites=(site.id,))
    worker = signed_in_as(browser.account.id)
    person = make_participant(site)
    visit = give(shelf, person, 60, by=worker).visit_id
    assert "Usual need" not in text_of(browser.page(f"/visits/{visit}"))
    seen_before = times_seen(person)
    page = browser.page(f"/visits/{visit}/need")
    assert times_seen(person) == seen_before + 1
    assert hidden(page, "supplies_units") == "60"  # what they take today, until they say otherwise
    answer = browser.send(f"/visits/{visit}/need", injections="10", injection_days="1", supplies_units="60")
    seen = text_of(browser.page(answer.location))
    assert "Usual need: about 140 in two weeks. With this visit: 60." in seen
    assert "They may want more: offer it." in seen and "too much" not in seen
    db.session.rollback()
    assert find_need_on(visit_row(visit)) == DAILY

    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        later = give(shelf, person, 100, by=worker).visit_id
        page = text_of(browser.page(f"/visits/{later}/need"))
        assert "Still true?" in page and "10 injections a day" in page
        browser.send(f"/visits/{later}/need", do="still")
        db.session.rollback()
        assert find_need_on(visit_row(later)) == DAILY
        assert "With this visit: 160." in text_of(browser.page(f"/visits/{later}"))
    refused = browser.post(f"/visits/{later}/need", data={"people_around": "100"})
    assert "from 0 to 99" in text_of(refused)
    assert not [
        word for word in ("limit reached", "enough", "too many") if word in text_of(refused).replace("with enough", "")
    ]


def test_the_page_of_another_site_is_not_there_and_everything_can_be_skipped(sign_in_as):
    site, other = make_site(), make_site()
    shelf = make_location(site)
    stranger = sign_in_as("outreach_worker", sites=(other.id,))
    worker = sign_in_as("outreach_worker", sites=(site.id,))
    visit = hand_out(shelf, (SYRINGES, 5), by=signed_in_as(worker.account.id)).visit_id
    stranger.page(f"/visits/{visit}/need", status=404)
    worker.send(f"/visits/{visit}/need", injections="", supplies_days="", people_around="")
    db.session.rollback()
    assert find_need_on(visit_row(visit)) is None


def test_a_lead_sees_coverage_with_its_source_and_small_numbers_stay_inside(sign_in_as):
    site = make_site()
    shelf, lead = make_location(site), sign_in_as("programme_lead")
    worker = make_actor(sites=(site.id,))
    person = make_participant(site)
    tell(start(site, person), NeedTold(injections=1, injection_days=1), by=worker)
    give(shelf, person, 14, by=worker)
    page = text_of(lead.page("/coverage"))
    assert "1 code told a need" in page and "100 % of their need" in page
    assert "not for outside" in page and "as distributors tell" in page
    assert "Nobody with a code told their need" in text_of(lead.page("/coverage?first=2020-01-01&last=2020-02-01"))
