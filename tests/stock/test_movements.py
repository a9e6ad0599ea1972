"""Receive with papers, opening stock, adjust, throw away, take in, and take each of them back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import NotFound
from harmreduction.stock import actions
from harmreduction.stock.actions.adjusting import Adjustment, CameBack, Waste, adjust, take_in, throw_away
from harmreduction.stock.actions.receiving import Papers, Receipt, receive
from harmreduction.stock.models import (
    HeatFlag,
    Lot,
    StockDiscrepancy,
    StockDocument,
    StockMovement,
    StockReason,
    StockTransaction,
)
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    CannotReverse,
    ChangedFact,
    LocationKind,
    LotStatus,
    NothingToMove,
    Outcome,
    TransactionKind,
    UnknownLot,
)
from tests.factories import (
    SYSTEM,
    days_from_now,
    hand_out,
    item,
    make_actor,
    make_location,
    make_site,
    on_hand,
)
from tests.factories import receive as book_in
from tests.pages import text_of

WASTE = VIRTUAL_LOCATION_IDS[LocationKind.WASTE]
PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]


def reason(name):
    return db.session.scalars(select(StockReason).where(StockReason.name == name)).one()


def held_at(location_id, lot):
    """Return the units of a lot at a virtual place."""
    moved = db.session.scalars(select(StockMovement).where(StockMovement.lot_id == lot.id)).all()
    return sum(m.quantity * ((m.to_location_id == location_id) - (m.from_location_id == location_id)) for m in moved)


def an_adjustment(shelf, lot, units, why):
    return Adjustment(
        client_id=new_id(),
        location_id=shelf.id,
        lot_id=lot.id,
        units=units,
        reason_id=reason(why).id,
        occurred_at=now(),
    )


def some_waste(shelf, *lots, why="Damaged"):
    return Waste(
        client_id=new_id(),
        location_id=shelf.id,
        lots=tuple((lot.id, units) for lot, units in lots),
        reason_id=reason(why).id,
        occurred_at=now(),
    )


def what_came_back(shelf, *, lot_number="A1", units=2, is_usable=True, why=None):
    return CameBack(
        client_id=new_id(),
        location_id=shelf.id,
        item_id=item().id,
        lot_number=lot_number,
        units=units,
        is_usable=is_usable,
        reason_id=why and reason(why).id,
        occurred_at=now(),
        today=days_from_now(0),
    )


def a_receipt(shelf, **changes):
    fields = {
        "client_id": new_id(),
        "location_id": shelf.id,
        "item_id": item().id,
        "lot_number": "A1",
        "expiry": None,
        "quantity": 24,
        "occurred_at": now(),
    }
    return Receipt(**fields | changes)


def the_lot(number="A1"):
    return db.session.scalars(select(Lot).where(Lot.lot_number == number)).one()


# ---- Receive ----


def test_what_the_papers_say_is_kept_and_what_nobody_looked_at_stays_open(database):
    shelf = make_location()
    papers = Papers(number="PO 17", acquisition="purchase", supplier="Main Street Pharmacy", cost_cents=75000)
    receive(a_receipt(shelf, papers=papers), by=SYSTEM)
    receive(a_receipt(shelf, lot_number="B2"), by=SYSTEM)
    [document] = db.session.scalars(select(StockDocument)).all()
    kept = (document.number, document.acquisition, document.supplier, document.cost_cents)
    assert kept == ("PO 17", "purchase", "Main Street Pharmacy", 75000)
    assert document.is_temperature_kept is None
    assert db.session.scalars(select(HeatFlag)).all() == []


def test_a_delivery_that_got_too_warm_is_to_be_used_first_there(database):
    shelf = make_location()
    receive(a_receipt(shelf, papers=Papers(is_temperature_kept=False)), by=SYSTEM)
    [flag] = db.session.scalars(select(HeatFlag)).all()
    assert (flag.location_id, flag.lot_id, flag.closed_at) == (shelf.id, the_lot().id, None)


def test_opening_stock_comes_from_opening_and_is_one_more_fact_that_can_be_taken_back(database):
    shelf = make_location()
    opening = a_receipt(shelf, is_opening=True)
    receive(opening, by=SYSTEM)
    fact = db.session.scalars(select(StockTransaction)).one()
    assert (fact.kind, on_hand(shelf, the_lot())) == (TransactionKind.OPENING, 24)
    actions.take_back_at(shelf.id, opening.client_id, by=SYSTEM, at=now())
    assert on_hand(shelf, the_lot()) == 0


def test_a_delivery_of_packs_is_booked_in_units_and_its_next_line_begins_filled_in(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{shelf.public_id}/receive"
    fields = {"item": item().public_id, "document": "PO 17", "supplier": "Main Street Pharmacy", "cost": "937.50"}
    answer = client.send(path, **fields, packs="3", pack_size="10", lot_number="A1", acquisition="purchase", next="1")
    page = client.page(answer.location)
    assert on_hand(shelf, the_lot()) == 30
    assert 'value="PO 17"' in page and 'value="Main Street Pharmacy"' in page
    assert '<option selected value="purchase">' in page
    assert "Booked in with PO 17" in text_of(page)
    assert "937.50 31.25" in text_of(page)


def test_packs_without_their_size_hold_what_the_list_of_items_says_and_single_units_lie_beside_them(sign_in_as):
    shelf = make_location()
    client = sign_in_as("programme_lead")
    fields = {"item": item("strip-fentanyl").public_id, "packs": "2", "quantity": "3", "lot_number": "S1"}
    client.send(f"/stock/{shelf.public_id}/receive", **fields)
    assert on_hand(shelf, the_lot("S1")) == 203


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Enter how many arrived."),
        ({"packs": "99999", "pack_size": "99999"}, "Enter a whole number from 1 to 100,000."),
        ({"packs": "1", "pack_size": "0"}, "Enter how many units one pack holds."),
        ({"quantity": "0"}, "Enter a whole number from 1 to 100,000."),
        ({"quantity": "5", "cost": "1.005"}, "Enter money with two decimals"),
        ({"quantity": "5", "cost": "99999999"}, "Enter money with two decimals"),
        ({"quantity": "5", "arrived_on": "2999-01-01"}, "Enter today or a day before."),
        ({"quantity": "5", "source": "nobody"}, "Choose one of these sources."),
    ],
)
def test_what_could_not_have_arrived_gets_a_sentence(sign_in_as, fields, sentence):
    shelf = make_location()
    client = sign_in_as("programme_lead")
    path = f"/stock/{shelf.public_id}/receive"
    assert sentence in text_of(client.send(path, status=200, item=item().public_id, **fields))
    assert db.session.scalars(select(StockTransaction)).all() == []


def test_yesterdays_delivery_is_booked_as_of_yesterday_and_a_count_since_stays_true(sign_in_as):
    shelf = make_location()
    client = sign_in_as("programme_lead")
    fields = {"item": item().public_id, "quantity": "5", "lot_number": "A1"}
    client.send(f"/stock/{shelf.public_id}/receive", **fields, arrived_on=days_from_now(-2).isoformat())
    fact = db.session.scalars(select(StockTransaction)).one()
    assert timedelta(days=1) < now() - fact.occurred_at < timedelta(days=3)


def test_a_recalled_lot_that_arrives_is_booked_in_and_said_to_put_aside(sign_in_as):
    shelf = make_location()
    book_in(shelf, 5, lot="A1")
    the_lot().status = LotStatus.RECALLED.value
    db.session.commit()
    client = sign_in_as("programme_lead")
    client.send(f"/stock/{shelf.public_id}/receive", item=item().public_id, quantity="3", lot_number="a1")
    assert "put it aside" in text_of(client.page(f"/stock/{shelf.public_id}"))
    assert on_hand(shelf, the_lot()) == 8


def test_a_lot_that_lay_here_is_booked_in_as_opening_stock_through_its_page(sign_in_as):
    shelf = make_location()
    client = sign_in_as("programme_lead")
    path = f"/stock/{shelf.public_id}/opening"
    client.page(path)
    client.send(path, item=item().public_id, quantity="7", lot_number="A1")
    assert on_hand(shelf, the_lot()) == 7
    assert db.session.scalars(select(StockTransaction.kind)).one() == TransactionKind.OPENING


# ---- Adjust and throw away ----


def test_a_reason_says_which_way_an_adjustment_goes(database):
    shelf = make_location()
    lot = book_in(shelf, 10)
    adjust(an_adjustment(shelf, lot, 3, "Stolen"), by=SYSTEM)
    assert on_hand(shelf, lot) == 7
    adjust(an_adjustment(shelf, lot, 5, "Found"), by=SYSTEM)
    assert on_hand(shelf, lot) == 12


def test_an_adjustment_sent_twice_is_made_once_and_another_one_under_its_id_is_refused(database):
    shelf = make_location()
    lot = book_in(shelf, 10)
    lost = an_adjustment(shelf, lot, 3, "Lost")
    assert [adjust(lost, by=SYSTEM) for _ in range(2)] == [Outcome.CREATED, Outcome.EXISTS]
    with pytest.raises(ChangedFact):
        adjust(Adjustment(**vars(lost) | {"units": 4}), by=SYSTEM)
    assert on_hand(shelf, lot) == 7


def test_only_what_lies_or_lay_at_ones_own_place_is_adjusted_or_thrown_away(database):
    here, there = make_location(), make_location()
    lot = book_in(there, 10)
    worker = make_actor(sites=(here.site_id,))
    for refused, act in ((UnknownLot, here), (NotFound, there)):
        with pytest.raises(refused):
            adjust(an_adjustment(act, lot, 1, "Lost"), by=worker)
        with pytest.raises(refused):
            throw_away(some_waste(act, (lot, 1)), by=worker)
    assert on_hand(there, lot) == 10


def test_what_is_past_its_date_held_or_recalled_can_always_be_thrown_away(database):
    shelf = make_location(is_strict=True)
    old = book_in(shelf, 4, lot="OLD", expiry=days_from_now(-3))
    recalled = book_in(shelf, 5, lot="BAD")
    recalled.status = LotStatus.RECALLED.value
    db.session.commit()
    throw_away(some_waste(shelf, (old, 4), (recalled, 5), why="Past its date"), by=SYSTEM)
    assert (on_hand(shelf, old), on_hand(shelf, recalled)) == (0, 0)
    assert (held_at(WASTE, old), held_at(WASTE, recalled)) == (4, 5)


def test_more_thrown_away_than_booked_is_booked_too_and_somebody_looks_into_it(database):
    shelf = make_location()
    lot = book_in(shelf, 2)
    throw_away(some_waste(shelf, (lot, 3)), by=SYSTEM)
    assert on_hand(shelf, lot) == -1
    assert len(db.session.scalars(select(StockDiscrepancy)).all()) == 1
    with pytest.raises(NothingToMove):
        throw_away(some_waste(shelf), by=SYSTEM)


def test_all_of_a_lot_is_thrown_away_with_one_tick(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    old, good = book_in(shelf, 4, lot="OLD", expiry=days_from_now(-3)), book_in(shelf, 9, lot="NEW")
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{shelf.public_id}/waste"
    page = text_of(client.page(f"{path}?lot={old.public_id}"))
    assert "OLD" in page and "NEW" not in page and "past its date" in page
    fields = {"lots-0-lot": old.public_id, "lots-0-everything": "y"}
    assert "Choose why." in text_of(client.send(path, status=200, **fields))
    client.send(path, **fields, reason=reason("Past its date").public_id)
    assert (on_hand(shelf, old), on_hand(shelf, good)) == (0, 9)


def test_stock_is_adjusted_through_its_page(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    lot = book_in(shelf, 10)
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{shelf.public_id}/adjust"
    assert "Fewer here: Lost" in text_of(client.page(path))
    words = text_of(client.send(path, status=200, lot=lot.public_id, quantity="2"))
    assert "Choose why." in words
    client.send(path, lot=lot.public_id, quantity="2", reason=reason("Lost").public_id)
    assert on_hand(shelf, lot) == 8
    wrong = {"lot": lot.public_id, "quantity": "2", "reason": reason("Damaged").public_id}
    client.send(path, status=200, **wrong)
    assert on_hand(shelf, lot) == 8


# ---- Came back ----


def test_what_comes_back_unopened_and_in_date_lies_on_the_shelf_again(database):
    shelf = make_location()
    lot = book_in(shelf, 10)
    hand_out(shelf, ("naloxone-nasal-4", 4))
    assert take_in(what_came_back(shelf, why="Not needed"), by=SYSTEM)
    assert (on_hand(shelf, lot), held_at(PARTICIPANT, lot)) == (8, 2)


def test_what_comes_back_opened_or_past_its_date_passes_through_to_the_waste(database):
    shelf = make_location()
    lot = book_in(shelf, 10)
    old = book_in(shelf, 1, lot="OLD", expiry=days_from_now(-3))
    assert not take_in(what_came_back(shelf, is_usable=False), by=SYSTEM)
    assert not take_in(what_came_back(shelf, lot_number="OLD"), by=SYSTEM)
    assert (on_hand(shelf, lot), held_at(WASTE, lot)) == (10, 2)
    assert (on_hand(shelf, old), held_at(WASTE, old)) == (1, 2)


def test_what_comes_back_without_a_readable_number_is_a_lot_that_nobody_knows(database):
    shelf = make_location()
    assert take_in(what_came_back(shelf, lot_number=""), by=SYSTEM)
    assert on_hand(shelf, the_lot("")) == 2


def test_a_participant_brings_something_back_through_the_page_and_gives_no_reason(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    lot = book_in(shelf, 10)
    client = sign_in_as("outreach_worker", sites=(site.id,))
    path = f"/stock/{shelf.public_id}/came-back"
    fields = {"item": item().public_id, "quantity": "1", "lot_number": "a1"}
    assert "Choose what becomes of it." in text_of(client.send(path, status=200, **fields))
    client.send(path, **fields, condition="usable", reason="")
    assert on_hand(shelf, lot) == 11
    assert "back on the shelf" in text_of(client.page(f"/stock/{shelf.public_id}"))


# ---- Take back ----


def test_each_of_these_facts_is_taken_back_by_one_that_mirrors_it(database):
    shelf = make_location()
    lot = book_in(shelf, 10)
    facts = [an_adjustment(shelf, lot, 3, "Lost"), some_waste(shelf, (lot, 2)), what_came_back(shelf, is_usable=False)]
    for fact, act in zip(facts, (adjust, throw_away, take_in), strict=True):
        act(fact, by=SYSTEM)
    for fact in facts:
        assert actions.take_back_at(shelf.id, fact.client_id, by=SYSTEM, at=now()) is Outcome.CREATED
    assert (on_hand(shelf, lot), held_at(WASTE, lot), held_at(PARTICIPANT, lot)) == (10, 0, 0)


def test_a_hand_out_is_not_taken_back_here(database):
    shelf = make_location()
    book_in(shelf, 10)
    logged = hand_out(shelf, ("naloxone-nasal-4", 1))
    with pytest.raises(CannotReverse, match="Void a hand-out in the shift"):
        actions.take_back_at(shelf.id, str(logged.distribution_id), by=SYSTEM, at=now())
