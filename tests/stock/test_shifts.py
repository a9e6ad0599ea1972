"""Shifts: load out from par levels or last time, close out in one tap, differences that late hand-outs explain."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotFound, OutOfDate
from harmreduction.stock import actions as stock
from harmreduction.stock import verification
from harmreduction.stock.actions.loading import Filling, fill
from harmreduction.stock.actions.shifts import CloseOut, LoadOut, close_out, load_out
from harmreduction.stock.models import StockDiscrepancy, StockPolicy
from harmreduction.stock.queries.loading import list_sources_of, par_levels, propose_load
from harmreduction.stock.queries.reasons import list_reasons
from harmreduction.stock.queries.shifts import (
    get_shift_of,
    held_after_load_out,
    last_shift_at,
    list_long_out,
    list_mobile_places,
    list_shifts,
)
from harmreduction.stock.queries.tallies import tally_items, tally_lots
from harmreduction.stock.rules import (
    ChangedFact,
    LocationKind,
    LotOnHand,
    NotEnoughHere,
    NothingToMove,
    Outcome,
    ReasonUse,
)
from harmreduction.stock.rules.loading import fit, should_be_left, top_up
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

NALOXONE, SYRINGES = "naloxone-nasal-4", "syringe-1ml-28g-half"


def a_van(site=None, kind=LocationKind.VAN):
    site = site or make_site()
    with transaction():
        return stock.open_location(f"{kind} of {site.name}", kind, site_id=site.id, by=SYSTEM)


def a_shelf_and_a_van():
    site = make_site()
    return make_location(site), a_van(site)


def loaded(van, shelf, *, shift_id=None, at=None, **items):
    load = LoadOut(
        client_id=shift_id or new_id(),
        location_id=van.id,
        source_location_id=shelf.id,
        items={item(CODES[name]).id: units for name, units in items.items()},
        at=at or now(),
        today=days_from_now(0),
    )
    load_out(load, by=SYSTEM)
    return load.client_id


CODES = {"naloxone": NALOXONE, "syringes": SYRINGES}


def closed(shift_id, found=None, *, reason=None, back=None):
    close = CloseOut(
        found={lot.id: units for lot, units in (found or {}).items()},
        reason_id=reason,
        back_to_id=None if back is None else back.id,
        at=now(),
    )
    return close_out(shift_id, close, by=SYSTEM)


def tallies(shift_id):
    return {row.item.code: row.tally for row in tally_items(tally_lots(get_shift_of(SYSTEM, shift_id)))}


def wants(place, units, code=NALOXONE):
    with transaction():
        db.session.add(StockPolicy(location_id=place.id, item_id=item(code).id, par_level=units))


def test_a_van_is_loaded_from_the_lots_that_expire_first_and_the_shift_is_open(database):
    shelf, van = a_shelf_and_a_van()
    late = receive(shelf, 10, lot="LATE", expiry=days_from_now(400))
    soon = receive(shelf, 4, lot="SOON", expiry=days_from_now(60))
    shift_id = loaded(van, shelf, naloxone=6)
    assert (on_hand(van, soon), on_hand(van, late), on_hand(shelf, late)) == (4, 2, 8)
    assert tallies(shift_id)[NALOXONE].loaded == 6
    [place] = list_mobile_places(SYSTEM, now=now())
    assert place.shift.public_id == shift_id


def test_a_load_out_sent_twice_is_one_and_with_other_numbers_a_slip(database):
    shelf, van = a_shelf_and_a_van()
    lot = receive(shelf, 10)
    shift_id = loaded(van, shelf, naloxone=6)
    loaded(van, shelf, shift_id=shift_id, naloxone=6)
    with pytest.raises(ChangedFact, match="Open a new page"):
        loaded(van, shelf, shift_id=shift_id, naloxone=3)
    assert on_hand(van, lot) == 6


def test_one_shift_is_open_at_a_time_and_one_may_begin_with_nothing(database):
    shelf, van = a_shelf_and_a_van()
    shift_id = loaded(van, shelf)
    with pytest.raises(OutOfDate, match="Close that shift out first"):
        loaded(van, shelf)
    assert [closed(shift_id), closed(shift_id)] == [Outcome.CREATED, Outcome.EXISTS]
    assert tallies(shift_id) == {}


def test_no_more_is_loaded_than_can_be_taken_and_then_nothing_is_saved(database):
    shelf, van = a_shelf_and_a_van()
    receive(shelf, 3)
    receive(shelf, 30, lot="OLD", expiry=days_from_now(-1))
    with pytest.raises(NotEnoughHere, match="only 3 can be taken"):
        loaded(van, shelf, naloxone=4)
    assert last_shift_at(van.id) is None


def test_only_vans_and_backpacks_of_ones_own_sites_go_out(database):
    shelf, van = a_shelf_and_a_van()
    with pytest.raises(NotFound, match="no such van or backpack"):
        loaded(shelf, shelf)
    shift_id = loaded(van, shelf)
    stranger = make_actor(sites=(make_site().id,))
    with pytest.raises(NotFound):
        close_out(shift_id, CloseOut(found={}, reason_id=None, back_to_id=None, at=now()), by=stranger)


def test_when_it_is_all_there_one_tap_closes_the_shift_and_everything_goes_back(database):
    shelf, van = a_shelf_and_a_van()
    lot = receive(shelf, 10)
    shift_id = loaded(van, shelf, naloxone=6)
    hand_out(van, (NALOXONE, 2))
    closed(shift_id, back=shelf)
    assert (on_hand(van, lot), on_hand(shelf, lot)) == (0, 8)
    row = tallies(shift_id)[NALOXONE]
    assert (row.already_in, row.loaded, row.handed_out, row.should_be_left) == (0, 6, 2, 4)
    assert (row.counted, row.difference) == (4, 0)
    assert list(verification.find_differences()) == []


def test_what_stays_in_the_van_is_already_in_it_next_time(database):
    shelf, van = a_shelf_and_a_van()
    receive(shelf, 10)
    closed(loaded(van, shelf, naloxone=6))
    row = tallies(loaded(van, shelf, naloxone=1))[NALOXONE]
    assert (row.already_in, row.loaded, row.should_be_left) == (6, 1, 7)


def test_a_difference_has_a_reason_and_a_late_hand_out_makes_it_smaller(database):
    shelf, van = a_shelf_and_a_van()
    lot = receive(shelf, 10)
    shift_id = loaded(van, shelf, naloxone=6, at=now() - timedelta(hours=5))
    why = list_reasons(ReasonUse.COUNT)[0]
    closed(shift_id, {lot: 3}, reason=why.id, back=shelf)
    assert tallies(shift_id)[NALOXONE].difference == -3
    hand_out(van, (NALOXONE, 2), at=now() - timedelta(hours=2))
    row = tallies(shift_id)[NALOXONE]
    assert (row.handed_out, row.should_be_left, row.counted, row.difference) == (2, 4, 3, -1)
    assert (on_hand(van, lot), on_hand(shelf, lot)) == (0, 7)
    assert list(verification.find_differences()) == []


def test_what_went_out_beyond_the_book_comes_off_what_should_be_left(database):
    shelf, van = a_shelf_and_a_van()
    numbered = receive(shelf, 10)
    shift_id = loaded(van, shelf, naloxone=2)
    hand_out(van, (NALOXONE, 3))
    again = Filling(
        client_id=new_id(),
        from_location_id=shelf.id,
        to_location_id=van.id,
        items={item().id: 4},
        occurred_at=now(),
        today=days_from_now(0),
    )
    fill(again, by=SYSTEM)
    [row, short] = tally_lots(get_shift_of(SYSTEM, shift_id))
    assert (row.lot.id, row.expected, short.expected) == (numbered.id, 3, 0)
    closed(shift_id)
    assert on_hand(van, numbered) == 3
    assert tallies(shift_id)[NALOXONE].difference == 0
    [discrepancy] = db.session.scalars(db.select(StockDiscrepancy))
    assert discrepancy.closed_at is not None


def test_filling_with_nothing_is_refused_with_a_sentence(database):
    shelf, van = a_shelf_and_a_van()
    nothing = Filling(
        client_id=new_id(),
        from_location_id=shelf.id,
        to_location_id=van.id,
        items={},
        occurred_at=now(),
        today=days_from_now(0),
    )
    with pytest.raises(NothingToMove, match="at least one item"):
        fill(nothing, by=SYSTEM)


def test_a_van_is_filled_to_its_par_level_and_to_what_it_had_last_time(database):
    shelf, van = a_shelf_and_a_van()
    receive(shelf, 50)
    receive(shelf, 500, code=SYRINGES, lot="")
    closed(loaded(van, shelf, syringes=100, naloxone=1))
    hand_out(van, (SYRINGES, 30))
    wants(van, 12)
    held = held_after_load_out(last_shift_at(van.id))
    assert held == {item().id: 1, item(SYRINGES).id: 100}
    load = propose_load(van, shelf, held | par_levels(van.id), today=days_from_now(0))
    assert {row.item.code: (row.here, row.wanted, row.proposed, row.lots) for row in load.rows} == {
        NALOXONE: (1, 12, 11, ("A1",)),
        SYRINGES: (70, 100, 30, ()),
    }


def test_lots_that_stay_behind_are_said_why(database):
    shelf, van = a_shelf_and_a_van()
    receive(shelf, 3)
    receive(shelf, 30, lot="OLD", expiry=days_from_now(-3))
    load = propose_load(van, shelf, {item().id: 10}, today=days_from_now(0))
    assert [(row.there, row.proposed) for row in load.rows] == [(3, 3)]
    assert any("OLD was skipped" in str(sentence) for _item, sentence in load.remarks)


def test_the_store_that_serves_a_van_comes_first_and_no_machine_fills_it(database):
    site = make_site()
    shelf, second, van = make_location(site, "A shelf"), make_location(site, "B shelf"), a_van(site)
    a_van(site, LocationKind.VENDING_MACHINE)
    assert [place.id for place in list_sources_of(SYSTEM, van, last=second.id)] == [second.id, shelf.id]
    with transaction():
        van.served_from_id = shelf.id
    assert list_sources_of(SYSTEM, van, last=second.id)[0].id == shelf.id


def test_a_van_is_loaded_from_the_store_that_serves_it_at_another_site_and_from_no_other(database):
    store, other, van = make_location(), make_location(), a_van()
    lot = receive(store, 10)
    receive(other, 10)
    worker = make_actor(sites=(van.site_id,))
    with transaction():
        van.served_from_id = store.id
    assert [place.id for place in list_sources_of(worker, van)] == [store.id]
    load = LoadOut(
        client_id=new_id(),
        location_id=van.id,
        source_location_id=other.id,
        items={item().id: 4},
        at=now(),
        today=days_from_now(0),
    )
    with pytest.raises(NotFound):
        load_out(load, by=worker)
    load_out(replace(load, source_location_id=store.id), by=worker)
    close_out(load.client_id, CloseOut(found={lot.id: 3}, reason_id=None, back_to_id=store.id, at=now()), by=worker)
    assert (on_hand(van, lot), on_hand(store, lot)) == (0, 9)


def test_a_shift_that_nobody_closed_out_is_pointed_out_after_a_day(database):
    shelf, van = a_shelf_and_a_van()
    other = a_van(make_site())
    loaded(van, shelf, at=now() - timedelta(hours=21))
    loaded(other, shelf, at=now() - timedelta(hours=19))
    assert [place.location.id for place in list_long_out(SYSTEM, now=now())] == [van.id]
    closed(last_shift_at(van.id).public_id)
    assert list_long_out(SYSTEM, now=now()) == []
    assert len(list_shifts([van.id, other.id], limit=5)) == 1


LOTS = st.lists(
    st.builds(
        LotOnHand,
        lot_id=st.integers(1, 10_000),
        item_id=st.integers(1, 3),
        on_hand=st.integers(-30, 30),
        effective_expiry=st.none() | st.dates(),
    ),
    unique_by=lambda lot: lot.lot_id,
)


@given(LOTS)
def test_nobody_finds_less_than_nothing_and_all_that_should_be_left_is_found(lots):
    left = should_be_left(lots)
    assert left.keys() == {lot.lot_id for lot in lots}
    for item_id in {lot.item_id for lot in lots}:
        same = [lot for lot in lots if lot.item_id == item_id]
        assert sum(left[lot.lot_id] for lot in same) == max(sum(lot.on_hand for lot in same), 0)
        assert all(0 <= left[lot.lot_id] <= max(lot.on_hand, 0) for lot in same)


UNITS = st.dictionaries(st.integers(1, 5), st.integers(0, 50))


@given(UNITS, UNITS, UNITS, st.none() | st.integers(0, 60))
def test_a_proposal_never_fills_beyond_what_is_wanted_there_or_fits(wanted, here, there, room):
    units = fit(top_up(wanted, here, there), room)
    for item_id, proposed in units.items():
        assert 0 <= proposed <= there.get(item_id, 0)
        assert proposed == 0 or here.get(item_id, 0) + proposed <= wanted[item_id]
    assert room is None or sum(units.values()) <= room
