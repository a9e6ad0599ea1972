"""A phone is set up: known by its key, allowed to send for two weeks, and to open nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from harmreduction.accounts.actions import make_sign_in_link
from harmreduction.accounts.queries import digest_of
from harmreduction.audit.models import AuditEntry
from harmreduction.audit.rules import Event
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.sync.actions.devices import NeedsNewKey, NotAKey, SetUp, set_up
from harmreduction.sync.models import FieldDevice, FieldDeviceAccount
from harmreduction.sync.rules.devices import SENDS_FOR
from tests.factories import SYSTEM, make_account, make_actor, make_location, make_site
from tests.sync.kits import ask_kit, new_public_key

CHROME = "Chrome / Android"


def phone(key: str | None = None, **more) -> SetUp:
    """Return what a phone says of itself."""
    return SetUp(public_key=key or new_public_key(), browser=CHROME, **more)


def devices() -> list[FieldDevice]:
    """Return every phone as the database has it now."""
    db.session.expire_all()
    return list(db.session.scalars(select(FieldDevice).order_by(FieldDevice.id)))


def test_a_phone_is_one_device_whoever_is_signed_in_on_it(database):
    key, jo, sam = new_public_key(), make_actor(), make_actor()
    ready = [set_up(phone(key), by=who, at=now()) for who in (jo, jo, sam)]
    [device] = devices()
    assert {each.device_id for each in ready} == {device.public_id}
    assert (device.label, device.browser, device.made_by_id) == ("Chrome on Android", CHROME, jo.account_id)
    assert [each.account_id for each in ready] == [jo.public_id, jo.public_id, sam.public_id]
    known = db.session.scalars(select(FieldDeviceAccount.account_id)).all()
    assert sorted(known) == sorted([jo.account_id, sam.account_id])
    added = select(AuditEntry).where(AuditEntry.event == Event.DEVICE_ADDED.name)
    [entry] = db.session.scalars(added)
    assert (entry.account_id, entry.subject) == (jo.account_id, device.public_id)


def test_two_tabs_get_the_same_token_and_a_phone_in_use_never_runs_out(database):
    key, jo, start = new_public_key(), make_actor(), now()
    first, at_once, same_day = (
        set_up(phone(key), by=jo, at=start + timedelta(hours=hours)).token for hours in (0, 0, 20)
    )
    assert first == at_once == same_day
    later = set_up(phone(key), by=jo, at=start + timedelta(hours=25)).token
    [device] = devices()
    assert later != first
    assert device.token_digest == digest_of(later)
    assert device.token_expires_at == start + timedelta(hours=25) + SENDS_FOR
    assert set_up(phone(), by=jo, at=start).token != first  # of another phone


def test_a_browser_that_lost_what_it_held_is_a_new_phone_that_tells_of_the_old(database):
    jo = make_actor()
    old = set_up(phone(), by=jo, at=now())
    new = set_up(phone(replaces=old.device_id, last_seq=43), by=jo, at=now())
    before, after = devices()
    assert (new.device_id, after.replaces_id) == (after.public_id, before.id)
    assert (before.highest_seq, after.highest_seq) == (43, 0)
    set_up(phone(replaces="8f9f7b6e-0000-4000-8000-000000000000", last_seq=9), by=jo, at=now())
    assert devices()[-1].replaces_id is None  # of another server, say


def test_a_phone_whose_access_was_ended_begins_anew_with_another_key(database):
    key, jo = new_public_key(), make_actor()
    old = set_up(phone(key), by=jo, at=now())
    with transaction():
        devices()[0].revoked_at = now()
    with pytest.raises(NeedsNewKey):
        set_up(phone(key), by=jo, at=now())
    assert set_up(phone(replaces=old.device_id), by=jo, at=now()).device_id != old.device_id
    assert len(devices()) == 2


def test_what_is_no_key_sets_nothing_up(database):
    for key in ("", "AAAA", "no key", "B" * 88, new_public_key()[:-1]):
        with pytest.raises(NotAKey):
            set_up(SetUp(public_key=key, browser=CHROME), by=make_actor(), at=now())
    assert devices() == []


def test_the_cookie_of_a_phone_opens_nothing(sign_in_as, client, app):
    site = make_site()
    make_location(site)
    worker, key = sign_in_as("outreach_worker", sites=(site.id,)), new_public_key()
    answer = ask_kit(worker, public_key=key)
    cookie = worker.get_cookie("device")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Lax", SENDS_FOR.total_seconds())
    assert devices()[0].token_digest == digest_of(cookie.value)
    client.set_cookie("device", cookie.value)
    assert client.get("/hand-out").location.startswith("/sign-in")
    assert ask_kit(client, status=401, public_key=key) == {"ok": False, "why": "sign_in"}
    assert answer["device"] == devices()[0].public_id
    secure = worker.post("/field/kit", json={"public_key": key}, base_url="https://localhost")
    assert secure.status_code == 401  # under TLS the session is another cookie


def test_who_signs_in_is_known_to_the_log_page_at_once(client, app):
    for role in ("outreach_worker", "administrator"):  # who may not log is named too, instead of who was there before
        account = make_account(role)
        token = make_sign_in_link(account.id, lasts=timedelta(hours=1), asks_for_passphrase=False, by=SYSTEM)
        client.delete_cookie("field_me", path="/hand-out")
        client.send(f"/sign-in/link/{token}")
        told = client.get_cookie("field_me", path="/hand-out")
        assert told is not None
        assert (told.value, told.http_only, told.same_site) == (account.public_id, False, "Lax")
