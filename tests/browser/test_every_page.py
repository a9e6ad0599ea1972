"""Every page that a person can open: accessible, inside its window, and nothing leaves the host."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from harmreduction.core.db import db
from harmreduction.stock.models import Item, StockLocation
from harmreduction.web.access import PUBLIC, audience_of
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.xdist_group("browser")

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NOT_PAGES = {"static", "home.healthz", "home.start", "language.choose"}


def addresses(house, name):
    """Return the address of every page that this person may open and that is a page."""
    with house.app.app_context(), house.app.test_request_context():
        place = db.session.query(StockLocation).where(StockLocation.name == "Night van drawers").one().public_id
        known = {"location_id": place, "item_id": db.session.query(Item).first().public_id}
        found = []
        for rule in house.app.url_map.iter_rules():
            audience = audience_of(house.app.view_functions[rule.endpoint])
            is_public = audience == PUBLIC
            if "GET" not in rule.methods or rule.endpoint in NOT_PAGES or (name is None) != is_public:
                continue
            if rule.arguments <= known.keys() and not rule.rule.endswith(".csv"):
                found.append(
                    rule.endpoint and house.app.url_for(rule.endpoint, **{a: known[a] for a in rule.arguments})
                )
        return sorted(set(found))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [None, "maya", "noor", "sam"])
def test_every_page_is_accessible_and_stays_on_the_host(house, open_as, name, scheme, language):
    viewport = PHONE if scheme == "light" else DESKTOP
    window = open_as(name, viewport=viewport, language=language, color_scheme=scheme)
    problems = []
    opened = 0
    for address in addresses(house, name):
        answer = window.page.goto(address)
        if answer.status in {403, 404} or "text/html" not in answer.headers.get("content-type", ""):
            window.trouble.clear()
            continue
        opened += 1
        found = Axe().run(window.page, options=AXE_RULES).response["violations"]
        problems += [f"{address}: {v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]
        width = window.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if width > 0:
            problems.append(f"{address}: {width} px wider than its window")
    assert opened > 1
    assert problems == []
    assert window.trouble == []


@pytest.mark.parametrize("name", ["maya", "noor"])
def test_every_page_fits_a_narrow_phone_with_large_text_and_read_from_right_to_left(house, open_as, name):
    page = open_as(name, viewport={"width": 320, "height": 640}).page
    too_wide = []
    for address in addresses(house, name):
        if page.goto(address).status in {403, 404}:
            continue
        page.evaluate("document.documentElement.style.fontSize = '200%'; document.documentElement.dir = 'rtl'")
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if width > 0:
            too_wide.append(f"{address}: {width} px")
    assert too_wide == []


def test_what_can_be_tapped_is_at_least_48_pixels_high(house, open_as):
    page = open_as("maya").page
    small = []
    for address in addresses(house, "maya"):
        if page.goto(address).status in {403, 404}:
            continue
        for box in page.locator("main button:visible, main a.btn:visible, .tabs a:visible, main select:visible").all():
            height = box.bounding_box()["height"]
            if height < 48:
                small.append(f"{address}: {box.inner_text()[:30]!r} is {height} px")
    assert small == []
