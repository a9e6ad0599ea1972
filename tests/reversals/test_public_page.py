"""The public page: anybody tells, nobody is known, a script that floods it stops nobody's work."""

import re

import time_machine
from sqlalchemy import insert, select

from harmreduction.core.clock import in_zone, now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.rules.bank import BY_CODE
from harmreduction.reversals.rules.reports import MOST_WAITING
from tests.factories import TIME_ZONE, make_site
from tests.pages import hidden, text_of
from tests.reversals.stories import count, every_cell, forget_tries, open_public_page, told_by

TOLD = {"when": "yesterday", "outcome": "hospital", "place": "toilet", "gave": ["teller", "ambulance"]}
ADDRESS = "203.0.113.77"


def test_the_page_is_not_there_unless_the_programme_opened_it(client):
    for path in ("/used", "/used/thanks"):
        client.page(path, status=404)
    client.send("/used", status=404, **TOLD)
    open_public_page()
    assert "We do not ask who you are" in client.page("/used")


def test_somebody_tells_in_either_language_and_nothing_of_them_is_kept(client):
    open_public_page()
    client.set_cookie("language", "es")
    page = client.page("/used")
    assert 'lang="es"' in page
    sent = {"form_id": hidden(page, "form_id"), **TOLD, "feeling": "shaken", "needs_now": ["refill", "grief"]}
    for _sent_twice in range(2):
        answer = client.post(
            "/used",
            data=sent,
            environ_overrides={"REMOTE_ADDR": ADDRESS},
            headers={"User-Agent": "Marked Browser 7"},
        )
        assert (answer.status_code, answer.location) == (302, "/used/thanks")
    report = db.session.scalars(select(ReversalReport)).one()
    assert (report.origin, report.state, report.outcome, report.exactness) == ("public", "waiting", "hospital", "day")
    assert {("gave", "teller"), ("gave", "ambulance"), ("feeling", "shaken"), ("needs_now", "grief")} <= told_by(report)
    assert in_zone(report.received_at, TIME_ZONE).strftime("%H:%M:%S.%f") == "12:00:00.000000"
    everything = every_cell()
    assert ADDRESS not in everything and "Marked Browser" not in everything
    assert "audit_entry" not in "\n".join(line for line in everything.splitlines() if "REVERSAL" in line)


def test_it_thanks_and_says_where_to_turn_to(client):
    open_public_page()
    client.set_cookie("language", "en")
    thanks = client.page("/used/thanks")
    assert "/find/?offers=naloxone" in thanks.replace("&amp;", "&") and 'href="tel:' in thanks
    page = client.page("/used")
    assert "I did" in page and "The person who tells this" not in page


def test_something_has_to_be_told_and_nothing_that_names_somebody_slips_in(client):
    open_public_page()
    assert "Answer at least one question" in text_of(client.send("/used", status=200))
    named = client.send("/used", status=200, note="My friend is called Wren", **TOLD)
    assert "This looks like a name." in text_of(named)
    long = client.send("/used", status=200, note="x" * 281, **TOLD)
    assert "under 280 characters" in text_of(long)
    assert client.post("/used", data={"note": "x" * 3_000_000}).status_code == 413
    assert count(ReversalReport) == 0


def test_a_program_that_fills_in_the_trap_is_thanked_and_nothing_is_kept(client):
    open_public_page()
    client.send("/used", homepage="http://example.com", **TOLD)
    assert count(ReversalReport) == 0


def test_a_script_that_floods_the_page_is_slowed_down_and_staff_is_not(client, sign_in_as):
    open_public_page()
    site = make_site()
    worker = sign_in_as("outreach_worker", sites=(site.id,))
    answers = []
    with time_machine.travel(now(), tick=False):  # all in one minute, however slow this machine is
        for number in range(50):
            client.looks_at_pages = number % 25 == 24  # they are all alike
            answers.append(client.post("/used", data={"form_id": new_id(), **TOLD}))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(302) == count(ReversalReport) == 5
    assert statuses.count(429) == 45
    assert re.search(r"Wait \d+ seconds?, then send it again", text_of(answers[-1]))
    assert re.search(r'<input checked[^>]*value="toilet"', answers[-1].text)  # what was told is still in the page
    worker.send("/reversals/new", form_id=new_id(), **TOLD)
    assert count(ReversalReport) == 6


def test_what_is_refused_does_not_use_up_what_may_be_sent(client):
    open_public_page()
    for _each in range(8):
        client.send("/used", status=200, form_id=new_id(), **TOLD | {"when": "another_day", "day": "2126-01-01"})
        client.send("/used", status=200, form_id=new_id())
    for _each in range(5):
        client.send("/used", form_id=new_id(), **TOLD)
    client.send("/used", status=429, form_id=new_id(), **TOLD)


def test_when_too_many_wait_a_sentence_says_what_to_do(client):
    open_public_page()
    client.send("/used", form_id=new_id(), **TOLD)
    report = db.session.execute(select(ReversalReport.__table__)).one()
    with transaction():
        copies = [{**report._mapping, "id": -number, "public_id": new_id()} for number in range(1, MOST_WAITING)]
        db.session.execute(insert(ReversalReport.__table__), copies)
    forget_tries()
    full = client.send("/used", status=429, form_id=new_id(), **TOLD)
    assert "So many reports wait" in text_of(full)
    assert count(ReversalReport) == MOST_WAITING


def test_every_question_stands_once_in_the_page(client):
    open_public_page()
    page = client.page("/used")
    for code in BY_CODE:
        assert len(re.findall(rf'<fieldset id="{code}"', page)) == 1
