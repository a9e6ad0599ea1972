"""Counts: drafts for several people, anchors that stand, differences that late entries explain."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import NotAllowed, NotFound, OutOfDate
from harmreduction.stock import actions as stock
from harmreduction.stock import verification
from harmreduction.stock.actions.counts import (
    FoundLot,
    add_found,
    drop_count,
    post_count,
    save_lines,
    start_count,
    state_of,
)
from harmreduction.stock.models import Lot, StockDiscrepancy
from harmreduction.stock.queries.counts import compare, get_count_of, list_not_counted, list_places_to_count, list_sheet
from harmreduction.stock.queries.reasons import list_reasons
from harmreduction.stock.rules import NothingToMove, Outcome, QuantityOutOfBounds, ReasonUse, UnknownLot
from harmreduction.stock.rules.counting import is_due, measure
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


def a_draft(shelf, **options):
    return start_count(new_id(), shelf.id, by=SYSTEM, **options).public_id


def saved(draft, lots, at=None):
    save_lines(draft, {lot.id: units for lot, units in lots.items()}, by=SYSTEM, at=at or now())


def posted(draft, reasons=None):
    return post_count(draft, reasons=reasons or {}, by=SYSTEM)


def lines(draft):
    return {row.lot.lot_number: (row.booked, row.counted, row.left) for row in compare(get_count_of(SYSTEM, draft))}


def test_a_second_person_joins_the_same_draft_and_neither_clears_what_the_other_counted(database):
    shelf = make_location()
    first, second = receive(shelf, 10), receive(shelf, 5, lot="B2")
    draft = a_draft(shelf)
    assert a_draft(shelf) == draft
    saved(draft, {first: 9})
    saved(draft, {second: 5})
    assert [row.counted for row in list_sheet(get_count_of(SYSTEM, draft))] == [9, 5]


def test_what_is_counted_is_what_lies_there_and_the_difference_says_why(database):
    shelf = make_location()
    lot = receive(shelf, 24)
    draft = a_draft(shelf)
    saved(draft, {lot: 22})
    [why, *_others] = list_reasons(ReasonUse.COUNT)
    assert lines(draft) == {"A1": (24, 22, -2)}
    posted(draft, {lot.id: why.id})
    assert on_hand(shelf, lot) == 22
    assert [row.reason for row in compare(get_count_of(SYSTEM, draft))] == [why.name]
    assert list(verification.find_differences()) == []


def test_work_goes_on_between_counting_and_posting(database):
    shelf = make_location()
    lot = receive(shelf, 24)
    draft = a_draft(shelf)
    saved(draft, {lot: 22})
    hand_out(shelf, (NALOXONE, 3))
    posted(draft)
    assert on_hand(shelf, lot) == 19
    assert lines(draft) == {"A1": (24, 22, -2)}


def test_a_late_hand_out_explains_the_difference_and_the_shelf_stays_as_counted(database):
    shelf = make_location()
    lot = receive_yesterday(shelf, 24)
    draft = a_draft(shelf)
    saved(draft, {lot: 22})
    posted(draft)
    hand_out(shelf, (NALOXONE, 2), at=now() - timedelta(hours=1))
    assert on_hand(shelf, lot) == 22
    [row] = compare(get_count_of(SYSTEM, draft))
    assert (row.booked, row.counted, row.at_first, row.explained, row.left) == (24, 22, -2, 2, 0)
    assert list(verification.find_differences()) == []


def receive_yesterday(shelf, units):
    receipt = stock.Receipt(
        client_id=new_id(),
        location_id=shelf.id,
        item_id=item().id,
        lot_number="A1",
        expiry=None,
        quantity=units,
        occurred_at=now() - timedelta(days=1),
    )
    stock.receive(receipt, by=SYSTEM)
    return db.session.scalars(db.select(Lot).where(Lot.lot_number == "A1")).one()


def test_not_counted_is_not_zero(database):
    shelf = make_location()
    counted, other = receive(shelf, 10), receive(shelf, 5, lot="B2")
    draft = a_draft(shelf)
    saved(draft, {counted: 10, other: 4})
    saved(draft, {other: None})
    assert [row.lot.lot_number for row in list_not_counted(get_count_of(SYSTEM, draft))] == ["B2"]
    posted(draft)
    assert (on_hand(shelf, counted), on_hand(shelf, other)) == (10, 5)
    assert lines(draft) == {"A1": (10, 10, 0)}


def test_nothing_left_is_a_number(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    draft = a_draft(shelf)
    saved(draft, {lot: 0})
    posted(draft)
    assert on_hand(shelf, lot) == 0


def test_the_same_number_saved_again_keeps_the_moment_at_which_it_was_counted(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    draft, moment = a_draft(shelf), now()
    saved(draft, {lot: 9}, at=moment)
    saved(draft, {lot: 9}, at=moment + timedelta(minutes=5))
    [row] = list_sheet(get_count_of(SYSTEM, draft))
    assert row.counted_at == moment


def test_a_lot_that_was_found_joins_the_sheet_and_then_the_shelf(database):
    shelf = make_location()
    receive(shelf, 10)
    draft = a_draft(shelf)
    found = FoundLot(item_id=item().id, lot_number="Z9", expiry=days_from_now(200), counted=7)
    add_found(draft, found, by=SYSTEM, at=now())
    posted(draft)
    assert lines(draft) == {"Z9": (0, 7, 7)}


def test_a_lot_that_was_found_and_lies_on_the_sheet_is_counted_there(database):
    shelf = make_location()
    lot = receive(shelf, 10, expiry=days_from_now(200))
    draft = a_draft(shelf)
    add_found(draft, FoundLot(item_id=item().id, lot_number="A1", expiry=None, counted=9), by=SYSTEM, at=now())
    wrong = FoundLot(item_id=item().id, lot_number="A1", expiry=days_from_now(10), counted=9)
    with pytest.raises(UnknownLot, match="one of the two is a slip"):
        add_found(draft, wrong, by=SYSTEM, at=now())
    posted(draft)
    assert on_hand(shelf, lot) == 9


def test_a_count_is_posted_once_whoever_presses(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    draft = a_draft(shelf)
    saved(draft, {lot: 8})
    assert [posted(draft), posted(draft)] == [Outcome.CREATED, Outcome.EXISTS]
    assert on_hand(shelf, lot) == 8
    with pytest.raises(OutOfDate, match="posted this count"):
        saved(draft, {lot: 7})
    with pytest.raises(OutOfDate, match="posted this count"):
        drop_count(draft, by=SYSTEM)


def test_numbers_that_somebody_saved_after_the_review_are_looked_at_first(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    draft = a_draft(shelf)
    saved(draft, {lot: 8})
    seen = state_of(get_count_of(SYSTEM, draft))
    saved(draft, {lot: 1})
    with pytest.raises(OutOfDate, match="Look at the numbers again"):
        post_count(draft, reasons={}, seen=seen, by=SYSTEM)
    assert on_hand(shelf, lot) == 10


def test_a_draft_that_is_dropped_changes_nothing_and_the_next_one_is_new(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    draft = a_draft(shelf)
    saved(draft, {lot: 8})
    drop_count(draft, by=SYSTEM)
    drop_count(draft, by=SYSTEM)
    with pytest.raises(OutOfDate, match="dropped this count"):
        posted(draft)
    assert on_hand(shelf, lot) == 10
    assert a_draft(shelf) != draft


def test_an_empty_count_is_not_posted_and_no_number_is_below_zero(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    draft = a_draft(shelf)
    with pytest.raises(NothingToMove, match="Count at least one lot"):
        posted(draft)
    with pytest.raises(QuantityOutOfBounds, match="from 0 to"):
        saved(draft, {lot: -1})


def test_only_a_lead_shows_the_booked_numbers_and_nobody_counts_at_another_site(database):
    shelf = make_location()
    with pytest.raises(NotAllowed):
        start_count(new_id(), shelf.id, is_blind=False, by=make_actor(sites=(shelf.site_id,)))
    stranger = make_actor(sites=(make_site().id,))
    with pytest.raises(NotFound):
        start_count(new_id(), shelf.id, by=stranger)
    draft = a_draft(shelf, is_blind=False)
    with pytest.raises(NotFound):
        save_lines(draft, {}, by=stranger, at=now())


def test_a_count_closes_what_was_below_zero(database):
    shelf = make_location()
    hand_out(shelf, (NALOXONE, 3))
    [found] = db.session.scalars(db.select(StockDiscrepancy))
    draft = a_draft(shelf)
    save_lines(draft, {found.lot_id: 0}, by=SYSTEM, at=now())
    posted(draft)
    db.session.refresh(found)
    assert found.closed_at is not None


def test_places_that_wait_for_a_count_come_first(database):
    site = make_site()
    counted, waiting, under_way = (make_location(site) for _place in range(3))
    draft = a_draft(counted)
    saved(draft, {receive(counted, 1): 1})
    posted(draft)
    a_draft(under_way)
    found = list_places_to_count(make_actor(sites=(site.id,)), now=now())
    assert [(place.location.id, place.is_due) for place in found] == [
        (under_way.id, True),
        (waiting.id, True),
        (counted.id, False),
    ]
    assert is_due(now() - timedelta(days=30), now())


@given(st.lists(st.tuples(st.integers(-20, 2000), st.integers(0, 2000))))
def test_an_exact_line_is_within_tolerance_and_no_line_counts_twice(pairs):
    accuracy = measure(pairs)
    assert accuracy.exact <= accuracy.close <= accuracy.counted == len(pairs)


def test_one_in_twenty_is_near_enough_and_two_are_not():
    accuracy = measure([(100, 100), (105, 100), (106, 100), (1, 0)])
    assert (accuracy.counted, accuracy.exact, accuracy.close) == (4, 1, 2)
