"""What rarely goes wrong on a phone: nothing is lost by it, nothing is doubled, and nothing is stuck."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.sync.models import FieldDevice, FieldRecord
from tests.browser.field.phone import until

KITS = "Nasal naloxone"


def end_access(server, device):
    """End the access of a phone, as a lead does."""
    with server.app.app_context(), transaction():
        db.session.execute(update(FieldDevice).where(FieldDevice.public_id == device).values(revoked_at=now()))


def why_waits(server, record):
    """Return why a record waits for a lead."""
    with server.app.app_context():
        return db.session.scalar(select(FieldRecord.reason).where(FieldRecord.public_id == record))


def test_a_signal_that_goes_while_a_phone_gets_its_new_key_spoils_no_signature(server, phone):
    maya = phone()
    maya.set_up("maya")
    before = maya.remembered("device")
    end_access(server, before)
    answers = []

    def answer_the_old_key(route):
        answers.append(route.request.post_data_json["public_key"])
        route.continue_() if answers[-1] == answers[0] else route.abort()

    maya.context.route("**/field/kit", answer_the_old_key)
    maya.context.clear_cookies(name="session")
    maya.sign_in("maya")  # the session of before ends as soon as the phone is heard of
    maya.open()
    until(lambda: maya.remembered("device") == before and len(set(answers)) == 2, "no new key was tried")
    record = maya.tap_and_pocket(KITS)
    maya.send_all()
    assert why_waits(server, record) == "revoked_device", "a lead can still save it"

    maya.context.unroute("**/field/kit")
    maya.set_up("maya")
    assert maya.remembered("device") != before
    after = maya.tap_and_pocket(KITS)
    maya.send_all()
    assert server.handed_out()[after] == 1


@pytest.mark.parametrize("lost", ["/field/worker.js", "/field/kit"])
def test_what_failed_on_the_first_visit_is_made_up_for_when_the_phone_is_taken_out_again(server, phone, lost):
    maya = phone()
    maya.sign_in("maya")
    server.broken = {lost}
    maya.page.goto("/hand-out")
    until(lambda: lost in server.asked, "it was never asked for")
    maya.page.wait_for_load_state("networkidle")
    server.broken = set()
    maya.pocket()
    maya.wait_until("ready")
    server.stop()
    maya.open()
    record = maya.tap_and_pocket(KITS)
    server.start()
    maya.send_all()
    assert server.handed_out()[record] == 1


def test_a_worker_that_never_comes_to_life_keeps_nobody_from_what_stands_below_the_tiles(server, phone):
    maya = phone()
    maya.sign_in("maya")
    maya.context.add_init_script(
        "Object.defineProperty(ServiceWorkerContainer.prototype, 'ready', { get: () => new Promise(() => {}) })"
    )
    maya.open()
    expect(maya.page.locator("#ways")).to_be_visible()
    assert maya.page.evaluate("document.documentElement.dataset.field") == "usable"


def test_trouble_right_after_a_record_came_onto_the_disk_doubles_nothing(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.go_offline()
    maya.page.evaluate(
        """() => {
            window.post = BroadcastChannel.prototype.postMessage
            BroadcastChannel.prototype.postMessage = () => {
                throw new DOMException('closed', 'InvalidStateError')
            }
        }"""
    )
    maya.tap(KITS)
    expect(maya.status).to_contain_text("Not saved yet")
    maya.page.evaluate("() => { BroadcastChannel.prototype.postMessage = post }")
    expect(maya.status).to_contain_text(re.compile("^\\s*Saved"))
    assert len(maya.queue()) == 1


def test_no_room_for_new_pages_keeps_nothing_from_being_sent(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.context.route("**/field/sync", lambda route: route.abort())
    record = maya.tap_and_pocket(KITS)
    maya.context.add_init_script(
        """
        CacheStorage.prototype.match = async () => undefined
        CacheStorage.prototype.open = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))
        """
    )
    with maya.page.expect_response("**/field/kit") as kit:
        maya.open()
    assert "pages" in kit.value.json()
    maya.context.unroute("**/field/sync")
    maya.page.evaluate("dispatchEvent(new Event('online'))")
    server.wait_for(record)


def test_a_second_press_while_the_plain_form_is_on_its_way_is_no_second_hand_out(server, phone):
    maya = phone()
    held = []

    def hold(route):
        held.append(route)

    maya.context.route("**/field/kit", hold)
    maya.sign_in("maya")
    maya.page.goto("/quiet")  # whatever the page after the sign-in asked for is over
    held.clear()
    maya.page.goto("/hand-out")
    until(lambda: maya.page.evaluate("true") and held, "the page asked for no kit")
    maya.page.evaluate(
        """() => {
            window.presses = []
            addEventListener('submit', event => {
                presses.push(event.defaultPrevented ? 'outbox' : 'form')
                event.preventDefault()
            })
        }"""
    )
    maya.tap(KITS)
    held.pop().continue_()
    maya.wait_until("usable")
    maya.tap(KITS)
    assert maya.page.evaluate("presses") == ["form", "form"]
    assert maya.queue() == []


def test_an_undo_that_the_disk_refuses_can_be_pressed_again(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.go_offline()
    maya.tap(KITS)
    expect(maya.status).to_contain_text("Saved")
    undo = maya.page.get_by_role("button", name="Undo", exact=True)
    maya.page.evaluate(
        """() => {
            window.put = IDBObjectStore.prototype.put
            IDBObjectStore.prototype.put = function (...what) {
                if (this.name !== 'outbox') return put.apply(this, what)
                window.refused = true
                throw new DOMException('full', 'QuotaExceededError')
            }
        }"""
    )
    undo.click()
    maya.wait_for("window.refused")
    expect(undo).to_be_enabled()
    maya.page.evaluate("() => { IDBObjectStore.prototype.put = put }")
    undo.click()
    expect(maya.status).to_contain_text("Undone")


def test_a_clock_that_is_set_back_between_tap_and_undo_makes_two_records_of_nothing(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.tap(KITS)
    maya.wait_for_queue(1)
    (given,) = maya.queue()
    server.fault = "dropped after"
    maya.page.evaluate("window.now = Date.now; Date.now = () => now.call(Date) + 3_600_000")
    maya.send()  # an hour later by its clock, so it is held no more
    assert server.handed_out()[given["id"]] == 1
    maya.page.evaluate("() => { Date.now = now }")
    maya.page.get_by_role("button", name="Undo", exact=True).click()
    maya.wait_for_queue(2)
    server.fault = None
    maya.send_all()
    assert server.handed_out()[given["id"]] == 0
    assert server.resent_otherwise() == []
