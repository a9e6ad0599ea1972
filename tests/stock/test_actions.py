"""Receive, move and take back: what is refused, what only a lead does, and what is never asked twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotAllowed, NotFound
from harmreduction.stock import actions
from harmreduction.stock.models import Item, Lot, StockMovement, StockTransaction
from harmreduction.stock.rules import ChangedFact, ItemHasMoved, LocationKind, NameTaken, Outcome, UnknownLot
from tests.factories import (
    SYSTEM,
    days_from_now,
    hand_out,
    item,
    make_actor,
    make_location,
    make_site,
    on_hand,
    receive,
)

LATER = timedelta(minutes=11)


def a_receipt(shelf, *, lot_number="A1", expiry=None, quantity=5):
    return actions.Receipt(
        client_id=new_id(),
        location_id=shelf.id,
        item_id=item().id,
        lot_number=lot_number,
        expiry=expiry,
        quantity=quantity,
        occurred_at=now(),
    )


def a_move(source, target, lot, quantity=1):
    return actions.Transfer(
        client_id=new_id(),
        from_location_id=source.id,
        to_location_id=target.id,
        lots=((lot.id, quantity),),
        occurred_at=now(),
    )


def facts():
    return db.session.scalar(select(func.count()).select_from(StockTransaction))


def as_change(of, **changes):
    return replace(
        actions.ItemChange(**{name: getattr(of, name) for name in actions.ItemChange.__annotations__}), **changes
    )


def test_a_date_without_a_lot_number_is_refused_and_nothing_is_saved(database):
    shelf = make_location()
    with pytest.raises(UnknownLot, match="Enter the lot number too"):
        actions.receive(a_receipt(shelf, lot_number="", expiry=days_from_now(-3)), by=SYSTEM)
    assert facts() == 0
    actions.receive(a_receipt(shelf, lot_number=""), by=SYSTEM)
    unnumbered = db.session.scalars(select(Lot).where(Lot.lot_number == "")).one()
    assert (unnumbered.printed_expiry, unnumbered.effective_expiry) == (None, None)


def test_supplies_are_booked_in_only_at_ones_own_sites(database):
    worker, elsewhere = make_actor(sites=(make_site().id,)), make_location()
    with pytest.raises(NotFound):
        actions.receive(a_receipt(elsewhere), by=worker)
    assert facts() == 0


def test_a_worker_moves_within_one_site_and_a_lead_between_sites(database):
    here, there = make_site(), make_site()
    shelf, van, far = make_location(here), make_location(here), make_location(there)
    lot = receive(shelf, 10)
    works_at_both = make_actor(sites=(here.id, there.id))
    actions.transfer(a_move(shelf, van, lot), by=works_at_both)
    with pytest.raises(NotAllowed, match="Ask a programme lead"):
        actions.transfer(a_move(shelf, far, lot), by=works_at_both)
    with pytest.raises(NotFound):
        actions.transfer(a_move(shelf, far, lot), by=make_actor(sites=(here.id,)))
    actions.transfer(a_move(shelf, far, lot), by=make_actor("programme_lead"))
    assert (on_hand(shelf, lot), on_hand(van, lot), on_hand(far, lot)) == (8, 1, 1)


def test_a_lot_that_never_lay_here_is_not_moved_from_here(database):
    site = make_site()
    shelf, van = make_location(site), make_location(site)
    lot = receive(shelf, 10)
    with pytest.raises(UnknownLot, match="does not lie here"):
        actions.transfer(a_move(van, shelf, lot), by=SYSTEM)
    assert (on_hand(shelf, lot), on_hand(van, lot)) == (10, 0)


def test_a_receipt_is_taken_back_for_ten_minutes_and_later_only_by_a_lead(database):
    shelf = make_location()
    worker = make_actor(sites=(shelf.site_id,))
    slip, old_slip = a_receipt(shelf), a_receipt(shelf)
    for receipt in (slip, old_slip):
        actions.receive(receipt, by=worker)
    assert actions.take_back_at(shelf.id, slip.client_id, by=worker, at=now()) is Outcome.CREATED
    with pytest.raises(NotAllowed, match="Ask a programme lead"):
        actions.take_back_at(shelf.id, old_slip.client_id, by=worker, at=now() + LATER)
    lead = make_actor("programme_lead")
    assert actions.take_back_at(shelf.id, old_slip.client_id, by=lead, at=now() + LATER) is Outcome.CREATED
    reasons = select(StockTransaction.reason).where(StockTransaction.reverses_id.is_not(None))
    assert list(db.session.scalars(reasons.order_by(StockTransaction.id))) == ["undo", "other"]


def test_what_a_lead_moved_between_sites_no_worker_takes_back(database):
    here, there = make_location(), make_location()
    move = a_move(here, there, receive(here, 10))
    actions.transfer(move, by=make_actor("programme_lead"))
    for sites, refused in (((there.site_id,), NotFound), ((here.site_id, there.site_id), NotAllowed)):
        with pytest.raises(refused):
            actions.take_back_at(there.id, move.client_id, by=make_actor(sites=sites), at=now())
    assert db.session.scalar(select(func.count()).select_from(StockMovement)) == 2


def test_doses_and_group_stay_once_an_item_has_moved_and_its_words_may_change(database):
    hand_out(make_location(), ("naloxone-nasal-4", 1))
    for change in ({"doses_per_unit": 1}, {"category": "other"}):
        with pytest.raises(ItemHasMoved, match="add a new item"):
            actions.change_item(item().public_id, as_change(item(), **change), by=SYSTEM)
    actions.change_item(item().public_id, as_change(item(), name="Nasal kit"), by=SYSTEM)
    assert (item().name, item().doses_per_unit, item().category) == ("Nasal kit", 2, "naloxone")
    unmoved = item("wound-kit")
    actions.change_item(unmoved.public_id, as_change(unmoved, category="other"), by=SYSTEM)
    assert item("wound-kit").category == "other"


def test_an_item_sent_twice_is_added_once(database):
    code, change = new_id(), as_change(item("wound-kit"), name="Hand warmers")
    first = actions.add_item(code, change, by=SYSTEM)
    assert actions.add_item(code, change, by=SYSTEM).id == first.id
    with pytest.raises(ChangedFact, match="Open a new page"):
        actions.add_item(code, replace(change, name="Gloves"), by=SYSTEM)
    assert db.session.scalar(select(func.count()).where(Item.name.in_(["Hand warmers", "Gloves"]))) == 1


def test_a_site_gets_its_shelf_whatever_other_places_are_called(database):
    taken = make_site()
    make_location(taken, "Harbor shelf")
    make_location(taken, "Harbor shelf 2")
    harbor = make_site("Harbor")
    shelf = actions.shelf_of(harbor.id, harbor.name, by=SYSTEM)
    assert (shelf.name, shelf.site_id) == ("Harbor shelf 3", harbor.id)
    assert actions.shelf_of(harbor.id, harbor.name, by=SYSTEM).id == shelf.id


def test_the_shelf_of_a_site_with_a_long_name_fits_and_can_be_told_apart(database):
    names = {actions.shelf_of(make_site("N" * 78 + end).id, "N" * 78 + end, by=SYSTEM).name for end in "ab"}
    assert len(names) == 2
    assert all(len(name) <= 80 for name in names)


def test_two_places_never_share_a_name(database):
    shelf = make_location()
    with pytest.raises(NameTaken, match="Another place has this name"), transaction():
        actions.open_location(shelf.name, LocationKind.VAN, site_id=shelf.site_id, by=SYSTEM)
