"""The pages of ordering and of requests, opened and sent as a browser without JavaScript does."""

import csv
import io
import re
from datetime import timedelta
from zipfile import ZipFile

import time_machine
from sqlalchemy import select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.stock.actions.policies import set_levels
from harmreduction.stock.rules.ordering import Levels
from tests.factories import SYSTEM, item, make_location, on_hand, receive
from tests.pages import text_of
from tests.stock.requested import make_request
from tests.stock.test_consumption import TODAY, on
from tests.stock.test_ordering import NALOXONE, a_shelf_that_gives_two_a_day, need_at
from tests.stock.test_requests import a_granted_request, a_store_and_a_site_far_away, status_of


def hidden(html, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


def test_the_pages_of_ordering_tell_what_runs_low_and_what_will_be_left(sign_in_as):
    shelf = a_shelf_that_gives_two_a_day(30)
    set_levels(shelf.id, {item().id: Levels(min_days=30, max_days=90)}, by=SYSTEM)
    with on(0), time_machine.travel(now(), tick=True):
        lead = sign_in_as("programme_lead")
        words = text_of(lead.page("/stock/orders/"))
        assert "Naloxone nasal spray 4 mg" in words
        assert "Low 0.5 months" in words
        assert "150 kits (300 doses)" in words
        words = text_of(lead.page(f"/stock/orders/{shelf.public_id}/items/{item().public_id}"))
        assert "Used in a month 60 kits" in words
        assert "November 2026 60" in words
        assert "Nothing will be left over" in text_of(lead.page("/stock/orders/left-over"))
        receive(shelf, 500, lot="SHORT", expiry=TODAY + timedelta(days=10))
        assert "SHORT" in text_of(lead.page("/stock/orders/left-over"))
        assert "More than needed" in text_of(lead.page("/stock/orders/?show=all"))


def test_a_lead_sets_levels_in_a_table_and_empty_is_not_set(sign_in_as):
    shelf = make_location()
    receive(shelf, 5)
    lead = sign_in_as("programme_lead")
    path = f"/stock/orders/{shelf.public_id}/levels"
    lead.page(path)
    fields = {"lines__0__item": item().public_id, "lines__0__max_days": "90"}
    assert "Enter a whole number from 0 to" in text_of(lead.send(path, status=200, **fields, lines__0__min_days="-1"))
    assert "The days go up" in text_of(lead.send(path, status=200, **fields, lines__0__min_days="100"))
    lead.send(path, **fields, lines__0__min_days="0")
    assert need_at(shelf).levels == Levels(min_days=0, max_days=90)


def test_an_order_sheet_takes_other_numbers_and_goes_out_as_a_table(sign_in_as):
    shelf = a_shelf_that_gives_two_a_day(30)
    set_levels(shelf.id, {item().id: Levels(max_days=90)}, by=SYSTEM)
    with on(0), time_machine.travel(now(), tick=True):
        lead, path = sign_in_as("programme_lead"), f"/stock/orders/{shelf.public_id}"
        assert 'value="150"' in lead.page(path)
        fields = {"lines__0__item": item().public_id, "lines__0__units": "30"}
        assert "Enter a whole number" in text_of(lead.send(path, status=200, **fields | {"lines__0__units": "x"}))
        assert 'value="30"' in lead.send(path, status=200, **fields).text
        sent = lead.send(f"{path}/download", status=200, **fields)
        head, row = csv.reader(io.StringIO(sent.get_data(as_text=True).lstrip("\ufeff")))
        assert dict(zip(head, row, strict=True))["Units to order"] == "30"
        assert row[:2] == [NALOXONE, "Naloxone nasal spray 4 mg"]
        book = lead.send(f"{path}/download", status=200, **fields, format="xlsx")
        assert "xl/workbook.xml" in ZipFile(io.BytesIO(book.data)).namelist()
    assert len([entry for entry in db.session.scalars(select(AuditEntry)) if entry.event == "STOCK_EXPORTED"]) == 2


def test_a_worker_asks_for_what_is_proposed_and_a_lead_grants_less_and_sends_it(sign_in_as):
    store, shelf = a_store_and_a_site_far_away()
    old, new = receive(store, 6, lot="OLD"), receive(store, 50, lot="NEW", expiry=None)
    set_levels(shelf.id, {item().id: Levels(par_level=20)}, by=SYSTEM)
    worker, lead = sign_in_as("outreach_worker", sites=(shelf.site_id,)), sign_in_as("programme_lead")
    assert shelf.name in text_of(worker.page("/stock/requests/new"))
    page = worker.page(f"/stock/requests/new?place={shelf.public_id}")
    assert "20 proposed" in text_of(page)
    fields = {"form_id": hidden(page, "form_id"), "place": shelf.public_id, "source": store.public_id}
    assert "at least one item" in text_of(worker.send("/stock/requests/new", status=200, **fields))
    fields |= {"lines__0__item": item().public_id, "lines__0__units": "20", "note": "For the fair"}
    worker.send("/stock/requests/new", **fields)
    path = f"/stock/requests/{fields['form_id']}"
    change = fields | {"lines__0__units": "12"}
    worker.send(f"{path}/change", **change)
    assert "12 kits (24 doses)" in text_of(worker.page(path))
    worker.send(f"{path}/submit")
    assert f"{path}/approve" not in worker.page(path)
    assert "56 at Warehouse" in text_of(lead.page(f"{path}/approve"))
    lead.send(f"{path}/approve", lines__0__item=item().public_id, lines__0__units="10")
    page = lead.page(f"{path}/send")
    assert re.findall(r'name="lots-\d-quantity"[^>]*value="(\d+)"', page) == ["6", "4"]
    fields = {"form_id": hidden(page, "form_id"), "lots__0__lot": old.public_id, "lots__0__quantity": "6"}
    lead.send(f"{path}/send", **fields, lots__1__lot=new.public_id, lots__1__quantity="4")
    lead.send(f"{path}/send", **fields, lots__1__lot=new.public_id, lots__1__quantity="4")
    assert (on_hand(store, old), on_hand(store, new)) == (0, 46)
    words = text_of(worker.page(path))
    assert "It is on the way until it is accepted at Far shelf" in words
    assert "On the way" in text_of(worker.page("/stock/requests/"))


def test_what_is_not_there_is_said_before_it_is_sent(sign_in_as):
    store, shelf = a_store_and_a_site_far_away()
    receive(store, 4)
    asked = a_granted_request(store, shelf)
    lead = sign_in_as("programme_lead")
    assert "6 kits (12 doses) are not here" in text_of(lead.page(f"/stock/requests/{asked.public_id}/send"))


def test_a_declined_request_stands_among_those_that_are_over(sign_in_as):
    store, shelf = a_store_and_a_site_far_away()
    asked = make_request(store, shelf)
    lead = sign_in_as("programme_lead")
    path = f"/stock/requests/{asked.public_id}"
    lead.send(f"{path}/submit")
    assert "Write a sentence" in text_of(lead.send(f"{path}/decline", status=200, answer=""))
    lead.send(f"{path}/decline", answer="None before Monday")
    assert "None before Monday" in text_of(lead.page(path))
    assert "Far shelf" not in text_of(lead.page("/stock/requests/"))
    assert "Far shelf" in text_of(lead.page("/stock/requests/?show=over"))
    lead.send(f"{path}/close")
    assert status_of(asked) == "closed"


def test_more_than_lies_there_may_be_granted_and_is_said(sign_in_as):
    store, shelf = a_store_and_a_site_far_away()
    lot = receive(store, 101)
    asked = make_request(store, shelf, units=300)
    lead, path = sign_in_as("programme_lead"), f"/stock/requests/{asked.public_id}"
    lead.send(f"{path}/submit")
    lead.send(f"{path}/approve", lines__0__item=item().public_id, lines__0__units="200")
    words = text_of(lead.page(path))
    assert "Only 101 kits (202 doses) of Naloxone nasal spray 4 mg can go out from Warehouse now." in words
    lead.send(f"{path}/send", form_id=new_id(), lots__0__lot=lot.public_id, lots__0__quantity="90")
    words = text_of(lead.page(path))
    assert "300 kits (600 doses) 200 kits (400 doses) 90 kits (180 doses) 0 kits" in words


def test_a_step_that_came_too_late_shows_where_the_request_stands(sign_in_as):
    store, shelf = a_store_and_a_site_far_away()
    receive(store, 50)
    asked = make_request(store, shelf)
    lead, path = sign_in_as("programme_lead"), f"/stock/requests/{asked.public_id}"
    late = {"form_id": new_id(), "place": shelf.public_id, "source": store.public_id}
    late |= {"lines__0__item": item().public_id, "lines__0__units": "10"}
    answer = lead.send(f"{path}/approve", lines__0__item=item().public_id, lines__0__units="10")
    assert answer.location == path and "moved on meanwhile" in text_of(lead.page(path))
    lead.send(f"{path}/submit")
    assert lead.get(f"{path}/change").location == lead.send(f"{path}/change", **late).location == path
    words = text_of(lead.page(path))
    assert "moved on meanwhile" in words and "Changed." not in words
    lead.send(f"{path}/decline", answer="None before Monday")
    for step in ("approve", "decline", "send"):
        assert lead.get(f"{path}/{step}").location == path
    assert "moved on meanwhile" in text_of(lead.page(path))
