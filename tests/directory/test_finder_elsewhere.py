"""The finder on paper, without a connection, on other websites, and with names that would like to run."""

import json
import re

import pytest

from harmreduction.accounts.rules import Role
from harmreduction.core.db import db, transaction
from harmreduction.directory.models import Hotline
from harmreduction.settings.actions import set_values
from tests.directory.builders import make_service
from tests.directory.test_finder_pages import ALWAYS, BALTIMORE_KEY, NEW_YORK, live_in_baltimore, names
from tests.factories import SYSTEM
from tests.pages import text_of

PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "</script><b>x</b>",
    "{{ 7777*7777 }}",
    "'\"><svg onload=alert(1)>",
)


def test_a_slip_holds_hours_number_what_to_bring_and_a_code(client):
    service = make_service("Clinic", required_documents=[{"id": "1", "document": "A letter"}])
    page = client.page(f"/find/{service.hsds_id}/slip")
    words = text_of(page)
    assert "410-555-0100" in words and "A letter" in words and "Monday to Friday" in words
    assert re.search(r'<svg class="qr" viewBox="0 0 (\d+) \1".*?<path d="M', page, re.DOTALL)


def test_an_area_lists_every_service_with_hours_and_lines_to_call(client):
    with transaction():
        db.session.add(Hotline(name="A line", kind="crisis", phone="988"))
    make_service("Near", schedules=ALWAYS)
    make_service("Far", at=NEW_YORK)
    page = client.page(f"/find/area?place={BALTIMORE_KEY}&km=16")
    assert names(page) == ["Near"]
    assert "A line" in text_of(page) and "10 miles" in text_of(page)
    spans = json.loads(re.search(r'data-spans="([^"]*)"', page)[1].replace("&#34;", '"'))
    assert len(spans) == 7
    assert spans[0][:2] == [0, 0]


def test_an_area_asks_which_while_it_knows_none(client):
    assert "Which area?" in text_of(client.page("/find/area"))
    assert "No place is called" in text_of(client.page("/find/area?where=qqqqqqqq"))
    live_in_baltimore()
    assert "Services around Baltimore, MD 21201" in text_of(client.page("/find/area"))


def test_a_poster_leads_to_what_is_open_around_the_place(client):
    page = client.page(f"/find/area/poster?place={BALTIMORE_KEY}&offers=naloxone")
    assert "Where can I go now?" in text_of(page)
    assert f"http://localhost/find/?place={BALTIMORE_KEY}" in text_of(page)


def test_paper_whose_code_opens_on_this_computer_alone_says_so(client):
    service = make_service("Clinic")
    for path in ("/find/area/poster", f"/find/{service.hsds_id}/slip"):
        assert "open on this computer alone" in text_of(client.page(path)), path


# Elsewhere --------------------------------------------------------------------------------------------


def test_the_frame_for_other_websites_is_the_same_for_everybody_and_sets_no_cookie(client, sign_in_as):
    make_service("Near", schedules=ALWAYS)
    nobody = client.get(f"/embed/find?place={BALTIMORE_KEY}&open=1")
    team = sign_in_as(Role.PROGRAMME_LEAD).get(f"/embed/find?place={BALTIMORE_KEY}&open=1")
    assert names(nobody.text) == ["Near"]
    assert nobody.text == team.text
    assert "Set-Cookie" not in nobody.headers
    assert "frame-ancestors *" in nobody.headers["Content-Security-Policy"]
    assert 'target="_blank" rel="noopener"' in nobody.text


def test_the_line_for_another_website_is_shown_as_text(client):
    live_in_baltimore()
    words = client.page("/find/embed")
    assert "&lt;iframe src=&#34;http://localhost/embed/find?place=zip-21201&#34;" in words


def test_a_closed_directory_asks_for_a_sign_in_and_shows_no_frame(client):
    set_values({"is_directory_public": "no"}, by=SYSTEM)
    service = make_service("Near")
    for path in ("/find/", f"/find/{service.hsds_id}", "/find/area", "/find/places?q=a"):
        assert client.get(path).status_code == 302, path
    assert client.get("/embed/find").status_code == 404


def test_where_the_directory_is_closed_the_lines_to_call_and_what_a_phone_kept_stay_open(client):
    set_values({"is_directory_public": "no"}, by=SYSTEM)
    assert "988" in text_of(client.page("/find/hotlines"))
    assert "Kept areas" in text_of(client.page("/find/saved"))
    asked = client.page("/sign-in")
    assert "This programme shows its directory to its team only." in text_of(asked)
    assert 'href="/find/hotlines"' in asked and 'href="/find/"' not in asked


def test_the_worker_for_areas_without_connection_is_a_script(client):
    answer = client.get("/find/offline.js")
    assert answer.mimetype == "text/javascript"
    assert "Set-Cookie" not in answer.headers
    again = client.get("/find/offline.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with client.application.test_request_context("/find/offline.js"):
        answer = client.application.view_functions["offline.worker"]()
        assert not answer.is_streamed  # or its file would stay open until somebody has taken it all


@pytest.mark.parametrize("payload", PAYLOADS)
def test_whatever_stands_in_a_service_is_text_everywhere(client, payload):
    with transaction():
        db.session.add(Hotline(name=payload, kind="never_use_alone", about=payload, phone=payload, text_number=payload))
    service = make_service(
        payload,
        **{
            name: payload
            for name in (
                *("description", "alternate_name", "alert", "url", "email", "fees_description", "application_process"),
                *("eligibility_description", "interpretation_services"),
            )
        },
        required_documents=[{"id": "1", "document": payload}],
        languages=[{"id": "1", "name": payload}],
        service_areas=[{"id": "1", "name": payload}],
        phones=[{"id": "1", "number": payload, "description": payload}],
        organization={"id": "6b2a8c54-0c6b-4c33-9e59-5c8b7d1b0001", "name": payload, "description": payload},
        schedules=[{"id": "1", "description": payload}],
    )
    for path in (
        f"/find/{service.hsds_id}",
        f"/find/{service.hsds_id}/slip",
        "/find/?where=21201",
        f"/find/?where={payload}",
        "/find/?words=a",
        f"/find/area?place={BALTIMORE_KEY}",
        f"/find/area/poster?place={BALTIMORE_KEY}",
        f"/embed/find?place={BALTIMORE_KEY}",
    ):
        page = client.page(path)  # the browser refuses handlers, inline scripts and what leads elsewhere
        assert "<img src=x" not in page and "<svg onload" not in page and "<b>x</b>" not in page, path
        assert "60481729" not in re.findall(r"<h[123][^>]*>([^<]*)", page), path
