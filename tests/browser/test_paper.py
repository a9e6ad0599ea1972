"""The page and the card as they come out of a printer: one sheet, a card that fits a purse, light also at night."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from harmreduction.accounts.models import Account
from harmreduction.accounts.queries import signed_in_as
from harmreduction.core.db import db
from harmreduction.sites.queries import list_sites_of
from tests.assessments.sittings import begun
from tests.browser.conftest import follow

TABLET = {"width": 820, "height": 1180}
MILLIMETRE = 96 / 25.4  # in pixels of a page
CARD = (85.6, 54)
YEAR = re.compile(r"\b20\d\d\b")
STEPS = (
    "test_small",
    "one_at_a_time",
    "start_fraction",
    "naloxone_near",
    "call_line",
    "door_unlocked",
    "strips",
    "call_911",
    "someone_checks",
    "timer_or_app",
    "plan_for_return",
    "call_ahead",
    "tell_one",
    "go_together",
)


@pytest.fixture
def conversation(house):
    """Begin a conversation with fourteen lines in its plan, and return its address."""
    with house.app.app_context():
        account_id = db.session.scalars(select(Account.id).where(Account.sign_in_name == "ines")).one()
        ines = signed_in_as(account_id)
        draft = begun(list_sites_of(ines)[0], ines, *STEPS, goal="I want to see the lake again.")
        db.session.remove()
    return f"/conversations/now/{draft.draft_id}"


def sheets(page, **paper):
    """Return on how many sheets a page is printed."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(**paper)))


def test_fourteen_lines_and_the_card_print_on_one_sheet_and_the_only_copy_goes_with_them(open_as, conversation):
    window = open_as("ines", viewport=TABLET, color_scheme="dark")
    page = window.page
    page.goto(f"{conversation}/paper")
    for language in ("en", "es"):
        page.goto(f"{conversation}/paper?sent=1&goal=1&days=1&sheet=page&language={language}")
        assert [sheets(page, format=size) for size in ("Letter", "A4")] == [1, 1], language
    page.emulate_media(media="print")
    assert page.locator(".paper").evaluate("paper => getComputedStyle(paper).backgroundColor") == "rgb(255, 255, 255)"
    for card in page.locator(".wallet").all():
        box = card.bounding_box()
        assert (round(box["width"] / MILLIMETRE, 1), round(box["height"] / MILLIMETRE)) == CARD
    expect(page.locator(".rail")).to_be_hidden()
    page.emulate_media(media="screen")

    page.locator("details.sheet summary").click()  # it stands open after a choice; closed and opened by hand
    page.locator("details.sheet summary").click()
    line = page.locator("[name=lines]").first
    text = page.locator(".steps li").first.inner_text().split("\n")[0]
    line.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-paper-said]")).not_to_be_empty()
    expect(page.locator(".steps li").first).not_to_contain_text(text)
    expect(line).to_be_focused()
    page.reload()
    expect(page.locator("[name=lines]").first).not_to_be_checked()

    page.locator("[name=large]").check()
    expect(page.locator(".paper-large")).to_be_visible()
    page.locator("[name=days]").uncheck()
    expect(page.locator(".take-home")).not_to_contain_text(YEAR)
    soon = page.evaluate("new Date(Date.now() + 9e8).toISOString().slice(0, 10)")
    page.locator("[name=review_on]").fill(soon)
    follow(page.locator("form[action*='/paper/day'] button"))
    expect(page.locator(".paper-large")).to_contain_text(YEAR)
    page.locator("[name=sheet][value=card]").check()
    expect(page.locator(".paper-card")).to_be_visible()
    expect(page.locator(".paper-title")).to_have_count(0)

    follow(page.locator("a[href*='only-copy']"))
    follow(page.locator("form[action$='only-copy'] button"))
    assert page.url.endswith("/nothing-kept")
    assert window.trouble == []
