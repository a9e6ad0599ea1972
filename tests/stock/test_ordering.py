"""What runs low, how much to order, and what will be left over."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.stock.actions.policies import set_levels
from harmreduction.stock.models import StockPolicy
from harmreduction.stock.queries.left_over import list_left_over
from harmreduction.stock.queries.ordering import list_low, list_needs, list_needs_of
from harmreduction.stock.rules.ordering import (
    NO_USE,
    NOT_SET,
    DatedLot,
    Levels,
    LevelsDoNotFit,
    StockStatus,
    Supply,
    Use,
    left_unused,
    months_of_stock,
    room_for,
    status_of,
    units_to_order,
)
from tests.factories import SYSTEM, hand_out, item, make_actor, make_location, make_site, receive
from tests.stock.requested import make_request
from tests.stock.test_consumption import TODAY, on

TWO_A_DAY = Use(units=360, days=180, days_out=0)
NALOXONE = "naloxone-nasal-4"


def a_shelf_that_gives_two_a_day(units=400, site=None):
    """Return a shelf with so many units left, of which sixty a month were handed out."""
    shelf = make_location(site)
    with on(180):
        receive(shelf, units + 360)
    for month in range(6):
        with on(170 - 30 * month):
            hand_out(shelf, (NALOXONE, 60))
    return shelf


def need_at(shelf, code=NALOXONE):
    return next(need for need in list_needs_of(shelf, now=now()) if need.item.code == code)


@pytest.mark.parametrize(
    ("usable", "use", "levels", "status"),
    [
        (0, TWO_A_DAY, NOT_SET, StockStatus.OUT),
        (-3, NO_USE, Levels(par_level=10), StockStatus.OUT),
        (0, NO_USE, NOT_SET, StockStatus.UNKNOWN),
        (50, NO_USE, Levels(min_days=30), StockStatus.UNKNOWN),
        (400, TWO_A_DAY, NOT_SET, StockStatus.NO_LEVEL),
        (28, TWO_A_DAY, Levels(emergency_days=14, min_days=30), StockStatus.EMERGENCY),
        (29, TWO_A_DAY, Levels(emergency_days=14, min_days=30), StockStatus.LOW),
        (60, TWO_A_DAY, Levels(min_days=30), StockStatus.FINE),
        (60, TWO_A_DAY, Levels(min_days=7, lead_days=45), StockStatus.LOW),  # gone before a delivery can come
        (180, TWO_A_DAY, Levels(max_days=90), StockStatus.FINE),
        (181, TWO_A_DAY, Levels(max_days=90), StockStatus.TOO_MUCH),
        (9, TWO_A_DAY, Levels(par_level=20), StockStatus.LOW),
        (10, NO_USE, Levels(par_level=20), StockStatus.FINE),
    ],
)
def test_how_a_place_stands(usable, use, levels, status):
    assert status_of(usable, use, levels) is status


def test_what_is_missing_to_the_most_comes_in_whole_packs():
    levels = Levels(max_days=90)
    assert units_to_order(Supply(usable=40), TWO_A_DAY, levels, 1) == 140
    assert units_to_order(Supply(usable=40, coming=100, committed=3), TWO_A_DAY, levels, 12) == 48  # of 43
    assert units_to_order(Supply(usable=-20), TWO_A_DAY, levels, 10) == 180  # below zero is no larger hole
    assert units_to_order(Supply(usable=500), TWO_A_DAY, levels, 10) == 0
    assert units_to_order(Supply(usable=0), Use(units=10, days=30, days_out=0), Levels(max_days=10), 1) == 4  # of 3⅓


def test_what_is_not_known_is_not_ordered_and_a_par_level_needs_no_use():
    assert units_to_order(Supply(usable=0), NO_USE, Levels(max_days=90), 10) is None
    assert units_to_order(Supply(usable=0), TWO_A_DAY, NOT_SET, 10) is None
    assert units_to_order(Supply(usable=13), NO_USE, Levels(par_level=20, max_days=90), 10) == 7
    assert months_of_stock(10, None) is None
    assert months_of_stock(90, TWO_A_DAY.monthly) == Fraction(3, 2)


def test_what_expires_before_it_is_used_is_left_over_first_expiring_first():
    lots = [
        DatedLot(lot_id=1, units=100, expiry=TODAY + timedelta(days=29)),  # thirty days with today: sixty are used
        DatedLot(lot_id=2, units=100, expiry=TODAY + timedelta(days=59)),
        DatedLot(lot_id=3, units=900, expiry=None),
    ]
    assert left_unused(lots, TWO_A_DAY, TODAY) == {1: 40, 2: 40}
    assert left_unused(lots, NO_USE, TODAY) is None
    assert room_for(10, TWO_A_DAY, TODAY + timedelta(days=29), TODAY) == 50
    assert room_for(10, NO_USE, TODAY, TODAY) == 0


@given(
    lots=st.lists(
        st.builds(
            DatedLot,
            lot_id=st.integers(1, 99),
            units=st.integers(1, 60),
            expiry=st.none() | st.integers(0, 60).map(lambda days: TODAY + timedelta(days=days)),
        ),
        max_size=6,
        unique_by=lambda lot: lot.lot_id,
    ),
    daily=st.integers(1, 5),
)
def test_what_is_left_over_is_what_one_finds_by_using_up_day_by_day(lots, daily):
    left = {lot.lot_id: lot.units for lot in lots}
    in_order = sorted(lots, key=lambda lot: (lot.expiry or date.max, lot.lot_id))
    for day in (TODAY + timedelta(days=days) for days in range(62)):
        hungry = daily
        for lot in in_order:
            if lot.expiry is None or lot.expiry >= day:
                taken = min(hungry, left[lot.lot_id])
                left[lot.lot_id] -= taken
                hungry -= taken
    expired = {lot.lot_id: left[lot.lot_id] for lot in lots if lot.expiry is not None and left[lot.lot_id]}
    assert left_unused(lots, Use(units=daily * 180, days=180, days_out=0), TODAY) == expired


@given(
    usable=st.integers(-50, 500),
    coming=st.integers(0, 200),
    committed=st.integers(0, 200),
    pack_size=st.integers(1, 100),
)
def test_an_order_fills_up_to_the_most_and_by_less_than_a_pack_beyond_it(usable, coming, committed, pack_size):
    supply = Supply(usable=usable, coming=coming, committed=committed)
    order = units_to_order(supply, TWO_A_DAY, Levels(max_days=90), pack_size)
    assert order % pack_size == 0
    assume(order > 0)
    assert 0 <= max(usable, 0) + coming - committed + order - 180 < pack_size


def test_levels_go_up_and_are_taken_away_again(database):
    shelf = make_location()
    with pytest.raises(LevelsDoNotFit, match="The days go up"):
        set_levels(shelf.id, {item().id: Levels(min_days=30, max_days=20)}, by=SYSTEM)
    set_levels(shelf.id, {item().id: Levels(min_days=30, max_days=90)}, by=SYSTEM)
    set_levels(shelf.id, {item().id: Levels(min_days=10), item("wound-kit").id: Levels(par_level=5)}, by=SYSTEM)
    assert need_at(shelf).levels == Levels(min_days=10)
    set_levels(shelf.id, {item().id: NOT_SET}, by=SYSTEM)
    assert [policy.par_level for policy in db.session.scalars(select(StockPolicy))] == [5]
    with pytest.raises(NotFound):
        set_levels(shelf.id, {}, by=make_actor(sites=(make_site().id,)))


def test_a_place_orders_what_is_missing_less_what_comes_plus_what_it_promised(database):
    site = make_site()
    store, van = a_shelf_that_gives_two_a_day(60, site), make_location(site, "Van")
    set_levels(store.id, {item().id: Levels(min_days=45, max_days=90)}, by=SYSTEM)
    with on(0):
        need = need_at(store)
        assert (need.status, need.months, need.to_order) == (StockStatus.LOW, 1, 120)
        coming, promised = make_request(van, store, units=40), make_request(store, van, units=7)
    with transaction():
        db.session.merge(coming).status = "submitted"
        going = db.session.merge(promised)
        going.status, going.lines[0].approved = "approved", 5
    with on(0):
        assert need_at(store).supply == Supply(usable=60, coming=40, committed=5)
        assert (need_at(store).to_order, need_at(van).supply.coming) == (85, 5)


def test_a_lot_past_its_date_is_nothing_to_hand_out(database):
    shelf = make_location()
    receive(shelf, 50, lot="OLD", expiry=date(2020, 1, 1))
    receive(shelf, 5, lot="NEW")
    assert need_at(shelf).supply.usable == 5


def test_worst_stands_first_and_the_front_page_names_only_what_a_place_wants_to_hold(database):
    site = make_site()
    fine, out = a_shelf_that_gives_two_a_day(400, site), a_shelf_that_gives_two_a_day(0, site)
    lead = make_actor("programme_lead")
    with on(0):
        assert [need.place.id for need in list_needs([fine, out], now=now())] == [out.id, fine.id]
        assert list_low(lead, 5) == []
        set_levels(out.id, {item().id: Levels(min_days=30)}, by=SYSTEM)
        set_levels(fine.id, {item().id: Levels(min_days=30)}, by=SYSTEM)
        assert [(need.place.id, need.status) for need in list_low(lead, 5)] == [(out.id, StockStatus.OUT)]
        assert list_low(lead, 0) == list_low(make_actor(sites=(make_site().id,)), 5) == []


def test_what_will_be_left_over_goes_to_the_place_that_would_use_most(database):
    slow, fast = make_location(), a_shelf_that_gives_two_a_day(0)
    with on(100):
        receive(slow, 110, lot="SHORT", expiry=TODAY + timedelta(days=29))
        hand_out(slow, (NALOXONE, 10))  # in a hundred days: three more until then
    with on(0):
        [left] = list_left_over([slow, fast], now=now())
    assert (left.place.id, left.lot.lot_number, left.units) == (slow.id, "SHORT", 97)
    assert (left.better.id, left.better_units) == (fast.id, 67)  # 360 units in the 160 days on which it had any
