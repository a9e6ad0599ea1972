"""Supplies at a desk: kits from recipe to recall, an order, a request that arrives short, money, and scanning."""

import csv
import re
from zipfile import ZipFile

from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, follow
from tests.browser.supplies import open_log, open_part, open_place

KIT, VIAL, STRIPS = "IM naloxone kit (2 vials + 2 syringes)", "Naloxone 0.4 mg/mL vial 1 mL (IM)", "Fentanyl test strip"
VIAL_LOT = "HV1190"
VAN, STORE = "Night van drawers", "Store room"


def test_a_kit_is_packed_labelled_recalled_and_taken_apart(open_as):
    lead, worker = open_as("noor", viewport=DESKTOP), open_as("maya")
    page, phone = lead.page, worker.page

    # From today the recipe has two alcohol pads in it, whose date does not matter.
    open_part(page, "Kits")
    follow(page.get_by_role("link", name=KIT))
    follow(page.get_by_role("link", name="Change the recipe"))
    pads = page.get_by_role("group", name="Part 3")
    pads.get_by_label("Part", exact=True).select_option(label="Alcohol pad")
    pads.get_by_label("How many in one kit").fill("2")
    pads.get_by_label("Its date does not count for the kit").check()
    follow(page.get_by_role("button", name="Save", exact=True).last)
    expect(page.get_by_role("region", name="Recipe")).to_contain_text("Version 2")

    # Three are packed of the lots that the page says, and each gets a label.
    follow(page.get_by_role("link", name=f"Pack at {STORE}"))
    page.get_by_label("How many kits").fill("3")
    follow(page.get_by_role("button", name="Look at the lots"))
    expect(page.get_by_role("region", name="Take these lots")).to_contain_text(f"6 × {VIAL_LOT}")
    follow(page.get_by_role("button", name="3 kits are packed"))
    heading = page.get_by_role("heading", name=re.compile("^3 kits"))
    kit_lot = heading.inner_text().split(": ")[1]
    follow(page.get_by_role("link", name=f"Print labels {kit_lot}"))
    expect(page.locator(".wallet")).to_have_count(3)
    expect(page.locator(".wallet").first).to_contain_text(f"2 × {VIAL} · {VIAL_LOT}")

    # One was packed too many.
    follow(page.get_by_role("link", name="Back to the kit"))
    follow(page.get_by_role("link", name=f"Take apart {kit_lot} at {STORE}"))
    page.get_by_label("How many kits").fill("1")
    follow(page.get_by_role("button", name="Take apart"))
    expect(page.get_by_role("heading", name=re.compile(f"^2 kits .*{kit_lot}"))).to_be_visible()

    # The lot of the vials is recalled: the kits that hold them are found.
    open_part(page, "Recalls")
    follow(page.get_by_role("link", name="Open a recall"))
    page.get_by_label("Number of the notice").fill("EXAMPLE-77")
    page.get_by_label("What it is about").fill("Vials that may leak")
    page.get_by_label("Which item?").first.select_option(label=VIAL)
    page.get_by_label("Lot numbers").first.fill(VIAL_LOT)
    follow(page.get_by_role("button", name="Recall these lots"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Vials that may leak")
    aside = page.get_by_role("region", name="Put these aside")
    expect(aside.get_by_role("row").filter(has_text=kit_lot)).to_contain_text("2 kits")
    expect(aside.get_by_role("row").filter(has_text=VAN)).to_contain_text(VIAL_LOT)

    # The notice prints without what belongs to the screen.
    follow(page.get_by_role("link", name="Notice to print"))
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("article")).to_contain_text(kit_lot)
    expect(page.get_by_role("navigation").first).to_be_hidden()
    expect(page.get_by_text("Print this page for each site and partner.")).to_be_hidden()
    page.emulate_media(media="screen")

    # Whoever hands out from the van reads it above everything else.
    open_log(phone)
    expect(phone.locator("main")).to_contain_text("Recalled: put this aside, do not hand it out.")
    expect(phone.locator("main")).to_contain_text(f"{VIAL}, lot {VIAL_LOT}")

    # The kits are taken apart; then the maker says that the lot is good, and the recall ends.
    follow(page.get_by_role("link", name="Back to the recall"))
    follow(page.get_by_role("link", name=f"Take apart {kit_lot}"))
    page.get_by_label("How many kits").fill("2")
    follow(page.get_by_role("button", name="Take apart"))
    open_part(page, "Recalls")
    follow(page.get_by_role("link", name="Open Vials that may leak"))
    expect(aside).not_to_contain_text(kit_lot)
    follow(page.get_by_role("link", name="Release or close"))
    for reason in page.get_by_label("Why it may be used again").all():
        reason.fill("The maker says it is another lot.")
    page.get_by_label("Close the recall", exact=False).check()
    follow(page.get_by_role("button", name="Save"))
    open_log(phone)
    expect(phone.locator("main")).not_to_contain_text(VIAL_LOT)
    assert lead.trouble == worker.trouble == []


def test_an_order_sheet_is_changed_and_taken_along(open_as):
    window = open_as("noor", viewport=DESKTOP)
    page = window.page
    open_part(page, "Order")
    follow(page.get_by_role("link", name=f"Order sheet {STORE}"))
    page.get_by_label(f"Order, strips: {STRIPS}").fill("500")
    follow(page.get_by_role("button", name="Work out the packs"))
    expect(page.get_by_role("row").filter(has_text=STRIPS)).to_contain_text("5 × 100")

    with page.expect_download() as started:
        page.get_by_role("button", name="Download (CSV)").click()
    rows = list(csv.reader(started.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert [row for row in rows if STRIPS in row and "500" in row]
    with page.expect_download() as started:
        page.get_by_role("button", name="Download (Excel)").click()
    sheet = ZipFile(started.value.path()).read("xl/worksheets/sheet1.xml").decode()
    assert STRIPS in sheet and "<v>500</v>" in sheet
    assert window.trouble == []


def test_a_worker_asks_a_lead_sends_and_fewer_arrive(open_as):
    worker, lead = open_as("maya"), open_as("noor", viewport=DESKTOP)
    phone, page = worker.page, lead.page

    # Maya asks for the van, from her phone.
    phone.goto("/stock/requests/")
    follow(phone.get_by_role("link", name="Ask for supplies"))
    follow(phone.locator("main").get_by_role("link", name=VAN))
    phone.get_by_label(f"{STRIPS}, strips").fill("40")
    follow(phone.get_by_role("button", name="Save the draft"))
    follow(phone.get_by_role("button", name="Send the request"))
    asked = phone.url

    # Noor grants fewer, and sends the lots that go out first.
    open_part(page, "Requests")
    follow(page.get_by_role("link", name=re.compile(f"^{VAN}")).first)
    follow(page.get_by_role("link", name="Approve"))
    page.get_by_label(f"{STRIPS}, strips").fill("30")
    follow(page.get_by_role("button", name="Approve"))
    follow(page.get_by_role("link", name="Send the supplies"))
    expect(page.get_by_label(re.compile(f"^{STRIPS}"))).to_have_value("30")
    follow(page.get_by_role("button", name="Send", exact=True))

    # Two are missing when Maya opens the box.
    phone.goto(asked)
    expect(phone.get_by_role("row").filter(has_text=STRIPS)).to_contain_text("30 strips")
    follow(phone.get_by_role("link", name="Accept what arrived"))
    phone.get_by_label(re.compile(f"^{STRIPS}")).fill("28")
    phone.get_by_label("Lost on the way").check()
    follow(phone.get_by_role("button", name="Accept what arrived"))
    expect(phone.locator("main")).to_contain_text("30 strips sent, 28 strips arrived")
    assert worker.trouble == lead.trouble == []


def test_money_that_may_not_pay_for_syringes_says_so_and_keeps_what_was_typed(open_as):
    window = open_as("noor", viewport=DESKTOP)
    page = window.page
    open_place(page, STORE)
    follow(page.get_by_role("link", name="Receive", exact=True))
    page.get_by_label("What arrived?").select_option(label="Syringe 1 mL 28G 1/2 in")
    page.get_by_label("Single units").fill("500")
    page.get_by_label("Lot number").fill("SY-9001")
    page.get_by_text("Papers, money and temperature").click()
    page.get_by_label("Funding source").select_option(label="Federal grant (example)")
    follow(page.get_by_role("button", name="Book in", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("may not pay for “Syringes”")
    expect(page.get_by_label("Single units")).to_have_value("500")
    expect(page.get_by_label("Lot number")).to_have_value("SY-9001")

    # Other money may; the same page books it in.
    page.get_by_label("Funding source").select_option(label="Donations")
    follow(page.get_by_role("button", name="Book in", exact=True))
    expect(page.locator("main")).to_contain_text("SY-9001")
    assert window.trouble == []
