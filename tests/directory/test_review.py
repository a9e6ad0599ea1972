"""The directory is kept true: what to check, what people suggest, closed days, and who changed what."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now, today
from harmreduction.core.db import db
from harmreduction.directory.actions import review
from harmreduction.directory.actions.closures import OtherDays, add_closure
from harmreduction.directory.models import Closure, DirectoryChange, FinderEntry, Service, Suggestion
from harmreduction.directory.queries import get_service_view
from harmreduction.directory.queries.review import get_suggestion, list_suggestions, list_to_check
from harmreduction.directory.rules.closures import WrongDays
from harmreduction.directory.rules.freshness import Freshness, freshness
from harmreduction.directory.rules.suggestions import CannotSuggest, Topic
from harmreduction.settings.actions import set_values
from tests.directory.builders import make_service, make_source, save, schedule, service_document
from tests.factories import SYSTEM, TIME_ZONE
from tests.pages import text_of

NOW = date(2026, 11, 22)
RUNS_AS_TEXT = '<script>alert("x")</script>{{ 7777*7777 }} %(name)s'


def open_suggestions():
    return db.session.scalar(select(func.count(Suggestion.id)).where(Suggestion.state == "open"))


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "FRESH"), (183, "FRESH"), (184, "AGEING"), (365, "AGEING"), (366, "OLD"), (-3, "FRESH"), (None, "NEVER")],
)
def test_a_check_is_fresh_for_six_months_and_old_after_twelve(days, expected):
    day = date(2026, 11, 22)
    assert freshness(None if days is None else day - timedelta(days=days), day) is Freshness[expected]


def test_never_checked_stands_first_then_the_oldest(database):
    make_service("New", assured_date="2026-11-01")
    make_service("Old", assured_date="2020-01-01")
    make_service("Never")
    save({**service_document("Gone"), "status": "defunct"})
    assert [row.name for row in list_to_check(today=NOW, limit=9)] == ["Never", "Old", "New"]


def test_our_own_and_what_is_near_stand_before_what_a_file_brought_in(sign_in_as):
    source, day = make_source(), now().date()
    make_service("A far one", source=source, at=(32.7, -117.1))
    make_service("B near one", source=source)
    make_service("C checked lately", assured_date=day.isoformat())
    make_service("D checked long ago", assured_date="2020-01-01")
    set_values({"home_place": "town-baltimore-md"}, by=SYSTEM)
    worker = sign_in_as("outreach_worker")
    names = re.findall(r"<h2><a[^>]*>([^<]+)</a>", worker.page("/directory/review"))
    assert names == ["D checked long ago", "B near one", "A far one", "C checked lately"]
    for chosen, shown in (("own", "DC"), (source.public_id, "BA"), ("nonsense", "DBAC")):
        names = re.findall(r"<h2><a[^>]*>([^<]+)</a>", worker.page(f"/directory/review?source={chosen}"))
        assert "".join(name[0] for name in names) == shown
    service_id = db.session.scalars(select(Service.hsds_id).where(Service.name == "D checked long ago")).one()
    answer = worker.send(f"/directory/services/{service_id}/confirm", back="queue", source="own")
    assert answer.location == "/directory/review?source=own"


def test_one_tap_says_that_a_service_is_still_true(sign_in_as):
    service = make_service("Union St", source=make_source())
    client = sign_in_as("outreach_worker")
    assert "Not checked yet" in text_of(client.page("/directory/review"))
    path = f"/directory/services/{service.hsds_id}/confirm"
    assert client.send(path, back="queue").headers["Location"] == "/directory/review"
    assert client.send(path).headers["Location"] == f"/find/{service.hsds_id}"
    db.session.expire_all()
    service = db.session.scalars(select(Service)).one()
    assert (service.verified_on, service.verified_by) == (today(TIME_ZONE), client.account.label)
    assert service.document["assured_date"] == today(TIME_ZONE).isoformat()
    assert service.organization_id is not None
    assert db.session.scalars(select(FinderEntry.verified_on)).one() == today(TIME_ZONE)
    changes = select(func.count(DirectoryChange.id)).where(DirectoryChange.deed == "checked")
    assert db.session.scalar(changes) == 1
    assert "Checked today" in text_of(client.page("/directory/review"))


def test_anybody_says_what_is_wrong_and_a_lead_decides(client, sign_in_as):
    service = make_service("Union St")
    path = f"/find/{service.hsds_id}/suggest"
    assert "What should change?" in text_of(client.page(path))
    assert client.send(path, topic="hours", words=RUNS_AS_TEXT).headers["Location"] == "/find/suggest/thanks"
    assert "Thank you" in text_of(client.page("/find/suggest/thanks"))
    stored = db.session.scalars(select(Suggestion)).one()
    assert (stored.is_from_public, stored.made_by, stored.topic) == (True, "", "hours")
    assert b"script" not in stored.text_sealed
    lead = sign_in_as("programme_lead")
    page = lead.page("/directory/suggestions")
    assert "&lt;script&gt;alert" in page and "Somebody on the public page" in page
    assert "1 suggestion" in text_of(lead.page("/directory/review"))
    taken = lead.send(f"/directory/suggestions/{stored.public_id}/take").headers["Location"]
    assert taken == f"/directory/services/{service.hsds_id}/edit?suggestion={stored.public_id}"
    assert "&lt;script&gt;alert" in lead.page(taken)
    lead.send(f"/directory/suggestions/{stored.public_id}/decline", status=409)


def test_staff_suggestions_carry_their_name_and_a_missing_service_can_be_named(sign_in_as):
    worker, lead = sign_in_as("volunteer"), sign_in_as("programme_lead")
    worker.send("/find/suggest", words="A new exchange on Example St", topic="hours")
    (found,) = list_suggestions(limit=9)
    assert (found.topic, found.made_by, found.service_id) == ("new", worker.account.label, "")
    taken = lead.send(f"/directory/suggestions/{found.public_id}/take").headers["Location"]
    assert "A new exchange on Example St" in text_of(lead.page(taken))


def test_the_words_of_what_was_declined_are_erased_at_once_and_of_what_was_taken_later(database):
    at = now()
    for words in ("first", "second"):
        review.suggest(None, Topic.NEW, words, by=SYSTEM, at=at)
    first, second = (suggestion.public_id for suggestion in list_suggestions(limit=9))
    review.take_suggestion(first, by=SYSTEM, at=at)
    review.decline_suggestion(second, by=SYSTEM, at=at + timedelta(days=31))
    assert (get_suggestion(first).text, get_suggestion(second).text) == ("", "")


def test_a_suggestion_says_something_and_not_too_much(client):
    service = make_service()
    path = f"/find/{service.hsds_id}/suggest"
    assert "Write what should change." in text_of(client.send(path, status=200, words=""))
    assert "Write what should change." in text_of(client.send(path, status=200, words=" \n "))
    assert client.send(path, status=200, words="x" * 1001)
    with pytest.raises(CannotSuggest):
        review.suggest(service.hsds_id, Topic.OTHER, "x" * 1001, by=SYSTEM, at=now())
    client.send(path, words="x" * 1000, topic="no such topic")
    assert db.session.scalars(select(Suggestion.topic)).all() == ["other"]


def test_a_program_that_fills_in_the_trap_is_thanked_and_nothing_is_kept(client):
    service = make_service()
    client.send(f"/find/{service.hsds_id}/suggest", words="Buy", homepage="https://example.org")
    assert open_suggestions() == 0


def test_a_flood_is_slowed_for_the_public_and_not_for_staff(client, sign_in_as):
    service = make_service()
    path = f"/find/{service.hsds_id}/suggest"
    for number in range(5):
        client.send(path, words=f"Number {number}")
    assert "Many suggestions came in this minute." in text_of(client.send(path, status=200, words="One more"))
    sign_in_as("volunteer").send(path, words="From the team")
    assert open_suggestions() == 6


def test_too_many_that_wait_are_not_taken(client, monkeypatch):
    service = make_service()
    review.suggest(service.hsds_id, Topic.OTHER, "Waits", by=SYSTEM, at=now())
    monkeypatch.setattr(review, "MOST_OPEN", 1)
    words = text_of(client.send(f"/find/{service.hsds_id}/suggest", status=200, words="One more"))
    assert "Call us instead." in words


def test_a_closed_directory_takes_suggestions_of_the_team_alone(client, sign_in_as):
    service = make_service()
    set_values({"is_directory_public": "no"}, by=SYSTEM)
    assert client.get(f"/find/{service.hsds_id}/suggest").status_code == 302
    client.send("/find/suggest", status=401, words="x")
    sign_in_as("volunteer").page(f"/find/{service.hsds_id}/suggest")


def test_closed_days_show_until_they_are_ended(sign_in_as):
    service = make_service(schedules=[schedule("MO,TU,WE,TH,FR,SA,SU")])
    client, day = sign_in_as("programme_lead"), today(TIME_ZONE)
    path = f"/directory/services/{service.hsds_id}/closures"
    client.send(path, from_day=(day - timedelta(days=1)).isoformat(), until_day="", kind="closed", reason="moving")
    assert "moving" in text_of(client.page(path)) and "moving" in text_of(client.page(f"/find/{service.hsds_id}"))
    view = get_service_view(service.hsds_id, for_staff=False, at=now())
    assert not view.places[0].state.is_open
    closure = db.session.scalars(select(Closure)).one()
    client.send(f"/directory/closures/{closure.public_id}/end")
    assert db.session.scalars(select(Closure.until_day)).one() == day - timedelta(days=1)
    assert "No closed days ahead." in text_of(client.page(path))
    events = db.session.scalars(select(AuditEntry.event).where(AuditEntry.event == "CLOSURE_CHANGED")).all()
    assert len(events) == 2
    assert "Days with other hours changed" in text_of(client.page(f"/directory/history/{service.hsds_id}"))


def test_other_hours_on_some_days_overnight_too(sign_in_as):
    service = make_service()
    client, day = sign_in_as("programme_lead"), today(TIME_ZONE) + timedelta(days=3)
    path = f"/directory/services/{service.hsds_id}/closures"
    days = {"from_day": day.isoformat(), "until_day": day.isoformat()}
    assert "Enter both times." in text_of(client.send(path, status=200, **days, kind="hours", opens="20:00"))
    client.send(path, **days, kind="hours", opens="20:00", closes="02:00")
    closure = db.session.scalars(select(Closure)).one()
    assert (closure.opens, closure.closes) == (1200, 1560)
    client.send(f"/directory/closures/{closure.public_id}/end")
    assert db.session.scalars(select(Closure)).all() == []


def test_days_that_end_before_they_begin_get_a_sentence(sign_in_as):
    service = make_service()
    client = sign_in_as("programme_lead")
    path = f"/directory/services/{service.hsds_id}/closures"
    sent = client.send(path, status=200, from_day="2026-12-24", until_day="2026-12-20", kind="closed")
    assert "The last day is before the first." in text_of(sent)
    with pytest.raises(WrongDays):
        days = OtherDays(from_day=date(2026, 12, 24), until_day=date(2026, 12, 20))
        add_closure(service.hsds_id, days, by=SYSTEM, at=now())


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"from_day": "0001-01-01"}, "from_day"),
        ({"from_day": today(TIME_ZONE).isoformat(), "until_day": "9999-12-31"}, "until_day"),
        ({"from_day": "9999-12-31"}, "from_day"),
    ],
)
def test_days_that_are_slips_of_the_hand_get_a_sentence_at_their_field(sign_in_as, days, field):
    service = make_service()
    client = sign_in_as("programme_lead")
    sent = client.send(f"/directory/services/{service.hsds_id}/closures", status=200, kind="closed", **days)
    assert "Choose a day between a year ago and three years from now." in text_of(sent)
    assert f'id="{field}-error"' in sent.text
    assert db.session.scalars(select(Closure)).all() == []


def test_history_says_in_words_what_a_field_said_before_and_after(sign_in_as):
    document = service_document("Before", schedules=[schedule("MO")], alert=RUNS_AS_TEXT)
    save(document)
    save({**document, "name": "After", "schedules": [schedule("TU")], "x_unknown": {"a": 1}})
    client = sign_in_as("outreach_worker")
    page = client.page(f"/directory/history/{document['id']}")
    words = text_of(page)
    assert "Name Before: Before After: After" in words
    assert "Hours Before: Monday: 9:00–17:00 After: Tuesday: 9:00–17:00" in words
    assert '"a": 1' in words.replace("&#34;", '"') and "Entered" in words
    assert "<script>alert" not in page
    place = document["service_at_locations"][0]["location"]["id"]
    assert "Place" in text_of(client.page(f"/directory/history/{place}"))


def test_who_may_not_check_sees_no_queue(sign_in_as, client):
    make_service()
    sign_in_as("volunteer").page("/directory/review", status=403)
    assert client.get("/directory/review").status_code == 302
    sign_in_as("outreach_worker").page("/directory/suggestions", status=403)
