"""The address to which phones send: who may, what is answered, and what a phone's own cookie opens."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from harmreduction.accounts.models import AccountSession
from harmreduction.accounts.queries import digest_of
from harmreduction.audit.models import AuditEntry
from harmreduction.audit.rules import Event
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.encounters.models import Distribution
from harmreduction.sync.actions.looking_after import end_access
from harmreduction.sync.models import FieldDevice, FieldRecord
from harmreduction.sync.rules.messages import MOST_AT_ONCE
from tests.factories import make_account, make_actor, make_session_cookie
from tests.pages import PageClient
from tests.sync.kits import KIT, ask_kit
from tests.sync.phones import SYNC, device_of, make_phone
from tests.sync.team import count, record_of

TOKEN = "t" * 43


@pytest.fixture
def alone(field, app):
    """The browser of a phone on which nobody is signed in any more, within the two weeks in which it may send."""
    lasts = {"token_digest": digest_of(TOKEN), "token_expires_at": now() + timedelta(days=14)}
    with transaction():
        own = FieldDevice.public_id == field.phone.device
        db.session.execute(update(FieldDevice).where(own).values(**lasts))
    browser = PageClient(app)
    browser.set_cookie("device", TOKEN)
    return browser


def test_a_phone_sends_for_two_weeks_with_nobody_signed_in_and_its_cookie_opens_nothing(field, alone, app):
    sent = field.phone.hand_out(field.shelf)
    assert field.phone.send(alone) == {sent["id"]: "stored"}
    kept = record_of(sent)
    assert (kept.status, kept.written_by_id, kept.sender_id) == ("applied", field.worker.id, None)
    for page in ("/hand-out", "/shift", "/stock/", "/phones/"):
        assert alone.get(page).status_code in (302, 404)
    assert alone.post("/field/kit", json={}).status_code == 401
    with transaction():
        db.session.execute(update(FieldDevice).values(token_expires_at=now() - timedelta(seconds=1)))
    waits = field.phone.hand_out(field.shelf)
    answer = alone.post(SYNC, json=field.phone.message())
    assert (answer.status_code, answer.mimetype) == (401, "application/json")
    assert (answer.get_json()["ok"], answer.get_json()["why"]) == (False, "sign_in")
    assert field.phone.outbox == [waits]
    assert field.phone.send(field.browser(PageClient, app)) == {waits["id"]: "stored"}


def test_who_signed_in_a_moment_ago_is_believed_on_the_phone_that_they_hold(field, alone, app):
    """Their first taps may come before the phone asked for a new kit; its own cookie says that it is this phone."""
    colleague = make_account("volunteer", sites=(field.shelf.site_id,))
    field.phone.by = colleague.public_id
    first = field.phone.hand_out(field.shelf)
    elsewhere = PageClient(app)
    elsewhere.set_cookie(*make_session_cookie(colleague))
    assert field.phone.send(elsewhere, [first]) == {first["id"]: "review"}
    second = field.phone.hand_out(field.shelf)
    alone.set_cookie(*make_session_cookie(colleague))
    assert field.phone.send(alone) == {second["id"]: "stored"}
    assert record_of(second).written_by_id == colleague.id


def test_a_lost_phone_sends_nothing_any_more_by_itself(field, alone):
    with transaction():
        db.session.execute(update(FieldDevice).values(revoked_at=now()))
    field.phone.hand_out(field.shelf)
    assert alone.post(SYNC, json=field.phone.message()).status_code == 401
    assert count(FieldRecord) == 0


def test_a_session_that_is_open_on_a_lost_phone_ends_when_the_phone_is_heard_of(field, alone, app):
    sent = field.phone.hand_out(field.shelf)
    key, before = device_of(field.phone).public_key, [make_session_cookie(field.worker) for _ in range(3)]
    end_access(field.phone.device, by=make_actor("programme_lead"), at=now())
    asks = (lambda: alone.post(SYNC, json=field.phone.message()), lambda: alone.post(KIT, json={"public_key": key}))
    for ask in asks:
        name, token = before.pop()
        alone.set_cookie(name, token)
        answer = ask()
        assert (answer.status_code, answer.get_json()) == (401, {"ok": False, "why": "sign_in"})
        assert alone.get_cookie(name) is None
        assert count(AccountSession) == len(before)
        alone.delete_cookie("device")
    ended = select(AuditEntry.actor).where(AuditEntry.event == Event.SESSION_REVOKED.name)
    assert db.session.scalars(ended).all() == ["by itself", "by itself"]
    assert count(FieldRecord) == 0

    # Elsewhere the same person works on, and on the phone as well once they sign in there again.
    elsewhere = PageClient(app)
    elsewhere.set_cookie(*before.pop())
    assert elsewhere.get("/hand-out").status_code == 200
    alone.set_cookie(*make_session_cookie(field.worker))
    assert ask_kit(alone, status=409, public_key=key)["why"] == "new_key"
    assert ask_kit(alone)["device"] != field.phone.device
    assert field.phone.send(alone) == {sent["id"]: "review"}


def test_whoever_is_signed_in_carries_records_of_others_and_the_role_decides_who_may(field, sign_in_as):
    sent = field.phone.hand_out(field.shelf)
    refused = sign_in_as("administrator").post(SYNC, json=field.phone.message())
    assert (refused.status_code, refused.get_json()["why"]) == (403, "not_allowed")
    colleague = make_account("volunteer")
    assert field.phone.send(sign_in_as("volunteer", account=colleague)) == {sent["id"]: "stored"}
    assert (record_of(sent).sender_id, record_of(sent).written_by_id) == (colleague.id, field.worker.id)
    assert device_of(field.phone).highest_seq == 0  # only the phone itself is believed, and who was signed in on it


def test_what_is_no_message_of_a_phone_is_refused_in_words_and_keeps_nothing(field, browser):
    envelope = field.phone.hand_out(field.shelf)
    good = field.phone.message()
    lone = "\ud800"
    refused = [
        (415, {"data": "{}", "content_type": "text/plain"}),
        (415, {"data": {"records": "[]"}}),
        (400, {"data": "{", "content_type": "application/json"}),
        (400, {"data": "[" * 100_000, "content_type": "application/json"}),
        (400, {"json": []}),
        (400, {"json": {"records": "none"}}),
        (400, {"json": {"records": [7]}}),
        (400, {"json": {"records": [{"v": 1}]}}),
        (400, {"json": {"records": [envelope, {"id": lone}]}}),
        (413, {"json": {"records": [envelope] * (MOST_AT_ONCE + 1)}}),
        (413, {"data": b"x" * (2 * 1024 * 1024 + 1), "content_type": "application/json"}),
    ]
    for status, sent in refused:
        answer = browser.post(SYNC, **sent)
        assert (answer.status_code, answer.mimetype) == (status, "application/json"), sent
        assert answer.get_json()["ok"] is False
    from_elsewhere = browser.post(SYNC, json=good, headers={"Sec-Fetch-Site": "cross-site"})
    assert (from_elsewhere.status_code, from_elsewhere.get_json()["ok"]) == (403, False)
    assert browser.get(SYNC).status_code == 405
    assert (count(FieldRecord), count(Distribution)) == (0, 0)
    assert field.phone.send(browser) == {envelope["id"]: "stored"}
    odd = {"device": 7, "sent_at": 1e300, "last_seq": -1, "waiting": "many", "oldest_at": True, "records": []}
    assert browser.post(SYNC, json=odd).get_json()["results"] == []
    ends_of_the_calendar = {"sent_at": -62_135_596_800_000, "oldest_at": 253_402_300_799_000, "waiting": 1}
    answer = browser.post(SYNC, json={"device": field.phone.device, "records": []} | ends_of_the_calendar)
    assert answer.get_json()["ok"] is True


def test_a_phone_tells_how_far_it_counted_what_it_holds_and_how_its_clock_goes(field, browser, app):
    phone = field.phone
    phone.clock_ahead = timedelta(minutes=20)
    for _ in range(3):
        phone.hand_out(field.shelf)
    told = phone.message(phone.outbox[:2]) | {"waiting": 1}
    phone.take(browser.post(SYNC, json=told).get_json())
    device = device_of(phone)
    assert (device.highest_seq, device.waiting) == (3, 1)
    assert abs(device.clock_off_seconds - 1200) < 60
    assert abs((device.waiting_since - now()).total_seconds()) < 60
    nothing = {"device": phone.device, "sent_at": told["sent_at"], "last_seq": 2, "waiting": 0, "records": []}
    browser.post(SYNC, json=nothing)
    device = device_of(phone)
    assert (device.highest_seq, device.waiting, device.waiting_since) == (3, 0, None)
    stranger = make_phone(make_account())
    browser.post(SYNC, json=nothing | {"device": stranger.device, "last_seq": 999})
    assert device_of(stranger).highest_seq == 0


def test_sending_by_itself_keeps_no_session_alive(field, browser):
    with transaction():
        an_hour_ago = now() - timedelta(hours=1)
        db.session.execute(update(AccountSession).values(seen_at=an_hour_ago))
    field.phone.hand_out(field.shelf)
    browser.post(SYNC, json=field.phone.message(), headers={"X-By-Itself": "yes"})
    assert db.session.scalar(select(func.max(AccountSession.seen_at))) == an_hour_ago
