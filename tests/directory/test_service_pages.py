"""What the page of a service, its slip and a list on paper say where something is missing, and the ways on."""

import re

import pytest

from harmreduction.accounts.rules import Role
from harmreduction.directory.points import packed_id
from harmreduction.directory.rules.links import opens_here_alone
from tests.directory.builders import make_service, save, schedule, service_document
from tests.directory.test_finder_pages import BALTIMORE_KEY, NEVER_NOW
from tests.pages import text_of

FAX = [{"id": "1", "number": "410-555-0109", "type": "fax"}]
AREA = f"/find/area?place={BALTIMORE_KEY}"
CALLING = ("Call first", "Call before you go", "Ask when you call")


@pytest.mark.parametrize("phones", [[], FAX], ids=["no number", "a fax alone"])
@pytest.mark.parametrize("schedules", [[], [schedule(valid_to="2020-01-01")]], ids=["no hours", "old hours"])
def test_nobody_is_told_to_call_where_there_is_no_number(client, phones, schedules):
    service = make_service("Silent", phones=phones, schedules=schedules)
    for path in (f"/find/{service.hsds_id}", f"/find/{service.hsds_id}/slip", AREA, f"/find/?place={BALTIMORE_KEY}"):
        page = client.page(path)
        assert "Silent" in page
        assert [words for words in CALLING if words in page] == [], path


def test_where_there_is_a_number_calling_is_what_the_pages_advise(client):
    service = make_service("Clinic", schedules=[])
    for path in (f"/find/{service.hsds_id}", f"/find/{service.hsds_id}/slip"):
        words = text_of(client.page(path))
        assert "Hours not known. Call first." in words and "Not known. Ask when you call." in words, path
    assert "Hours not known. Call first." in text_of(client.page(AREA))


def test_a_confidential_place_without_a_number_says_only_that_its_address_is_not_public(client):
    service = make_service("House", confidential=True, phones=[])
    for path in (f"/find/{service.hsds_id}", f"/find/{service.hsds_id}/slip"):
        words = text_of(client.page(path))
        assert "The address is not public." in words and "Call" not in words, path


def test_a_slip_says_what_there_is_how_to_start_and_that_no_address_is_listed(client):
    document = service_document(
        "Night van",
        offers=("naloxone", "treatment"),
        application_process="Knock on the side door.",
        service_areas=[{"id": "1", "name": "Eastside"}],
    )
    del document["service_at_locations"][0]["location"]["addresses"]
    (hsds_id,) = save(document)
    words = text_of(client.page(f"/find/{hsds_id}/slip"))
    assert "Naloxone, Treatment" in words
    assert "How to start Knock on the side door." in words
    assert "No address is listed. Call to ask where. Supplies and somebody to talk to. For people in: Eastside" in words


def test_the_way_leads_to_our_own_map_and_for_a_confidential_place_to_none(client, sign_in_as):
    service, house = make_service("Clinic"), make_service("House", confidential=True)
    page = client.page(f"/find/{service.hsds_id}")
    assert f'href="/map?where=#{packed_id(service.hsds_id)}"' in page and 'href="geo:' in page
    for browser in (client, sign_in_as(Role.OUTREACH_WORKER)):
        page = browser.page(f"/find/{house.hsds_id}")
        assert "/map?where=#" not in page and "geo:" not in page


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://localhost/find/?where=21201&open=1", "/find/?where=21201&amp;open=1"),
        ("http://localhost/find/", "/find/"),
        ("http://localhost/find/area?place=zip-21201", "/find/area?place=zip-21201"),
        ("http://localhost/map?place=zip-21201", "/find/"),
        ("http://elsewhere.example/find/?where=21201", "/find/"),
        ("", "/find/"),
    ],
)
def test_the_page_of_a_service_leads_back_to_the_list(client, came_from, back):
    service = make_service("Clinic", schedules=NEVER_NOW)
    page = client.get(f"/find/{service.hsds_id}", headers={"Referer": came_from}).text
    assert re.search(r'href="([^"]*)">Back to the list<', page)[1] == back


def test_a_kept_area_is_named_by_what_was_asked_for(client):
    assert 'data-title="Baltimore, MD 21201: Naloxone"' in client.page(f"{AREA}&offers=naloxone")
    assert 'data-title="Baltimore, MD 21201"' in client.page(AREA)


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("http://127.0.0.1:8000/find/", True),
        ("http://[::1]/", True),
        ("http://localhost/", True),
        ("http://tent.localhost/", True),
        ("http://192.168.1.7:8000/", False),
        ("https://find.example.org/", False),
    ],
)
def test_an_address_of_this_computer_alone_is_known(address, is_local):
    assert opens_here_alone(address) is is_local
