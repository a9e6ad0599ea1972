"""Sessions end, people change, phones are lost, browsers forget: what was saved stays, and stays its writer's."""

import json

from playwright.sync_api import expect
from sqlalchemy import select

from harmreduction.accounts.models import Account
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution
from harmreduction.sync.models import FieldRecord
from tests.browser.conftest import DESKTOP, follow

KITS = "Nasal naloxone"


def recorded_by(server, record):
    """Return the sign-in name of whoever a hand-out is by."""
    with server.app.app_context():
        by = select(Account.sign_in_name).join(Distribution, Distribution.recorded_by_id == Account.id)
        return db.session.scalars(by.where(Distribution.public_id == record)).one()


def written_by(server, record):
    """Return the sign-in name of whoever wrote a record, and what became of it."""
    with server.app.app_context():
        found = select(FieldRecord.status, Account.sign_in_name).outerjoin(
            Account, FieldRecord.written_by_id == Account.id
        )
        status, name = db.session.execute(found.where(FieldRecord.public_id == record)).one()
        return name, status


def test_an_ended_session_and_another_person_never_touch_what_waits(server, phone):
    shared = phone()
    shared.set_up("maya")

    # Maya's session ends. Nobody is signed in, and what waits is still sent; nothing can be read.
    shared.context.clear_cookies(name="session")
    first = shared.tap_and_pocket(KITS)
    server.wait_for(first)
    shared.wait_for_queue(0)
    assert "/sign-in" in shared.context.request.get("/shift").url

    # She signs in and out again with one more on the phone, while the server has trouble.
    shared.set_up("maya")
    server.fault = "broken"
    second = shared.tap_and_pocket(KITS)
    shared.page.goto("/account")
    follow(shared.page.get_by_role("button", name="Sign out"))
    shared.open()
    assert [record["id"] for record in shared.queue()] == [second]

    # Jo signs in on the same phone, and taps before it has heard anything new: each is by who saved it.
    shared.sign_in("jo")
    server.fault = "dropped before"
    shared.page.route("**/field/kit", lambda route: route.abort())
    shared.open()
    third = shared.tap_and_pocket(KITS)

    # So is what somebody taps who may not log at all: it waits for a lead, and never stands under Jo's name.
    shared.page.unroute("**/field/kit")
    shared.open(until="ready")
    shared.sign_in("sam")
    shared.open()
    fourth = shared.tap_and_pocket(KITS)
    server.fault = None
    shared.send_all()
    assert [recorded_by(server, record) for record in (first, second)] == ["maya", "maya"]
    assert written_by(server, third) == ("jo", "review")  # Jo does not work at Maya's place: a lead looks at it
    assert written_by(server, fourth) == (None, "review")
    assert shared.trouble == []


def test_a_phone_whose_access_was_ended_keeps_all_and_sends_after_somebody_signs_in(server, phone):
    lost = phone()
    lost.set_up("maya")
    device = lost.remembered("device")
    lost.go_offline()
    before = lost.tap_and_pocket(KITS)

    lead = phone(viewport=DESKTOP)
    lead.sign_in("noor")
    lead.page.goto(f"/phones/{device}")
    follow(lead.page.get_by_role("button", name="End its access"))

    # Maya is still signed in on it: that ends, the server takes nothing, and the phone says what to do.
    lost.go_online()
    assert lost.send() == {"left": 1, "why": "sign_in"}
    assert "/sign-in" in lost.context.request.get("/shift").url
    expect(lost.status).to_contain_text("Sign in to send. Nothing is lost.")

    # It was behind the seat all the time. Maya signs in: it is a new phone, and all of it arrives.
    lost.set_up("maya")
    assert lost.remembered("device") != device
    after = lost.tap_and_pocket(KITS)
    lost.send_all()
    assert server.handed_out()[after] == 1
    assert server.statuses()[before] in ("applied", "review")  # a lead looks at what was signed before
    assert lost.trouble == []


def test_a_lead_brings_in_the_file_of_a_phone_that_cannot_send_and_nothing_is_doubled(server, phone, tmp_path):
    stuck = phone()
    stuck.set_up("maya")
    server.fault = "portal"
    ids = stuck.save_many(3)
    stuck.open_section("phone")
    with stuck.page.expect_download() as download:
        stuck.page.get_by_role("button", name="Export to a file").click()
    assert download.value.suggested_filename == f"field-outbox-{stuck.remembered('device')[:8]}.json"
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert len(json.loads(file.read_text())["records"]) == 3
    assert len(stuck.queue()) == 3

    lead = phone(viewport=DESKTOP)
    lead.sign_in("noor")
    lead.page.goto("/phones/import")
    lead.page.locator("main input[type=file]").set_input_files(file)
    follow(lead.page.locator("main form button.btn-main"))
    server.wait_for(*ids)

    # The phone gets a signal after all; the file comes once more.
    server.fault = None
    stuck.send_all()
    lead.page.goto("/phones/import")
    lead.page.locator("main input[type=file]").set_input_files(file)
    follow(lead.page.locator("main form button.btn-main"))
    handed_out = server.handed_out()
    assert [handed_out[record] for record in ids] == [1, 1, 1]
    assert "Balanced" in server.verify()


def test_a_browser_that_threw_records_away_says_so_and_the_lead_sees_which_numbers_never_came(server, phone):
    unlucky = phone()
    unlucky.set_up("maya")
    sent = unlucky.tap_and_pocket(KITS)
    server.wait_for(sent)
    unlucky.wait_for_queue(0)
    old = unlucky.remembered("device")
    unlucky.go_offline()
    unlucky.save_many(2)
    forget = {"origin": server.url, "storageTypes": "indexeddb"}
    unlucky.devtools().send("Storage.clearDataForOrigin", forget)
    unlucky.go_online()
    unlucky.open(until="ready")
    expect(unlucky.page.locator("main, .dock").get_by_text("lost", exact=False).first).to_be_visible()
    assert unlucky.remembered("device") != old

    lead = phone(viewport=DESKTOP)
    lead.sign_in("noor")
    lead.page.goto(f"/phones/{old}")
    expect(lead.page.locator("main")).to_contain_text("2–3")


def test_a_disk_that_is_full_is_told_and_the_tap_is_not_forgotten(server, phone):
    full = phone()
    full.set_up("maya")
    full.page.evaluate(
        """() => {
            window.add = IDBObjectStore.prototype.add
            IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError') }
        }"""
    )
    full.tap(KITS)
    expect(full.page.locator(".dock")).to_contain_text("Not saved")
    assert full.queue() == []
    full.page.evaluate("() => { IDBObjectStore.prototype.add = window.add }")
    full.wait_for_queue(1)
    full.pocket()
    full.wait_for_queue(0)


def test_a_window_that_keeps_nothing_says_so_and_the_plain_form_works(server, phone):
    private = phone()
    private.context.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    private.sign_in("maya")
    private.open(until="plain")
    expect(private.page.locator("body")).to_contain_text("This window cannot save without a signal")
    before = server.handed_out()
    follow(private.page.get_by_role("button", name=KITS).first)
    assert "saved=" in private.page.url
    assert (server.handed_out() - before).total() == 1


def test_storage_that_the_browser_does_not_promise_to_keep_is_told_and_storage_that_it_does_is_not(
    server, browser, phone
):
    for is_promised in (False, True):
        asking = phone()
        asking.set_up("maya")
        if is_promised:
            window = asking.devtools().send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
            wish = {"permissions": ["durableStorage"], "origin": server.url, "browserContextId": window}
            browser.new_browser_cdp_session().send("Browser.grantPermissions", wish)
        warning = asking.page.get_by_text("may throw away")
        expect(warning).to_be_visible()  # at the start, before anything waits
        asking.tap_and_pocket(KITS)
        asking.wait_for_queue(0)
        asking.open()
        if is_promised:
            expect(warning).not_to_be_visible()
            assert asking.page.evaluate("navigator.storage.persisted()")
        else:
            asking.page.get_by_role("button", name="I know").click()
            asking.open()
            expect(warning).not_to_be_visible()
        asking.switch_off()
