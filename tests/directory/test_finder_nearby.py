"""What the nearest are worth: no farther than people go, doors of unknown hours beside them, and hidden places."""

import re

from harmreduction.directory.gazetteer import gazetteer
from harmreduction.directory.spellings import near_spellings
from tests.directory.builders import make_service
from tests.directory.test_finder_pages import (
    ALWAYS,
    BALTIMORE_KEY,
    NEVER_NOW,
    NEW_YORK,
    TOWSON,
    live_in_baltimore,
    names,
)
from tests.pages import text_of

HERE = {"latitude": "39.290", "longitude": "-76.612"}


def under(title, html):
    """Return the names that stand under a heading."""
    return names(re.split(r"<h2", html.split(f">{title}</h2>")[1])[0])


def test_the_nearest_reach_as_far_as_people_go_until_somebody_looks_further(client):
    make_service("Near")
    make_service("Elsewhere", at=NEW_YORK)
    page = client.page(f"/find/?place={BALTIMORE_KEY}&offers=naloxone")
    assert names(page) == ["Near"]
    further = re.search(r'href="([^"]+)"[^>]*><span>Look further than 50 mi', page)[1].replace("&amp;", "&")
    assert "offers=naloxone" in further
    found = client.page(further)
    assert names(found) == ["Near", "Elsewhere"] and "Look further" not in found


def test_the_frame_for_other_websites_reaches_no_farther_and_lists_nothing_for_an_unknown_place(client):
    make_service("Near")
    make_service("Elsewhere", at=NEW_YORK)
    assert names(client.page(f"/embed/find?place={BALTIMORE_KEY}")) == ["Near"]
    assert names(client.page("/embed/find?where=qqqqqqqq")) == []


def test_near_a_phone_looking_further_is_sent_as_a_form_with_its_questions(client):
    make_service("Elsewhere", at=NEW_YORK)
    page = client.post("/find/near", data=HERE | {"offers": "naloxone"}).text
    assert "Nothing that fits within 50 mi" in text_of(page)
    assert re.search(r'name="offers" value="naloxone"><input type="hidden" name="far" value="1">', page)
    assert names(client.post("/find/near", data=HERE | {"far": "1"}).text) == ["Elsewhere"]


def test_under_what_is_open_stand_near_doors_that_are_closed_or_of_unknown_hours(client):
    make_service("Pharmacy", schedules=[])
    make_service("Shut", at=TOWSON, schedules=NEVER_NOW)
    make_service("Elsewhere", at=NEW_YORK, schedules=[])
    make_service("Other", offers=("food",), schedules=[])
    asked = f"/find/?place={BALTIMORE_KEY}&offers=naloxone"
    page = client.page(f"{asked}&open=1")
    assert "Nothing that fits within 50 mi" in text_of(page)
    assert under("Near, but closed now or hours not known", page) == ["Pharmacy", "Shut"]
    make_service("Open", at=TOWSON, schedules=ALWAYS)
    assert names(client.page(f"{asked}&open=1")) == ["Open", "Pharmacy", "Shut"]
    assert "Near, but closed now" not in client.page(asked)


def test_a_service_at_a_confidential_place_is_listed_without_a_place_or_a_distance(client):
    make_service("Safe house", confidential=True, offers=("naloxone",), schedules=ALWAYS)
    make_service("By phone", at=None, schedules=ALWAYS)
    make_service("Near", schedules=ALWAYS)
    page = client.page(f"/find/?place={BALTIMORE_KEY}&open=1&offers=naloxone")
    assert names(page) == ["Near", "Safe house"]
    assert under("Address not public", page) == ["Safe house"]
    hidden = text_of(page.split(">Address not public</h2>")[1])
    assert "away" not in hidden and "Baltimore" not in hidden
    assert "Safe house" not in client.page(f"/find/?place={BALTIMORE_KEY}&offers=syringes")


def test_what_bears_the_name_comes_before_what_holds_the_words(client):
    for name, at in (("Fire safe house", None), ("Safe house annex", NEW_YORK), ("Safe House", NEW_YORK)):
        make_service(name, at=at)
    make_service("A safe house", at=NEW_YORK)
    make_service("Your safe house", at=TOWSON)
    assert names(client.page("/find/?where=&words=safe+house")) == [
        *("Safe House", "Safe house annex", "A safe house", "Fire safe house", "Your safe house"),
    ]
    live_in_baltimore()
    assert names(client.page("/find/?where=&words=safe+house")) == [
        *("Safe House", "Safe house annex", "Your safe house", "A safe house", "Fire safe house"),
    ]
    assert names(client.page(f"/find/?place={BALTIMORE_KEY}&words=safe+house&far=1")) == [
        *("Safe House", "Safe house annex", "Your safe house", "A safe house"),
    ]


def test_whoever_is_not_of_the_team_comes_back_to_the_finder_by_the_name_on_top(client):
    assert '<a class="brand" href="/find/">' in client.page("/find/")


def test_names_are_compared_only_where_that_says_something():
    assert [place.label for place in near_spellings("Fairbnaks, AK")] == ["Fairbanks, AK"]
    assert near_spellings("abc") == near_spellings("x" * 200) == near_spellings("") == []
    assert all(place.region == "VT" for place in gazetteer().towns_of("VT"))
