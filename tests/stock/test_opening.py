"""An opening stock sheet: every row is shown before anything is booked, and nothing is booked twice."""

import io
import re
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.spreadsheets import CannotRead
from harmreduction.stock.actions.identifiers import PrintedCode, add_identifier
from harmreduction.stock.actions.opening import NothingToBringIn, bring_in
from harmreduction.stock.models import Lot, StockTransaction
from harmreduction.stock.queries.opening import read_opening_sheet
from harmreduction.stock.rules.identifiers import IdentifierSystem
from harmreduction.stock.rules.opening import UnreadableCell, UnreadableSheet, read_expiry
from harmreduction.stock.verification import find_differences
from tests.factories import SYSTEM, item, make_actor, make_location, on_hand, receive
from tests.pages import hidden, text_of

HEAD = "place,item,lot,use by,units,source\n"


def sheet(*rows):
    return (HEAD + "\n".join(rows) + "\n").encode()


def test_a_sheet_is_booked_in_once_and_balances(database):
    shelf, lead, form_id = make_location(name="Store"), make_actor("programme_lead"), new_id()
    content = sheet(
        "store,naloxone-nasal-4,nx1,2028-01,240,", "Store,69547-353-02,NX2,2028-02-29,10,", "STORE,Cooker,,,5000,"
    )
    for _ in range(2):
        rows = read_opening_sheet(content, lead, form_id)
        assert bring_in(rows, form_id, leave_out_others=False, by=lead, at=now()) == 3
    lots = {lot.lot_number: lot for lot in db.session.scalars(select(Lot))}
    assert {number: on_hand(shelf, lot) for number, lot in lots.items()} == {"NX1": 240, "NX2": 10, "": 5000}
    assert lots["NX1"].printed_expiry == date(2028, 1, 31)
    assert set(db.session.scalars(select(StockTransaction.kind))) == {"opening"}
    assert list(find_differences()) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Nowhere,cooker,,,5,", "no stock place"),
        ("Store,unobtainium,,,5,", "no item"),
        ("Store,cooker,,,five,", "whole number"),
        ("Store,cooker,,,0,", "whole number"),
        ("Store,cooker,,,999999,", "whole number"),
        ('Store,cooker,,,"1,5",', "whole number"),
        ("Store,cooker,,,000000000001999999,", "whole number"),
        ("Store,cooker,,,-5,", "whole number"),
        (f"Store,cooker,{'ß' * 40},,5,", "40 signs"),
        ("Store,naloxone-nasal-4,A,3/4/2028,5,", "without doubt"),
        ("Store,naloxone-nasal-4,A,2028-02-30,5,", "without doubt"),
        ("Store,naloxone-nasal-4,A,0203-01-31,5,", "without doubt"),
        ("Store,naloxone-nasal-4,A,20280-01,5,", "without doubt"),
        ("Store,naloxone-nasal-4,,2028-02-01,5,", "belongs to a lot"),
        ("Store,cooker,,,5,Some grant", "no funding source"),
        (f"Store,cooker,{'x' * 41},,5,", "40 signs"),
        ("Store,naloxone-nasal-4,HERE,,5,", "Count it instead"),
    ],
)
def test_a_row_that_cannot_be_says_why_and_the_others_can_go_on(database, row, says):
    shelf, lead, form_id = make_location(name="Store"), make_actor("programme_lead"), new_id()
    receive(shelf, 1, lot="HERE")
    rows = read_opening_sheet(sheet(row, "Store,cooker,OK1,,7,"), lead, form_id)
    bad, good = rows
    assert bad.line is None and says in str(bad.problem)
    assert good.line is not None
    with pytest.raises(NothingToBringIn, match="left out"):
        bring_in(rows, form_id, leave_out_others=False, by=lead, at=now())
    assert bring_in(rows, form_id, leave_out_others=True, by=lead, at=now()) == 1


@pytest.mark.parametrize("code", ["369547353025", "00369547353025", "69547-0353-02", "6954735302", "ndc 69547-353-02"])
def test_a_code_on_a_pack_names_its_item_in_all_its_forms(database, code):
    make_location(name="Store")
    add_identifier(item(), PrintedCode(system=IdentifierSystem.GTIN, text="369547353025"), by=SYSTEM)
    [row] = read_opening_sheet(sheet(f"Store,{code},NX1,2028-01,5,"), make_actor("programme_lead"), new_id())
    assert row.line is not None and row.line.item_id == item().id


@pytest.mark.parametrize("units", ["1000", '"1,000"', "1 000", "1000.0"])
def test_units_are_read_as_spreadsheets_write_them(database, units):
    make_location(name="Store")
    [row] = read_opening_sheet(sheet(f"Store,cooker,,,{units},"), make_actor("programme_lead"), new_id())
    assert row.line is not None and row.line.units == 1000


def test_a_sheet_that_the_page_can_show_it_can_also_book_in(sign_in_as):
    shelf, lead = make_location(name="Store"), sign_in_as("programme_lead")
    remark = ",".join(["für „später“"] * 12)
    rows = [f"Store,cooker,C{number},,7,,{remark}" for number in range(480)]
    answer = lead.post("/stock/opening/", data={"file": (io.BytesIO(sheet(*rows)), "stock.csv")})
    html = answer.get_data(as_text=True)
    assert "480 rows can be brought in" in text_of(html)
    [text] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)
    lead.send("/stock/opening/book", form_id=hidden(html, "form_id"), text=unescape(text))
    [first] = db.session.scalars(select(Lot).where(Lot.lot_number == "C0"))
    assert on_hand(shelf, first) == 7


def test_a_sheet_that_is_too_long_to_be_sent_back_says_so_before_it_is_looked_at(sign_in_as):
    make_location(name="Store")
    content = sheet(f"Store,cooker,C1,,7,{'x' * 30_000}", *(f",,,,,{'y' * 30_000}" for _row in range(20)))
    answer = sign_in_as("programme_lead").post("/stock/opening/", data={"file": (io.BytesIO(content), "stock.csv")})
    assert "This file is too large" in text_of(answer)


def test_the_same_lot_twice_in_a_sheet_is_not_added_up_in_silence(database):
    make_location(name="Store")
    rows = read_opening_sheet(sheet("Store,cooker,A,,7,", "Store,cooker,a,,8,"), make_actor("programme_lead"), new_id())
    assert [row.line is None for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("content", "problem"), [(b"", CannotRead), (b"a,b\n1,2\n", UnreadableSheet), (b"\x00\x01", CannotRead)]
)
def test_what_is_no_sheet_says_so(database, content, problem):
    with pytest.raises(problem):
        read_opening_sheet(content, make_actor("programme_lead"), new_id())


def test_a_row_that_the_stock_refuses_undoes_all_of_it_and_says_which(database):
    make_location(name="Store")
    elsewhere, lead, form_id = make_location(name="Van"), make_actor("programme_lead"), new_id()
    receive(elsewhere, 1, lot="A", expiry=date(2030, 1, 31))
    rows = read_opening_sheet(sheet("Store,cooker,,,7,", "Store,naloxone-nasal-4,A,2029-01,7,"), lead, form_id)
    with pytest.raises(NothingToBringIn, match=r"Row 3: .*Nothing was brought in"):
        bring_in(rows, form_id, leave_out_others=False, by=lead, at=now())
    assert db.session.scalar(select(Lot.id).where(Lot.item_id == item("cooker").id)) is None


def test_a_lead_looks_at_a_sheet_and_books_it_in_through_the_pages(sign_in_as):
    shelf = make_location(name="Store")
    lead = sign_in_as("programme_lead")
    assert b"use by" in lead.get("/stock/opening/sheet.csv").data
    content = sheet("Store,cooker,C1,,7,", "Store,nothing,,,7,")
    answer = lead.post("/stock/opening/", data={"file": (io.BytesIO(content), "stock.csv")})
    page = text_of(answer)
    assert "1 row can be brought in" in page and "no item of this name" in page
    html = answer.get_data(as_text=True)
    fields = {"form_id": hidden(html, "form_id"), "text": content.decode()}
    assert "left out" in text_of(lead.send("/stock/opening/book", status=200, **fields))
    lead.send("/stock/opening/book", leave_out_others="y", **fields)
    lead.send("/stock/opening/book", leave_out_others="y", **fields)
    [lot] = db.session.scalars(select(Lot).where(Lot.lot_number == "C1"))
    assert on_hand(shelf, lot) == 7


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_as_it_is_written_or_refused_and_never_as_another(day):
    assert read_expiry(day.isoformat()) == day
    slashed = f"{day.month}/{day.day}/{day.year}"
    if day.day > 12 or day.day == day.month:
        assert read_expiry(slashed) == day
    else:
        with pytest.raises(UnreadableCell):
            read_expiry(slashed)
