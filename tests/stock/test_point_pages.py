"""The pages of machines and boxes: a visit, a top-up, what is past its date."""

import re

from harmreduction.core.db import db, transaction
from harmreduction.stock.models import StockPolicy
from tests.factories import days_from_now, item, on_hand, receive
from tests.pages import text_of
from tests.stock.test_points import a_machine, a_shelf_and_a_machine
from tests.stock.test_shift_pages import fields_of, sent


def test_a_machine_is_visited_and_filled_up_to_its_par_level(sign_in_as):
    shelf, machine = a_shelf_and_a_machine()
    lot = receive(shelf, 50)
    with transaction():
        db.session.add(StockPolicy(location_id=machine.id, item_id=item().id, par_level=15))
    client = sign_in_as("outreach_worker", sites=(machine.site_id,))
    visit_page, fill_page = (f"/stock/points/{machine.public_id}/{step}" for step in ("visit", "top-up"))
    sent(client, fill_page)
    assert on_hand(machine, lot) == 15
    answer = sent(client, visit_page, **{"lines-0-counted": "4", "is_too_warm": "y", "heat": "hot to the touch"})
    assert answer.headers["Location"] == fill_page
    sent(client, fill_page)
    assert (on_hand(machine, lot), on_hand(shelf, lot)) == (15, 24)
    words = text_of(client.page("/stock/points/"))
    assert "15 of 20, 75% full" in words and "Library machine" in words


def test_a_number_that_does_not_fit_is_asked_about_and_saved_when_it_does(sign_in_as):
    shelf, machine = a_shelf_and_a_machine()
    lot = receive(shelf, 50)
    client = sign_in_as("outreach_worker", sites=(machine.site_id,))
    path = f"/stock/points/{machine.public_id}/top-up"
    fields = fields_of(client.page(path)) | {"lines-0-quantity": "30"}
    answer = client.send(path, status=200, **fields)
    assert "20 still fit" in text_of(answer) and "It all fits in" in text_of(answer)
    client.send(path, **fields, does_fit="y")
    assert on_hand(machine, lot) == 30


def test_what_is_past_its_date_is_named_and_goes_to_the_store(sign_in_as):
    shelf, machine = a_shelf_and_a_machine()
    old = receive(machine, 4, lot="OLD", expiry=days_from_now(-3))
    receive(shelf, 50, lot="NEW")
    client = sign_in_as("outreach_worker", sites=(machine.site_id,))
    visit_page, fill_page = (f"/stock/points/{machine.public_id}/{step}" for step in ("visit", "top-up"))
    assert "lot OLD is past its date. Take it out." in text_of(client.page(visit_page))
    assert "swap it out" in text_of(client.page("/stock/points/"))
    sent(client, fill_page, take_out="y")
    assert (on_hand(machine, old), on_hand(shelf, old)) == (0, 4)
    assert re.search(r"In it 0 of 20", text_of(client.page("/stock/points/")))


def test_without_a_store_there_is_nothing_to_fill_from(sign_in_as):
    machine = a_machine()
    client = sign_in_as("outreach_worker", sites=(machine.site_id,))
    path = f"/stock/points/{machine.public_id}/top-up"
    assert "No place to fill it from" in text_of(client.page(path))
    assert "No place to fill it from" in text_of(client.send(path, status=200))


def test_a_visit_says_what_was_saved_and_what_may_be_a_slip(sign_in_as):
    _shelf, machine = a_shelf_and_a_machine()
    lot = receive(machine, 5)
    client = sign_in_as("outreach_worker", sites=(machine.site_id,))
    path = f"/stock/points/{machine.public_id}/visit"

    def told_after(**entered):
        return text_of(client.page(sent(client, path, **entered).location))

    assert "No number was entered, so nothing was counted." in told_after()
    assert on_hand(machine, lot) == 5
    words = told_after(**{"lines-0-counted": "4"})
    assert "Saved." in words and "More was left" not in words
    assert "More was left than was booked in: Naloxone nasal spray 4 mg" in told_after(**{"lines-0-counted": "9"})
    assert on_hand(machine, lot) == 9
