"""The list of what lies where: found, paged, and taken along as a file."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.stock.models import Lot
from harmreduction.stock.queries.on_hand import Wanted, count_on_hand, iterate_on_hand, list_on_hand, narrowed
from harmreduction.stock.rules.on_hand import Condition, last_days_of
from tests.factories import days_from_now, hand_out, item, make_location, make_site, receive
from tests.pages import text_of

TODAY = days_from_now(0)


def numbers(rows):
    return [row.lot.lot_number for row in rows]


def listed(*places, limit=100, after=None, **asked):
    wanted = narrowed(Wanted(location_ids=[place.id for place in places], today=TODAY, **asked))
    assert len(list(iterate_on_hand(wanted))) >= len(list_on_hand(wanted, after=after, limit=limit))
    return list_on_hand(wanted, after=after, limit=limit)


def test_lots_stand_in_the_order_of_their_dates_and_those_without_one_last(database):
    shelf, van = make_location(), make_location()
    receive(shelf, 5, lot="LATE", expiry=days_from_now(300))
    receive(shelf, 5, lot="", code="wound-kit", expiry=None)
    receive(shelf, 5, lot="PAST", expiry=days_from_now(-3))
    receive(van, 7, lot="LATE", expiry=days_from_now(300))
    rows = listed(shelf, van)
    assert numbers(rows) == ["PAST", "LATE", ""]
    assert rows[1].on_hand == 12 and len(rows[1].places) == 2
    assert rows[1].places[0][0].id == van.id  # where most of it lies comes first


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Condition.PAST, ["PAST"]),
        (Condition.WITHIN_30, ["SOON"]),
        (Condition.WITHIN_90, ["SOON", "THEN"]),
        (Condition.WITHIN_180, ["SOON", "THEN"]),
        (Condition.NO_DATE, ["NONE"]),
        (Condition.HELD, ["THEN"]),
        (Condition.BELOW_ZERO, []),
        (None, ["PAST", "SOON", "THEN", "LATE", "NONE"]),
    ],
)
def test_lots_are_found_by_what_holds_for_them(database, condition, found):
    shelf = make_location()
    for lot, days in (("PAST", -1), ("SOON", 0), ("THEN", 31), ("LATE", 181)):
        receive(shelf, 5, lot=lot, expiry=days_from_now(days))
    receive(shelf, 5, lot="NONE", expiry=None)
    with transaction():
        db.session.scalars(select(Lot).where(Lot.lot_number == "THEN")).one().status = "on_hold"
    assert numbers(listed(shelf, condition=condition)) == found


def test_lots_are_found_by_place_item_and_the_beginning_of_their_number(database):
    shelf, van = make_location(), make_location()
    receive(shelf, 5, lot="NX1")
    receive(shelf, 5, lot="NX_2")
    receive(van, 5, lot="VAN1")
    receive(shelf, 5, lot="FT1", code="strip-fentanyl")
    assert numbers(listed(van)) == ["VAN1"]
    assert numbers(listed(shelf, van, number="nx")) == ["NX1", "NX_2"]
    assert numbers(listed(shelf, number="nx_")) == ["NX_2"]
    assert numbers(listed(shelf, item_id=item("strip-fentanyl").id)) == ["FT1"]
    assert numbers(listed(van, number="NX")) == []


def test_more_went_out_than_was_booked_in_is_below_zero_and_nothing_left_is_not_listed(database):
    shelf = make_location()
    hand_out(shelf, ("naloxone-nasal-4", 3))
    receive(shelf, 2, lot="GONE", code="strip-fentanyl")
    hand_out(shelf, ("strip-fentanyl", 2))
    [row] = listed(shelf, condition=Condition.BELOW_ZERO)
    assert (row.on_hand, row.lot.lot_number) == (-3, "")
    assert numbers(listed(shelf)) == [""]


def test_pages_hold_every_lot_once(database):
    shelf = make_location()
    for number in range(12):
        receive(shelf, 1, lot=f"A{number:02}", expiry=days_from_now(100 + number // 5) if number < 9 else None)
    seen, after = [], None
    while rows := listed(shelf, after=after, limit=4):
        seen += numbers(rows)
        after = db.session.get_one(Lot, rows[-1].lot.id)
    assert sorted(seen) == sorted(set(seen)) and len(seen) == 12
    assert count_on_hand(Wanted(location_ids=[shelf.id], today=TODAY)) == 12


def test_the_last_days_of_a_condition_hold_both_ends():
    today = date(2028, 2, 28)
    days = last_days_of(Condition.WITHIN_30, today)
    assert (days.first, days.until) == (today, date(2028, 3, 29))  # across a leap day
    assert last_days_of(Condition.PAST, today).until == date(2028, 2, 27)
    assert last_days_of(Condition.HELD, today) is None


def test_the_list_is_a_page_for_ones_own_sites(sign_in_as):
    here, far = make_location(make_site(), "Union St shelf"), make_location(make_site(), "Far shelf")
    for number in range(30):
        receive(here, 1, lot=f"H{number:02}")
    receive(far, 1, lot="FAR")
    client = sign_in_as("outreach_worker", sites=(here.site_id,))
    page = client.page("/stock/on-hand")
    assert "30 lots" in text_of(page) and "FAR" not in page and "Far shelf" not in page
    next_page = page.split('rel="next" href="')[1].split('"')[0]
    assert "H29" in client.page(next_page) and "H29" not in page
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
    exported = select(AuditEntry).where(AuditEntry.event == "stock_exported", AuditEntry.at <= now())
    assert len(db.session.scalars(exported).all()) == 2
