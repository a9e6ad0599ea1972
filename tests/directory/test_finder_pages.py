"""The finder as people use it: one tap, a place typed, a phone's position, a service, a slip, an area on paper."""

import re

import pytest

from harmreduction.accounts.rules import Role
from harmreduction.core.db import transaction
from harmreduction.core.errors import NotFound
from harmreduction.directory.queries import get_service
from harmreduction.settings.actions import set_values
from tests.directory.builders import WEEKDAYS, make_service, save, schedule, service_document
from tests.factories import SYSTEM
from tests.pages import text_of

ALWAYS = [schedule(f"{WEEKDAYS},SA,SU", "00:00:00", "23:59:00")]
NEVER_NOW = [schedule(WEEKDAYS, "09:00:00", "17:00:00", valid_from="2099-01-01")]
NEW_YORK = (40.7128, -74.0060)
TOWSON = (39.4015, -76.6019)
BALTIMORE_KEY = "zip-21201"


def live_in_baltimore():
    set_values({"home_place": BALTIMORE_KEY}, by=SYSTEM)


def names(html):
    return re.findall(r'<h[23]><a href="/find/[^"]+"[^>]*>([^<]*)</a>', html)


def test_one_tap_shows_the_nearest_open_naloxone(client):
    live_in_baltimore()
    make_service("Farther", at=TOWSON, schedules=ALWAYS)
    make_service("Near", schedules=ALWAYS)
    make_service("Elsewhere", at=NEW_YORK, schedules=ALWAYS)
    make_service("Other", offers=("food",), schedules=ALWAYS)
    first = client.page("/find/")
    assert names(first) == []
    address = re.search(r'<a class="btn btn-main btn-big" href="([^"]+)">.*?Naloxone, open now', first, re.DOTALL)
    found = client.page(address[1].replace("&amp;", "&"))
    assert names(found) == ["Near", "Farther"]
    assert "Nearest to Baltimore, MD 21201" in text_of(found)
    assert re.search(r"0\.\d mi away", text_of(found))


def test_a_typed_name_shows_what_was_understood_and_what_else_it_may_mean(client):
    make_service("Near")
    page = client.page("/find/?where=springfield")
    assert "Nearest to Springfield" in text_of(page)
    assert "Or do you mean:" in page
    other = re.search(r'href="(/find/\?[^"]*place=[^"]+)">Springfield[^<]*</a>', page)[1].replace("&amp;", "&")
    assert "where=" not in other
    assert "Nearest to Springfield" in text_of(client.page(other))


def test_a_name_that_is_no_place_says_so_and_shows_nothing_else(client):
    make_service("Alpha")
    page = client.page("/find/?where=qqqqqqqq")
    assert "No place is called “qqqqqqqq” here" in text_of(page)
    assert names(page) == [] and "Or do you mean" not in page


@pytest.mark.parametrize(
    ("typed", "town"),
    [
        ("baltmore", "Baltimore, MD"),
        ("Batlimore, MD", "Baltimore, MD"),
        ("ny", "Buffalo, NY"),
        ("Vermont", "Burlington"),
    ],
)
def test_a_slip_of_the_finger_or_a_whole_state_leads_to_towns(client, typed, town):
    make_service("Alpha")
    page = client.page(f"/find/?where={typed}")
    assert names(page) == []
    assert re.search(rf'href="/find/\?[^"]*place=[^"]+">{town}[^<]*</a>', page)


@pytest.mark.parametrize("typed", ["New York", "Washington"])
def test_a_city_that_is_called_as_a_state_is_the_city(client, typed):
    assert f"Nearest to {typed}, " in text_of(client.page(f"/find/?where={typed}"))


def test_the_text_counts_more_than_the_key_that_came_with_it(client):
    make_service("Near")
    kept = client.page(f"/find/?where=Baltimore, MD 21201&place={BALTIMORE_KEY}")
    assert "Nearest to Baltimore, MD 21201" in text_of(kept)
    typed = client.page(f"/find/?where=10001&place={BALTIMORE_KEY}")
    assert "Nearest to New York, NY 10001" in text_of(typed)
    nowhere = client.page(f"/find/?where=&place={BALTIMORE_KEY}")
    assert "Services by name" in text_of(nowhere)


def test_kilometres_are_said_where_people_count_in_them(client):
    make_service("Near", at=(48.8566, 2.3522))
    assert re.search(r"\d km away", text_of(client.page("/find/?where=Paris, France")))


def test_the_position_of_a_phone_is_rounded_answered_and_kept_nowhere(client, caplog):
    make_service("Near", schedules=ALWAYS)
    make_service("Closed", schedules=NEVER_NOW)
    answer = client.post("/find/near", data={"latitude": "39.29041234", "longitude": "-76.61221234", "open": "1"})
    assert answer.status_code == 200
    assert names(answer.text) == ["Near", "Closed"]
    assert text_of(answer.text).index("Near, but closed now") < text_of(answer.text).index("Closed", 1)
    assert "39.29" in answer.text and "39.2904" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r'(?:href|action)="[^"]*39\.29', answer.text)
    assert "39.29" not in caplog.text


def test_more_of_what_is_near_a_phone_is_sent_as_a_form_too(client):
    save(*(service_document(f"Service {number:02}", offers=("naloxone", "no_id")) for number in range(23)))
    asked = {"latitude": "39.290", "longitude": "-76.612", "offers": ["naloxone", "no_id"]}
    first = client.post("/find/near", data=asked)
    assert len(names(first.text)) == 20
    form = first.text[first.text.index('name="page"') - 900 : first.text.index('name="page"')]
    assert form.count('name="offers"') == 2
    second = client.post("/find/near", data=asked | {"page": "2"})
    assert len(names(second.text)) == 3
    assert set(names(first.text)).isdisjoint(names(second.text))


@pytest.mark.parametrize(
    "sent", [{}, {"latitude": "x", "longitude": "1"}, {"latitude": "nan", "longitude": "1"}, {"latitude": "95"}]
)
def test_what_is_no_position_leads_to_the_search(client, sent):
    assert client.post("/find/near", data={**sent, "open": "1"}).location == "/find/?where=&open=1"


def test_a_place_typed_beside_a_position_counts_more(client):
    sent = {"latitude": "39.29", "longitude": "-76.61", "where": "New York"}
    assert client.post("/find/near", data=sent).location == "/find/?where=New+York"


def test_long_lists_go_on_with_the_same_questions(client):
    save(*(service_document(f"Service {number:02}") for number in range(23)))
    page = client.page(f"/find/?place={BALTIMORE_KEY}&offers=naloxone&offers=syringes")
    more = re.search(r'href="([^"]+)"[^>]*><span>Show more', page)[1].replace("&amp;", "&")
    assert f"place={BALTIMORE_KEY}" in more and "offers=syringes" in more
    assert len(names(client.page(more))) == 3


def test_suggestions_are_places_with_their_keys(client):
    found = client.get("/find/places?q=balti").get_json()
    assert {"key": "town-baltimore-md", "label": "Baltimore, MD"} in found
    assert client.get("/find/places?q=").get_json() == []


def test_unknown_filters_are_left_aside(client):
    make_service("Near")
    assert names(client.page("/find/?offers=nonsense&lang=xx&open=&words=union")) == []
    assert names(client.page("/find/?offers=nonsense&lang=xx&open=&words=near")) == ["Near"]


# A service --------------------------------------------------------------------------------------------


def test_a_service_says_what_people_ask_in_their_order(client):
    service = make_service(
        "Night van",
        schedules=ALWAYS,
        offers=("naloxone", "no_id"),
        fees_description="Free",
        eligibility_description="Everybody",
        minimum_age=18,
        languages=[{"id": "1", "code": "es", "name": "Spanish"}],
        interpretation_services="By phone",
        alert="Ring twice.",
        url="https://example.org/van",
        phones=[
            {"id": "1", "number": "410-555-0100", "extension": 7, "type": "voice"},
            {"id": "2", "number": "410-555-0101", "type": "text"},
        ],
        assured_date="2020-01-31",
    )
    page = client.page(f"/find/{service.hsds_id}")
    words = text_of(page)
    for told in (
        "Around the clock",
        "Naloxone",
        "No ID needed",
        "Everybody From 18 years",
        "Free",
        "Spanish",
        "By phone",
    ):
        assert told in words, told
    assert "Ring twice." in words
    assert re.search(r"Checked \d+ years ago \(Jan 31, 2020\)", words)
    assert 'href="tel:4105550100;ext=7"' in page
    assert 'href="sms:4105550101"' in page
    assert 'href="geo:39.29040,-76.61220?q=39.29040,-76.61220"' in page
    assert 'href="https://example.org/van"' in page


def test_an_address_that_would_run_is_shown_as_text(client):
    service = make_service("Trap", url="javascript:alert(1)", phones=[{"id": "1", "number": "javascript:alert(1)"}])
    page = client.page(f"/find/{service.hsds_id}")
    assert "javascript:alert(1)" in text_of(page)
    assert not re.search(r'href="\s*javascript', page)


def test_what_was_found_to_be_the_same_leads_to_the_one_that_is_kept(client):
    kept, gone = make_service("Kept"), make_service("Gone")
    with transaction():
        get_service(gone.hsds_id).merged_into_id = kept.id
    assert client.get(f"/find/{gone.hsds_id}").location == f"/find/{kept.hsds_id}"
    assert client.get(f"/find/{gone.hsds_id}/slip").location == f"/find/{kept.hsds_id}/slip"


def test_a_service_that_is_not_offered_any_more_says_so(client):
    service = make_service("Ended", status="defunct")
    assert "This service is not offered any more." in text_of(client.page(f"/find/{service.hsds_id}"))


def test_a_confidential_address_is_for_the_team_alone_and_never_on_paper(client, sign_in_as):
    service = make_service("House", confidential=True, schedules=ALWAYS)
    team = sign_in_as(Role.OUTREACH_WORKER)
    inside = text_of(team.page(f"/find/{service.hsds_id}"))
    assert "Example St" in inside and "This address is confidential" in inside
    for browser, path in (
        (client, f"/find/{service.hsds_id}"),
        (client, f"/find/{service.hsds_id}/slip"),
        (team, f"/find/{service.hsds_id}/slip"),
        (team, f"/find/area?place={BALTIMORE_KEY}"),
        (team, "/find/?words=house"),
    ):
        page = browser.page(path)
        assert "Example St" not in page and "geo:" not in page, path
    assert "The address is not public" in text_of(client.page(f"/find/{service.hsds_id}"))


def test_what_is_not_in_the_directory_is_not_found(client):
    assert client.get("/find/5b7ff39e-7c06-4d8b-a2f0-3c1f4a4c3b55").status_code == 404
    with pytest.raises(NotFound):
        get_service("5b7ff39e-7c06-4d8b-a2f0-3c1f4a4c3b55")
