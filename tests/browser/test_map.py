"""The map in a real browser: painted, told by shape and by words, reached by keyboard, and safe."""

import base64
import re
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from waitress.server import create_server

from harmreduction.settings.actions import set_values
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, follow, stop_serving
from tests.browser.test_every_page import AXE_RULES
from tests.directory.builders import make_service
from tests.factories import SYSTEM

PAYLOADS = ("<img src=x onerror=alert(1)>", "${alert(1)}", "</script><script>alert(1)</script>", "`+alert(1)+`")
WORCESTER = (42.2626, -71.8023)
TILE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
PAINTED = "[data-painted]"
GROUND = "[data-basemap-drawn]"


@pytest.fixture(scope="module")
def services(house):
    """Services around Worcester: one with each payload for a name, and two at one door."""
    north, west = WORCESTER
    with house.app.app_context():
        for number, payload in enumerate(PAYLOADS):
            make_service(
                payload,
                at=(north + 0.2 + number / 20, west),
                offers=("naloxone", "no_id"),
                description=f"mapword{number}",
            )
        for name in ("Canal clinic", "Canal pantry"):
            offers = ("testing",) if name == "Canal clinic" else ("food",)
            make_service(name, at=WORCESTER, offers=offers, description="mapword canal")


@pytest.fixture
def open_map(services, open_as):
    """Return a function that opens the map and waits until everything on it is drawn."""

    def open_map(address, *, signed_in=None, viewport=DESKTOP, **options):
        window = open_as(signed_in, viewport=viewport, **options)
        window.dialogs = []
        window.page.on("dialog", lambda dialog: (window.dialogs.append(dialog.message), dialog.dismiss()))
        window.page.goto(address)
        window.page.wait_for_selector(PAINTED, state="attached")
        window.page.wait_for_selector(GROUND, state="attached")
        return window

    return open_map


def pixels_of(page, colour):
    """Count the pixels of the markers' canvas that have a colour (its CSS custom property)."""
    return page.evaluate(
        """async (name) => {
            const box = document.querySelector(".map-box");
            const probe = document.createElement("i");
            probe.style.color = `var(${name})`;
            box.append(probe);
            const [red, green, blue] = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
            probe.remove();
            await new Promise(requestAnimationFrame);
            let count = 0;
            for (const canvas of box.querySelectorAll(".leaflet-overlay-pane canvas")) {
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                for (let at = 0; at < data.length; at += 4) {
                    const isLike = data[at] === red && data[at + 1] === green && data[at + 2] === blue;
                    if (isLike && data[at + 3] === 255) count++;
                }
            }
            return count;
        }""",
        colour,
    )


def click_the_middle(page):
    """Click where the only service of a map is: it opens around it."""
    box = page.locator(".map-box").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def press_until(page, key, told):
    """Press a key of the map until it says this; while it moves it hears no key."""
    for _ in range(60):
        if page.locator("#map-status").inner_text() == told:
            return
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    pytest.fail(f"{told} was never said")


def eventually(page, holds):
    """Wait until something is so, as long as a slow machine may take."""
    for _ in range(PATIENCE // 100):
        if holds():
            return
        page.wait_for_timeout(100)
    pytest.fail("this never came about")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_is_painted_in_every_light_and_nothing_leaves_the_host(open_map, viewport, scheme):
    window = open_map("/map?where=&offers=testing&words=mapword", viewport=viewport, color_scheme=scheme)
    page = window.page
    assert page.locator(PAINTED).get_attribute("data-painted") == "1"
    assert pixels_of(page, "--kind-testing") > 60
    expect(page.locator("#map-status")).to_have_text("1 service in view.")
    found = Axe().run(page, options=AXE_RULES).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert window.trouble == []


@pytest.mark.parametrize("address", ["/map", "/embed/map"])
@pytest.mark.parametrize(("number", "payload"), list(enumerate(PAYLOADS)))
def test_what_stands_in_a_name_is_text_in_the_list_and_in_the_popup(open_map, address, number, payload):
    window = open_map(f"{address}?where=&words=mapword{number}")
    page = window.page
    expect(page.locator("#map-list a")).to_have_text(payload)
    click_the_middle(page)
    popup = page.locator(".map-popup")
    expect(popup.get_by_role("link")).to_have_text(payload)
    expect(popup).to_contain_text("Baltimore, MD")
    expect(popup).to_contain_text("Naloxone, No ID needed")
    assert page.locator(".map-box img, .map-box script, #map-list img, #map-list script").count() == 0
    assert window.dialogs == []
    assert window.trouble == []


def test_services_at_one_door_are_counted_and_spread_when_they_are_asked_for(open_map):
    window = open_map("/map?where=&words=mapword+canal")
    page = window.page
    cluster = page.locator(".map-cluster")
    expect(cluster).to_have_text("2 services")
    assert pixels_of(page, "--kind-testing") == 0
    cluster.click()
    eventually(page, lambda: pixels_of(page, "--kind-testing") > 60)  # they move apart
    assert window.trouble == []


def test_by_keyboard_the_map_moves_and_the_list_under_it_leads_to_a_service(open_map):
    window = open_map("/map?where=&offers=naloxone&words=mapword")
    page = window.page
    expect(page.locator("#map-list a")).to_have_count(len(PAYLOADS))
    page.locator("main summary").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("map-box")
    press_until(page, "+", "0 services in view.")
    press_until(page, "-", "4 services in view.")
    for _ in range(2):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") in ("Zoom in", "Zoom out")
    first = page.locator("#map-list a").first
    first.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search(r"/find/[0-9a-f-]{36}$", page.url)


def test_a_cluster_is_no_stop_on_the_way_by_keyboard_to_the_list(open_map):
    page = open_map("/map?where=&words=mapword+canal").page
    expect(page.locator(".map-cluster")).to_have_count(1)
    expect(page.locator(".map-cluster[tabindex], .map-cluster[role]")).to_have_count(0)
    page.get_by_role("button", name="Zoom out").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#map-list a").first).to_be_focused()


def test_the_page_of_a_service_leads_to_the_map_around_it(open_map):
    window = open_map("/map?where=&words=mapword+canal")
    page = window.page
    follow(page.get_by_role("link", name="Canal clinic"))
    follow(page.get_by_role("link", name="Show on the map"))
    expect(page.locator(".map-popup")).to_contain_text("Canal clinic")
    expect(page.locator("#map-status")).to_have_text("2 services in view.")
    assert window.trouble == []


def test_colours_follow_when_night_falls(open_map):
    page = open_map("/map?where=&offers=testing&words=mapword").page
    page.emulate_media(color_scheme="dark")
    eventually(page, lambda: pixels_of(page, "--kind-testing") > 60)


def test_without_scripts_the_page_leads_to_the_list(services, open_as):
    page = open_as(None, java_script_enabled=False).page
    page.goto("/map?where=&offers=naloxone")
    expect(page.locator("noscript p")).to_be_visible()
    for part in (".map-box", "#map-legend", "#map-list-title"):
        expect(page.locator(part)).to_be_hidden()
    follow(page.get_by_role("link", name="See these as a list"))
    assert page.url.endswith("/find/?offers=naloxone")


def test_when_the_services_cannot_be_loaded_the_page_says_so(services, open_as):
    page = open_as(None).page
    page.route("**/map/points.json*", lambda route: route.fulfill(status=503, body=""))
    page.goto("/map")
    expect(page.locator("#map-status")).to_contain_text("could not be loaded")


@pytest.fixture
def another_website(house):
    """The address of a website of somebody else, with our map in a frame."""

    def answer(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [f'<!doctype html><iframe src="{house.url}/embed/map?where=" width="900" height="700">'.encode()]

    server = create_server(answer, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://localhost:{server.effective_port}/"
    stop_serving(server, thread)


def test_another_website_shows_the_map_in_a_frame_and_its_links_open_windows_of_their_own(
    services, another_website, browser
):
    context = browser.new_context(viewport=DESKTOP)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(another_website)
    frame = page.frame_locator("iframe")
    frame.locator(PAINTED).wait_for(state="attached")
    way = frame.locator("#map-list a").first
    assert (way.get_attribute("target"), way.get_attribute("rel")) == ("_blank", "noopener")
    expect(frame.get_by_role("link", name="Open in a new window")).to_be_visible()
    assert context.cookies() == []
    context.close()


def test_tiles_of_the_programmes_own_server_are_all_that_leaves(services, house, open_as):
    window = open_as(None, viewport=DESKTOP)
    page, asked = window.page, []
    page.context.route(
        "https://tiles.example.org/**",
        lambda route: (asked.append(route.request.url), route.fulfill(content_type="image/png", body=TILE)),
    )
    with house.app.app_context():
        set_values({"tile_url": "https://tiles.example.org/{z}/{x}/{y}.png", "tile_attribution": "Streets"}, by=SYSTEM)
    try:
        page.goto("/map")
        page.wait_for_selector(PAINTED, state="attached")
        page.wait_for_selector(".leaflet-tile-loaded")
    finally:
        with house.app.app_context():
            set_values({"tile_url": "", "tile_attribution": ""}, by=SYSTEM)
    assert asked
    left = [line for line in window.trouble if not line.startswith("left the host: https://tiles.example.org/")]
    assert left == []
    expect(page.get_by_text("Streets", exact=True)).to_be_visible()


def test_on_paper_the_map_and_its_list_are_there_without_buttons(open_map):
    page = open_map("/map?where=&words=mapword").page
    page.emulate_media(media="print")
    expect(page.locator(".map-box")).to_be_visible()
    expect(page.locator("#map-list li").first).to_be_visible()
    expect(page.locator(".leaflet-control-zoom")).to_be_hidden()
    expect(page.get_by_role("link", name="See these as a list")).to_be_hidden()
