"""How much of each item places use, and on how many days there was none: the same as one would find by hand."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from harmreduction.core.clock import now, start_of_day
from harmreduction.core.db import db, new_id, transaction
from harmreduction.stock import ledger
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import LotStatusChange
from harmreduction.stock.queries.consumption import day_counter, read_history, use_by_month
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    LotStatus,
    MovementLine,
    Outcome,
    ReversalReason,
    TransactionKind,
)
from harmreduction.stock.rules.ordering import (
    DAYS_OF_USE,
    LotHistory,
    Use,
    usable_by_day,
    use_of,
)
from tests.factories import SYSTEM, hand_out, item, make_location, make_site, receive

TODAY = date(2026, 11, 22)
PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]
ASSEMBLY = VIRTUAL_LOCATION_IDS[LocationKind.ASSEMBLY]


def noon(days_ago, zone="America/New_York"):
    return start_of_day(TODAY - timedelta(days=days_ago), zone) + timedelta(hours=12)


def on(days_ago):
    return time_machine.travel(noon(days_ago), tick=False)


def move(source, target, lot, units, *, kind=TransactionKind.TRANSFER, at=None):
    at = at or now()
    fact = Fact(client_id=new_id(), fingerprint="as told", kind=kind, occurred_at=at)
    with transaction():
        opened = ledger.open_fact(fact, by=SYSTEM)
        assert opened.outcome is Outcome.CREATED
        line = MovementLine(lot_id=lot.id, from_location_id=source, to_location_id=target, quantity=units)
        ledger.add_lines(opened.transaction_id, fact, [line])
    return opened.transaction_id


def take_back(transaction_id):
    with transaction():
        ledger.reverse(transaction_id, client_id=new_id(), reason=ReversalReason.OTHER, by=SYSTEM)


def use_at(place, code="naloxone-nasal-4"):
    with on(0):
        return read_history([place], now=now()).use_at(place.id, now()).get(item(code).id)


def a_shelf_filled(days_ago, units=1000, **changes):
    shelf = make_location(**changes)
    with on(days_ago):
        return shelf, receive(shelf, units)


def test_what_went_out_in_six_months_makes_the_month(database):
    shelf, _lot = a_shelf_filled(300)
    for days_ago in (181, 180, 90, 1, 0):  # the first is too long ago, and the last is not over
        with on(days_ago):
            hand_out(shelf, ("naloxone-nasal-4", 30))
    use = use_at(shelf)
    assert use == Use(units=90, days=DAYS_OF_USE, days_out=0)
    assert use.monthly == 15


def test_days_without_stock_do_not_make_the_use_smaller(database):
    shelf, _lot = a_shelf_filled(300, 60)
    with on(91):
        hand_out(shelf, ("naloxone-nasal-4", 60))
    use = use_at(shelf)  # it went out on a day of its own, and then there was none for ninety days
    assert use == Use(units=60, days=180, days_out=90)
    assert use.monthly == Fraction(60, 6) * Fraction(180, 90)


def test_a_lot_past_its_date_or_on_hold_is_no_stock(database):
    shelf = make_location()
    with on(100):
        receive(shelf, 50, lot="OLD", expiry=TODAY - timedelta(days=41))
        held = receive(shelf, 50, lot="HELD")
        hand_out(shelf, ("naloxone-nasal-4", 1))
    assert use_at(shelf).days_out == 0
    with transaction():
        held = db.session.merge(held)
        held.status = LotStatus.ON_HOLD.value
        db.session.add(
            LotStatusChange(
                lot_id=held.id,
                old_status="available",
                new_status="on_hold",
                reason="Label",
                recorded_at=noon(30),
            )
        )
    assert use_at(shelf) == Use(units=1, days=100, days_out=30)


def test_a_day_on_which_people_got_some_was_no_day_without(database):
    shelf = make_location()
    for days_ago in (20, 10):
        with on(days_ago):
            hand_out(shelf, ("naloxone-nasal-4", 5))  # nobody had booked any in
    use = use_at(shelf)
    assert (use.units, use.days, use.days_out) == (10, 20, 18)
    assert use.monthly is None  # of two days nobody can tell


def test_a_new_item_one_never_used_and_one_always_out_are_not_enough_data(database):
    new, _lot = a_shelf_filled(1)
    with on(1):
        hand_out(new, ("naloxone-nasal-4", 5))
    unused, _lot = a_shelf_filled(200)
    out = make_location()
    assert use_at(new).monthly is None
    assert use_at(unused) == Use(units=0, days=180, days_out=0)
    assert use_at(unused).monthly is None
    assert use_at(out) is None
    assert Use(units=5, days=180, days_out=180).monthly is None
    assert Use(units=0, days=0, days_out=0).monthly is None


def test_a_store_is_asked_for_what_the_places_that_it_fills_up_gave(database):
    site = make_site()
    store, van, box = (make_location(site) for _number in range(3))
    with transaction():
        van.served_from_id, box.served_from_id = store.id, van.id
        store.served_from_id = box.id  # a slip of the finger makes no endless loop
    with on(100):
        lot = receive(store, 100)
        move(store.id, van.id, lot, 60)
        move(van.id, box.id, lot, 20)
    with on(50):
        move(box.id, PARTICIPANT, lot, 15, kind=TransactionKind.COUNT)
        hand_out(van, ("naloxone-nasal-4", 10))
    assert use_at(store).units == 25
    with transaction():
        store.served_from_id = None
    assert (use_at(store).units, use_at(van).units, use_at(box).units) == (25, 25, 15)
    assert use_at(store).days_out == 0


def test_what_was_taken_back_was_not_used_and_what_came_back_was(database):
    shelf, lot = a_shelf_filled(100)
    with on(50):
        slip = move(shelf.id, PARTICIPANT, lot, 40, kind=TransactionKind.DISTRIBUTE)
        move(shelf.id, PARTICIPANT, lot, 10, kind=TransactionKind.DISTRIBUTE)
        move(PARTICIPANT, shelf.id, lot, 3, kind=TransactionKind.RETURN)
        came_back = move(PARTICIPANT, shelf.id, lot, 2, kind=TransactionKind.RETURN)
    with on(40):
        take_back(slip)
        take_back(came_back)
    assert use_at(shelf).units == 10


def test_parts_are_used_as_they_are_packed_and_a_kit_only_as_it_is_handed_out(database):
    shelf, part = a_shelf_filled(100)
    with on(99):
        kit = receive(shelf, 1, code="wound-kit", lot="KIT")
    with on(50):
        move(shelf.id, ASSEMBLY, part, 30, kind=TransactionKind.ASSEMBLE)
        move(ASSEMBLY, shelf.id, kit, 15, kind=TransactionKind.ASSEMBLE)
        move(ASSEMBLY, shelf.id, part, 4, kind=TransactionKind.DISASSEMBLE)
        move(shelf.id, ASSEMBLY, kit, 2, kind=TransactionKind.DISASSEMBLE)
        take_back(move(shelf.id, ASSEMBLY, part, 100, kind=TransactionKind.ASSEMBLE))
        move(shelf.id, ASSEMBLY, part, 7, kind=TransactionKind.MERGE)
    assert use_at(shelf).units == 26
    assert use_at(shelf, "wound-kit").units == 0


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati"])
def test_a_day_begins_and_ends_at_midnight_of_its_site(database, zone):
    shelf = make_location(make_site(time_zone=zone))
    with time_machine.travel(noon(100, zone), tick=False):
        lot = receive(shelf, 100)
    yesterday = start_of_day(TODAY - timedelta(days=1), zone)
    move(shelf.id, PARTICIPANT, lot, 1, at=start_of_day(TODAY, zone))
    move(shelf.id, PARTICIPANT, lot, 10, at=start_of_day(TODAY, zone) - timedelta(minutes=1))
    move(shelf.id, PARTICIPANT, lot, 20, at=yesterday)
    with time_machine.travel(noon(0, zone), tick=False):
        assert read_history([shelf], now=now()).use_at(shelf.id, now())[lot.item_id].units == 30


def test_places_of_two_zones_each_have_their_own_days(database):
    here, there = make_location(), make_location(make_site(time_zone="Asia/Tokyo"))
    late = datetime(2026, 11, 21, 16, tzinfo=UTC)  # the 22nd in Tokyo, the 21st in New York
    evening_in_tokyo = datetime(2026, 11, 22, 13, tzinfo=UTC)
    with on(100):
        lots = [receive(place, 10) for place in (here, there)]
    for place, lot in zip((here, there), lots, strict=True):
        move(place.id, PARTICIPANT, lot, 1, at=late)
    history = read_history([here, there], now=evening_in_tokyo)
    used = [history.use_at(place.id, evening_in_tokyo)[lots[0].item_id].units for place in (here, there)]
    assert used == [1, 0]


def test_the_day_of_a_moment_follows_daylight_saving_and_leap_days():
    day_of = day_counter(date(2028, 2, 28), "America/New_York")
    moments = [
        datetime(2028, 2, 29, 4, tzinfo=UTC),
        datetime(2028, 2, 29, 5, tzinfo=UTC),
        datetime(2028, 3, 1, 5, tzinfo=UTC),
    ]
    assert [day_of(moment) for moment in moments] == [0, 1, 2]
    # Clocks went forward on the 12th, so that day ends at four in UTC.
    assert day_of(datetime(2028, 3, 13, 3, tzinfo=UTC)) == 13
    assert day_of(datetime(2028, 3, 13, 4, tzinfo=UTC)) == 14


def test_the_months_of_a_year_end_with_the_one_that_is_not_over(database):
    shelf, lot = a_shelf_filled(300)
    for days_ago, units in ((300, 5), (53, 7), (52, 11), (0, 13)):  # 300 days ago is January; 53 ends September
        with on(days_ago):
            hand_out(shelf, ("naloxone-nasal-4", units))
    with on(0):
        months = use_by_month(shelf, lot.item_id, months=12, now=now())
        assert use_by_month(make_location(), lot.item_id, months=12, now=now()) == [(date(2026, 11, 1), 0)]
    assert len(months) == 11  # from the first in which any was used
    used = {month.isoformat(): units for month, units in months if units}
    assert used == {"2026-01-01": 5, "2026-09-01": 7, "2026-10-01": 11, "2026-11-01": 13}


def histories():
    return st.builds(
        LotHistory,
        opening=st.integers(-5, 20),
        changes=st.dictionaries(st.integers(-3, 14), st.integers(-9, 9), max_size=6),
        last_day=st.none() | st.integers(-3, 14),
    )


@given(lots=st.lists(histories(), max_size=4), days=st.integers(1, 12))
def test_what_could_be_used_each_day_is_what_one_finds_by_replay(lots, days):
    def at_end_of(day):
        usable = [lot for lot in lots if lot.last_day is None or day <= lot.last_day]
        return sum(
            lot.opening + sum(units for when, units in lot.changes.items() if 0 <= when <= day) for lot in usable
        )

    assert usable_by_day(lots, days) == [at_end_of(day) for day in range(days)]


@given(
    lots=st.lists(histories(), max_size=4),
    used=st.dictionaries(st.integers(-3, 14), st.integers(-2, 9), max_size=8),
    days=st.integers(1, 12),
)
def test_use_is_never_divided_by_nothing_and_days_without_never_outnumber_days(lots, used, days):
    use = use_of(lots, used, days)
    assert 0 <= use.days_out <= use.days <= days
    assert use.monthly is None or use.monthly > 0
