"""The participant's pages, opened and sent as a browser without JavaScript does."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now, today
from harmreduction.core.db import db
from harmreduction.encounters.models import Encounter
from harmreduction.journeys.models import Connection, JourneyBarrier
from harmreduction.journeys.rules.connections import Status
from harmreduction.participants.actions.merging import merge_participants
from harmreduction.referrals.models import Referral
from harmreduction.referrals.rules.kinds import Barrier
from tests.factories import SYSTEM, TIME_ZONE, make_location, make_site, receive
from tests.journeys.stories import block, hand_out_on, mark, report, say, step, tell_all, told_of, visit
from tests.journeys.test_timeline import reads_of
from tests.pages import hidden, text_of
from tests.participants.stories import count_trail, make_participant
from tests.referrals.stories import make_referral
from tests.stock.recalls import recall_of


@pytest.fixture
def site(database):
    return make_site("Union St")


@pytest.fixture
def worker(sign_in_as, site):
    return sign_in_as("outreach_worker", sites=(site.id,))


def page_of(participant, more=""):
    return f"/participants/{participant.public_id}{more}"


def test_a_participant_s_page_says_what_happened_and_looking_is_written_down(worker, site):
    somebody = make_participant(site)
    assert "Nothing yet" in worker.page(page_of(somebody))
    of = visit(somebody, site)
    hand_out_on(of, make_location(site), ("naloxone-nasal-4", 2))
    tell_all(of)
    report(of)
    referral = make_referral(site, participant_id=somebody.id)
    html = worker.page(page_of(somebody))
    page = text_of(html)
    for words in (
        f"Here since {today(TIME_ZONE):%B %Y} · 1 visit here",
        "Naloxone nasal spray 4 mg: 2 kits (4 doses)",
        "Kit before: Used on someone",
        "Safer injection",
        "3 people around them",
        "Reversed overdose",
        "They are OK",
        "Referral: Housing",
        "Nothing heard yet",
        "Go on with the visit of today",
    ):
        assert words in page, words
    assert f"/visits/{of.public_id}" in html and f"/referrals/{referral.public_id}" in html
    assert count_trail("PARTICIPANT_SEEN", somebody) == 2
    entries = str([list(row) for row in db.session.execute(select(AuditEntry.__table__))])
    assert somebody.trail_today in entries and somebody.trail_id not in entries and somebody.public_id not in entries


def test_another_site_s_participant_is_as_good_as_none_and_no_volunteer_or_administrator_sees_one(sign_in_as, site):
    somebody = make_participant(site)
    stranger = sign_in_as("outreach_worker", sites=(make_site().id,))
    for more in ("", "/connections", "/journey", f"/journey/{step('naloxone').public_id}"):
        there = text_of(stranger.page(page_of(somebody, more), status=404))
        nowhere = text_of(stranger.page(f"/participants/{uuid4()}{more}", status=404))
        assert there == nowhere
        for role in ("volunteer", "administrator"):
            sign_in_as(role, sites=(site.id,)).page(page_of(somebody, more), status=403)
    stranger.send(page_of(somebody, "/visit"), status=404, form_id=str(uuid4()))
    assert (count_trail("PARTICIPANT_SEEN"), db.session.scalar(select(Encounter.id))) == (0, None)


def test_a_visit_begins_by_one_tap_and_a_double_tap_begins_one(worker, site):
    somebody = make_participant(site)
    form_id = hidden(worker.page(page_of(somebody)), "form_id")
    answers = [
        worker.send(page_of(somebody, "/visit"), form_id=form_id, site=site.public_id).location for _ in range(2)
    ]
    [begun] = db.session.scalars(select(Encounter)).all()
    assert answers == [f"/visits/{begun.public_id}"] * 2
    again = {"form_id": form_id, "site": site.public_id}
    refill = worker.send(page_of(somebody, "/visit"), **again, then="naloxone").location
    assert refill == f"/naloxone/?visit={begun.public_id}"
    assert worker.send(page_of(somebody, "/visit"), **again, then="//elsewhere.example").location == answers[0]
    assert f'href="/naloxone/?visit={begun.public_id}"' in worker.page(page_of(somebody))
    assert (begun.participant_id, begun.site_id) == (somebody.id, site.id)


def test_a_merged_participant_leads_to_who_they_are_now(worker, site):
    one, two = make_participant(site), make_participant(site)
    visit(two, site)
    merge_participants(one.public_id, two.public_id, by=SYSTEM, at=now())
    answer = worker.get(page_of(two))
    assert (answer.status_code, answer.location) == (302, page_of(one))
    page = text_of(worker.page(page_of(one)))
    assert "1 visit here" in page and "Another code was joined to this one" in page


def test_what_they_took_and_was_recalled_is_asked_about_first(worker, site):
    somebody, other = make_participant(site), make_participant(site)
    shelf = make_location(site)
    receive(shelf, 5)
    hand_out_on(visit(somebody, site), shelf, ("naloxone-nasal-4", 1))
    recall_of("A1")
    assert "Ask: do you still have this?" in text_of(worker.page(page_of(somebody)))
    assert "Ask: do you still have this?" not in text_of(worker.page(page_of(other)))


def test_a_page_of_many_entries_takes_as_many_reads_as_one_of_few(worker, site):
    shelf = make_location(site)
    somebody, other = make_participant(site), make_participant(site)
    for participant, times in ((somebody, 9), (other, 1)):
        for _ in range(times):
            of = visit(participant, site)
            hand_out_on(of, shelf, ("naloxone-nasal-4", 1))
            tell_all(of)
            report(of)
            make_referral(site, participant_id=participant.id)
    many, few = page_of(somebody), page_of(other)
    assert "Next page" in worker.page(many)
    assert reads_of(lambda: worker.page(many)) == reads_of(lambda: worker.page(few))


def test_what_is_in_place_is_told_in_quick_rows_each_of_which_can_be_left_out(worker, site):
    somebody = make_participant(site)
    address = page_of(somebody, "/connections")
    worker.send(address, housing="wanted_now", food="in_place", legal="", phone="nonsense")
    assert told_of(somebody) == {"housing": "wanted_now", "food": "in_place"}
    page = worker.page(page_of(somebody))
    assert f"/referrals/new?participant={somebody.public_id}&amp;need=housing" in page
    chosen = re.findall(r"<input[^>]*checked[^>]*>", worker.page(address))
    assert sum('value="in_place"' in each and 'name="food"' in each for each in chosen) == 1
    worker.send(address, housing="in_place", food="")
    assert told_of(somebody) == {"housing": "in_place"}


def test_what_did_not_change_keeps_its_day_unless_all_of_it_is_said_to_be_true(worker, site):
    somebody = make_participant(site)
    long_ago = today(TIME_ZONE).replace(year=2025)
    say(somebody, site, on=long_ago, food=Status.IN_PLACE)

    def told_on():
        db.session.rollback()
        return {row.part: row.told_on for row in db.session.scalars(select(Connection))}

    worker.send(page_of(somebody, "/connections"), food="in_place", phone="not_yet")
    assert told_on() == {"food": long_ago, "phone": today(TIME_ZONE)}
    worker.send(page_of(somebody, "/connections"), food="in_place", phone="not_yet", is_all_true="y")
    assert set(told_on().values()) == {today(TIME_ZONE)}


def test_a_step_is_marked_and_taken_back_and_what_stands_in_the_way_is_noted(worker, site):
    somebody, kept = make_participant(site), step("referral_kept")
    address = page_of(somebody, f"/journey/{kept.public_id}")
    refused = worker.send(address, status=200, reached_on="2999-01-01")
    assert "has not come yet" in text_of(refused)
    worker.send(address, reached_on="2026-01-05")
    assert "Jan 5, 2026" in worker.page(page_of(somebody, "/journey"))
    assert "marked by hand" in worker.page(address)
    worker.send(f"{address}/take-back")
    assert "They reached it" in worker.page(address)
    worker.send(f"{address}/barriers", barriers=["id", "transport", "nonsense"])
    assert "In the way: No ID, Getting there" in text_of(worker.page(page_of(somebody, "/journey")))
    worker.send(f"{address}/barriers")
    assert db.session.scalar(select(JourneyBarrier.barrier)) is None


def test_a_referral_from_the_page_belongs_to_the_code_until_it_is_cut_loose(worker, site):
    somebody = make_participant(site)
    address = f"/referrals/new?participant={somebody.public_id}"
    page = worker.page(address)
    fields = {"site": site.public_id, "need": "food", "participant": hidden(page, "participant")}
    made = worker.send(address, form_id=hidden(page, "form_id"), code="with", **fields).location
    of_code = db.session.scalars(select(Referral)).one()
    assert of_code.participant_id == somebody.id
    assert page_of(somebody) in worker.page(made)
    own = f"/referrals/{of_code.public_id}"
    assert "Belongs to a code" in worker.page(own) and page_of(somebody) in worker.page(own)
    worker.send(f"{own}/part")
    assert "Belongs to a code" not in worker.page(own)
    worker.send(address, form_id=str(uuid4()), code="without", **fields)
    assert set(db.session.scalars(select(Referral.participant_id))) == {None}


def test_a_referral_from_a_visit_belongs_to_its_code_and_from_an_anonymous_visit_to_nobody(worker, sign_in_as, site):
    somebody = make_participant(site)
    of, anonymous = visit(somebody, site), visit(None, site)
    for begun, whose in ((of, somebody.id), (anonymous, None)):
        page = worker.page(f"/referrals/new?visit={begun.public_id}")
        assert ("With their code" in page) is (whose is not None)
        fields = {"site": site.public_id, "need": "food", "visit": begun.public_id}
        made = worker.send("/referrals/new", form_id=hidden(page, "form_id"), **fields).location
        db.session.rollback()
        assert db.session.scalars(select(Referral.participant_id).order_by(Referral.id.desc())).first() == whose
        assert whose is None or f"/visits/{begun.public_id}" in worker.page(made)
    stranger = sign_in_as("outreach_worker", sites=(make_site().id,))
    for about in (f"visit={of.public_id}", f"participant={somebody.public_id}"):
        assert "With their code" not in stranger.page(f"/referrals/new?{about}")


def test_a_lead_shapes_the_journey_and_sees_how_far_people_come(sign_in_as, site):
    lead = sign_in_as("programme_lead")
    lead.send(
        "/journey/steps/new",
        form_id=hidden(lead.page("/journey/steps/new"), "form_id"),
        name="Sleeps inside",
        is_active="y",
    )
    steps = lead.page("/journey/steps/")
    assert text_of(steps).index("Still there after 30 days") < text_of(steps).index("Sleeps inside")
    own = re.findall(r"/journey/steps/([0-9a-f-]{36})\"", steps)[-1]
    lead.send(f"/journey/steps/{own}/move", do="earlier")
    steps = text_of(lead.page("/journey/steps/"))
    assert steps.index("Sleeps inside") < steps.index("Still there after 30 days")
    assert "Enter a name" in text_of(lead.send(f"/journey/steps/{own}", status=200, name=" ", is_active="y"))
    assert "Nobody visited with a code" in text_of(lead.page("/journey/figures"))
    somebody = make_participant(site)
    visit(somebody, site)
    mark(somebody, step("referral_kept"), site)
    block(somebody, step("referral_made"), site, Barrier.ID)
    page = text_of(lead.page("/journey/figures"))
    assert "Not for outside" in page and "Anonymous visits are not in it" in page
    assert "1 participant." in page and "No ID: 1" in page
