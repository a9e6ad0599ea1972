"""The pages of a lot and of what lies where, and the list as a file."""

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from harmreduction.audit.models import AuditEntry
from harmreduction.audit.rules import Event
from harmreduction.core.clock import today
from harmreduction.core.db import db, new_id
from harmreduction.sites.models import Site
from harmreduction.stock.actions.choices import save_funding_source
from harmreduction.stock.models import Lot
from tests.factories import SYSTEM, TIME_ZONE, hand_out, item, make_location, make_site, receive
from tests.pages import text_of
from tests.stock.test_cards import give


def test_the_card_is_a_page_with_a_picture_and_what_lay_where_on_a_day(sign_in_as):
    shelf = make_location(name="Union St shelf")
    lot = receive(shelf, 20)
    give(shelf, lot, 5)
    client = sign_in_as("programme_lead")
    page = client.page(f"/stock/lots/{lot.public_id}")
    assert "15 kits (30 doses) on hand." in page and "are in people’s hands" in page
    assert "Units on hand over time" in page
    assert "At Union St shelf" in client.page(f"/stock/lots/{lot.public_id}?place={shelf.public_id}&before=rubbish")
    day = today(TIME_ZONE)
    assert "15 kits (30 doses)" in client.page(f"/stock/lots/{lot.public_id}/on-a-day?on={day}")
    assert "Nothing lay here" in client.page(f"/stock/lots/{lot.public_id}/on-a-day?on={day - timedelta(days=1)}")


def test_a_lot_without_a_number_has_a_card_too(sign_in_as):
    shelf = make_location()
    hand_out(shelf, ("naloxone-nasal-4", 2))
    lot = db.session.scalars(select(Lot).where(Lot.item_id == item().id, Lot.lot_number == "")).one()
    page = sign_in_as("programme_lead").page(f"/stock/lots/{lot.public_id}")
    assert "Lot not known" in page and "-2 kits" in page


def test_the_list_is_a_page_for_ones_own_sites(sign_in_as):
    here, far = make_location(make_site(), "Union St shelf"), make_location(make_site(), "Far shelf")
    for number in range(30):
        receive(here, 1, lot=f"H{number:02}")
    receive(far, 1, lot="FAR")
    client = sign_in_as("outreach_worker", sites=(here.site_id,))
    page = client.page("/stock/on-hand")
    assert "30 lots" in text_of(page) and "FAR" not in text_of(page) and "Far shelf" not in page
    next_page = page.split('rel="next" href="')[1].split('"')[0]
    assert "H29" in client.page(next_page) and "H29" not in text_of(page)
    assert "No such lot on hand" in client.page(f"/stock/on-hand?number=zzz&after=rubbish&place={far.public_id}")
    assert client.get("/stock/on-hand.csv").status_code == 403


def test_a_lead_takes_the_list_along_and_no_cell_runs(sign_in_as):
    shelf = make_location(name="=cmd shelf")
    receive(shelf, 12, lot="=1+1", expiry=date(2030, 6, 30))
    client = sign_in_as("programme_lead")
    answer = client.get("/stock/on-hand.csv")
    [head, row] = csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")))
    assert dict(zip(head, row, strict=True)) | {"Place": "", "Lot": ""} == {
        "Place": "",
        "Item": "Naloxone nasal spray 4 mg",
        "Item code": "naloxone-nasal-4",
        "Lot": "",
        "Printed date": "2030-06-30",
        "Use by": "2030-06-30",
        "Status": "In use",
        "Source": "Source not said",
        "Units": "12",
        "Counted in": "kits",
        "Doses": "24",
    }
    assert row[0] == "'=cmd shelf" and row[3] == "'=1+1"
    workbook = client.get("/stock/on-hand.xlsx?number=%3D1")
    assert workbook.data.startswith(b"PK") and 'filename="on-hand.xlsx"' in workbook.headers["Content-Disposition"]
    db.session.rollback()
    exported = select(AuditEntry).where(AuditEntry.event == Event.STOCK_EXPORTED.name)
    assert len(db.session.scalars(exported).all()) == 2


@pytest.mark.parametrize(
    "asked",
    ["before=0001-01-01T00:00:00%2B14:00_x", "before=2026-10-01_", "before=2026-13-01_x", "place=%00", "before=_"],
)
def test_an_address_that_nobody_wrote_here_shows_the_card(sign_in_as, asked):
    lot = receive(make_location(), 20)
    client = sign_in_as("programme_lead")
    assert "Lot A1" in client.page(f"/stock/lots/{lot.public_id}?{asked}")


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01", "soon", ""])
def test_a_day_that_cannot_be_is_the_nearest_that_can(sign_in_as, on):
    lot = receive(make_location(), 20)
    page = sign_in_as("programme_lead").page(f"/stock/lots/{lot.public_id}/on-a-day?on={on}")
    assert ("20 kits (40 doses)" in page) == (on != "0001-01-01")


def test_two_lots_of_one_number_are_told_apart_by_who_paid_for_them(sign_in_as):
    shelf, lead = make_location(), sign_in_as("programme_lead")
    pages = [f"/stock/{shelf.public_id}", f"/stock/{shelf.public_id}/move", f"/stock/{shelf.public_id}/waste"]
    lot = receive(shelf, 5, lot="TWIN1")
    make_location(db.session.get_one(Site, shelf.site_id), "Another shelf")
    assert not [page for page in pages if "Harbor fund" in text_of(lead.page(page))]
    save_funding_source(source := new_id(), "Harbor fund", is_active=True, by=SYSTEM)
    twin = {"item": item().public_id, "lot_number": "TWIN1", "expiry": str(lot.printed_expiry), "quantity": "3"}
    lead.send(f"/stock/{shelf.public_id}/receive", **twin, source=source, form_id=new_id())
    for page in (*pages, "/stock/on-hand"):
        words = text_of(lead.page(page))
        assert "Harbor fund" in words and "Source not said" in words, page
    assert "Lot TWIN1 · Source not said" in text_of(lead.page(f"/stock/lots/{lot.public_id}"))
    found = text_of(lead.post("/stock/scan/", data={"code": "TWIN1"}))
    assert "Lot TWIN1 · Harbor fund" in found
