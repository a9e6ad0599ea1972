"""The phone's page and its sections: accessible, inside a narrow window with large text, read from either side."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import AXE, barriers, show_whole, too_small, too_wide, too_wide_with_large_text

SECTIONS = ("", "other", "extras", "back", "whom", "refill", "shift", "phone")
NARROW = {"width": 320, "height": 640}
STRETCH = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        const text = texts.currentNode
        if (text.data.trim() && !text.parentElement.closest('script, style, option')) {
            const longer = Math.ceil(text.data.trim().length * 0.4)
            text.data = text.data.trimEnd() + 'ö'.repeat(Math.min(longer, 8)) + ' '.repeat(1)
        }
    }
}"""
SMALL = """() => [...document.querySelectorAll('.pockets button, .btn-big')]
    .filter(box => box.checkVisibility({visibilityProperty: true}))
    .filter(box => box.getBoundingClientRect().height < 64)
    .map(box => box.innerText.slice(0, 30))"""


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "es")])
def test_every_section_is_accessible_and_fits_a_narrow_window_with_large_text(server, phone, scheme, language):
    maya = phone(color_scheme=scheme)
    maya.context.add_cookies([{"name": "language", "value": language, "url": server.url}])
    maya.set_up("maya")
    maya.page.add_init_script(AXE)
    maya.go_offline()
    problems = []
    for name in SECTIONS:
        maya.open(f"/hand-out#{name}" if name else "/hand-out")
        maya.page.reload()  # an address that differs after # alone loads nothing
        maya.wait_until("usable")
        if name:
            expect(maya.page.locator(f"section#{name}")).to_be_visible()
        assert maya.page.locator("html").get_attribute("lang") == language
        show_whole(maya.page, NARROW)
        found = barriers(maya.page) + too_wide(maya.page) + too_small(maya.page)
        found += [f"less than 64 pixels high: {words}" for words in maya.page.evaluate(SMALL)]
        maya.page.evaluate(STRETCH)
        found += too_wide_with_large_text(maya.page)
        problems += [f"#{name}: {problem}" for problem in found]
        maya.page.evaluate("document.documentElement.removeAttribute('style')")
    assert problems == []
    assert maya.trouble == []


def test_the_page_can_be_put_on_the_home_screen(server, phone):
    maya = phone()
    maya.set_up("maya")
    tools = maya.devtools()
    tools.send("Page.enable")
    told = tools.send("Page.getAppManifest")
    assert told["errors"] == []
    assert told["url"].startswith(server.url)
    errors = tools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
    assert tools.send("Page.getAppId")["appId"] == f"{server.url}/hand-out"
    assert maya.page.locator("link[rel=apple-touch-icon]").count() == 1


def test_quick_hide_leaves_nothing_in_title_address_history_or_page(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.tap("Nasal naloxone")
    maya.wait_for_queue(1)
    maya.page.get_by_role("button", name="Quick hide").or_(maya.page.get_by_role("link", name="Quick hide")).click()
    expect(maya.page).to_have_title("Notes")
    words = maya.page.locator("body").inner_text()
    assert "Naloxone" not in words
    assert "hand-out" not in maya.page.url
    entries = maya.devtools().send("Page.getNavigationHistory")
    now = entries["entries"][entries["currentIndex"]]
    assert (now["title"], "hand-out" in now["url"]) == ("Notes", False)
    server.wait_for(*[record["id"] for record in maya.queue()])


def test_the_first_load_is_small_and_the_page_asks_nobody_else(server, phone):
    maya = phone()
    maya.sign_in("maya")
    maya.page.goto("about:blank")
    asked, received = [], []
    tools = maya.devtools()
    tools.send("Network.enable")
    maya.context.on("request", lambda request: asked.append(request.url))
    tools.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    maya.open(until="ready")
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
    assert len([url for url in asked if url.startswith(server.url)]) <= 8
    assert sum(received) <= 30 * 1024 or "gzip" not in str(received)
