"""Scanning a pack finds the item and its lot, says what is wrong with it, and never keeps a serial number."""

import re
from datetime import UTC, date, datetime

import time_machine
from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.stock.models import ItemIdentifier, StockMovement
from harmreduction.stock.queries.identifiers import find_scanned
from harmreduction.stock.rules.codes import read_code
from tests.factories import days_from_now, item, make_location, make_site, receive
from tests.pages import text_of

NARCAN = "00369547353025"


def scan(client, code, **fields):
    return client.post("/stock/scan/", data={"code": code, **fields})


def test_a_scanned_box_is_found_with_its_lot_whatever_the_scanner_did_to_the_separators(database):
    lot = receive(make_location(), 5, lot="NX26A02", expiry=days_from_now(300))
    for text in (
        f"01{NARCAN}17280131" + "10NX26A02\x1d21S1",
        f"01{NARCAN}17280131" + "10NX26A0221S1",
        f"(01){NARCAN}(10)NX26A02",
        "nx26a02",
    ):
        found = find_scanned(read_code(text))
        assert (found.item, list(found.lots), found.lot_number) == (item(), [lot], "NX26A02"), text


def test_an_ndc_in_any_form_finds_the_item(database):
    for text in ("69547-353-02", "69547-0353-02", "6954735302", "69547035302", "NDC 69547-353-02", "369547353025"):
        assert find_scanned(read_code(text)).item == item(), text


def test_a_number_that_two_items_share_is_not_guessed(database):
    with transaction():
        db.session.add(ItemIdentifier(item_id=item("wound-kit").id, system="ndc", value="69547-3530-2"))
    found = find_scanned(read_code("6954735302"))
    assert found.item is None
    assert {one.code for one in found.items} == {"naloxone-nasal-4", "wound-kit"}


def test_a_worker_scans_and_sees_what_is_wrong_with_the_lot(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    receive(shelf, 5, lot="OLD1", expiry=days_from_now(-2))
    client = sign_in_as("outreach_worker", sites=(site.id,))
    page = text_of(scan(client, f"(01){NARCAN}(10)OLD1(21)SECRET77"))
    assert "Naloxone nasal spray 4 mg" in page and "past its date" in page
    assert "SECRET77" not in page


def test_who_only_hands_out_gets_no_way_to_a_page_that_is_not_theirs(sign_in_as):
    site = make_site()
    lot = receive(make_location(site), 5, lot="NX26A02")
    volunteer, worker = (sign_in_as(role, sites=(site.id,)) for role in ("volunteer", "outreach_worker"))
    story = f"/stock/lots/{lot.public_id}"
    assert story not in scan(volunteer, "NX26A02").get_data(as_text=True)
    assert story in scan(worker, "NX26A02").get_data(as_text=True)


def test_a_lot_lasts_through_its_last_day_in_the_evening_too_whoever_scans_it(sign_in_as):
    site = make_site(time_zone="America/New_York")
    receive(make_location(site), 5, lot="NX26A02", expiry=date(2026, 3, 31))
    evening = datetime(2026, 4, 1, 1, 30, tzinfo=UTC)  # half past nine on 31 March in New York
    with time_machine.travel(evening, tick=False):
        page = text_of(scan(sign_in_as("volunteer", sites=(site.id,)), "NX26A02"))
    assert "NX26A02" in page and "past its date" not in page


def test_a_place_that_is_none_leads_nowhere(sign_in_as):
    client = sign_in_as("outreach_worker", sites=(make_site().id,))
    answer = scan(client, f"01{NARCAN}1728013110AB7", purpose="receive", place="..//evil.example\r\n")
    assert answer.status_code == 200 and "Naloxone nasal spray" in text_of(answer)


def test_a_code_scanned_for_a_delivery_fills_in_the_page(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    client = sign_in_as("outreach_worker", sites=(site.id,))
    answer = scan(client, f"01{NARCAN}1728013110AB7<GS>21X", purpose="receive", place=shelf.public_id)
    assert answer.status_code == 302
    page = client.page(answer.location)
    assert 'value="AB7"' in page and 'value="2028-01-31"' in page
    assert "21X" not in answer.location


def test_a_code_nobody_knows_is_taught_by_a_lead_and_known_from_then_on(sign_in_as):
    lead = sign_in_as("programme_lead")
    new = "00312345678906"
    assert "No item here has the barcode number" in text_of(scan(lead, new))
    lead.send("/stock/scan/teach", item=item("strip-fentanyl").public_id, gtin=new, pack_size="100")
    found = find_scanned(read_code(new))
    assert (found.item, found.pack_size) == (item("strip-fentanyl"), 100)


def test_what_is_no_code_gets_a_sentence(sign_in_as):
    client = sign_in_as("volunteer", sites=(make_site().id,))
    assert "Type the lot number" in text_of(scan(client, "hello world"))
    assert "last digit" in text_of(scan(client, "00369547353024"))
    assert "Scan a pack" in text_of(scan(client, ""))


def test_only_the_page_that_reads_codes_may_use_the_camera(sign_in_as):
    client = sign_in_as("programme_lead")
    assert "camera=(self)" in client.get("/stock/scan/").headers["Permissions-Policy"]
    assert "camera=()" in client.get("/stock/").headers["Permissions-Policy"]


def test_a_pack_scanned_while_handing_out_fills_in_its_line_and_the_ledger_knows_that_it_was_scanned(sign_in_as):
    site = make_site()
    lot = receive(make_location(site), 5, lot="NX26A02", expiry=days_from_now(300))
    client = sign_in_as("volunteer", sites=(site.id,))
    client.get("/hand-out")
    answer = scan(client, f"(01){NARCAN}(10)NX26A02", purpose="hand_out")
    page = client.page(answer.location)
    fields = dict(re.findall(r'<input[^>]*name="(lines-\d+-\w+|form_id|place|scanned_lot)"[^>]*value="([^"]*)"', page))
    [line] = [name.removesuffix("-item") for name, value in fields.items() if value == item().public_id]
    assert fields[f"{line}-quantity"] == "1"
    assert client.post("/hand-out/items", data=fields | {f"{line}-lot": lot.public_id}).status_code == 302
    given = db.session.scalars(select(StockMovement).order_by(StockMovement.id.desc())).first()
    assert (given.lot_id, given.quantity, given.lot_source) == (lot.id, 1, "scanned")


def test_a_code_without_a_lot_tells_its_date_and_a_typed_lot_number_is_understood(sign_in_as):
    receive(make_location(), 5, lot="TYPED77")
    lead = sign_in_as("programme_lead")
    assert "Use by Jan 31, 2028." in text_of(scan(lead, f"01{NARCAN}17280131"))
    assert "no code that we can read" not in text_of(scan(lead, "typed77"))
    assert "no code that we can read" in text_of(scan(lead, "typed78"))
