"""The pages of staff: a report from a talk with a kit in its place, the list, the review, the figures."""

import re

import pytest
from sqlalchemy import select

from harmreduction.core.db import db, new_id
from harmreduction.encounters.models import Distribution, Encounter
from harmreduction.encounters.rules.naloxone import Fate
from harmreduction.reversals.models import ReversalReport, SameEvent
from tests.factories import make_account, make_location, make_site, on_hand, receive
from tests.pages import hidden, text_of
from tests.participants.stories import make_participant
from tests.reversals.stories import (
    a_start,
    a_talk,
    count,
    events,
    make_public_report,
    make_report,
    open_public_page,
    read,
    told_by,
)

QUICK = {"when": "today", "outcome": "ok", "doses": "2", "place": "street", "gave": ["teller"], "called_911": "no"}


@pytest.fixture
def drop_in(database):
    """A site with a shelf that holds naloxone."""
    place = make_location()
    return place, receive(place, 20), db.session.get_one(type(make_site()), place.site_id)


@pytest.fixture
def worker(drop_in, sign_in_as):
    """An outreach worker of the site, signed in."""
    _place, _lot, site = drop_in
    return sign_in_as("outreach_worker", sites=(site.id,))


def the_report():
    """Return the only report there is."""
    db.session.rollback()
    return db.session.scalars(select(ReversalReport)).one()


def test_a_talk_leads_to_a_filled_in_report_and_on_to_a_kit_on_the_same_visit(drop_in, worker):
    place, lot, site = drop_in
    start = a_start(site, participant_id=make_participant(site).id)
    talk = a_talk(site, visit=start, previous_fate=Fate.USED_ON_ME, times_used=2)
    address = f"/reversals/talk/{talk.client_id}"
    page = worker.page(address)
    assert "Number 1 of 2" in page
    assert re.search(r'<input checked[^>]*name="source"[^>]*value="this_programme"', page)
    assert re.search(r'<input checked[^>]*name="reporter"[^>]*value="overdosed"', page)
    assert not re.search(r'<input checked[^>]*name="(when|outcome|doses|place|gave)"[^>]*value="\w', page)
    start_of_another = a_start(site, participant_id=make_participant(site).id)
    of_another = a_talk(site, visit=start_of_another, previous_fate=Fate.USED_ON_SOMEONE)
    guessed = worker.page(f"/reversals/talk/{of_another.client_id}")
    assert not re.search(r'<input checked[^>]*name="reporter"[^>]*value="\w', guessed)
    once = {"form_id": hidden(page, "form_id"), "number": "1", "source": "this_programme", **QUICK}
    after = worker.send(address, **once).location
    worker.send(address, **once)
    report = the_report()
    assert (report.outcome, report.doses, report.place, report.exactness) == ("ok", 2, "street", "day")
    assert told_by(report) == {("gave", "teller"), ("called_911", "no"), ("source", "this_programme")}
    assert db.session.get_one(Encounter, report.encounter_id).public_id == start.visit_id
    assert f"/reversals/{report.public_id}" in worker.page(f"/visits/{start.visit_id}")
    saved = worker.page(after)
    assert "Report the next one (2 of 2)" in saved and "Hand out a kit now" in saved
    assert "Number 2 of 2" in worker.page(f"{address}?number=2")
    kit = {"form_id": hidden(saved, "form_id"), "visit": start.visit_id}
    for _tapped_twice in range(2):
        worker.send("/reversals/kit", **kit)
    assert "Hand out one more kit" in worker.page(after)
    given = db.session.scalars(select(Distribution)).one()
    assert given.encounter.public_id == start.visit_id
    assert on_hand(place, lot) == 19


def test_what_was_told_is_not_told_twice_by_going_back(drop_in, worker):
    _place, _lot, site = drop_in
    start = a_start(site, participant_id=make_participant(site).id)
    talk = a_talk(site, visit=start)
    for address in (f"/reversals/talk/{talk.client_id}", f"/reversals/visit/{start.visit_id}"):
        page = worker.page(address)
        number = hidden(page, "number")
        worker.send(address, form_id=hidden(page, "form_id"), number=number, **QUICK)
        again = worker.page(address)
        assert "Already told at" in again and "/reversals/" in again and "Was it another overdose?" in text_of(again)
        assert f"Number {int(number) + 1}" in text_of(again) and not re.search(r"<input checked[^>]*value=.\w", again)
        silent = worker.send(
            address, status=200, form_id=hidden(again, "form_id"), number=hidden(again, "number"), reporter=""
        )
        assert "Answer at least one question" in text_of(silent)
        assert count(ReversalReport) == int(number)


def test_every_question_can_be_skipped_and_numbers_beyond_the_tiles_are_typed(drop_in, worker):
    _place, _lot, site = drop_in
    nothing = {"form_id": new_id(), "when": "", "outcome": "", "doses": "", "place": "", "called_911": ""}
    assert "Answer at least one question" in text_of(worker.send("/reversals/new", status=200, **nothing))
    assert count(ReversalReport) == 0
    talk = a_talk(site, visit=a_start(site, participant_id=make_participant(site).id))
    for _sent_twice in range(2):
        worker.send(f"/reversals/talk/{talk.client_id}", **nothing)
    silent = the_report()
    assert (silent.happened_on, silent.outcome, silent.doses, silent.place, silent.answers) == (None,) * 4 + ([],)
    assert silent.site_id == site.id and silent.talk_id is not None  # the talk tells that a kit was used
    worker.send(
        "/reversals/new", form_id=new_id(), doses="more", doses_number="9", when="another_day", day="2026-03-04"
    )
    worker.send("/reversals/new", form_id=new_id(), doses="more", when="this_month", place="moon", drugs=["moon"])
    typed, tapped = sorted(
        db.session.scalars(select(ReversalReport).where(ReversalReport.happened_on.is_not(None))),
        key=lambda report: report.exactness,
    )
    assert (typed.doses, str(typed.happened_on), typed.answers) == (9, "2026-03-04", [])
    assert (tapped.doses, tapped.exactness, tapped.place, told_by(tapped)) == (None, "month", None, {("doses", "more")})
    kit = worker.page(f"/reversals/saved?report={typed.public_id}")
    worker.send("/reversals/kit", form_id=hidden(kit, "form_id"), visit="")
    assert count(Encounter) == 2  # that of the talk, and a new, anonymous one: the other reports have none


def test_what_cannot_be_is_pointed_out_and_what_was_told_stays_in_the_page(drop_in, worker):
    sent = {"form_id": new_id(), **QUICK, "note": "Call Wren Heron at 555 010 4477"}
    page = worker.send("/reversals/new", status=200, **sent).text
    assert "This looks like a phone number." in text_of(page) and "names nobody" in page
    assert re.search(r'<input checked[^>]*name="place"[^>]*value="street"', page)
    for wrong, words in (
        ({"when": "another_day", "day": "2126-01-01"}, "This day has not come yet"),
        ({"doses_number": "99"}, "from 0 to 20"),
        ({"area": "12 Heron St 277"}, "Leave out the exact place"),
        ({"day": "soon"}, "Enter a date"),
    ):
        answer = worker.send("/reversals/new", status=200, **(sent | {"note": ""} | wrong))
        assert words in text_of(answer)
    assert count(ReversalReport) == 0
    worker.send("/reversals/new", **sent, note_names_nobody="y")
    changed = worker.send("/reversals/new", status=200, **(sent | {"note": "", "doses": "3"}))
    assert "This page was sent before" in text_of(changed)
    assert (the_report().doses, "555" in worker.page(f"/reversals/{the_report().public_id}")) == (2, True)


def test_cut_loose_at_once_no_address_stands_beside_the_visit(drop_in, worker):
    _place, _lot, site = drop_in
    talk = a_talk(site, visit=a_start(site, participant_id=make_participant(site).id))
    sent = {"form_id": new_id(), **QUICK, "is_cut_loose": "y"}
    after = worker.send(f"/reversals/talk/{talk.client_id}", **sent).location
    assert sent["form_id"] not in after and talk.visit.visit_id in after
    assert sent["form_id"] not in worker.page(after)
    assert (the_report().encounter_id, events("REVERSAL_REPORTED")) == (None, [])


def test_a_report_is_read_by_its_site_and_every_look_is_written_down(drop_in, worker, sign_in_as):
    _place, _lot, site = drop_in
    report = make_report(site, note="it was cold", area="East side", visit=a_start(site))
    assert "Overdoses reported" in worker.page("/reversals/")
    page = worker.page(f"/reversals/{report.public_id}")
    assert all(words in text_of(page) for words in ("it was cold", "East side", "Fear of police", "They are OK"))
    assert [entry.subject for entry in events("REVERSAL_SEEN")] == [None, report.public_id]
    stranger = sign_in_as("outreach_worker", sites=(make_site().id,))
    stranger.page(f"/reversals/{report.public_id}", status=404)
    assert report.public_id not in stranger.page("/reversals/")
    answer = worker.send(f"/reversals/{report.public_id}/cut-loose")
    assert answer.location == "/reversals/"  # its new address does not follow the deed in the trail
    worker.page(f"/reversals/{report.public_id}", status=404)
    listed = re.findall(r"/reversals/([0-9a-f-]{36})", worker.page("/reversals/"))
    assert len(listed) == 1 and "it was cold" in worker.page(f"/reversals/{listed[0]}")
    worker.send(f"/reversals/{listed[0]}/cut-loose")
    assert "cut loose already" in worker.page("/reversals/")


def test_of_a_report_at_another_site_that_may_tell_of_the_same_nobody_here_is_told(drop_in, worker, sign_in_as):
    make_report(make_site())
    saved = f"/reversals/saved?report={make_report(drop_in[2]).public_id}"
    assert "the same overdose" not in worker.page(saved)
    assert "the same overdose" in sign_in_as("programme_lead").page(saved)
    make_report(drop_in[2])
    assert "the same overdose" in worker.page(saved)


def test_a_lead_looks_through_public_reports_and_joins_those_of_one_overdose(drop_in, sign_in_as):
    _place, _lot, site = drop_in
    lead = sign_in_as("programme_lead")
    ours, public = make_report(site), make_public_report(note="they woke up fast")
    spam = make_public_report(place="shelter", outcome=None, answers=frozenset())
    page = lead.page("/reversals/review")
    assert "2 from the public page" in page and "they woke up fast" in page and "Maybe the same overdose" in page
    assert "2 wait to be read" in lead.page("/reversals/")
    lead.send(f"/reversals/{public.public_id}/count", back="list")
    lead.send(f"/reversals/{spam.public_id}/put-aside", back="list")
    assert read(spam.public_id).state == "waiting"  # no reason was given
    lead.send(f"/reversals/{spam.public_id}/put-aside", back="list", reason="unlikely")
    assert "It cannot have been so" in lead.page(f"/reversals/{spam.public_id}")
    lead.send(f"/reversals/{spam.public_id}/put-back")
    lead.send("/reversals/same", first=ours.public_id, second=public.public_id, answer="same")
    lead.send("/reversals/same", first=ours.public_id, second=new_id(), answer="same", status=302)
    assert db.session.scalars(select(SameEvent.is_same)).one() is True
    assert "They count as one" in lead.page(f"/reversals/{ours.public_id}")
    figures = text_of(lead.page("/reversals/figures"))
    assert "1 overdoses reported" in figures and "Fear of police 1" in figures and "under 11" in figures
    assert "No overdose was reported" in lead.page("/reversals/figures?first=2020-01-01&last=2020-02-01")


def test_the_poster_says_whether_the_page_is_open(drop_in, worker):
    assert "The public page is closed" in worker.page("/reversals/poster")
    open_public_page()
    poster = worker.page("/reversals/poster")
    assert "http://localhost/used" in poster and "closed" not in poster


def test_without_a_site_there_is_a_sentence(sign_in_as):
    assert "You have no site yet" in sign_in_as("outreach_worker", account=make_account()).page("/reversals/new")
