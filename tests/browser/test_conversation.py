"""A conversation at one tablet: by keyboard and by what a screen reader says, with a silence, without scripts."""

import pytest
from playwright.sync_api import Locator, Page, expect

from harmreduction.settings.actions import set_values
from tests.browser.conftest import follow
from tests.factories import SYSTEM

TABLET = {"width": 820, "height": 1180}
OWN = "I wait until the others are asleep."


def press(page: Page, thing: Locator, key: str = "Enter") -> None:
    """Go to something by Tab alone, and press it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if thing.evaluate("each => each === document.activeElement"):
            page.keyboard.press(key)
            return
    raise AssertionError("the keyboard does not get there")


def press_on(page: Page, thing: Locator) -> None:
    """Press something that opens a page."""
    with page.expect_navigation():
        press(page, thing)


def test_by_keyboard_alone_from_the_invitation_to_the_paper_number(open_as):
    watched = open_as("ines", viewport=TABLET)
    page = watched.page
    page.goto("/conversations/begin")
    press(page, page.locator("details:has([name=wishes]) > summary"))
    press(page, page.get_by_role("checkbox", name="With pictures"), "Space")
    press_on(page, page.get_by_role("button", name="Keep it without a code"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Which card next?")
    press_on(page, page.get_by_role("link", name="Being alone"))
    group = page.get_by_role("group", name="Being alone")
    boxes = [each.bounding_box() for each in group.locator(".choice").all()]
    assert len({(round(box["width"]), round(box["height"])) for box in boxes}) == 1  # ways out are as large as answers
    press(page, group.get_by_role("radio").first, "Space")
    words = page.get_by_role("textbox", name="In your own words")
    press(page, words, "End")
    page.keyboard.type(OWN)
    press_on(page, page.get_by_role("button", name="Pick the next card"))
    expect(page.get_by_role("complementary", name="So far, together").locator("q")).to_have_text(OWN)
    press_on(page, page.get_by_role("link", name="Mixing"))
    ticks = page.get_by_role("checkbox", name="Alcohol")
    press(page, ticks, "Space")
    press(page, page.get_by_role("radio", name="Skip this"), "Space")
    expect(ticks).not_to_be_checked()  # one excludes the other
    press_on(page, page.get_by_role("button", name="Stop here"))
    press_on(page, page.get_by_role("button", name="Keep it without a code"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Before we end")  # it is over, and Back shows that
    assert OWN not in page.content()
    assert [each for each in watched.trouble if "404" not in each] == []


def test_a_silence_empties_the_screen_and_loses_nothing(open_as):
    watched = open_as("ines", viewport=TABLET)
    page = watched.page
    page.clock.install()
    page.goto("/conversations/begin")
    follow(page.get_by_role("button", name="Keep nothing"))
    follow(page.get_by_role("link", name="Being alone"))
    with page.expect_response(lambda answer: answer.url.endswith("/typing")):
        page.get_by_role("textbox", name="In your own words").fill(OWN)
        page.clock.run_for(4_000)
    page.clock.fast_forward(14 * 60_000)
    stay = page.get_by_role("button", name="We are still here")
    with page.expect_response(lambda answer: answer.url.endswith("/here")):
        stay.click()
    expect(stay).to_be_hidden()
    with page.expect_navigation():
        page.clock.fast_forward(15 * 60_000)  # a lid that was closed
    expect(page.get_by_role("heading", level=1)).to_have_text("Still there?")
    assert OWN not in page.content() and "alone" not in page.url
    follow(page.get_by_role("link", name="Go on"))
    follow(page.get_by_role("link", name="Being alone"))
    expect(page.get_by_role("textbox", name="In your own words")).to_have_value(OWN)
    follow(page.get_by_role("button", name="Hide"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Still there?")
    assert watched.trouble == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_without_scripts_it_is_the_same(open_as, house, language):
    with house.app.app_context():
        set_values({"talk_limits": "We must report harm to a child."}, by=SYSTEM)
    page = open_as("ines", viewport=TABLET, language=language, java_script_enabled=False).page
    page.goto("/conversations/begin")
    expect(page.locator("dd", has_text="We must report")).to_have_count(1)
    page.locator("details:has([name=wishes]) > summary").click()
    page.locator("input[name=wishes][value=large_text]").check()
    follow(page.locator("button[name=keeping][value=nothing]"))
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content").startswith("900;url=/conversations/now/")
    follow(page.locator("a.deck-card[href$='/cards/mood']"))
    follow(page.locator(".pair a").first)
    page.locator("input[value='option:today']").check()
    follow(page.locator("button.btn-main"))
    assert page.url.endswith("/agreed/today")
    assert "988" in page.locator("main").inner_text()
    page.goto(page.url.partition("/agreed")[0] + "/cards/strengths")
    page.locator("textarea[name=words]").fill(OWN)
    follow(page.locator("button[value=stop]"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    follow(page.locator("button[name=keeping][value=nothing]"))
    assert page.url.endswith("/conversations/nothing-kept")
