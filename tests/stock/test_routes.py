"""The pages of whoever looks after supplies."""

import re
from datetime import UTC, date, datetime

from sqlalchemy import select

from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id
from harmreduction.stock import queries
from harmreduction.stock.actions import Transfer, transfer
from harmreduction.stock.models import Item, Lot, StockLocation
from tests.factories import SYSTEM, days_from_now, hand_out, item, make_location, make_site, on_hand, receive
from tests.pages import text_of


def hidden(html, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


def a_site_with_a_shelf_and_a_van():
    site = make_site()
    return site, make_location(site, "Union St shelf"), make_location(site, "Night van")


def test_what_arrived_lies_on_the_shelf_with_its_lot_date_and_doses(sign_in_as):
    site, shelf, _van = a_site_with_a_shelf_and_a_van()
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{shelf.public_id}/receive"
    fields = {"form_id": hidden(client.page(path), "form_id"), "item": item().public_id, "quantity": "24"}
    client.send(path, **fields, lot_number="nx24b17", expiry="2030-06-30")
    page = text_of(client.page(f"/stock/{shelf.public_id}"))
    assert "Naloxone nasal spray 4 mg NX24B17 Naloxone nasal spray 4 mg 24 kits (48 doses) Jun 30, 2030" in page


def test_the_same_receipt_sent_from_two_tabs_is_booked_once(sign_in_as):
    site, shelf, _van = a_site_with_a_shelf_and_a_van()
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{shelf.public_id}/receive"
    fields = {"form_id": hidden(client.page(path), "form_id"), "item": item().public_id, "quantity": "24"}
    client.send(path, **fields, lot_number="A")
    client.send(path, **fields, lot_number="A")
    lot = db.session.scalars(select(Lot).where(Lot.lot_number == "A")).one()
    assert on_hand(shelf, lot) == 24


def test_bad_receipts_get_a_sentence_at_the_field(sign_in_as):
    site, shelf, _van = a_site_with_a_shelf_and_a_van()
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{shelf.public_id}/receive"
    words = text_of(client.send(path, status=200, quantity="-3", expiry="soon"))
    assert "Choose an item." in words
    assert "Enter a whole number from 1 to 100,000." in words
    assert "Enter a date, like 2026-11-21." in words


def test_one_lot_with_two_dates_is_a_slip_that_somebody_has_to_look_at(sign_in_as):
    site, shelf, _van = a_site_with_a_shelf_and_a_van()
    receive(shelf, 5, lot="A1", expiry=days_from_now(300))
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{shelf.public_id}/receive"
    fields = {"item": item().public_id, "quantity": "5", "lot_number": "A1", "expiry": days_from_now(400).isoformat()}
    assert "already here with the date" in text_of(client.send(path, status=200, **fields))


def test_a_date_without_a_lot_number_gets_a_sentence_and_no_lot_is_made(sign_in_as):
    site, shelf, _van = a_site_with_a_shelf_and_a_van()
    client = sign_in_as("outreach_worker", sites=(site.id,))
    fields = {"item": item().public_id, "quantity": "5", "expiry": days_from_now(300).isoformat()}
    answer = client.send(f"/stock/{shelf.public_id}/receive", status=200, **fields, lot_number=" ")
    assert "Enter the lot number too" in text_of(answer)
    assert db.session.scalars(select(Lot)).all() == []


def test_supplies_without_a_lot_number_are_booked_in_and_said_so_where_lots_are_followed(sign_in_as):
    site, shelf, _van = a_site_with_a_shelf_and_a_van()
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path, place = f"/stock/{shelf.public_id}/receive", f"/stock/{shelf.public_id}"
    client.send(path, item=item("strip-fentanyl").public_id, quantity="5")
    assert "Booked in without a lot number." in text_of(client.page(place))
    client.send(path, item=item("wound-kit").public_id, quantity="5")
    assert "Booked in." in text_of(client.page(place))


def test_a_lot_is_not_past_its_date_on_its_last_day_at_the_site(sign_in_as):
    site = make_site(time_zone="Pacific/Pago_Pago")  # where each day ends last
    receive(make_location(site), 5, expiry=today(site.time_zone))
    for page in ("/stock/", "/today"):
        words = text_of(sign_in_as("programme_lead").page(page))
        assert "past its date" not in words and "past their date" not in words


def test_the_day_of_several_places_is_the_one_that_lasts_longest(database):
    night_in_new_york = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
    here, there = make_location(), make_location(make_site(time_zone="Asia/Tokyo"))
    assert queries.today_at([here.id, there.id], now=night_in_new_york) == date(2026, 11, 21)
    assert queries.today_at([there.id], now=night_in_new_york) == date(2026, 11, 22)


def test_names_stand_in_the_order_of_the_readers_language(sign_in_as):
    _site, shelf, _van = a_site_with_a_shelf_and_a_van()
    client = sign_in_as("programme_lead")
    client.get("/language/es")
    for page in (client.page(f"/stock/{shelf.public_id}/receive"), client.page("/stock/items/")):
        words = text_of(page)
        assert words.index("Mascarilla") < words.index("Tarjeta de bolsillo")


def test_supplies_are_loaded_into_a_van_and_a_slip_is_taken_back(sign_in_as):
    site, shelf, van = a_site_with_a_shelf_and_a_van()
    lot = receive(shelf, 20)
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{shelf.public_id}/move"
    page = client.page(path)
    fields = {"form_id": hidden(page, "form_id"), "to": van.public_id, "lots__0__lot": lot.public_id}
    client.send(path, **fields, lots__0__quantity="8")
    assert (on_hand(shelf, lot), on_hand(van, lot)) == (12, 8)
    shelf_page = client.page(f"/stock/{shelf.public_id}")
    take_back = re.findall(r'action="(/stock/moves/[^"]+/take-back)"', shelf_page)[0]
    client.send(take_back, location=shelf.public_id)
    client.send(take_back, location=shelf.public_id)
    assert (on_hand(shelf, lot), on_hand(van, lot)) == (20, 0)


def test_a_worker_is_offered_the_places_of_one_site_and_a_lead_those_of_all(sign_in_as):
    site, shelf, van = a_site_with_a_shelf_and_a_van()
    far = make_location(make_site(), "Far shelf")
    lot = receive(shelf, 20)
    path = f"/stock/{shelf.public_id}/move"
    worker = sign_in_as("outreach_worker", sites=(site.id, far.site_id))
    lead = sign_in_as("programme_lead")
    assert (van.name in worker.page(path), far.name in worker.page(path)) == (True, False)
    assert far.name in lead.page(path)
    fields = {"to": far.public_id, "lots__0__lot": lot.public_id, "lots__0__quantity": "8"}
    assert "Ask a programme lead" in text_of(worker.send(path, status=200, **fields))
    lead.send(path, **fields, has_arrived="y")
    assert (on_hand(shelf, lot), on_hand(far, lot)) == (12, 8)


def test_only_who_may_take_a_move_back_is_offered_to(sign_in_as):
    site, shelf, van = a_site_with_a_shelf_and_a_van()
    far = make_location(make_site())
    lot = receive(shelf, 20)
    for target in (van, far):
        move = Transfer(
            client_id=new_id(),
            from_location_id=shelf.id,
            to_location_id=target.id,
            lots=((lot.id, 1),),
            occurred_at=now(),
        )
        transfer(move, by=SYSTEM)
    worker, lead = sign_in_as("outreach_worker", sites=(site.id, far.site_id)), sign_in_as("programme_lead")
    assert worker.page(f"/stock/{shelf.public_id}").count("/take-back") == 2  # the receipt and the move to the van
    assert worker.page(f"/stock/{far.public_id}").count("/take-back") == 0
    assert lead.page(f"/stock/{shelf.public_id}").count("/take-back") == 3


def test_moving_nothing_or_more_than_a_guarded_place_holds_gets_a_sentence(sign_in_as):
    site = make_site()
    strict, van = make_location(site, is_strict=True), make_location(site)
    lot = receive(strict, 5)
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{strict.public_id}/move"
    fields = {"to": van.public_id, "lots__0__lot": lot.public_id}
    assert "Enter how many to move" in text_of(client.send(path, status=200, **fields))
    assert "not that much here" in text_of(client.send(path, status=200, **fields, lots__0__quantity="6"))
    assert on_hand(strict, lot) == 5


def test_a_hand_out_is_not_taken_back_from_the_stock_page(sign_in_as):
    site, shelf, _van = a_site_with_a_shelf_and_a_van()
    lot = receive(shelf, 5)
    logged = hand_out(shelf, ("naloxone-nasal-4", 1))
    client = sign_in_as("programme_lead", sites=(site.id,))
    answer = client.send(f"/stock/moves/{logged.distribution_id}/take-back", status=400, location=shelf.public_id)
    assert "Void a hand-out in the shift" in text_of(answer)
    assert on_hand(shelf, lot) == 4


def test_a_place_below_zero_is_shown_to_look_into_and_closes_when_it_is_booked_in(sign_in_as):
    _site, shelf, _van = a_site_with_a_shelf_and_a_van()
    hand_out(shelf, ("naloxone-nasal-4", 3))
    lead = sign_in_as("programme_lead")
    assert "More went out than was booked in" in text_of(lead.page("/stock/"))
    receive(shelf, 3, lot="", expiry=None)
    assert "More went out than was booked in" not in text_of(lead.page("/stock/"))


def test_a_lead_closes_what_was_looked_into(sign_in_as):
    _site, shelf, _van = a_site_with_a_shelf_and_a_van()
    receive(shelf, 5, lot="OLD", expiry=days_from_now(-3))
    old = db.session.scalars(select(Lot).where(Lot.lot_number == "OLD")).one()
    assert old.effective_expiry < days_from_now(0)
    lead = sign_in_as("programme_lead")
    assert "5 kits (10 doses) past their date" in text_of(lead.page("/stock/"))


def test_another_sites_place_is_as_good_as_none(sign_in_as):
    site, _shelf, _van = a_site_with_a_shelf_and_a_van()
    elsewhere = make_location(make_site())
    client = sign_in_as("outreach_worker", sites=(site.id,))
    client.page(f"/stock/{elsewhere.public_id}", status=404)
    client.page(f"/stock/{elsewhere.public_id}/receive", status=404)


def test_a_lead_names_an_item_as_the_programme_does_and_adds_one(sign_in_as):
    lead = sign_in_as("programme_lead")
    path = f"/stock/items/{item('wound-kit').public_id}"
    kept = {"category": "wound_care", "doses_per_unit": "0", "pack_size": "1", "is_usual": "y", "is_active": "y"}
    lead.send(path, name="Wound pack", unit="pack", unit_plural="packs", **kept)
    assert item("wound-kit").name == "Wound pack"
    lead.send(
        "/stock/items/new", name="Hand warmers", unit="pair", unit_plural="pairs", **kept | {"category": "hygiene"}
    )
    assert db.session.scalars(select(Item).where(Item.name == "Hand warmers")).one().unit_plural == "pairs"
    assert "Enter a name." in text_of(lead.send(path, status=200, name="", unit="x", unit_plural="y", **kept))


def test_an_item_sent_from_two_tabs_is_added_once(sign_in_as):
    lead = sign_in_as("programme_lead")
    fields = {"category": "hygiene", "doses_per_unit": "0", "pack_size": "1", "unit": "pair", "unit_plural": "pairs"}
    fields["form_id"] = hidden(lead.page("/stock/items/new"), "form_id")
    lead.send("/stock/items/new", name="Hand warmers", **fields)
    lead.send("/stock/items/new", name="Hand warmers", **fields)
    assert db.session.scalars(select(Item).where(Item.name == "Hand warmers")).one()
    again = lead.send("/stock/items/new", status=200, name="Gloves", **fields)
    assert "Open a new page" in text_of(again)


def test_the_doses_of_an_item_that_was_handed_out_stay(sign_in_as):
    _site, shelf, _van = a_site_with_a_shelf_and_a_van()
    hand_out(shelf, ("naloxone-nasal-4", 1))
    fields = {"name": "Nasal", "unit": "kit", "unit_plural": "kits", "category": "naloxone", "pack_size": "1"}
    answer = sign_in_as("programme_lead").send(
        f"/stock/items/{item().public_id}", status=200, doses_per_unit="1", **fields
    )
    assert "add a new item" in text_of(answer)
    assert item().doses_per_unit == 2


def test_a_lead_opens_a_place_and_two_places_never_share_a_name(sign_in_as):
    site, shelf, _van = a_site_with_a_shelf_and_a_van()
    lead = sign_in_as("programme_lead")
    fields = {"kind": "backpack", "site": site.public_id}
    lead.send("/stock/places/new", name="Eastside backpack", **fields)
    assert db.session.scalars(select(StockLocation).where(StockLocation.name == "Eastside backpack")).one()
    again = lead.send("/stock/places/new", status=200, name=shelf.name, **fields)
    assert "Another place has this name" in text_of(again)
