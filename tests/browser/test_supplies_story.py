"""Supplies on a phone: the van comes home and goes out again, and a shelf is counted while work goes on there."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import follow
from tests.browser.supplies import hand_out, on_hand, open_part

NASAL, STRIPS = "Naloxone nasal spray 4 mg", "Fentanyl test strip"
VAN, SHELF, STORE = "Night van drawers", "Union St shelf", "Store room"


def in_shift(page: Page, item: str, column: str) -> int:
    """Read a number of an item in the table of a shift."""
    table = page.locator("table")
    heads = [head.strip() for head in table.get_by_role("columnheader").all_inner_texts()]
    row = table.get_by_role("row").filter(has_text=item)
    return int(row.locator("th, td").nth(heads.index(column)).inner_text().replace(",", ""))


def load_out_again(page: Page) -> None:
    """Load the van out with what is proposed for it, from the page of its last shift."""
    follow(page.get_by_role("link", name="Load out again"))
    expect(page.get_by_text(f"From {STORE}")).to_be_visible()
    follow(page.get_by_role("button", name="Load out", exact=True))
    expect(page.get_by_role("region", name="Take these lots")).to_contain_text(NASAL)


def test_the_van_comes_home_with_a_difference_and_goes_out_again(open_as):
    window = open_as("maya")
    page = window.page

    # A kit and five strips leave her hands.
    hand_out(page, "Nasal naloxone", "Test strips")

    # Home again: one strip fewer than the page expects, and what is left goes back into the store.
    in_store = on_hand(page, STORE, STRIPS)
    open_part(page, "Shifts")
    follow(page.get_by_role("link", name=f"Open {VAN}", exact=True))
    loaded, out, left = (in_shift(page, STRIPS, head) for head in ("Loaded", "Handed out", "Should be left"))
    assert out >= 5
    follow(page.get_by_role("link", name="Close out", exact=True))
    page.get_by_label(f"It all goes back to {STORE}").check()
    all_there = page.get_by_role("button", name="It is all there: close out")
    expect(all_there).to_be_visible()
    page.get_by_text("Something differs").click()
    expect(all_there).to_be_hidden()
    page.get_by_role("button", name=f"One fewer: {STRIPS}").click()
    page.get_by_label("Why does it differ?").select_option(label="Hand-outs not logged")
    follow(page.get_by_role("button", name="Close out with these numbers"))

    # The summary says what was loaded and handed out, what was counted and how it differs, and what went back.
    expect(page.get_by_text("Closed out", exact=False).first).to_be_visible()
    assert (in_shift(page, STRIPS, "Loaded"), in_shift(page, STRIPS, "Handed out")) == (loaded, out)
    assert (in_shift(page, STRIPS, "Counted"), in_shift(page, STRIPS, "Difference")) == (left - 1, -1)
    expect(page.get_by_role("region", name="Brought back")).to_contain_text(f"{left - 1} strips · {STRIPS}")
    assert on_hand(page, STORE, STRIPS) == in_store + left - 1

    # Out again, with what this van takes each night, in two taps.
    open_part(page, "Shifts")
    follow(page.get_by_role("link", name=re.compile(f"^Open {VAN}, ")).first)
    load_out_again(page)
    assert in_shift(page, STRIPS, "Loaded") == 60
    assert on_hand(page, VAN, STRIPS) == 60
    assert window.trouble == []


def test_a_shelf_is_counted_while_somebody_hands_out_from_it(open_as):
    counting, working = open_as("maya"), open_as("ines")
    page, desk = counting.page, working.page
    kits, strips = on_hand(page, SHELF, NASAL), on_hand(page, SHELF, STRIPS)

    # Maya counts without seeing what the book says: two kits fewer. She has not come to the strips.
    open_part(page, "Counts")
    follow(page.get_by_role("link", name=f"Count at {SHELF}", exact=True))
    follow(page.get_by_role("button", name="Start counting"))
    expect(page.locator("main")).not_to_contain_text("booked")
    page.get_by_label(re.compile(f"^{NASAL}")).fill(str(kits - 2))
    follow(page.get_by_role("button", name="Save", exact=True))

    # Meanwhile a kit leaves the same shelf.
    hand_out(desk, "Nasal naloxone")
    expect(desk.locator("main")).to_contain_text(SHELF)

    # The review compares with the moment of the count, and names what nobody counted.
    follow(page.get_by_role("button", name="Save and review"))
    expect(page.locator("main")).to_contain_text(f"Differs: booked {kits}, counted {kits - 2} kits")
    expect(page.locator("main")).to_contain_text("not counted and stay as they are")
    page.get_by_label("Why does it differ?").select_option(label="Hand-outs not logged")
    follow(page.get_by_role("button", name="Post the count"))
    expect(page.get_by_role("row").filter(has_text=NASAL)).to_contain_text("Hand-outs not logged")

    # What was counted, less what was handed out since; what was not counted stays.
    assert on_hand(page, SHELF, NASAL) == kits - 2 - 1
    assert on_hand(page, SHELF, STRIPS) == strips
    assert counting.trouble == working.trouble == []


def test_a_shift_and_a_count_need_no_javascript(open_as):
    page = open_as("maya", java_script_enabled=False).page
    open_part(page, "Shifts")
    follow(page.get_by_role("link", name=f"Close out {VAN}"))
    expect(page.get_by_role("button", name="One fewer")).to_have_count(0)
    page.get_by_label(f"It all goes back to {STORE}").check()
    page.get_by_text("Something differs").click()
    kits = page.get_by_label(re.compile(f"^{NASAL}")).last
    left = int(kits.input_value())
    kits.fill(str(left - 1))
    follow(page.get_by_role("button", name="Close out with these numbers"))
    assert in_shift(page, NASAL, "Difference") == -1

    load_out_again(page)
    full = on_hand(page, VAN, NASAL)

    follow(page.get_by_role("link", name="Count", exact=True))
    follow(page.get_by_role("button", name="Start counting"))
    for kits in page.get_by_label(re.compile(f"^{NASAL}")).all():
        kits.fill("0")
    page.get_by_label(re.compile(f"^{NASAL}")).last.fill(str(full + 1))
    follow(page.get_by_role("button", name="Save and review"))
    follow(page.get_by_role("button", name="Post the count"))
    assert on_hand(page, VAN, NASAL) == full + 1
