"""The front desk as a browser without JavaScript uses it."""

import re
from datetime import timedelta

import time_machine
from sqlalchemy import func, select

from harmreduction.accounts.models import AccountSession
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.encounters.models import Encounter, QueueEntry
from tests.encounters.desk import arrive
from tests.factories import make_location, make_site
from tests.pages import hidden, text_of
from tests.participants.stories import (
    allow_codes,
    draw_code,
    make_participant,
    make_participant_with_card,
    print_card,
)

MINUTE = timedelta(minutes=1)


def drop_in(sign_in_as, *roles):
    """Return a site with a shelf, and a browser for each of these roles there."""
    site = make_site("Union St")
    make_location(site, "Union St shelf")
    return site, *(sign_in_as(role, sites=(site.id,)) for role in roles or ("outreach_worker",))


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def ticket_of(answer):
    return re.search(r"added=([0-9a-f-]+)", answer.location)[1]


def move(browser, entry_id, to):
    return browser.send(f"/queue/{entry_id}", to=to)


def queue_text(browser, **query):
    return text_of(browser.get("/queue/", query_string=query))


def test_one_tap_draws_the_next_ticket_and_a_double_tap_draws_one(sign_in_as):
    _site, desk = drop_in(sign_in_as)
    assert "Nobody waits" in queue_text(desk)
    form_id = hidden(desk.page("/queue/"), "form_id")
    for wish in ("", "", "wound_care"):
        answer = desk.send("/queue/add", wish=wish, form_id=form_id)
    page = text_of(desk.page(answer.location))
    assert "Their ticket 2" in page
    assert "Waiting: 2" in page
    assert "2 Wound care just arrived" in page
    assert "Numbers only, no names." in page


def test_a_page_left_open_overnight_counts_nobody_and_the_next_tap_draws_a_ticket_of_today(sign_in_as):
    site, desk = drop_in(sign_in_as)
    with time_machine.travel(now(), tick=False) as clock:
        page = desk.page("/queue/")
        stale = {"wish": "", "form_id": hidden(page, "form_id"), "day": hidden(page, "day")}
        desk.send("/queue/add", **stale)
        clock.shift(timedelta(days=1))
        desk = sign_in_as("outreach_worker", sites=(site.id,))
        page = desk.send("/queue/add", status=200, **stale).text
        assert "That day is over, so nothing was counted." in text_of(page)
        assert "Nobody waits" in text_of(page)
        desk.send("/queue/add", wish="", form_id=hidden(page, "form_id"), day=hidden(page, "day"))
        assert "Waiting: 1" in queue_text(desk)


def test_an_evening_at_two_desks_call_seen_left_and_back(sign_in_as):
    site, desk, other = drop_in(sign_in_as, "outreach_worker", "clinician")
    with time_machine.travel(now() - 30 * MINUTE, tick=False) as clock:
        first, second, _third = (ticket_of(desk.send("/queue/add", wish="")) for _ in range(3))
        clock.shift(12 * MINUTE)
        called = move(desk, first, "with_staff")
        desk.page(called.location)
        slower = other.page(move(other, first, "with_staff").location)
        assert "Another desk was faster. Ticket 1: With staff." in text_of(slower)
        assert called.location in desk.page("/queue/")
        assert called.location not in other.page("/queue/")
        assert "Ticket 1: seen." in text_of(other.page(move(other, first, "seen").location))
        move(other, second, "left")
        assert "Ticket 2 waits again, where it was." in text_of(other.page(move(other, second, "waiting").location))
        move(other, second, "left")
        clock.shift(6 * MINUTE)
        page = queue_text(desk, site=site.public_id)
    assert "Waiting: 1" in page
    assert "3 waits 18 minutes" in page
    assert "3 arrived 1 seen 1 left 12 min half of them waited no longer 18 min longest wait" in page


def test_an_empty_move_changes_nothing(sign_in_as):
    site, desk = drop_in(sign_in_as)
    drawn = arrive(site)
    assert "Nothing was changed. Tap what happened." in text_of(desk.page(move(desk, drawn.public_id, "").location))
    assert "Waiting: 1" in queue_text(desk)


def test_a_volunteer_runs_the_queue_and_no_page_tells_them_of_a_code(sign_in_as):
    site, desk, volunteer = drop_in(sign_in_as, "outreach_worker", "volunteer")
    participant = make_participant(site)
    added = desk.send("/queue/add", participant=participant.public_id)
    again = desk.send("/queue/add", participant=participant.public_id)
    assert ticket_of(added) == ticket_of(again)
    assert "in the queue already, with ticket 1" in text_of(desk.page(again.location))
    assert "Code shown" in desk.page("/queue/")
    volunteer.send("/queue/add", participant=participant.public_id, status=404)
    assert "Code shown" not in volunteer.page("/queue/")
    called = move(volunteer, ticket_of(added), "with_staff")
    pages = volunteer.page("/queue/") + volunteer.page(called.location)
    assert participant.public_id not in pages
    assert db.session.scalars(select(Encounter.participant_id)).all() == [participant.id]


def test_the_screen_of_the_waiting_room_shows_numbers_and_nothing_else(sign_in_as):
    site, desk = drop_in(sign_in_as)
    desk.send("/queue/add", wish="wound_care")
    called = ticket_of(desk.send("/queue/add", wish="talk"))
    move(desk, called, "with_staff")
    page = text_of(desk.page(f"/queue/screen?site={site.public_id}"))
    assert "Come in 2 Next 1 Back to the queue" in page
    for told in ("Wound", "talk", "minute", "Hand out", "Member"):
        assert told not in page


def test_a_lead_chooses_the_site_and_reads_what_other_days_were(sign_in_as):
    here, there = make_site("Union St"), make_site("Eastside")
    lead = sign_in_as("programme_lead")
    with time_machine.travel(now() - timedelta(days=3), tick=False) as clock:
        for site in (here, here, there):
            drawn = arrive(site)
        clock.shift(17 * MINUTE)
        move(lead, drawn.public_id, "seen")
    assert "Nobody waits" in queue_text(lead, site=there.public_id)  # opening it closed the day before
    arrive(there)
    page = text_of(lead.page("/queue/days"))
    assert "4 arrived 1 seen 0 left before 3 not marked 17 min mean wait" in page
    assert page.count("Eastside") == 2
    nothing = text_of(lead.page("/queue/days?first=2020-01-01&last=2020-02-01"))
    assert "Nobody drew a ticket in this time" in nothing
    lead.page(f"/queue/?site={here.public_id}&added=nothing")
    lead.page("/queue/?site=elsewhere", status=404)


def test_who_has_no_site_yet_is_told_so(sign_in_as):
    worker = sign_in_as("outreach_worker")
    assert "You have no site yet" in queue_text(worker)
    assert worker.get("/queue/screen").status_code == 302
    worker.send("/queue/add", status=404)


def test_a_page_that_renews_itself_keeps_no_session_alive(sign_in_as):
    _site, desk = drop_in(sign_in_as)
    seen = db.session.scalar(select(AccountSession.seen_at))
    with time_machine.travel(now() + 5 * MINUTE, tick=False):
        assert desk.get("/queue/", headers={"X-By-Itself": "yes"}).status_code == 200
        assert db.session.scalar(select(AccountSession.seen_at)) == seen
        desk.page("/queue/")
        assert db.session.scalar(select(AccountSession.seen_at)) > seen


def test_a_card_is_looked_up_first_and_who_waits_already_gets_no_second_ticket(sign_in_as):
    site, desk = drop_in(sign_in_as)
    participant, code = make_participant_with_card(site)
    allow_codes()
    assert "Next ticket, with a code" in text_of(desk.page("/queue/"))
    first = desk.send("/queue/code", code_card=code.lower())
    again = desk.send("/queue/code", code_card=code)
    assert (first.location, count(QueueEntry)) == (again.location, 1)
    assert "They are in the queue already, with ticket 1." in text_of(desk.page(again.location))
    assert db.session.scalars(select(QueueEntry.participant_id)).all() == [participant.id]

    answers = [desk.send("/queue/code", code_card=other, status=200) for other in ("K7", print_card(), draw_code())]
    assert "nine signs" in text_of(answers[0])
    for answer in answers[1:]:
        assert "This code is not known here" in text_of(answer)
        assert "No code: next ticket" in text_of(answer)
    form_id = hidden(answers[1].text, "form_id")
    desk.send("/queue/add", form_id=form_id, wish="")
    assert count(QueueEntry) == 2
    for answer in (first, again, *answers):
        assert code[:4] not in answer.text + (answer.location or "")


def test_after_the_last_look_up_of_the_hour_the_queue_goes_on_without_codes(sign_in_as):
    site, desk = drop_in(sign_in_as)
    _participant, code = make_participant_with_card(site)
    allow_codes(lookups_per_hour="5")
    for _ in range(5):
        desk.send("/queue/code", code_card=code)
    stopped = desk.send("/queue/code", code_card=code, status=429)
    assert "last look-up for this hour" in text_of(stopped)
    desk.send("/queue/add", form_id=hidden(stopped.text, "form_id"), wish="")
    assert count(QueueEntry) == 2


def test_one_tap_on_the_visit_or_after_a_hand_out_says_that_they_were_seen(sign_in_as):
    _site, desk = drop_in(sign_in_as)
    entries = [ticket_of(desk.send("/queue/add", wish="")) for _ in range(2)]
    visit = move(desk, entries[0], "with_staff").location
    assert "Ticket 1 Seen, back to the queue" in text_of(desk.page(visit))
    page = desk.page(f"/hand-out?visit={visit.rpartition('/')[2]}")
    give = re.search(r'name="give" value="([^"]+)"', page)[1]
    fields = {name: hidden(page, name) for name in ("form_id", "visit", "place")}
    saved = desk.page(desk.send("/hand-out", give=give, **fields).location)
    assert "Ticket 1 Seen, back to the queue" in text_of(saved)
    move(desk, entries[0], "seen")
    assert "Seen, back to the queue" not in text_of(desk.page(visit))
    assert "2 arrived 1 seen 0 left" in queue_text(desk)


def test_a_participant_is_put_in_the_queue_from_their_page(sign_in_as):
    site, desk = drop_in(sign_in_as)
    participant = make_participant(site)
    page = desk.page(f"/participants/{participant.public_id}")
    assert "Ticket for the queue" in page
    desk.send("/queue/add", participant=hidden(page, "participant"))
    assert db.session.scalars(select(QueueEntry.participant_id)).all() == [participant.id]
