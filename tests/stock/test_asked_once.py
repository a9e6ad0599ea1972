"""What a page asks about once before it saves: numbers beyond the book, lots with a flaw, a recall that is not done."""

import re
from datetime import date

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.stock import actions
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.actions.statuses import change_status
from harmreduction.stock.models import Recall, StockDiscrepancy
from harmreduction.stock.queries.counts import get_count_of, list_sheet
from harmreduction.stock.queries.reasons import list_reasons
from harmreduction.stock.rules import LocationKind, LotStatus, ReasonUse
from tests.factories import SYSTEM, days_from_now, item, make_location, make_site, on_hand, receive
from tests.pages import hidden, text_of
from tests.stock.recalls import recall_of
from tests.stock.test_count_pages import begin

RIGHT_NUMBER, RIGHT_PLACE = {"is_right_number": "y"}, {"is_right_place": "y"}


def shelf_and_van(**options):
    site = make_site()
    return make_location(site, "Union St shelf", **options), make_location(site, "Night van")


def move_of(client, shelf, van, lot, units):
    page = client.page(f"/stock/{shelf.public_id}/move")
    fields = {"form_id": hidden(page, "form_id"), "to": van.public_id, "lots__0__lot": lot.public_id}
    return page, fields | {"lots__0__quantity": units}


def test_a_number_beyond_the_book_is_asked_about_once_and_then_saved_as_it_happened(sign_in_as):
    shelf, van = shelf_and_van()
    lot = receive(shelf, 38)
    lead = sign_in_as("programme_lead")
    path = f"/stock/{shelf.public_id}/move"
    _page, fields = move_of(lead, shelf, van, lot, "20000")
    words = text_of(lead.send(path, status=200, **fields))
    assert "Naloxone nasal spray 4 mg A1: only 38 are booked here. Is 20,000 right? " in words
    assert on_hand(shelf, lot) == 38
    lead.send(path, **fields, **RIGHT_NUMBER)
    lead.send(path, **fields)  # sent twice, nothing is asked and nothing is doubled
    assert (on_hand(shelf, lot), on_hand(van, lot)) == (38 - 20_000, 20_000)
    assert [found.kind for found in db.session.scalars(db.select(StockDiscrepancy))] == ["negative_balance"]


def test_a_guarded_place_refuses_at_once(sign_in_as):
    shelf, van = shelf_and_van(is_strict=True)
    lot = receive(shelf, 5)
    lead = sign_in_as("programme_lead")
    _page, fields = move_of(lead, shelf, van, lot, "6")
    words = text_of(lead.send(f"/stock/{shelf.public_id}/move", status=200, **fields))
    assert "There is not that much here." in words and "Is 6 right?" not in words


def test_waste_and_fewer_here_ask_about_numbers_beyond_the_book_and_more_here_does_not(sign_in_as):
    shelf, _van = shelf_and_van()
    lot = receive(shelf, 5)
    lead = sign_in_as("programme_lead")
    [waste, *_others] = list_reasons(ReasonUse.WASTE)
    fields = {"lots__0__lot": lot.public_id, "lots__0__quantity": "9", "reason": waste.public_id}
    path = f"/stock/{shelf.public_id}/waste"
    assert "only 5 are booked here. Is 9 right?" in text_of(lead.send(path, status=200, **fields))
    lead.send(path, **fields, **RIGHT_NUMBER)
    assert on_hand(shelf, lot) == -4
    path = f"/stock/{shelf.public_id}/adjust"
    [less, *_others], [more, *_rest] = list_reasons(ReasonUse.LESS), list_reasons(ReasonUse.MORE)
    fields = {"lot": lot.public_id, "quantity": "3"}
    assert "only 0 are booked here" in text_of(lead.send(path, status=200, **fields, reason=less.public_id))
    lead.send(path, **fields, reason=more.public_id)
    assert on_hand(shelf, lot) == -1


def test_a_lot_with_a_flaw_goes_where_people_get_supplies_only_after_asking(sign_in_as):
    shelf, van = shelf_and_van()
    aside = actions.open_location("Locked box", LocationKind.QUARANTINE, site_id=shelf.site_id, by=SYSTEM)
    lot = receive(shelf, 10)
    change_status(lot.public_id, LotStatus.ON_HOLD, reason="Smells", by=SYSTEM, at=now())
    lead = sign_in_as("programme_lead")
    path = f"/stock/{shelf.public_id}/move"
    page, fields = move_of(lead, shelf, van, lot, "4")
    assert "On hold" in text_of(page)
    words = text_of(lead.send(path, status=200, **fields))
    assert "Naloxone nasal spray 4 mg A1: On hold. People get supplies from Night van." in words
    assert "Or choose Locked box above to put it aside." in words
    lead.send(path, **fields, **RIGHT_PLACE)
    _page, fields = move_of(lead, shelf, aside, lot, "4")
    lead.send(path, **fields)
    assert (on_hand(van, lot), on_hand(aside, lot)) == (4, 4)


def test_each_flaw_stands_beside_its_lot(sign_in_as):
    shelf, _van = shelf_and_van()
    receive(shelf, 10, lot="OLD", expiry=days_from_now(-2))
    flag_heat(shelf.id, [receive(shelf, 10, lot="HOT").id], "Sun", by=SYSTEM, at=now())
    words = text_of(sign_in_as("programme_lead").page(f"/stock/{shelf.public_id}/move"))
    assert "past its date" in words and "too warm or cold: use first" in words


def test_days_that_no_supplies_have_get_a_sentence(sign_in_as):
    shelf, _van = shelf_and_van()
    lead = sign_in_as("programme_lead")
    fields = {"item": item().public_id, "quantity": "5", "lot_number": "A1"}
    for name, value in (("expiry", "0202-01-31"), ("expiry", "2202-01-31"), ("arrived_on", "1999-12-31")):
        words = text_of(lead.send(f"/stock/{shelf.public_id}/receive", status=200, **fields, **{name: value}))
        assert "Look at the year: no supplies have such a date." in words
    late = days_from_now(3).isoformat()
    words = text_of(lead.send(f"/stock/{shelf.public_id}/receive", status=200, **fields, arrived_on=late))
    assert "Enter today or a day before." in words
    lot = receive(shelf, 5)
    revised = {"new_expiry": "2999-01-01", "authority": "manufacturer", "document": "Letter"}
    assert "Look at the year" in text_of(lead.send(f"/stock/lots/{lot.public_id}/date", status=200, **revised))


def test_what_arrives_past_its_date_is_booked_in_and_pointed_out(sign_in_as):
    shelf, _van = shelf_and_van()
    lead = sign_in_as("programme_lead")
    fields = {"item": item().public_id, "quantity": "5", "lot_number": "A1", "expiry": date(2020, 1, 31).isoformat()}
    lead.send(f"/stock/{shelf.public_id}/receive", **fields)
    assert "It is past its date: Jan 31, 2020." in text_of(lead.page(f"/stock/{shelf.public_id}"))


def test_two_who_count_the_same_lot_overwrite_nothing_unseen(sign_in_as):
    shelf = make_location()
    lot, other = receive(shelf, 10), receive(shelf, 5, lot="B2")
    client = sign_in_as("outreach_worker", sites=(shelf.site_id,))
    sheet = begin(client, shelf)
    empty = {f"lines__{n}__lot": each.public_id for n, each in enumerate((lot, other))}
    empty |= {"lines__0__was": "", "lines__1__was": ""}
    client.send(sheet, **empty, lines__0__counted="9", lines__1__counted="")
    page = client.send(sheet, status=200, **empty, lines__0__counted="7", lines__1__counted="5")
    assert "Somebody else saved 9 here meanwhile, and that stays. You entered 7" in text_of(page)
    assert re.findall(r'name="lines-\d-was"[^>]*value="(\d*)"', page.get_data(as_text=True)) == ["9", "5"]
    counted = [row.counted for row in list_sheet(get_count_of(SYSTEM, sheet.rpartition("/")[2]))]
    assert counted == [9, 5]
    seen = empty | {"lines__0__was": "9", "lines__1__was": "5"}
    client.send(sheet, **seen, lines__0__counted="7", lines__1__counted="5")
    assert [row.counted for row in list_sheet(get_count_of(SYSTEM, sheet.rpartition("/")[2]))] == [7, 5]


def test_a_recall_of_which_units_still_lie_somewhere_is_closed_only_after_asking(sign_in_as):
    site = make_site()
    receive(make_location(site, "North shelf"), 12)
    recall = recall_of("A1")
    lead = sign_in_as("programme_lead")
    path = f"/stock/recalls/{recall.public_id}/release"
    assert "North shelf: 12 kits (24 doses), A1" in text_of(lead.page(path))
    words = text_of(lead.send(path, status=200, closes="y"))
    assert "North shelf still holds 12 kits (24 doses) of lot A1." in words
    lead.send(path, closes="y", is_left_lying="y")
    assert db.session.get_one(Recall, recall.id).closed_at is not None


def test_taking_back_a_fact_of_several_lots_says_how_much_first(sign_in_as):
    shelf, van = shelf_and_van()
    one, two = receive(shelf, 10), receive(shelf, 10, lot="B2")
    move = actions.Transfer(
        client_id="4d1b7f1c-9a5e-4a39-9f0e-0d3a5d7d8a11",
        from_location_id=shelf.id,
        to_location_id=van.id,
        lots=((one.id, 4), (two.id, 3)),
        occurred_at=now(),
    )
    actions.transfer(move, by=SYSTEM)
    words = text_of(sign_in_as("programme_lead").page(f"/stock/{van.public_id}"))
    assert "Take back all 2 lines: 7 units?" in words
