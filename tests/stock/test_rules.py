"""First expired, first out; what may be proposed; exactly as much as was handed out; what may be taken back."""

import importlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.stock.rules import (
    REAL_KINDS,
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    LotOnHand,
    LotSource,
    LotStatus,
    Wanted,
    first_expiring,
    is_expired,
    may_be_proposed,
    may_take_back,
    pick_lots,
)

TODAY = date(2026, 11, 22)
ITEM = 1

lots = st.lists(
    st.builds(
        LotOnHand,
        lot_id=st.integers(1, 30),
        item_id=st.just(ITEM),
        on_hand=st.integers(-20, 60),
        effective_expiry=st.none() | st.dates(date(2026, 10, 1), date(2028, 1, 1)),
        status=st.sampled_from(LotStatus),
    ),
    unique_by=lambda lot: lot.lot_id,
)


@given(wanted=st.integers(1, 200), lots=lots)
def test_a_hand_out_is_covered_exactly_whatever_is_on_the_shelf(wanted, lots):
    picks = pick_lots([Wanted(item_id=ITEM, quantity=wanted)], lots, today=TODAY)
    assert sum(pick.quantity for pick in picks) == wanted
    assert all(pick.quantity > 0 for pick in picks)


@given(wanted=st.integers(1, 200), lots=lots)
def test_no_lot_is_proposed_beyond_its_balance_past_its_date_or_held(wanted, lots):
    by_id = {lot.lot_id: lot for lot in lots}
    for pick in pick_lots([Wanted(item_id=ITEM, quantity=wanted)], lots, today=TODAY):
        if pick.lot_id is not None:
            lot = by_id[pick.lot_id]
            assert may_be_proposed(lot, TODAY)
            assert pick.quantity <= lot.on_hand


@given(wanted=st.integers(1, 200), lots=lots)
def test_no_usable_lot_is_passed_over_for_one_that_expires_later(wanted, lots):
    picked = {
        pick.lot_id: pick.quantity for pick in pick_lots([Wanted(item_id=ITEM, quantity=wanted)], lots, today=TODAY)
    }
    order = first_expiring(lots, TODAY)
    last_touched = max((number for number, lot in enumerate(order) if lot.lot_id in picked), default=-1)
    for lot in order[:last_touched]:
        assert picked[lot.lot_id] == lot.on_hand


@given(lots=lots)
def test_only_what_nobody_can_place_comes_from_the_lot_without_a_number(lots):
    usable = sum(lot.on_hand for lot in first_expiring(lots, TODAY))
    picks = pick_lots([Wanted(item_id=ITEM, quantity=usable + 7)], lots, today=TODAY)
    [unknown] = [pick for pick in picks if pick.lot_id is None]
    assert (unknown.quantity, unknown.source) == (7, LotSource.UNKNOWN)


def test_a_chosen_lot_is_taken_as_chosen_beyond_its_balance_too():
    here = [LotOnHand(lot_id=4, item_id=ITEM, on_hand=2)]
    [pick] = pick_lots([Wanted(item_id=ITEM, quantity=5, lot_id=4)], here, today=TODAY)
    assert (pick.lot_id, pick.quantity, pick.source) == (4, 5, LotSource.PICKED)


def test_units_of_a_chosen_lot_are_not_proposed_a_second_time():
    here = [LotOnHand(lot_id=4, item_id=ITEM, on_hand=5), LotOnHand(lot_id=9, item_id=ITEM, on_hand=5)]
    wanted = [Wanted(item_id=ITEM, quantity=5), Wanted(item_id=ITEM, quantity=5, lot_id=4)]
    picks = pick_lots(wanted, here, today=TODAY)
    assert sorted((pick.lot_id, pick.quantity) for pick in picks) == [(4, 5), (9, 5)]


def test_a_lot_lasts_through_its_last_day():
    assert not is_expired(TODAY, TODAY)
    assert is_expired(date(2026, 11, 21), TODAY)
    assert not is_expired(None, TODAY)


def test_the_places_outside_have_the_numbers_that_the_migration_gave_them():
    migration = importlib.import_module("migrations.versions.0005_the_world_outside")
    assert {kind.value: number for kind, number in VIRTUAL_LOCATION_IDS.items()} == {
        kind: number for number, kind, _name in migration.PLACES
    }
    assert VIRTUAL_LOCATION_IDS.keys() == set(LocationKind) - set(REAL_KINDS)


@pytest.mark.parametrize(
    ("minutes", "sites", "leads", "may"),
    [(9, 1, False, True), (11, 1, False, False), (9, 2, False, False), (9, 2, True, True), (600, 2, True, True)],
)
def test_a_slip_is_taken_back_for_ten_minutes_and_later_by_who_leads(minutes, sites, leads, may):
    recorded_at = datetime(2026, 11, 22, 20, tzinfo=UTC)
    now = recorded_at + timedelta(minutes=minutes)
    assert may_take_back(recorded_at=recorded_at, now=now, sites=sites, leads=leads) is may
