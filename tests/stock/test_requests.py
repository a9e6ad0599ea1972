"""A place asks another one for supplies: each step once, by whom it is up to, until they arrived."""

from itertools import pairwise

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotAllowed, NotFound, OutOfDate
from harmreduction.stock import actions as stock
from harmreduction.stock.actions.requests import (
    Asking,
    Dispatch,
    approve,
    change_draft,
    close,
    decline,
    dispatch,
    draft,
    submit,
)
from harmreduction.stock.actions.shipments import Acceptance, accept
from harmreduction.stock.models import Requisition, Shipment, StockTransaction
from harmreduction.stock.queries.requests import count_waiting, get_request_of, list_requests, list_sources_for
from harmreduction.stock.rules import ChangedFact, LocationKind, NothingToMove
from harmreduction.stock.rules.requests import NEXT, STEPS, NothingAskedFor, RequestStatus
from tests.factories import SYSTEM, item, make_actor, make_location, make_site, on_hand, receive
from tests.stock.requested import make_request, read_request


def a_store_and_a_site_far_away():
    store = stock.open_location("Warehouse", LocationKind.WAREHOUSE, site_id=make_site().id, by=SYSTEM)
    return store, make_location(make_site(), "Far shelf")


def a_granted_request(store, shelf, *, units=10):
    asked = make_request(store, shelf, units=units)
    submit(asked.public_id, by=SYSTEM, at=now())
    approve(asked.public_id, {item().id: units}, by=SYSTEM, at=now())
    return read_request(asked.public_id)


def status_of(request):
    return read_request(request.public_id).status


def test_a_request_goes_its_way_until_the_supplies_arrived(database):
    store, shelf = a_store_and_a_site_far_away()
    lot = receive(store, 50)
    asked = a_granted_request(store, shelf)
    sent = Dispatch(client_id=new_id(), lots=((lot.id, 8),), occurred_at=now())
    dispatch(asked.public_id, sent, by=SYSTEM)
    assert (status_of(asked), on_hand(store, lot), on_hand(shelf, lot)) == ("dispatched", 42, 0)
    shipment = db.session.scalars(select(Shipment)).one()
    arrived = Acceptance(client_id=new_id(), shipment_id=shipment.public_id, lots=((lot.id, 8),), occurred_at=now())
    accept(arrived, by=SYSTEM)
    assert (status_of(asked), on_hand(shelf, lot)) == ("accepted", 8)
    close(asked.public_id, by=SYSTEM)
    assert status_of(asked) == "closed"


def test_each_step_pressed_twice_happens_once(database):
    store, shelf = a_store_and_a_site_far_away()
    lot = receive(store, 50)
    asked = a_granted_request(store, shelf)
    approve(asked.public_id, {item().id: 10}, by=SYSTEM, at=now())
    sent = Dispatch(client_id=new_id(), lots=((lot.id, 8),), occurred_at=now())
    for _press in range(2):
        dispatch(asked.public_id, sent, by=SYSTEM)
    assert on_hand(store, lot) == 42
    another_tab = Dispatch(client_id=new_id(), lots=((lot.id, 8),), occurred_at=now())
    with pytest.raises(OutOfDate, match="Somebody was faster"):
        dispatch(asked.public_id, another_tab, by=SYSTEM)
    with pytest.raises(OutOfDate):
        approve(asked.public_id, {item().id: 3}, by=SYSTEM, at=now())
    assert db.session.scalar(select(func.count()).select_from(Shipment)) == 1
    assert on_hand(store, lot) == 42


def test_a_draft_sent_twice_is_written_once_and_other_content_is_said_so(database):
    store, shelf = a_store_and_a_site_far_away()
    asking = Asking(from_location_id=store.id, to_location_id=shelf.id, units={item().id: 5})
    public_id = new_id()
    for _press in range(2):
        draft(public_id, asking, by=SYSTEM, at=now())
    assert db.session.scalar(select(func.count()).select_from(Requisition)) == 1
    other = Asking(from_location_id=store.id, to_location_id=shelf.id, units={item().id: 6})
    with pytest.raises(ChangedFact):
        draft(public_id, other, by=SYSTEM, at=now())
    change_draft(public_id, other, by=SYSTEM)
    assert [line.requested for line in read_request(public_id).lines] == [6]
    submit(public_id, by=SYSTEM, at=now())
    change_draft(public_id, other, by=SYSTEM)  # nothing changes, so nobody is bothered
    with pytest.raises(OutOfDate):
        change_draft(public_id, asking, by=SYSTEM)


def test_a_request_asks_for_something_from_a_place_that_can_be_asked(database):
    store, shelf = a_store_and_a_site_far_away()
    elsewhere = make_location(make_site())
    with pytest.raises(NothingAskedFor, match="at least one item"):
        draft(new_id(), Asking(from_location_id=store.id, to_location_id=shelf.id, units={}), by=SYSTEM, at=now())
    with pytest.raises(NotFound, match="cannot be asked"):
        make_request(elsewhere, shelf)
    with pytest.raises(NotFound, match="cannot be asked"):
        make_request(shelf, shelf)
    with transaction():
        shelf.served_from_id = elsewhere.id
    assert make_request(elsewhere, shelf).status == "draft"
    assert [place.id for place in list_sources_for(shelf)] == [elsewhere.id, store.id]


def test_a_declined_request_says_why_and_a_draft_can_be_taken_back(database):
    store, shelf = a_store_and_a_site_far_away()
    asked, second = make_request(store, shelf), make_request(store, shelf)
    submit(asked.public_id, by=SYSTEM, at=now())
    with pytest.raises(NothingAskedFor, match="Write a sentence"):
        decline(asked.public_id, " ", by=SYSTEM, at=now())
    with pytest.raises(NothingAskedFor, match="Grant at least one unit"):
        approve(asked.public_id, {item().id: 0}, by=SYSTEM, at=now())
    decline(asked.public_id, "The next delivery comes on Monday.", by=SYSTEM, at=now())
    assert read_request(asked.public_id).answer == "The next delivery comes on Monday."
    with pytest.raises(OutOfDate):
        decline(second.public_id, "It is a draft still.", by=SYSTEM, at=now())
    close(second.public_id, by=SYSTEM)
    assert status_of(second) == "closed"


def test_a_shipment_of_nothing_leaves_the_request_as_it_was(database):
    store, shelf = a_store_and_a_site_far_away()
    asked = a_granted_request(store, shelf)
    with pytest.raises(NothingToMove):
        dispatch(asked.public_id, Dispatch(client_id=new_id(), lots=(), occurred_at=now()), by=SYSTEM)
    assert status_of(asked) == "approved"
    assert db.session.scalar(select(func.count()).select_from(StockTransaction)) == 0


def test_who_works_elsewhere_neither_sees_nor_moves_a_request(database):
    store, shelf = a_store_and_a_site_far_away()
    asked = make_request(store, shelf)
    stranger, there = make_actor(sites=(make_site().id,)), make_actor(sites=(shelf.site_id,))
    at_store = make_actor(sites=(store.site_id,))
    with pytest.raises(NotFound):
        get_request_of(stranger, asked.public_id)
    with pytest.raises(NotFound):
        submit(asked.public_id, by=stranger, at=now())
    with pytest.raises(NotFound):
        submit(asked.public_id, by=at_store, at=now())
    submit(asked.public_id, by=there, at=now())
    for who in (there, at_store):
        assert get_request_of(who, asked.public_id).public_id == asked.public_id
        with pytest.raises((NotFound, NotAllowed)):
            approve(asked.public_id, {item().id: 1}, by=who, at=now())


def test_what_waits_is_counted_for_whom_it_waits(database):
    store, shelf = a_store_and_a_site_far_away()
    lead, worker = make_actor("programme_lead"), make_actor(sites=(shelf.site_id,))
    first, _second = make_request(store, shelf), make_request(store, shelf)
    assert (count_waiting(lead), count_waiting(worker)) == (0, 2)
    submit(first.public_id, by=worker, at=now())
    assert (count_waiting(lead), count_waiting(worker)) == (1, 1)
    assert count_waiting(make_actor(sites=(make_site().id,))) == 0
    listed = list_requests(lead, statuses=list(RequestStatus), limit=10)
    assert listed[0].public_id == first.public_id


def test_the_steps_follow_each_other():
    assert all(target in NEXT[status] for status, target in pairwise(STEPS[:4]))
    assert NEXT.keys() == set(RequestStatus)
