"""The list of what lies where: found, paged, and taken along as a file."""

from datetime import date

import pytest
from sqlalchemy import select

from harmreduction.core.db import db, transaction
from harmreduction.stock.models import Lot
from harmreduction.stock.queries.on_hand import Wanted, count_on_hand, iterate_on_hand, list_on_hand, narrowed
from harmreduction.stock.rules.on_hand import Condition, last_days_of
from tests.factories import days_from_now, hand_out, item, make_location, receive

TODAY = days_from_now(0)


def numbers(rows):
    return [row.lot.lot_number for row in rows]


def listed(*places, limit=100, after=None, **asked):
    wanted = narrowed(Wanted(location_ids=[place.id for place in places], today=TODAY, **asked))
    assert len(list(iterate_on_hand(wanted))) >= len(list_on_hand(wanted, after=after, limit=limit))
    return list_on_hand(wanted, after=after, limit=limit)


def test_lots_stand_in_the_order_of_their_dates_and_those_without_one_last(database):
    shelf, van = make_location(), make_location()
    receive(shelf, 5, lot="LATE", expiry=days_from_now(300))
    receive(shelf, 5, lot="", code="wound-kit", expiry=None)
    receive(shelf, 5, lot="PAST", expiry=days_from_now(-3))
    receive(van, 7, lot="LATE", expiry=days_from_now(300))
    rows = listed(shelf, van)
    assert numbers(rows) == ["PAST", "LATE", ""]
    assert rows[1].on_hand == 12 and len(rows[1].places) == 2
    assert rows[1].places[0][0].id == van.id  # where most of it lies comes first


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Condition.PAST, ["PAST"]),
        (Condition.WITHIN_30, ["SOON"]),
        (Condition.WITHIN_90, ["SOON", "THEN"]),
        (Condition.WITHIN_180, ["SOON", "THEN"]),
        (Condition.NO_DATE, ["NONE"]),
        (Condition.HELD, ["THEN"]),
        (Condition.BELOW_ZERO, []),
        (None, ["PAST", "SOON", "THEN", "LATE", "NONE"]),
    ],
)
def test_lots_are_found_by_what_holds_for_them(database, condition, found):
    shelf = make_location()
    for lot, days in (("PAST", -1), ("SOON", 0), ("THEN", 31), ("LATE", 181)):
        receive(shelf, 5, lot=lot, expiry=days_from_now(days))
    receive(shelf, 5, lot="NONE", expiry=None)
    with transaction():
        db.session.scalars(select(Lot).where(Lot.lot_number == "THEN")).one().status = "on_hold"
    assert numbers(listed(shelf, condition=condition)) == found


def test_lots_are_found_by_place_item_and_the_beginning_of_their_number(database):
    shelf, van = make_location(), make_location()
    receive(shelf, 5, lot="NX1")
    receive(shelf, 5, lot="NX_2")
    receive(van, 5, lot="VAN1")
    receive(shelf, 5, lot="FT1", code="strip-fentanyl")
    assert numbers(listed(van)) == ["VAN1"]
    assert numbers(listed(shelf, van, number="nx")) == ["NX1", "NX_2"]
    assert numbers(listed(shelf, number="nx_")) == ["NX_2"]
    assert numbers(listed(shelf, item_id=item("strip-fentanyl").id)) == ["FT1"]
    assert numbers(listed(van, number="NX")) == []


def test_more_went_out_than_was_booked_in_is_below_zero_and_nothing_left_is_not_listed(database):
    shelf = make_location()
    hand_out(shelf, ("naloxone-nasal-4", 3))
    receive(shelf, 2, lot="GONE", code="strip-fentanyl")
    hand_out(shelf, ("strip-fentanyl", 2))
    [row] = listed(shelf, condition=Condition.BELOW_ZERO)
    assert (row.on_hand, row.lot.lot_number) == (-3, "")
    assert numbers(listed(shelf)) == [""]


def test_pages_hold_every_lot_once(database):
    shelf = make_location()
    for number in range(12):
        receive(shelf, 1, lot=f"A{number:02}", expiry=days_from_now(100 + number // 5) if number < 9 else None)
    seen, after = [], None
    while rows := listed(shelf, after=after, limit=4):
        seen += numbers(rows)
        after = db.session.get_one(Lot, rows[-1].lot.id)
    assert sorted(seen) == sorted(set(seen)) and len(seen) == 12
    assert count_on_hand(Wanted(location_ids=[shelf.id], today=TODAY)) == 12


def test_the_last_days_of_a_condition_hold_both_ends():
    today = date(2028, 2, 28)
    days = last_days_of(Condition.WITHIN_30, today)
    assert (days.first, days.until) == (today, date(2028, 3, 29))  # across a leap day
    assert last_days_of(Condition.PAST, today).until == date(2028, 2, 27)
    assert last_days_of(Condition.HELD, today) is None
