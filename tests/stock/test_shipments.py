"""Sent off, on the way, accepted: fewer or more, twice, by whom, and taken back; nothing stays in between."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import NotAllowed, NotFound, OutOfDate
from harmreduction.stock import actions
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.actions.shipments import Acceptance, Sending, accept, send
from harmreduction.stock.models import (
    HeatFlag,
    Requisition,
    Shipment,
    StockBalance,
    StockMovement,
    StockReason,
)
from harmreduction.stock.queries.shipments import count_late_shipments, list_ended, list_on_the_way
from harmreduction.stock.rules import (
    CannotReverse,
    LocationKind,
    NotEnoughHere,
    NothingToMove,
    Outcome,
    QuantityOutOfBounds,
    UnknownLot,
)
from harmreduction.stock.rules.shipments import IN_TRANSIT, VARIANCE, acceptance_lines, needs_acceptance
from tests.factories import SYSTEM, make_actor, make_location, make_site, on_hand, receive
from tests.pages import text_of
from tests.stock.sent import make_partner

PARTNERS = (LocationKind.PARTNER_AGENCY, LocationKind.SECONDARY_DISTRIBUTOR)
HERE = 100


def a_sending(source, target, *lots, **changes):
    fields = {
        "client_id": new_id(),
        "from_location_id": source.id,
        "to_location_id": target.id,
        "lots": tuple((lot.id, units) for lot, units in lots),
        "occurred_at": now(),
    }
    return Sending(**fields | changes)


def an_acceptance(sending, *lots, **changes):
    fields = {
        "client_id": new_id(),
        "shipment_id": sending.client_id,
        "lots": tuple((lot.id, units) for lot, units in lots),
        "occurred_at": now(),
    }
    return Acceptance(**fields | changes)


def units_at(location_id, lot):
    balance = db.session.get(StockBalance, (location_id, lot.id), populate_existing=True)
    return 0 if balance is None else balance.on_hand


def two_sites():
    here, there = make_location(), make_location()
    return here, there, receive(here, 20)


# ---- Rules ----


def test_what_stays_at_a_site_is_moved_and_what_leaves_it_is_accepted():
    assert not needs_acceptance(from_site=1, to_site=1, to_kind=LocationKind.VAN)
    assert needs_acceptance(from_site=1, to_site=2, to_kind=LocationKind.VAN)
    assert all(needs_acceptance(from_site=1, to_site=1, to_kind=kind) for kind in PARTNERS)


@given(
    sent=st.dictionaries(st.integers(1, 5), st.integers(1, 50), min_size=1),
    arrived=st.dictionaries(st.integers(1, 5), st.integers(0, 80)),
)
def test_whatever_arrives_nothing_of_the_shipment_stays_on_the_way(sent, arrived):
    arrived = {lot_id: units for lot_id, units in arrived.items() if lot_id in sent}
    lines = acceptance_lines(sent, arrived, to_location_id=HERE, reason_id=7)
    for lot_id, units in sent.items():
        own = [line for line in lines if line.lot_id == lot_id]
        net = {
            place: sum(ln.quantity * ((ln.to_location_id == place) - (ln.from_location_id == place)) for ln in own)
            for place in (IN_TRANSIT, HERE, VARIANCE)
        }
        came = arrived.get(lot_id, 0)
        assert net == {IN_TRANSIT: -units, HERE: came, VARIANCE: units - came}
        assert {line.reason_id for line in own if VARIANCE in (line.from_location_id, line.to_location_id)} <= {7}


def test_a_lot_that_was_not_sent_and_a_number_that_could_not_be_are_refused():
    with pytest.raises(UnknownLot, match="was not sent"):
        acceptance_lines({1: 5}, {2: 1}, to_location_id=HERE, reason_id=None)
    with pytest.raises(QuantityOutOfBounds):
        acceptance_lines({1: 5}, {1: 10**7}, to_location_id=HERE, reason_id=None)


# ---- Actions ----


def test_between_sites_supplies_are_on_the_way_until_they_are_accepted(database):
    here, there, lot = two_sites()
    sending = a_sending(here, there, (lot, 8))
    send(sending, by=make_actor("programme_lead"))
    assert (on_hand(here, lot), units_at(IN_TRANSIT, lot), on_hand(there, lot)) == (12, 8, 0)
    assert accept(an_acceptance(sending, (lot, 8)), by=make_actor(sites=(there.site_id,))) is Outcome.CREATED
    assert (on_hand(here, lot), units_at(IN_TRANSIT, lot), on_hand(there, lot)) == (12, 0, 8)


@pytest.mark.parametrize("arrived", [0, 5, 8, 11])
def test_fewer_or_more_may_arrive_and_the_difference_is_explained(database, arrived):
    here, there, lot = two_sites()
    why = db.session.scalars(select(StockReason).where(StockReason.name == "Broken on the way")).one()
    sending = a_sending(here, there, (lot, 8))
    send(sending, by=SYSTEM)
    accept(an_acceptance(sending, (lot, arrived), reason_id=why.id), by=SYSTEM)
    assert (units_at(IN_TRANSIT, lot), on_hand(there, lot), units_at(VARIANCE, lot)) == (0, arrived, 8 - arrived)
    explained = select(func.count()).select_from(StockMovement).where(StockMovement.reason_id == why.id)
    assert db.session.scalar(explained) == (arrived != 8)


def test_a_sending_and_an_acceptance_sent_twice_are_booked_once_and_a_second_one_is_told(database):
    here, there, lot = two_sites()
    sending = a_sending(here, there, (lot, 8))
    assert [send(sending, by=SYSTEM) for _ in range(2)] == [Outcome.CREATED, Outcome.EXISTS]
    acceptance = an_acceptance(sending, (lot, 8))
    assert [accept(acceptance, by=SYSTEM) for _ in range(2)] == [Outcome.CREATED, Outcome.EXISTS]
    with pytest.raises(OutOfDate, match="not on the way any more"):
        accept(an_acceptance(sending, (lot, 8)), by=SYSTEM)
    assert (on_hand(here, lot), on_hand(there, lot)) == (12, 8)


def test_only_a_lead_sends_to_another_site_and_only_who_works_there_accepts(database):
    here, there, lot = two_sites()
    sending = a_sending(here, there, (lot, 8))
    at_both, at_here = make_actor(sites=(here.site_id, there.site_id)), make_actor(sites=(here.site_id,))
    with pytest.raises(NotAllowed, match="Ask a programme lead"):
        send(sending, by=at_both)
    with pytest.raises(NotFound):
        send(sending, by=at_here)
    send(sending, by=make_actor("programme_lead"))
    for stranger in (at_here, make_actor(sites=(make_site().id,))):
        with pytest.raises(NotFound):
            accept(an_acceptance(sending, (lot, 8)), by=stranger)
    accept(an_acceptance(sending, (lot, 8)), by=at_both)
    assert on_hand(there, lot) == 8


def test_a_worker_sends_to_a_partner_of_the_site(database):
    here, _there, lot = two_sites()
    partner = make_partner(here)
    worker = make_actor(sites=(here.site_id,))
    sending = a_sending(here, partner, (lot, 8))
    send(sending, by=worker)
    accept(an_acceptance(sending, (lot, 7)), by=worker)
    assert (on_hand(partner, lot), units_at(VARIANCE, lot)) == (7, 1)


def test_nothing_an_unknown_lot_and_more_than_a_guarded_place_holds_is_not_sent(database):
    here, there = make_location(is_strict=True), make_location()
    lot, elsewhere = receive(here, 5), receive(there, 5, lot="B2")
    for lots, refused in (((), NothingToMove), (((elsewhere, 1),), UnknownLot), (((lot, 6),), NotEnoughHere)):
        with pytest.raises(refused):
            send(a_sending(here, there, *lots), by=SYSTEM)
    assert on_hand(here, lot) == 5
    assert db.session.scalars(select(Shipment)).all() == []


def test_a_sending_is_taken_back_until_it_is_accepted_and_then_never_accepted(database):
    here, there, lot = two_sites()
    slip, sent = a_sending(here, there, (lot, 8)), a_sending(here, there, (lot, 3))
    lead = make_actor("programme_lead")
    for sending in (slip, sent):
        send(sending, by=lead)
    assert actions.take_back_at(here.id, slip.client_id, by=lead, at=now()) is Outcome.CREATED
    assert actions.take_back_at(here.id, slip.client_id, by=lead, at=now()) is Outcome.EXISTS
    with pytest.raises(OutOfDate):
        accept(an_acceptance(slip, (lot, 8)), by=lead)
    accept(an_acceptance(sent, (lot, 3)), by=lead)
    with pytest.raises(OutOfDate):
        actions.take_back_at(here.id, sent.client_id, by=lead, at=now())
    assert (on_hand(here, lot), units_at(IN_TRANSIT, lot), on_hand(there, lot)) == (17, 0, 3)


def test_a_worker_does_not_take_back_what_a_lead_sent_to_another_site(database):
    here, there, lot = two_sites()
    sending = a_sending(here, there, (lot, 8))
    send(sending, by=make_actor("programme_lead"))
    with pytest.raises(NotFound):
        actions.take_back_at(here.id, sending.client_id, by=make_actor(sites=(here.site_id,)), at=now())
    with pytest.raises(NotAllowed):
        at_both = make_actor(sites=(here.site_id, there.site_id))
        actions.take_back_at(here.id, sending.client_id, by=at_both, at=now())
    assert units_at(IN_TRANSIT, lot) == 8


def test_what_was_accepted_is_not_taken_back(database):
    here, there, lot = two_sites()
    sending = a_sending(here, there, (lot, 8))
    send(sending, by=SYSTEM)
    acceptance = an_acceptance(sending, (lot, 8))
    accept(acceptance, by=SYSTEM)
    with pytest.raises(CannotReverse, match="send it back"):
        actions.take_back_at(there.id, acceptance.client_id, by=SYSTEM, at=now())


def test_what_got_too_warm_before_it_left_is_used_first_where_it_arrives(database):
    here, there, lot = two_sites()
    flag_heat(here.id, [lot.id], "In the sun", by=SYSTEM, at=now() - timedelta(hours=1))
    sending = a_sending(here, there, (lot, 8))
    send(sending, by=SYSTEM)
    accept(an_acceptance(sending, (lot, 8)), by=SYSTEM)
    flagged = db.session.scalars(select(HeatFlag.location_id).order_by(HeatFlag.id)).all()
    assert flagged == [here.id, there.id]


def test_a_request_follows_its_shipments(database):
    here, there, lot = two_sites()
    request = Requisition(
        public_id=new_id(), from_location_id=here.id, to_location_id=there.id, status="dispatched", made_at=now()
    )
    db.session.add(request)
    db.session.commit()
    first, second = (a_sending(here, there, (lot, 2), requisition_id=request.id) for _ in range(2))
    for sending in (first, second):
        send(sending, by=SYSTEM)
    accept(an_acceptance(first, (lot, 2)), by=SYSTEM)
    assert db.session.get_one(Requisition, request.id).status == "dispatched"
    accept(an_acceptance(second, (lot, 2)), by=SYSTEM)
    assert db.session.get_one(Requisition, request.id).status == "accepted"
    third = a_sending(here, there, (lot, 2), requisition_id=request.id)
    send(third, by=SYSTEM)
    actions.take_back_at(here.id, third.client_id, by=SYSTEM, at=now())
    assert db.session.get_one(Requisition, request.id).status == "approved"


def test_what_is_on_the_way_too_long_is_counted_for_those_whose_places_it_touches(database):
    here, there, lot = two_sites()
    old = a_sending(here, there, (lot, 1), occurred_at=now() - timedelta(days=8))
    for sending in (a_sending(here, there, (lot, 1)), old):
        send(sending, by=SYSTEM)
    at_there, stranger = make_actor(sites=(there.site_id,)), make_actor(sites=(make_site().id,))
    assert [count_late_shipments(who, now=now()) for who in (at_there, stranger)] == [1, 0]
    assert next(shipment.public_id for shipment in list_on_the_way(at_there)) == old.client_id
    assert list_on_the_way(stranger) == []
    accept(an_acceptance(old, (lot, 1)), by=SYSTEM)
    assert [shipment.public_id for shipment in list_ended(at_there, limit=5)] == [old.client_id]


# ---- Pages ----


def test_a_lead_sends_to_another_site_and_a_worker_there_accepts_fewer(sign_in_as):
    here, there, lot = two_sites()
    lead = sign_in_as("programme_lead")
    fields = {"to": there.public_id, "lots-0-lot": lot.public_id, "lots-0-quantity": "8"}
    page = lead.send(f"/stock/{here.public_id}/move", **fields).location
    assert "On the way: nobody has accepted it yet." in text_of(lead.page(page))
    worker = sign_in_as("outreach_worker", sites=(there.site_id,))
    assert f"To {there.name}" in text_of(worker.page("/stock/shipments/"))
    told = text_of(worker.send(f"{page}/accept", status=200))
    assert "Enter how many arrived; 0 if none did." in told
    worker.send(f"{page}/accept", **{"lots-0-lot": lot.public_id, "lots-0-quantity": "6"})
    assert (on_hand(there, lot), units_at(IN_TRANSIT, lot)) == (6, 0)
    assert "2 fewer" in text_of(worker.page(page))
    again = worker.send(f"{page}/accept", status=200, **{"lots-0-lot": lot.public_id, "lots-0-quantity": "8"})
    assert "not on the way any more" in text_of(again)


def test_a_slip_is_taken_back_from_the_page_of_the_shipment(sign_in_as):
    here, there, lot = two_sites()
    sending = a_sending(here, there, (lot, 8))
    send(sending, by=SYSTEM)
    lead = sign_in_as("programme_lead")
    page = f"/stock/shipments/{sending.client_id}"
    assert f"/stock/moves/{sending.client_id}/take-back" in lead.page(page)
    lead.send(f"/stock/moves/{sending.client_id}/take-back", location=here.public_id)
    assert on_hand(here, lot) == 20
    assert "Taken back" in text_of(lead.page(page)) and "taken back" in text_of(lead.page("/stock/shipments/"))


def test_a_shipment_between_other_sites_is_as_good_as_none(sign_in_as):
    here, there, lot = two_sites()
    sending = a_sending(here, there, (lot, 8))
    send(sending, by=SYSTEM)
    stranger = sign_in_as("outreach_worker", sites=(make_site().id,))
    stranger.page(f"/stock/shipments/{sending.client_id}", status=404)
    assert "Nothing is on the way" in text_of(stranger.page("/stock/shipments/"))


def test_supplies_that_are_there_already_need_no_acceptance(sign_in_as):
    here, _there, lot = two_sites()
    partner = make_partner(here)
    client = sign_in_as("outreach_worker", sites=(here.site_id,))
    fields = {"to": partner.public_id, "lots-0-lot": lot.public_id, "lots-0-quantity": "8", "has_arrived": "y"}
    client.send(f"/stock/{here.public_id}/move", **fields)
    assert on_hand(partner, lot) == 8
    assert db.session.scalars(select(Shipment)).all() == []


def test_a_shipment_of_which_nothing_arrived_is_not_said_to_lie_there(sign_in_as):
    here, there, lot = two_sites()
    sending = a_sending(here, there, (lot, 8))
    send(sending, by=SYSTEM)
    lead, page = sign_in_as("programme_lead"), f"/stock/shipments/{sending.client_id}"
    lead.send(f"{page}/accept", **{"lots-0-lot": lot.public_id, "lots-0-quantity": "0"})
    words = text_of(lead.page(page))
    assert "Nothing arrived: written down." in words and "it lies at" not in words
