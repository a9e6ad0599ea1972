"""An evening with supplies on a phone: the van goes out and comes home, a shelf is counted while work goes on."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import follow

pytestmark = pytest.mark.xdist_group("browser")

NASAL = "Naloxone nasal spray 4 mg"
STRIPS = "Fentanyl test strip"
VAN, SHELF, STORE = "Night van drawers", "Union St shelf", "Store room"


def open_shifts(page):
    """Open the list of shifts from the page of supplies, as a thumb does: the menu is folded on a phone."""
    page.goto("/stock/")
    page.get_by_text("All of stock").click()
    follow(page.get_by_role("link", name="Shifts", exact=True))


def in_shift(page, item, column):
    """Read a number of an item in the table of a shift."""
    table = page.get_by_role("region", name="Supplies of this shift")
    heads = table.get_by_role("columnheader").all_inner_texts()
    row = table.get_by_role("row").filter(has_text=item)
    return row.locator("th, td").nth(heads.index(column)).inner_text()


def test_the_van_comes_home_with_a_difference_and_goes_out_again(open_as):
    window = open_as("maya")
    page = window.page

    # A kit and five strips leave her hands.
    page.goto("/hand-out")
    follow(page.get_by_role("button", name="Nasal naloxone"))
    follow(page.get_by_role("button", name="Test strips"))
    expect(page.get_by_role("status")).to_contain_text("Saved")

    # Home again: one strip fewer than the page expects, and what is left goes back into the store.
    open_shifts(page)
    follow(page.get_by_role("link", name=f"Open {VAN}", exact=True))
    should = int(in_shift(page, STRIPS, "Should be left"))
    out = int(in_shift(page, STRIPS, "Handed out"))
    assert out >= 5
    follow(page.get_by_role("link", name="Close out", exact=True))
    page.get_by_label(f"It all goes back to {STORE}").check()
    page.get_by_text("Something differs").click()
    page.get_by_role("button", name=re.compile(f"^One fewer: {STRIPS}")).first.click()
    page.get_by_label("Why does it differ?").select_option(label="Hand-outs not logged")
    follow(page.get_by_role("button", name="Close out with these numbers"))

    # The summary: loaded, handed out, counted, the difference, and what went back.
    expect(page.locator("main")).to_contain_text("Closed out")
    assert int(in_shift(page, STRIPS, "Handed out")) == out
    assert int(in_shift(page, STRIPS, "Counted")) == should - 1
    print(page.locator("main").inner_text())
    expect(page.get_by_role("region", name="Brought back")).to_contain_text(STRIPS)

    # Out again, with what the shift needs, in two taps.
    follow(page.get_by_role("link", name="Load out again"))
    expect(page.locator("main")).to_contain_text(f"From {STORE}")
    follow(page.get_by_role("button", name="Load out", exact=True))
    expect(page.get_by_role("region", name="Take these lots")).to_contain_text(NASAL)
    print(page.locator("main").inner_text())
    assert window.trouble == []
