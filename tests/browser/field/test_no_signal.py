"""One tap with no signal is a hand-out, whatever happens to the phone before it is sent."""

from playwright.sync_api import expect

from tests.browser.field.phone import until

KITS, SYRINGES = "Nasal naloxone", "Syringes"


def test_taps_without_signal_server_or_battery_arrive_once(server, phone):
    maya = phone(on_disk=True)
    maya.set_up("maya")
    before = server.handed_out()

    # No signal: the page opens, one tap is saved, and it is still there after the page was loaded again.
    maya.go_offline()
    maya.open()
    maya.tap(KITS)
    expect(maya.page.get_by_role("status").first).to_contain_text("Saved")
    (kit,) = maya.queue()
    maya.page.reload()
    maya.wait_until("usable")
    assert [record["envelope"] for record in maya.queue()] == [kit["envelope"]]
    expect(maya.status).to_contain_text("1 saved on this phone")

    # The server is gone as well and the browser was ended: the page opens from what the phone holds.
    maya.switch_off()
    server.stop()
    maya.switch_on()
    maya.open()
    maya.tap(SYRINGES)
    maya.wait_for_queue(2)

    # The battery dies right after "Saved" of a third tap.
    maya.tap(KITS)
    maya.wait_for_queue(3)
    maya.kill()
    maya.switch_on()
    maya.open()
    waiting = [record["id"] for record in maya.queue()]
    assert len(waiting) == 3
    expect(maya.status).to_contain_text("3 saved on this phone, waiting to send")

    # The server is back: everything goes by itself, once, and the line says so only now.
    server.start()
    maya.pocket()
    maya.wait_for_queue(0)
    expect(maya.status).to_contain_text("Everything is sent")
    assert server.handed_out() - before == dict.fromkeys(waiting, 1)
    assert {server.statuses()[record] for record in waiting} == {"applied"}
    assert server.resent_otherwise() == []
    assert "Balanced" in server.verify()
    assert maya.trouble == []


def test_what_waits_is_sent_when_the_signal_comes_back_and_by_the_browser_when_no_page_is_open(server, phone):
    maya = phone()
    maya.set_up("maya")

    # Without a signal nothing leaves, however often the phone is taken out.
    maya.go_offline()
    expect(maya.status).to_contain_text("Ready to work without a signal")
    maya.page.get_by_role("link", name="Services, tests").click(force=True)  # it is marked as one that does nothing
    expect(maya.status).to_contain_text("“Services, tests” needs a signal.")
    maya.open_section("phone")
    for nothing in ("sent", "tried", "why"):  # as nothing was sent ever
        expect(maya.page.locator(f"#phone [data-{nothing}]")).to_have_text("not yet")
    maya.page.locator("#phone").get_by_role("link", name="Back").click()
    first = maya.tap_and_pocket(KITS)
    maya.page.get_by_role("link", name="This phone").click()
    expect(maya.page.locator("[data-tried]")).not_to_be_empty()
    maya.page.get_by_role("button", name="Send now").click()
    expect(maya.page.locator("[data-why]")).to_contain_text("No signal")
    maya.page.locator("#phone").get_by_role("link", name="Back").click()
    assert [record["id"] for record in maya.queue()] == [first]
    maya.go_online()
    maya.wait_for_queue(0)
    assert server.handed_out()[first] == 1

    # With no page open the browser wakes the worker itself (background sync).
    maya.go_offline()
    second = maya.tap_and_pocket(KITS)
    elsewhere = maya.context.new_page()
    maya.page.close()
    maya.page = elsewhere
    tools, found = maya.devtools(), []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    tools.send("ServiceWorker.enable")
    field = until(lambda: registered(elsewhere, found), "the worker is not there")
    maya.go_online()
    sync = {"origin": server.url, "registrationId": field, "tag": "outbox", "lastChance": False}

    def woken_and_sent():
        tools.send("ServiceWorker.dispatchSyncEvent", sync)  # again, as browsers do: the signal may come a little later
        return second in server.handed_out()

    until(woken_and_sent, "the worker never sent it")
    maya.open()
    maya.wait_for_queue(0)
    assert server.resent_otherwise() == []


def registered(page, found):
    """Return the id of the log page's worker, or nothing while the browser has not told of it."""
    page.evaluate("0")  # what it tells is heard while something is asked
    return next((one["registrationId"] for one in found if one["scopeURL"].endswith("/hand-out")), None)


def test_two_tabs_send_each_record_once_and_even_without_locks_none_is_doubled(server, phone):
    maya = phone()
    maya.set_up("maya")
    other = maya.context.new_page()
    other.goto("/hand-out")
    maya.wait_until("usable", other)
    for has_locks in (True, False):
        if not has_locks:
            for page in (maya.page, other):
                page.evaluate("Object.defineProperty(navigator, 'locks', {value: undefined, configurable: true})")
        before = server.handed_out()
        maya.go_offline()
        ids = maya.save_many(30) + maya.save_many(30, other)
        sequence = [record["seq"] for record in maya.queue()]
        assert len(set(sequence)) == 60
        maya.go_online()
        maya.send_in(maya.page, other)
        maya.wait_for_queue(0)
        assert server.handed_out() - before == dict.fromkeys(ids, 1)
    assert server.resent_otherwise() == []
    assert "Balanced" in server.verify()
