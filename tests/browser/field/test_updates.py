"""A new version of the app, and another language, never touch what waits and never change under somebody's fingers."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.field.phone import until

KITS = "Nasal naloxone"


@pytest.fixture
def tomorrow(server, tmp_path, monkeypatch):
    """Return a function after which the server has other modules than before."""
    static = tmp_path / "static"
    shutil.copytree(str(server.app.static_folder), static)

    def comes():
        for module in ("log", "outbox"):
            file = Path(static / "js/field" / f"{module}.js")
            file.write_text(file.read_text() + "\nexport const version = 'tomorrow';\n")
        monkeypatch.setattr(server.app, "static_folder", str(static))

    return comes


def test_an_update_waits_for_the_next_opening_and_leaves_what_was_saved_before(server, phone, tomorrow):
    maya = phone()
    maya.set_up("maya")
    server.fault = "broken"
    record = maya.tap_and_pocket(KITS)
    today = maya.remembered("kit")
    tomorrow()

    # This opening is still the version of before, though the new one comes in behind it.
    maya.open()
    assert maya.do("outbox.version ?? 'today'") == "today"
    until(lambda: maya.remembered("kit") != today, "the new version never came")

    # The next one is the new version.
    maya.open()
    assert maya.do("outbox.version") == "tomorrow"
    assert [waiting["id"] for waiting in maya.queue()] == [record]
    caches = [name for name in maya.page.evaluate("caches.keys()") if name.startswith("field-")]
    assert f"field-{maya.remembered('kit')}" in caches

    # Without a server the new version opens as well, and then everything goes.
    server.stop()
    maya.open()
    server.start()
    server.fault = None
    maya.send_all()
    assert server.handed_out()[record] == 1
    assert maya.trouble == []


def test_the_language_changes_without_a_signal(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.wait_for("caches.match('/field/shell/es').then(Boolean)")
    server.stop()
    maya.go_offline()
    expect(maya.page.locator("nav a[aria-disabled=true]").first).to_be_attached()
    maya.page.locator(".foot a[hreflang=es]:not([aria-disabled=true])").first.click()
    expect(maya.page.locator("html")).to_have_attribute("lang", "es")
    maya.wait_until("usable")
    maya.page.locator(".pockets button").first.click()
    maya.wait_for_queue(1)
    maya.page.reload()
    expect(maya.page.locator("html")).to_have_attribute("lang", "es")
    server.start()
    maya.go_online()
    maya.send_all()


def test_pages_that_need_a_signal_say_so_and_nothing_of_them_is_kept(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.page.goto("/hand-out/items")
    maya.open()
    server.stop()
    maya.page.goto("/hand-out/items")
    expect(maya.page.locator("body")).to_contain_text("This page needs a signal")
    kept = maya.page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(async name => (await (await caches.open(name)).keys())"
        ".map(request => new URL(request.url).pathname)))).then(found => found.flat())"
    )
    assert [path for path in kept if not path.startswith(("/field/", "/static/", "/hand-out"))] == []
    assert "/hand-out/items" not in kept
    server.start()
