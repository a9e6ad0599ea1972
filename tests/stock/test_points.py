"""Vending machines and public boxes: what is gone was taken, and what fills them up."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotFound
from harmreduction.stock import actions as stock
from harmreduction.stock import verification
from harmreduction.stock.actions.loading import Filling
from harmreduction.stock.actions.points import TopUp, Visit, top_up, visit
from harmreduction.stock.models import HeatFlag
from harmreduction.stock.queries.points import get_point, get_point_of, list_points
from harmreduction.stock.rules import LocationKind
from harmreduction.stock.rules.points import TooFull, days_until_empty, percent_full
from tests.factories import SYSTEM, days_from_now, item, make_actor, make_location, make_site, on_hand, receive


def a_machine(site=None, capacity=20, name="Library machine"):
    site = site or make_site()
    with transaction():
        machine = stock.open_location(name, LocationKind.VENDING_MACHINE, site_id=site.id, by=SYSTEM)
        machine.capacity = capacity
    return machine


def a_shelf_and_a_machine():
    site = make_site()
    return make_location(site, "Store"), a_machine(site)


def seen(machine, left, *, heat=None, visit_id=None):
    saw = Visit(
        client_id=visit_id or new_id(),
        location_id=machine.id,
        left={lot.id: units for lot, units in left.items()},
        is_too_warm=heat is not None,
        heat=heat or "",
        at=now(),
    )
    visit(saw, by=SYSTEM)


def filled(machine, shelf, units, *, out=None, fits=False, fact=None, at=None):
    filling = Filling(
        client_id=fact or new_id(),
        from_location_id=shelf.id,
        to_location_id=machine.id,
        items={item().id: units},
        occurred_at=at or now(),
        today=days_from_now(0),
    )
    out = {lot.id: taken for lot, taken in (out or {}).items()}
    top_up(TopUp(filling=filling, taken_out=out, does_fit=fits), by=SYSTEM)


def test_what_is_gone_from_a_machine_was_taken_by_participants(database):
    shelf, machine = a_shelf_and_a_machine()
    lot = receive(shelf, 50)
    filled(machine, shelf, 12)
    visit_id = new_id()
    seen(machine, {lot: 5}, visit_id=visit_id)
    seen(machine, {lot: 5}, visit_id=visit_id)
    assert on_hand(machine, lot) == 5
    point = get_point(machine, now=now())
    assert (point.units, point.percent, point.taken) == (5, 25, 7)
    assert list(verification.find_differences()) == []


def test_a_lot_that_nobody_looked_at_stays_and_a_visit_may_say_nothing(database):
    shelf, machine = a_shelf_and_a_machine()
    lot = receive(shelf, 50)
    filled(machine, shelf, 12)
    seen(machine, {})
    assert on_hand(machine, lot) == 12
    assert get_point(machine, now=now()).seen_at is None


def test_heat_in_a_machine_flags_what_lies_in_it(database):
    shelf, machine = a_shelf_and_a_machine()
    lot = receive(shelf, 50)
    filled(machine, shelf, 12)
    seen(machine, {lot: 10}, heat="41 °C inside")
    [flag] = db.session.scalars(db.select(HeatFlag))
    assert (flag.location_id, flag.lot_id, flag.note) == (machine.id, lot.id, "41 °C inside")


def test_more_than_fits_is_asked_about_once_and_then_believed(database):
    shelf, machine = a_shelf_and_a_machine()
    lot = receive(shelf, 50)
    fact = new_id()
    with pytest.raises(TooFull, match="20 still fit"):
        filled(machine, shelf, 21, fact=fact)
    assert on_hand(machine, lot) == 0
    filled(machine, shelf, 21, fits=True, fact=fact)
    filled(machine, shelf, 21, fact=fact)
    assert on_hand(machine, lot) == 21


def test_what_is_past_its_date_is_swapped_out(database):
    shelf, machine = a_shelf_and_a_machine()
    old = receive(machine, 4, lot="OLD", expiry=days_from_now(-3))
    new = receive(shelf, 50, lot="NEW")
    [row] = get_point(machine, now=now()).past_date
    assert (row.lot.lot_number, row.on_hand) == ("OLD", 4)
    filled(machine, shelf, 10, out={old: 4})
    assert (on_hand(machine, old), on_hand(shelf, old), on_hand(machine, new)) == (0, 4, 10)


def test_a_shelf_is_no_machine_and_another_sites_machine_is_as_good_as_none(database):
    shelf, machine = a_shelf_and_a_machine()
    with pytest.raises(NotFound):
        seen(shelf, {})
    stranger = make_actor(sites=(make_site().id,))
    with pytest.raises(NotFound):
        get_point_of(stranger, machine.public_id)
    assert list_points(stranger, now=now()) == []


def test_the_machine_that_is_empty_soonest_comes_first(database):
    shelf, machine = a_shelf_and_a_machine()
    lot = receive(shelf, 50)
    a_machine(name="Untouched machine")
    filled(machine, shelf, 12, at=now() - timedelta(days=6))
    seen(machine, {lot: 6})
    found = list_points(SYSTEM, now=now() + timedelta(days=2, hours=12))
    assert [point.location.name for point in found] == ["Library machine", "Untouched machine"]
    assert [point.days_left for point in found] == [3, None]


def test_a_machine_empties_at_the_rate_at_which_people_took():
    month = timedelta(days=30)
    assert days_until_empty(60, 30, month, timedelta(0)) == 60
    assert days_until_empty(60, 30, month, timedelta(days=20)) == 40
    assert days_until_empty(60, 30, month, timedelta(days=90)) == 0
    assert days_until_empty(60, 0, month, timedelta(0)) is None
    assert days_until_empty(60, 5, timedelta(hours=23), timedelta(0)) is None


@given(st.integers(-5, 500), st.none() | st.integers(1, 400))
def test_full_is_a_percentage_wherever_it_is_known_what_fits(units, capacity):
    percent = percent_full(units, capacity)
    assert (percent is None) == (capacity is None)
    assert percent is None or 0 <= percent <= 100
