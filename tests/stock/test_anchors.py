"""Counts and late facts: in whichever order facts arrive, and however often, the ledger says the same."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.stock import ledger, verification
from harmreduction.stock.ledger import ANCHOR, BALANCE, FACT, Fact
from harmreduction.stock.models import Lot, StockDiscrepancy, StockLocation
from harmreduction.stock.queries.history import as_of, difference_of_anchor, list_as_of, list_differences
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    CannotReverse,
    CountedLot,
    LocationKind,
    MovementLine,
    Origin,
    Outcome,
    ReversalReason,
    TransactionKind,
)
from tests.factories import SYSTEM, item, make_location, make_site
from tests.stock.replay import Counted, Known, Moved, TakenBack, replay
from tests.stories import LONG

SUPPLIER, PARTICIPANT, WASTE, VARIANCE = (
    VIRTUAL_LOCATION_IDS[kind]
    for kind in (LocationKind.SUPPLIER, LocationKind.PARTICIPANT, LocationKind.WASTE, LocationKind.VARIANCE)
)
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
# Few moments, places and lots, so that much meets.
MINUTES = 5
PLACES, LOTS = 2, 2
MACHINE = 1  # the second place, whose count differences are what participants took
_numbers = count(1)


# Facts, as they are written down before anything of them reaches the ledger: places and lots by number.

moments = st.integers(0, MINUTES)
places = st.integers(0, PLACES - 1)
lots = st.integers(0, LOTS - 1)
lines = st.tuples(
    lots,
    st.one_of(places, st.just("supplier")),
    st.one_of(places, st.sampled_from(["participant", "waste"])),
    st.integers(1, 20),
).filter(lambda line: line[1] != line[2])
moved = st.tuples(st.just("moved"), moments, st.lists(lines, min_size=1, max_size=3))
counted = st.tuples(st.just("counted"), moments, places, lots, st.integers(0, 30))
taken_back = st.tuples(st.just("taken back"), st.integers(0, 30))
stories = st.lists(st.one_of(moved, moved, counted, taken_back), min_size=1, max_size=14)


class World:
    """Places and lots that nobody used before, with the facts of one story told about them."""

    def __init__(self, story):
        mark = next(_numbers)
        with transaction():
            self.places = [StockLocation(name=f"Place {mark}.{number}", kind="fixed_site") for number in range(PLACES)]
            self.lots = [Lot(item_id=item().id, lot_number=f"{mark}.{number}") for number in range(LOTS)]
            db.session.add_all([*self.places, *self.lots])
            db.session.flush()
            ids = [place.id for place in self.places]
            self.lot_ids = [lot.id for lot in self.lots]
        self.ids = dict(enumerate(ids)) | {"supplier": SUPPLIER, "participant": PARTICIPANT, "waste": WASTE}
        keys = [f"{number:08x}{new_id()[8:]}" for number in range(len(story))]  # of one moment, the first comes first
        movable = [key for key, told in zip(keys, story, strict=True) if told[0] == "moved"]
        told_facts = (self._fact(key, told, movable) for key, told in zip(keys, story, strict=True))
        self.facts: list[Known] = list(dict.fromkeys(fact for fact in told_facts if fact is not None))

    def _fact(self, key, told, movable):
        if told[0] == "taken back":
            return TakenBack(target=movable[told[1] % len(movable)]) if movable else None
        at = BEGAN + timedelta(minutes=told[1])
        if told[0] == "moved":
            lines = tuple(
                (self.lot_ids[lot], self.ids[source], self.ids[target], units) for lot, source, target, units in told[2]
            )
            return Moved(key=key, at=at, lines=lines)
        _, _, place, lot, units = told
        return Counted(
            key=key,
            at=at,
            place=(self.ids[place], self.lot_ids[lot]),
            counted=units,
            counterpart=PARTICIPANT if place == MACHINE else VARIANCE,
        )


def deliver(fact: Known, zone=UTC) -> Outcome | None:
    """Bring one fact to the ledger; None where it takes back what did not arrive yet."""
    with transaction():
        if isinstance(fact, TakenBack):
            target = db.session.scalar(select(FACT.c.id).where(FACT.c.client_id == fact.target))
            if target is None:
                return None
            reversal = fact.target[::-1][:12] + fact.target[12:]
            return ledger.reverse(target, client_id=reversal, reason=ReversalReason.OTHER, by=SYSTEM).outcome
        is_count = isinstance(fact, Counted)
        written = Fact(
            client_id=fact.key,
            fingerprint=str(hash(fact)),
            kind=TransactionKind.COUNT if is_count else TransactionKind.ADJUST,  # which no strict place guards
            occurred_at=fact.at.astimezone(zone),
        )
        opened = ledger.open_fact(written, by=SYSTEM)
        if opened.outcome is Outcome.CREATED and is_count:
            ledger.add_count(opened.transaction_id, written, [_line_of(fact, zone)])
        elif opened.outcome is Outcome.CREATED:
            ledger.add_lines(opened.transaction_id, written, [_movement(line) for line in fact.lines])
        return opened.outcome


def _line_of(fact: Counted, zone) -> CountedLot:
    return CountedLot(
        location_id=fact.place[0],
        lot_id=fact.place[1],
        counted=fact.counted,
        at=fact.at.astimezone(zone),
        order_key=fact.key,
        counterpart_id=fact.counterpart,
    )


def _movement(line) -> MovementLine:
    lot, source, target, units = line
    return MovementLine(lot_id=lot, from_location_id=source, to_location_id=target, quantity=units)


def deliver_all(facts: Sequence[Known], zone=UTC) -> None:
    """Bring facts in this order; what takes back something unknown waits until the end, as a phone would."""
    waiting = [fact for fact in facts if deliver(fact, zone) is None]
    assert all(deliver(fact, zone) in (Outcome.CREATED, Outcome.EXISTS) for fact in waiting)


def assert_true(world: World) -> None:
    """Compare balances, the past and the differences of counts with the replay of all facts sorted by time."""
    truth = replay(world.facts)
    everywhere = [(place, lot) for place in (*world.ids.values(), VARIANCE) for lot in world.lot_ids]
    book = db.session.execute(select(BALANCE).where(BALANCE.c.lot_id.in_(world.lot_ids)))
    balances = {(row.location_id, row.lot_id): row.on_hand for row in book}
    assert {key: units for key, units in balances.items() if units} == {
        key: truth.balances[key] for key in everywhere if truth.balances[key]
    }
    for minute in (0, 2, 3):
        assert_true_at(world, BEGAN + timedelta(minutes=minute))
    counts = db.session.execute(select(ANCHOR.c.order_key, ANCHOR.c.id).where(ANCHOR.c.lot_id.in_(world.lot_ids)))
    anchors = {row.order_key: row.id for row in counts}
    assert {key: difference_of_anchor(anchors[key]) for key in truth.differences} == truth.differences


def assert_true_at(world: World, at: datetime) -> None:
    """Compare what the ledger says of a moment with the replay up to it."""
    then = replay(world.facts, until=at).balances
    for number in range(PLACES):
        place = world.ids[number]
        assert list_as_of(place, at) == {lot: then[place, lot] for lot in world.lot_ids if then[place, lot]}
        for lot in world.lot_ids:
            assert as_of(place, lot, at) == then[place, lot]


# Stories of single counts ----------------------------------------------------------------------------------


@pytest.fixture
def shelf(database):
    return make_location(make_site())


@pytest.fixture
def lot(database):
    with transaction():
        lot = Lot(item_id=item().id, lot_number="NX1")
        db.session.add(lot)
    return lot


def minute(number: float) -> datetime:
    return BEGAN + timedelta(minutes=number)


def bring(lot, source, target, units, at, *, origin=Origin.ONLINE, key=None) -> int:
    key = key or new_id()
    fact = Fact(client_id=key, fingerprint="f", kind=TransactionKind.TRANSFER, occurred_at=at, origin=origin)
    with transaction():
        opened = ledger.open_fact(fact, by=SYSTEM)
        ledger.add_lines(opened.transaction_id, fact, [_movement((lot.id, source, target, units))])
    return opened.transaction_id


def take_count(shelf, lot, units, at, *, counterpart=VARIANCE, key=None) -> int:
    fact = Fact(client_id=new_id(), fingerprint="c", kind=TransactionKind.COUNT, occurred_at=at)
    line = CountedLot(
        location_id=shelf.id, lot_id=lot.id, counted=units, at=at, order_key=key or new_id(), counterpart_id=counterpart
    )
    with transaction():
        opened = ledger.open_fact(fact, by=SYSTEM)
        ledger.add_count(opened.transaction_id, fact, [line])
    return opened.transaction_id


def balance(place_id, lot) -> int:
    found = select(BALANCE.c.on_hand).where(BALANCE.c.location_id == place_id, BALANCE.c.lot_id == lot.id)
    return db.session.scalar(found) or 0


def test_a_hand_out_logged_after_a_count_explains_its_difference_and_leaves_the_balance(shelf, lot):
    """Invariants 7 and 9."""
    bring(lot, SUPPLIER, shelf.id, 100, minute(0))
    count_id = take_count(shelf, lot, 90, minute(10))
    [found] = list_differences(count_id)
    assert (found.at_first, found.unexplained, found.booked) == (-10, -10, 100)
    bring(lot, shelf.id, PARTICIPANT, 8, minute(5))
    [found] = list_differences(count_id)
    assert (found.at_first, found.unexplained, found.booked) == (-10, -2, 92)
    assert (balance(shelf.id, lot), balance(PARTICIPANT, lot), balance(VARIANCE, lot)) == (90, 8, 2)
    assert as_of(shelf.id, lot.id, minute(7)) == 92


def test_a_count_that_fits_leaves_no_movement_and_still_holds_what_comes_late(shelf, lot):
    bring(lot, SUPPLIER, shelf.id, 10, minute(0))
    count_id = take_count(shelf, lot, 10, minute(5))
    bring(lot, shelf.id, PARTICIPANT, 1, minute(4))
    assert balance(shelf.id, lot) == 10
    assert list_differences(count_id)[0].unexplained == 1


def test_work_goes_on_during_a_count_because_each_line_has_its_own_moment(shelf, lot):
    bring(lot, SUPPLIER, shelf.id, 10, minute(0))
    bring(lot, shelf.id, PARTICIPANT, 3, minute(6))  # after the shelf was counted, before the count is posted
    count_id = take_count(shelf, lot, 10, minute(5))
    assert balance(shelf.id, lot) == 7
    assert list_differences(count_id)[0].unexplained == 0


def test_what_is_gone_from_a_machine_was_taken_by_participants(shelf, lot):
    bring(lot, SUPPLIER, shelf.id, 20, minute(0))
    take_count(shelf, lot, 14, minute(10), counterpart=PARTICIPANT)
    assert (balance(shelf.id, lot), balance(PARTICIPANT, lot), balance(VARIANCE, lot)) == (14, 6, 0)
    bring(lot, SUPPLIER, shelf.id, 5, minute(9))  # a fill-up logged late: so more was taken
    assert (balance(shelf.id, lot), balance(PARTICIPANT, lot), balance(VARIANCE, lot)) == (14, 11, 0)


def test_a_late_count_between_two_counts_leaves_the_later_one_true(shelf, lot):
    bring(lot, SUPPLIER, shelf.id, 20, minute(0))
    take_count(shelf, lot, 10, minute(10))
    early = take_count(shelf, lot, 15, minute(5))
    assert balance(shelf.id, lot) == 10
    assert (as_of(shelf.id, lot.id, minute(5)), as_of(shelf.id, lot.id, minute(4))) == (15, 20)
    assert list_differences(early)[0].unexplained == -5


def test_taking_back_what_happened_before_a_count_leaves_the_count_true(shelf, lot):
    """Invariant 5, where a count came between."""
    bring(lot, SUPPLIER, shelf.id, 20, minute(0))
    slip = bring(lot, shelf.id, PARTICIPANT, 5, minute(1))
    count_id = take_count(shelf, lot, 20, minute(2))
    with transaction():
        ledger.reverse(slip, client_id=new_id(), reason=ReversalReason.OTHER, by=SYSTEM)
    assert (balance(shelf.id, lot), balance(PARTICIPANT, lot), balance(VARIANCE, lot)) == (20, 0, 0)
    assert list_differences(count_id)[0].unexplained == 0


def test_what_comes_late_is_made_up_for_at_the_next_count_and_not_at_the_last(shelf, lot):
    bring(lot, SUPPLIER, shelf.id, 20, minute(0))
    first, last = take_count(shelf, lot, 15, minute(5)), take_count(shelf, lot, 14, minute(10))
    bring(lot, shelf.id, PARTICIPANT, 3, minute(4))
    assert [list_differences(count_id)[0].unexplained for count_id in (first, last)] == [-2, -1]
    assert [as_of(shelf.id, lot.id, minute(number)) for number in (4, 5, 10)] == [17, 15, 14]


def test_of_one_moment_what_comes_before_the_count_is_made_up_for(shelf, lot):
    bring(lot, SUPPLIER, shelf.id, 20, minute(0))
    take_count(shelf, lot, 15, minute(1), key="8" + new_id()[1:])
    bring(lot, shelf.id, PARTICIPANT, 5, minute(1), key="1" + new_id()[1:])
    bring(lot, shelf.id, PARTICIPANT, 2, minute(1), key="f" + new_id()[1:])
    assert balance(shelf.id, lot) == 13


def test_of_one_moment_a_taking_back_stands_beside_what_it_takes_back(shelf, lot):
    bring(lot, SUPPLIER, shelf.id, 20, minute(0))
    slip = bring(lot, shelf.id, PARTICIPANT, 5, minute(1), key="1" + new_id()[1:])
    take_count(shelf, lot, 15, minute(1), key="8" + new_id()[1:])
    with transaction():
        ledger.reverse(slip, client_id="f" + new_id()[1:], reason=ReversalReason.OTHER, by=SYSTEM)
    assert balance(shelf.id, lot) == 15


def test_a_count_is_not_taken_back(shelf, lot):
    bring(lot, SUPPLIER, shelf.id, 20, minute(0))
    count_id = take_count(shelf, lot, 20, minute(2))
    with pytest.raises(CannotReverse, match="Count again"), transaction():
        ledger.reverse(count_id, client_id=new_id(), reason=ReversalReason.OTHER, by=SYSTEM)


def test_a_count_of_what_is_below_zero_closes_its_discrepancy(shelf, lot):
    bring(lot, shelf.id, PARTICIPANT, 5, minute(0))
    take_count(shelf, lot, 0, minute(1))
    assert balance(shelf.id, lot) == 0
    assert db.session.scalar(select(func.count()).where(StockDiscrepancy.closed_at.is_(None))) == 0


def test_what_a_phone_logged_within_two_minutes_of_a_count_waits_for_a_lead(shelf, lot):
    bring(lot, SUPPLIER, shelf.id, 20, minute(0))
    take_count(shelf, lot, 10, minute(10))
    bring(lot, shelf.id, PARTICIPANT, 1, minute(7.9), origin=Origin.FIELD)
    bring(lot, shelf.id, PARTICIPANT, 1, minute(9), origin=Origin.ONLINE)
    assert db.session.scalar(select(func.count()).select_from(StockDiscrepancy)) == 0
    bring(lot, shelf.id, PARTICIPANT, 1, minute(8), origin=Origin.FIELD)
    assert db.session.scalars(select(StockDiscrepancy.kind)).all() == ["near_count"]


def test_what_happened_long_ago_is_read_from_the_count_or_from_now_whichever_is_nearer(shelf, lot):
    """Invariant 8, for every minute."""
    for number in range(20):
        bring(lot, SUPPLIER, shelf.id, 1, minute(number))
    take_count(shelf, lot, 5, minute(10.5))
    expected = [*range(1, 12), *range(6, 15)]
    assert [as_of(shelf.id, lot.id, minute(number)) for number in range(20)] == expected
    assert as_of(shelf.id, lot.id, minute(-1)) == 0
    assert as_of(shelf.id, lot.id, now()) == 14


# All stories ----------------------------------------------------------------------------------------------


def test_in_any_order_and_however_often_the_same_facts_give_the_same_ledger(database):
    """Invariants 1, 2, 3, 7, 8 and 9 of the ledger."""
    examples = (50 if db.engine.dialect.name == "sqlite" else 20) * (50 if LONG else 1)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(stories, st.data())
    def in_any_order(story, data):
        for _arrival in range(2):
            world = World(story)
            twice = data.draw(st.lists(st.sampled_from(world.facts), max_size=3)) if world.facts else []
            hours = data.draw(st.integers(-12, 14))
            deliver_all(data.draw(st.permutations([*world.facts, *twice])), timezone(timedelta(hours=hours)))
            assert_true(world)

    in_any_order()
    assert list(verification.find_differences()) == []
    assert db.session.scalar(select(func.count()).select_from(ANCHOR)) > 0
