"""The pages of stock places: what needs someone, what lies where, and places that open, change and close."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.stock.actions import Transfer, transfer
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.actions.places import PlaceChange, change_place, close_place, open_place, reopen_place
from harmreduction.stock.models import StockDiscrepancy, StockLocation, StockPolicy
from harmreduction.stock.queries.moves import list_moves
from harmreduction.stock.rules import LocationKind, NameTaken, Wanted
from harmreduction.stock.rules.places import CannotClose, CannotServe
from tests.factories import (
    SYSTEM,
    days_from_now,
    hand_out,
    item,
    make_actor,
    make_location,
    make_site,
    receive,
)
from tests.pages import text_of
from tests.stock.sent import sent_things


def place_named(name):
    return db.session.scalars(select(StockLocation).where(StockLocation.name == name)).one()


def a_change(name, kind=LocationKind.FIXED_SITE, served_from=None, **changes):
    fields = {"directions": "", "capacity": None, "is_strict": False, "note": ""} | changes
    return PlaceChange(name=name, kind=kind, served_from_id=served_from.id if served_from else None, **fields)


def test_the_overview_says_what_needs_someone_and_shows_places_by_kind(sign_in_as):
    site = make_site()
    shelf = make_location(site, "Union St shelf")
    open_place(
        a_change("Library machine", LocationKind.VENDING_MACHINE, directions="Left of the door"),
        site_id=site.id,
        by=SYSTEM,
    )
    open_place(a_change("Peer 7", LocationKind.SECONDARY_DISTRIBUTOR), site_id=site.id, by=SYSTEM)
    receive(shelf, 4, lot="SOON", expiry=days_from_now(20))
    hand_out(shelf, ("strip-fentanyl", 3))
    page = text_of(sign_in_as("programme_lead").page("/stock/"))
    assert "4 kits (8 doses) to use within 20 days" in page
    assert "More went out than was booked in" in page
    assert page.index("Our places") < page.index("Machines and boxes Library") < page.index("Peer 7")
    assert "Left of the door" in page and "Not counted yet" in page
    assert "Not counted yet" not in page[page.index("Peer 7") :]


def test_a_place_shows_its_items_with_what_goes_out_next_and_what_is_special(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    receive(shelf, 5, lot="LATER", expiry=days_from_now(400))
    first = receive(shelf, 4, lot="FIRST", expiry=days_from_now(40))
    receive(shelf, 3, lot="PAST", expiry=days_from_now(-2))
    flag_heat(shelf.id, [first.id], "In the sun", by=SYSTEM, at=now())
    with transaction():
        db.session.add(StockPolicy(location_id=shelf.id, item_id=item().id, par_level=20))
    page = text_of(sign_in_as("outreach_worker", sites=(site.id,)).page(f"/stock/{shelf.public_id}"))
    assert "Naloxone nasal spray 4 mg 12 kits (24 doses) 8 short of 20" in page
    assert "FIRST Naloxone nasal spray 4 mg goes out next" in page
    assert "40 days left too warm or cold: use first" in page
    assert "past its date" in page
    assert page.count("goes out next") == 1


def test_below_zero_asks_for_a_count(sign_in_as):
    shelf = make_location()
    hand_out(shelf, ("naloxone-nasal-4", 3))
    page = sign_in_as("programme_lead").page(f"/stock/{shelf.public_id}")
    assert "Count what lies here, and it fits again" in page
    assert f"/stock/counts/at/{shelf.public_id}" in page


def test_a_long_shelf_is_shown_in_part_with_the_totals_of_all_of_it(sign_in_as):
    shelf = make_location()
    for number in range(302):
        receive(shelf, 1, lot=f"L{number:03}")
    page = text_of(sign_in_as("programme_lead").page(f"/stock/{shelf.public_id}"))
    assert "302 lots lie here; these are the first 300" in page
    assert "302 kits (604 doses)" in page


def test_what_happened_at_a_place_reads_as_sentences(sign_in_as):
    shelf = make_location(name="Union St shelf")
    receive(shelf, 20)
    for _ in range(2):
        hand_out(shelf, ("naloxone-nasal-4", 1))
    page = text_of(sign_in_as("programme_lead").page(f"/stock/{shelf.public_id}"))
    assert "Union St shelf handed out 2 kits (4 doses), in 2 hand-outs" in page
    assert "Union St shelf received 20 kits (40 doses): Naloxone nasal spray 4 mg A1" in page


def test_one_load_is_one_entry_with_its_lots_and_is_taken_back_at_once(sign_in_as):
    shelf, van = make_location(name="Union St shelf"), make_location(name="Night van")
    lots = [receive(shelf, 20), receive(shelf, 50, code="strip-fentanyl", lot="FT1")]
    load = Transfer(
        client_id=new_id(),
        from_location_id=shelf.id,
        to_location_id=van.id,
        lots=tuple((lot.id, 5) for lot in lots),
        occurred_at=now(),
    )
    transfer(load, by=SYSTEM)
    page = sign_in_as("programme_lead").page(f"/stock/{van.public_id}")
    assert "2 lots moved from Union St shelf to Night van" in text_of(page)
    assert page.count(f"/moves/{load.client_id}/take-back") == 1
    assert "5 strips" in page[page.index("2 lots moved") :]


def test_what_is_logged_late_stands_where_it_happened(database):
    shelf = make_location()
    receive(shelf, 20)
    hand_out(shelf, ("naloxone-nasal-4", 1))
    hand_out(shelf, ("naloxone-nasal-4", 2), at=now() - timedelta(minutes=30))
    assert [move.quantity for move in list_moves(shelf.id, limit=10)] == [1, 20, 2]


def test_a_lead_opens_changes_closes_and_reopens_a_place(sign_in_as):
    site = make_site()
    store = make_location(site, "Store room")
    lead = sign_in_as("programme_lead")
    fields = {"kind": "public_box", "served_from": store.public_id, "capacity": "40", "directions": "By the ferry"}
    lead.send("/stock/places/new", name="Ferry box", site=site.public_id, **fields)
    box = place_named("Ferry box")
    assert (box.capacity, box.served_from_id, box.directions) == (40, store.id, "By the ferry")
    path = f"/stock/places/{box.public_id}"
    assert 'value="Ferry box"' in lead.page(path)
    lead.send(path, name="Landing box", note="Key 4", **fields)
    assert place_named("Landing box").note == "Key 4"
    assert "Another place has this name" in text_of(lead.send(path, status=200, name="Store room", **fields))
    lead.send(f"{path}/close")
    assert "Closed places" in lead.page("/stock/")
    assert "This place is closed" in lead.page(f"/stock/{box.public_id}")
    lead.send(f"{path}/reopen")
    assert "Closed places" not in lead.page("/stock/")


def test_a_place_that_holds_something_or_waits_for_it_stays_open(sign_in_as):
    shelf = make_location()
    sent = sent_things(shelf)
    lead = sign_in_as("programme_lead")
    lead.send(f"/stock/places/{shelf.public_id}/close")
    assert "still holds stock" in text_of(lead.page(f"/stock/places/{shelf.public_id}"))
    with pytest.raises(CannotClose):
        close_place(sent["partner_id"], by=SYSTEM)
    empty = make_location()
    close_place(empty.public_id, by=SYSTEM)
    reopen_place(empty.public_id, by=SYSTEM)
    assert empty.is_active


def test_places_never_fill_up_each_other(database):
    site = make_site()
    store, shelf, van = make_location(site), make_location(site), make_location(site)
    change_place(shelf.public_id, a_change("Shelf", served_from=store), by=SYSTEM)
    change_place(van.public_id, a_change("Van", LocationKind.VAN, served_from=shelf), by=SYSTEM)
    for source in (van, store):
        with pytest.raises(CannotServe):
            change_place(store.public_id, a_change("Store", served_from=source), by=SYSTEM)
    with pytest.raises(NameTaken):
        open_place(a_change("Van"), site_id=site.id, by=SYSTEM)
    with pytest.raises(NameTaken):
        change_place(store.public_id, a_change("Van"), by=SYSTEM)


def test_what_does_not_fit_is_looked_into_with_a_note(sign_in_as):
    shelf = make_location(name="Union St shelf")
    old = receive(shelf, 5, lot="OLD", expiry=days_from_now(-3))
    hand_out(shelf, ("naloxone-nasal-4", 1))
    [found] = db.session.scalars(select(StockDiscrepancy)).all()
    lead, worker = sign_in_as("programme_lead"), sign_in_as("outreach_worker", sites=(shelf.site_id,))
    assert old.lot_number in lead.page("/stock/discrepancies/") or found.lot.lot_number == ""
    path = f"/stock/discrepancies/{found.public_id}"
    assert "Count it" in worker.page(path)
    lead.send(f"{path}/close", status=404)  # below zero closes by itself
    receive(shelf, 1, lot="", expiry=None)
    assert "This is settled." in lead.page(path)
    assert "Everything fits" in lead.page("/stock/discrepancies/")


def test_a_note_stays_with_what_was_looked_into(sign_in_as):
    shelf = make_location()
    lot = receive(shelf, 5, lot="OLD", expiry=days_from_now(-3))
    hand_out(shelf, lines=(Wanted(item_id=lot.item_id, quantity=1, lot_id=lot.id),))
    [found] = db.session.scalars(select(StockDiscrepancy)).all()
    lead = sign_in_as("programme_lead")
    path = f"/stock/discrepancies/{found.public_id}"
    assert "What did you find?" in lead.page(path)
    lead.send(f"{path}/close", note="They asked for it and knew the date")
    lead.send(f"{path}/close", note="again")
    assert "They asked for it and knew the date" in lead.page("/stock/discrepancies/?show=settled")
    db.session.refresh(found)
    assert found.closed_by_id == lead.account.id


def test_what_does_not_fit_at_another_site_is_as_good_as_none(sign_in_as):
    shelf = make_location()
    hand_out(shelf, ("naloxone-nasal-4", 1))
    [found] = db.session.scalars(select(StockDiscrepancy)).all()
    stranger = sign_in_as("outreach_worker", sites=(make_site().id,))
    stranger.page(f"/stock/discrepancies/{found.public_id}", status=404)
    stranger.page(f"/stock/discrepancies/{new_id()}", status=404)
    assert make_actor("programme_lead").works_at(shelf.site_id)
