"""The phone's page and its sections: accessible, inside a narrow window with large text, read from either side."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import AXE, barriers, show_whole, too_small, too_wide, too_wide_with_large_text

SECTIONS = ("", "places", "other", "extras", "back", "whom", "refill", "shift", "phone")
NARROW = {"width": 320, "height": 640}
STRETCH = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const longer = word => word + 'ö'.repeat(Math.ceil(word.length * 0.4))
    while (texts.nextNode()) {
        const text = texts.currentNode
        if (!text.parentElement.closest('script, style')) text.data = text.data.replace(/\\p{L}+/gu, longer)
    }
}"""
SMALL = """() => [...document.querySelectorAll('.pockets button, .btn-big')]
    .filter(box => box.checkVisibility({visibilityProperty: true}))
    .filter(box => box.getBoundingClientRect().height < 64)
    .map(box => box.innerText.slice(0, 30))"""

TINY = """() => [...document.querySelectorAll('body, body *:not(script, style, option)')]
    .filter(box => box.checkVisibility() && [...box.childNodes].some(part => part.nodeType === 3 && part.data.trim()))
    .filter(box => parseFloat(getComputedStyle(box).fontSize) < 12)
    .map(box => box.textContent.slice(0, 30))"""


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
            maya.wait_for_section(name)
        assert maya.page.locator("html").get_attribute("lang") == language
        show_whole(maya.page, NARROW)
        found = barriers(maya.page) + too_wide(maya.page) + too_small(maya.page)
        found += [f"less than 64 pixels high: {words}" for words in maya.page.evaluate(SMALL)]
        found += [f"smaller than 12 pixels: {words}" for words in maya.page.evaluate(TINY)]
        if language == "en":
            maya.page.evaluate(STRETCH)
        found += too_wide_with_large_text(maya.page)
        problems += [f"#{name}: {problem}" for problem in found]
        maya.page.evaluate("document.documentElement.removeAttribute('style')")
    assert problems == []
    assert maya.trouble == []


def test_the_page_can_be_put_on_the_home_screen(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.open()
    tools = maya.devtools()
    tools.send("Page.enable")
    told = tools.send("Page.getAppManifest")
    assert told["errors"] == []
    assert told["url"].startswith(server.url)
    errors = tools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
    assert tools.send("Page.getAppId")["appId"] == f"{server.url}/hand-out"
    assert maya.page.locator("link[rel=apple-touch-icon]").count() == 1
    assert maya.page.locator("meta[name=viewport][content*='width=device-width']").count() == 1


def test_the_page_that_a_phone_keeps_answers_for_itself_and_a_browser_has_nothing_to_say_against_it(server, phone):
    """What Lighthouse asks of a page that works without a signal, beside what every page is asked."""
    maya = phone()
    maya.set_up("maya")
    tools, issues = maya.devtools(), []
    tools.on("Audits.issueAdded", lambda told: issues.append(told["issue"]["code"]))
    tools.send("Audits.enable")
    maya.go_offline()
    answer = maya.page.goto("/hand-out")
    assert (answer.status, answer.from_service_worker) == (200, True)
    maya.wait_until("ready")
    assert maya.page.evaluate("isSecureContext && navigator.serviceWorker.controller.scriptURL").endswith("worker.js")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert maya.page.locator("html").get_attribute("lang") == "en"
    assert maya.page.title()
    assert set(issues) <= {"PerformanceIssue"}, "it means that the cookie is read, which no audit minds"
    assert maya.trouble == []


def test_quick_hide_leaves_nothing_in_title_address_history_or_page(server, phone):
    maya = phone()
    maya.set_up("maya")
    maya.open()
    maya.tap("Nasal naloxone")
    maya.wait_for_queue(1)
    maya.page.evaluate("location.hash = 'back'")
    expect(maya.page.locator("#back")).to_be_visible()
    maya.page.get_by_role("button", name="Quick hide").or_(maya.page.get_by_role("link", name="Quick hide")).click()
    expect(maya.page).to_have_title("Notes")
    words = maya.page.locator("body").inner_text()
    assert "Naloxone" not in words
    assert "hand-out" not in maya.page.url
    entries = maya.devtools().send("Page.getNavigationHistory")
    now = entries["entries"][entries["currentIndex"]]
    assert (now["title"], "hand-out" in now["url"]) == ("Notes", False)
    server.wait_for(*[record["id"] for record in maya.queue()])
    maya.page.go_back()  # to a section, or to the page as it was opened before: it stays hidden
    expect(maya.page.locator("h1")).to_have_text("Notes")
    assert "hand-out" not in maya.page.url
    maya.open(until="ready")
    expect(maya.page.locator("h1")).to_have_text("Hand out")


def test_the_first_load_is_eight_requests_and_asks_nobody_else(server, phone):
    maya = phone()
    maya.sign_in("maya")
    maya.page.goto("about:blank")
    hosts = []
    maya.context.on("request", lambda request: hosts.append(request.url))
    server.asked.clear()
    maya.open(until="ready")
    asked = list(server.asked)
    both = [number for number, path in enumerate(asked) if path == "/field/kit"]
    asked = asked[: both[1]] if both[1:] else asked  # it goes on with what can come later, and asks for that once more
    assert len(asked) <= 8, asked
    assert [url for url in hosts if not url.startswith((server.url, "data:", "blob:"))] == []
