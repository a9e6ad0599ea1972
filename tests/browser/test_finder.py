"""Finding help with a real phone: three taps, a position or none, and an area that opens without a connection."""

import re

import pytest
from playwright.sync_api import expect

from harmreduction.core.db import db
from harmreduction.directory.models import Service
from tests.browser.conftest import DESKTOP, PHONE, follow
from tests.directory.builders import WEEKDAYS, make_service, schedule

ALWAYS = [schedule(f"{WEEKDAYS},SA,SU", "00:00:00", "23:59:00")]
NEVER = [schedule(WEEKDAYS, "09:00:00", "10:00:00", valid_from="2099-01-01")]
FAIRBANKS = (64.8378, -147.7164)
THERE = {"latitude": 64.84123456, "longitude": -147.72123456}
PLACE = "town-fairbanks-ak"
# Both return when the server made what is kept; the mark goes once the page is kept anew.
MARK = """async (address) => {
    const store = await caches.open("areas");
    const answer = await store.match(address);
    const headers = new Headers(answer.headers);
    headers.set("X-Mark", "kept before");
    await store.put(address, new Response(await answer.blob(), { headers }));
    return headers.get("X-Made");
}"""
MADE_ONCE_KEPT_ANEW = """async (address) => {
    for (;;) {
        const { headers } = await caches.match(address);
        if (!headers.has("X-Mark")) return headers.get("X-Made");
        await new Promise(requestAnimationFrame);
    }
}"""
PAYLOAD = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def fairbanks(house):
    """Services of a town far from those of the demonstration: one open, one shut, one whose name would like to run."""
    north, west = FAIRBANKS
    with house.app.app_context():
        if db.session.query(Service).filter_by(name="Fairbanks drop-in").first() is None:
            make_service("Fairbanks drop-in", at=FAIRBANKS, schedules=ALWAYS)
            make_service("Fairbanks shut", at=(north + 0.001, west), schedules=NEVER)
            make_service(PAYLOAD, at=(north + 0.01, west), schedules=ALWAYS, alert=PAYLOAD, url="javascript:alert(1)")
        db.session.remove()


def first_result(page):
    return page.locator(".places li a").first


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_three_taps_lead_from_the_start_to_the_nearest_open_naloxone(open_as, javascript):
    window = open_as("maya", java_script_enabled=javascript)
    page = window.page
    page.goto("/")
    follow(page.locator(".tabs").get_by_role("link", name="Find"))
    follow(page.get_by_role("link", name="Naloxone, open now"))
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Nearest to")
    expect(page.locator(".places li").first.locator(".tag")).to_contain_text(re.compile("^Open"))
    follow(first_result(page))
    expect(page.get_by_text("How to get there").or_(page.get_by_text("Hours")).first).to_be_visible()
    assert window.trouble == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.usefixtures("fairbanks")
def test_nobody_in_particular_finds_a_service_by_its_town_and_prints_its_slip(open_as, javascript):
    window = open_as(None, java_script_enabled=javascript)
    page = window.page
    page.goto("/sign-in")
    follow(page.get_by_role("link", name="Where can I go now?"))
    page.locator("#where").fill("Fairbanks, AK")
    page.get_by_label("Open now").check()
    follow(page.get_by_role("button", name="Search"))
    expect(first_result(page)).to_have_text("Fairbanks drop-in")
    expect(page.locator(".places").first.get_by_text("Fairbanks shut")).to_have_count(0)
    follow(first_result(page))
    follow(page.get_by_role("link", name="Print a slip"))
    page.emulate_media(media="print")
    expect(page.locator(".take-along .qr")).to_be_visible()
    expect(page.locator(".band")).to_be_hidden()
    assert window.trouble == []


@pytest.mark.usefixtures("fairbanks")
def test_suggestions_are_chosen_by_keyboard_and_by_tap(open_as):
    window = open_as(None)
    page = window.page
    page.goto("/find/")
    field = page.get_by_role("combobox", name="Town or ZIP")
    field.fill("")
    with page.expect_response(re.compile(r"/find/places\?.*q=fairbanks(%2C|,)(%20|\+)a$")):
        field.press_sequentially("fairbanks, a")
    offered = page.get_by_role("listbox").get_by_role("option")
    expect(offered).to_have_text(["Fairbanks, AK"])  # what came for fewer letters is gone
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "place-0")
    field.press("Enter")
    expect(field).to_have_value("Fairbanks, AK")
    follow(page.get_by_role("button", name="Search"))
    assert f"place={PLACE}" in page.url
    field.fill("fairb")
    page.get_by_role("option", name="Fairbanks, AK").click()
    expect(field).to_have_value("Fairbanks, AK")
    field.fill("fairba")
    expect(page.get_by_role("listbox")).to_be_visible()
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert window.trouble == []


@pytest.mark.usefixtures("fairbanks")
def test_a_tap_below_the_suggestions_does_what_it_was_aimed_at(open_as):
    page = open_as(None).page
    page.goto("/find/")
    page.get_by_role("combobox", name="Town or ZIP").fill("fairbanks, a")
    expect(page.get_by_role("option", name="Fairbanks, AK")).to_be_visible()
    page.get_by_label("Open now").check()  # the list closes when the tap is done, not while it is under way
    expect(page.get_by_role("listbox")).to_be_hidden()


@pytest.mark.usefixtures("fairbanks")
def test_the_position_of_a_phone_finds_the_nearest_and_stands_in_no_address(open_as):
    window = open_as(None, geolocation=THERE, permissions=["geolocation"])
    page = window.page
    sent = []
    page.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    page.goto("/find/")
    page.get_by_label("Open now").check()
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_role("heading", name="Nearest to you")).to_be_focused()
    expect(first_result(page)).to_have_text("Fairbanks drop-in")
    expect(page.get_by_text("Fairbanks shut")).to_have_count(1)
    expect(page.get_by_role("heading", name="Near, but closed now or hours not known")).to_be_visible()
    assert not [url for url, _ in sent if "64.8" in url or "147.7" in url]
    assert [body for _, body in sent if "latitude=64.841&longitude=-147.721" in body]
    assert not [body for _, body in sent if "64.8412" in body]
    page.get_by_label("Open now").uncheck()
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="Near, but closed now or hours not known")).to_have_count(0)
    expect(page.get_by_role("link", name="Fairbanks shut")).to_be_visible()
    assert window.trouble == []


@pytest.mark.usefixtures("fairbanks")
def test_back_from_a_service_shows_what_is_near_the_phone_again(open_as):
    window = open_as(None, geolocation=THERE, permissions=["geolocation"])
    page = window.page
    page.goto(f"/find/?place={PLACE}&offers=naloxone")
    page.get_by_label("Open now").check()
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_role("heading", name="Nearest to you")).to_be_visible()
    page.context.clear_permissions()  # the phone is not asked again
    follow(first_result(page))
    expect(page.get_by_role("heading", level=1)).to_have_text("Fairbanks drop-in")
    page.go_back()
    expect(page.get_by_role("heading", name="Nearest to you")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/find/$"))
    expect(page.get_by_label("Open now")).to_be_checked()
    expect(page.locator("#find-form summary")).to_contain_text("Naloxone")
    page.get_by_role("button", name="Look further").click()
    expect(page.get_by_role("button", name="Look further")).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("heading", name="Nearest to Fairbanks, AK")).to_be_visible()
    page.locator("#where").fill("Baltimore, MD")
    follow(page.get_by_role("button", name="Search"))
    expect(page.get_by_role("heading", name="Nearest to Baltimore, MD")).to_be_visible()
    assert window.trouble == []


def test_a_phone_that_does_not_say_where_it_is_leads_to_the_field(open_as):
    window = open_as(None, permissions=[])
    page = window.page
    page.goto("/find/")
    page.get_by_role("button", name="Near me").click()
    expect(page.locator("#near-status")).to_contain_text("Type a town or ZIP")
    expect(page.locator("#where")).to_be_focused()
    assert [line for line in window.trouble if "left the host" in line] == []


@pytest.mark.usefixtures("fairbanks")
def test_a_kept_area_opens_without_a_connection_and_can_be_removed(open_as):
    window = open_as("maya")
    page, address = window.page, f"/find/area?place={PLACE}&km=16"
    page.goto(address)
    page.get_by_role("button", name="Keep on this phone").click()
    expect(page.get_by_text("Kept. This page opens without a connection too.")).to_be_visible()
    kept = page.evaluate(
        """async () => {
            const store = await caches.open("areas");
            const answers = await Promise.all((await store.keys()).map((key) => store.match(key)));
            return (await Promise.all(answers.map((answer) => answer.text()))).join("");
        }"""
    )
    assert "Fairbanks drop-in" in kept
    assert "Maya" not in kept and "csrf_token" not in kept
    page.context.set_offline(True)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Services around Fairbanks, AK")
    expect(page.get_by_text("Fairbanks drop-in")).to_be_visible()
    expect(page.locator("#area-list li").first.locator(".tag")).to_have_text("Open around the clock")
    assert page.evaluate("getComputedStyle(document.querySelector('.band')).backgroundColor") != "rgba(0, 0, 0, 0)"
    page.goto("/find/")  # was not kept: the list of what was opens instead, and says so
    expect(page.get_by_text("this page is not kept on this phone")).to_be_visible()
    expect(page.get_by_text("Fairbanks, AK")).to_be_visible()
    follow(page.get_by_role("link", name="Open"))
    expect(page.get_by_text("Fairbanks drop-in")).to_be_visible()
    page.goto("/find/saved")
    expect(page.get_by_text("this page is not kept on this phone")).to_be_hidden()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Nothing is kept here")).to_be_visible()
    page.context.set_offline(False)
    page.goto("/find/saved")
    expect(page.get_by_text("Nothing is kept here")).to_be_visible()
    names = page.evaluate("caches.keys()")
    assert [name for name in names if not name.startswith("field-")] == []  # those are the log page, which Maya opened
    assert [line for line in window.trouble if "left the host" in line or "Content Security" in line] == []


@pytest.mark.usefixtures("fairbanks")
def test_opening_a_kept_area_without_a_connection_makes_it_no_younger(open_as):
    page, address = open_as(None).page, f"/find/area?place={PLACE}&km=16"
    page.goto(address)
    page.get_by_role("button", name="Keep on this phone").click()
    expect(page.get_by_text("Kept. This page opens without a connection too.")).to_be_visible()
    made = page.evaluate(MARK, address)
    page.clock.install(time="2099-06-01T12:00:00Z")
    page.context.set_offline(True)
    page.goto(address)
    assert page.evaluate(MADE_ONCE_KEPT_ANEW, address) == made
    page.goto("/find/saved")
    expect(page.locator("#saved-areas")).not_to_contain_text("2099")


@pytest.mark.usefixtures("fairbanks")
def test_a_kept_page_tells_the_time_by_the_phone_and_says_how_old_it_is(open_as):
    page = open_as(None, timezone_id="Asia/Tokyo").page
    page.clock.install(time="2099-06-01T12:00:00Z")
    page.goto(f"/find/area?place={PLACE}&km=16")
    expect(page.locator("#saved-notice")).to_contain_text("Hours may have changed")
    shut = page.locator("#area-list li").filter(has_text="Fairbanks shut").locator(".tag")
    expect(shut).to_have_text("Opens today at 9:00")  # 8:00 in New York, the zone of its programme
    page.clock.set_system_time("2099-06-01T13:30:00Z")
    page.clock.run_for(61_000)
    expect(shut).to_have_text("Open now, closes at 10:00")
    page.clock.set_system_time("2099-06-05T21:00:00Z")  # a Friday evening
    page.clock.run_for(61_000)
    expect(shut).to_have_text("Opens Monday at 9:00")


@pytest.mark.usefixtures("fairbanks")
def test_a_name_that_would_like_to_run_is_text_in_list_page_slip_print_and_frame(open_as):
    window = open_as(None, viewport=DESKTOP)
    page = window.page
    page.on("dialog", lambda dialog: window.trouble.append(dialog.message))
    for path in (f"/find/?place={PLACE}", f"/find/area?place={PLACE}", f"/embed/find?place={PLACE}"):
        page.goto(path)
        expect(page.get_by_text(PAYLOAD).first).to_be_visible()
    page.goto(f"/find/?place={PLACE}")
    follow(page.get_by_role("link", name=PAYLOAD))
    expect(page.get_by_role("heading", level=1)).to_have_text(PAYLOAD)
    expect(page.get_by_text("javascript:alert(1)")).to_be_visible()
    follow(page.get_by_role("link", name="Print a slip"))
    expect(page.get_by_role("heading", level=1)).to_have_text(PAYLOAD)
    assert window.trouble == []


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_first_screen_weighs_at_most_40_kilobytes(open_as, viewport):
    page = open_as(None, viewport=viewport).page
    weighing = page.context.new_cdp_session(page)
    weighing.send("Network.enable")
    weight = []
    weighing.on("Network.loadingFinished", lambda event: weight.append(event["encodedDataLength"]))
    page.goto("/find/", wait_until="networkidle")
    assert 0 < sum(weight) <= 40 * 1024
