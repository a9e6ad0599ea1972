"""An outreach worker's evening, in a real browser, with and without JavaScript."""

import re

from playwright.sync_api import expect

from harmreduction.core.clock import now
from tests.browser.conftest import DESKTOP, follow
from tests.browser.supplies import on_hand, open_log, open_place, put_away

NASAL, VAN, SHELF = "Naloxone nasal spray 4 mg", "Night van drawers", "Union St shelf"


def kits_in_shift(page):
    """Read the kits of nasal naloxone that the shift shows."""
    page.goto("/shift")
    expect(page.get_by_role("heading", level=1)).to_have_text("My shift")
    stat = page.locator(".stat").filter(has_text=NASAL)
    return int(stat.locator("b").inner_text().split()[0]) if stat.count() else 0


def void_the_kit(page, before, logged):
    """Later she sees that it was another item, and voids it with a reason."""
    assert on_hand(page, VAN, NASAL) == before - 1
    assert kits_in_shift(page) == logged + 1
    follow(page.get_by_role("link", name=re.compile("^Correct Naloxone")).first)
    page.get_by_label("Another item was handed out").check()
    follow(page.get_by_role("button", name="Void it"))
    expect(page.get_by_role("status")).to_contain_text("Voided")
    assert on_hand(page, VAN, NASAL) == before
    assert kits_in_shift(page) == logged


def test_sign_in_hand_out_undo_void_and_the_stock_follows(open_as):
    # Maya signs in by her link and sees how much is in the van and what she logged so far.
    window = open_as("maya")
    page = window.page
    before, logged = on_hand(page, VAN, NASAL), kits_in_shift(page)

    # One tap saves a kit on her phone; the page stays where it is and says so in kits and doses.
    page.clock.set_fixed_time(now())  # however slow this machine is: what waits can be undone for ten seconds
    open_log(page)
    page.get_by_role("button", name="Nasal naloxone").click()
    status = page.get_by_role("status")
    expect(status).to_contain_text("Saved")
    expect(status).to_contain_text("1 kit (2 doses)")
    expect(page.locator(".status-wait")).to_be_visible()

    # More taps within a minute join the same visit, and none is lost, however quick.
    page.get_by_role("button", name="Syringes").first.dblclick()
    expect(status).to_contain_text("2 × Syringes: 10 syringes")
    expect(status).to_contain_text("1 kit (2 doses)")
    expect(status).to_contain_text("3 saved on this phone")

    # She undoes the syringes, and the kit stays.
    for waiting in ("2 saved on this phone", "1 saved on this phone"):
        page.get_by_role("button", name="Undo").click()
        expect(status).to_contain_text("Undone: Syringes: 10 syringes")
        expect(status).to_contain_text(waiting)

    # The phone goes into the pocket: everything is sent, and the seam is closed.
    put_away(page)
    expect(page.locator(".status-done")).to_be_visible()
    assert page.url.endswith("/hand-out")

    # The next person begins anew, with what went before at one tap.
    page.get_by_role("button", name="Next person").click()
    expect(page.locator(".pocket.is-in")).to_have_count(0)
    expect(page.get_by_role("button", name="Same as last")).to_contain_text("Nasal naloxone")
    void_the_kit(page, before, logged)
    assert window.trouble == []


def test_the_same_without_javascript(open_as):
    window = open_as("maya", java_script_enabled=False)
    page = window.page
    before, logged = on_hand(page, VAN, NASAL), kits_in_shift(page)

    # One tap hands out a kit; the page says so in kits and doses, and the van holds one less.
    page.goto("/hand-out")
    follow(page.get_by_role("button", name="Nasal naloxone"))
    status = page.get_by_role("status")
    expect(status).to_contain_text("Saved")
    expect(status).to_contain_text("1 kit (2 doses)")

    # A second tap joins the same visit.
    follow(page.get_by_role("button", name="Syringes"))
    expect(status).to_contain_text("10 syringes")
    expect(status).to_contain_text("1 kit (2 doses)")

    # She undoes the syringes, and the kit stays.
    follow(page.get_by_role("button", name="Undo"))
    expect(status.first).to_contain_text("Undone")
    void_the_kit(page, before, logged)
    assert window.trouble == []


def test_steppers_count_up_and_the_full_list_saves_what_was_told(open_as):
    window = open_as("maya")
    page = window.page
    page.goto("/hand-out/items")
    page.get_by_role("button", name="One more: Cooker, pieces").click(click_count=3)
    page.get_by_label("This person and others").check()
    page.get_by_label("How many other people?").fill("2")
    page.get_by_label("How many came back?").fill("1.4")
    page.get_by_label("Returned syringes").select_option("litres")
    follow(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("status")).to_contain_text("Cooker: 3 pieces")
    page.goto("/shift")
    expect(page.locator(".stat-open")).to_contain_text("about")
    assert window.trouble == []


def test_a_typical_hand_out_is_one_tap_or_three_keys_once_the_page_is_open(open_as):
    page = open_as("jo", has_touch=True).page
    open_log(page)
    page.get_by_role("button", name="Nasal naloxone").tap()
    expect(page.get_by_role("status")).to_contain_text("Saved")

    # With the keyboard: to the first link, into the page, and the most usual hand-out has the focus.
    page.get_by_role("button", name="Next person").click()
    open_log(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Nasal naloxone")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Nasal naloxone")


def test_a_lead_sees_the_day_and_fills_a_shelf(open_as):
    window = open_as("noor", viewport=DESKTOP)
    page = window.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    before = on_hand(page, SHELF, NASAL)
    open_place(page, "Store room")
    follow(page.get_by_role("link", name="Move supplies"))
    page.get_by_label("To which place?").select_option(label=SHELF)
    page.get_by_label(f"{NASAL} · NX26A02").fill("12")
    follow(page.get_by_role("button", name="Move", exact=True))
    expect(page.get_by_role("status").first).to_contain_text(f"Moved to {SHELF}")
    assert on_hand(page, SHELF, NASAL) == before + 12
    assert window.trouble == []
