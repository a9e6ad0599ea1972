"""Where recalled lots lie and went: as sentences say it, and equal to brute force whatever happened."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id, transaction
from harmreduction.encounters.actions import undo_distribution
from harmreduction.stock import ledger
from harmreduction.stock.models import Lot, LotComponent
from harmreduction.stock.queries.genealogy import list_reached, list_reached_from
from harmreduction.stock.queries.tracing import PARTICIPANT, count_went_out, trace
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    LocationKind,
    LotSource,
    MovementLine,
    ReversalReason,
    TransactionKind,
    Wanted,
)
from harmreduction.stock.rules.recalls import months_between
from tests.factories import SYSTEM, hand_out, item, make_actor, make_location, make_site, receive
from tests.stock.recalls import NASAL, book, give, move, recall_of, traced

LOTS, PLACES = 7, 3


def test_the_trace_says_where_units_lie_and_where_they_went(database):
    shelf, van = make_location(), make_location()
    bad = receive(shelf, 50, lot="BAD")
    move(shelf, van, bad, 20)
    give(van, bad, 3), give(van, bad, 4), give(shelf, bad, 1)
    found = traced(recall_of("BAD"))[NASAL]
    assert (found.here, found.places, found.out, found.came_in) == (42, 2, 8, 50)
    assert found.sources == {LotSource.PICKED: 8}


def test_a_hand_out_that_was_undone_did_not_go_out(database):
    shelf = make_location()
    bad = receive(shelf, 50, lot="BAD")
    logged = hand_out(shelf, lines=(Wanted(item_id=bad.item_id, quantity=7, lot_id=bad.id),))
    undo_distribution(logged.distribution_id, by=SYSTEM)
    recall = recall_of("BAD")
    assert (traced(recall)[NASAL].out, traced(recall)[NASAL].came_back) == (0, 0)
    assert count_went_out([bad.id], shelf.id)[bad.id] == 0


def test_what_participants_brought_back_is_told_apart_until_that_was_a_slip(database):
    shelf = make_location()
    bad = receive(shelf, 50, lot="BAD")
    give(shelf, bad, 10)
    back = [MovementLine(lot_id=bad.id, from_location_id=PARTICIPANT, to_location_id=shelf.id, quantity=4)]
    returned = book(TransactionKind.RETURN, back)
    recall = recall_of("BAD")
    assert (traced(recall)[NASAL].out, traced(recall)[NASAL].came_back) == (10, 4)
    with transaction():
        ledger.reverse(returned, client_id=new_id(), reason=ReversalReason.OTHER, by=SYSTEM)
    assert (traced(recall)[NASAL].out, traced(recall)[NASAL].came_back) == (10, 0)


def test_units_without_a_number_are_told_as_not_known(database):
    shelf = make_location()
    hand_out(shelf, (NASAL, 2))  # before the lot was here
    receive(shelf, 5, lot="BAD")
    hand_out(shelf, (NASAL, 9))  # 5 taken to be of the lot, 4 nobody knows
    found = traced(recall_of("BAD"))[NASAL]
    assert found.sources == {LotSource.INFERRED: 5}
    assert found.without_number == 4


def test_each_month_is_told_apart(database):
    shelf = make_location()
    bad = receive(shelf, 5, lot="BAD")
    for month in range(1, 8):
        out = [MovementLine(lot_id=bad.id, from_location_id=shelf.id, to_location_id=PARTICIPANT, quantity=month)]
        book(TransactionKind.DISTRIBUTE, out, at=datetime(2026, month, 15, tzinfo=UTC))
    units = {row.month: row.units for row in trace([bad.id], at=now()).went_out}
    assert units == {date(2026, month, 1): month for month in range(1, 8)}


def test_whoever_does_not_lead_sees_the_places_of_their_sites(database):
    site = make_site()
    mine, theirs = make_location(site), make_location()
    bad = receive(mine, 10, lot="BAD")
    receive(theirs, 10, lot="BAD")
    give(mine, bad, 1), give(theirs, bad, 2)
    found = traced(recall_of("BAD"), to=make_actor("outreach_worker", sites=(site.id,)))[NASAL]
    assert (found.here, found.out) == (9, 1)


def test_a_month_is_one_of_the_calendar_where_the_place_is(database):
    east = make_location(make_site(time_zone="America/New_York"))
    west = make_location(make_site(time_zone="America/Los_Angeles"))
    bad = receive(east, 5, lot="BAD")
    after_midnight_in_the_east = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    for place in (east, west):
        out = [MovementLine(lot_id=bad.id, from_location_id=place.id, to_location_id=PARTICIPANT, quantity=1)]
        book(TransactionKind.DISTRIBUTE, out, at=after_midnight_in_the_east)
    months = {row.place.id: row.month for row in trace([bad.id], at=now()).went_out}
    assert months == {east.id: date(2026, 3, 1), west.id: date(2026, 2, 1)}


@given(
    st.integers(0, 1_500_000),
    st.integers(0, 1_500_000),
    st.sampled_from(["America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"]),
)
def test_between_two_starts_it_is_one_month_in_each_zone(minutes, more, zone):
    first = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    last = first + timedelta(minutes=more)
    months = months_between(first, last, ["America/New_York", "Asia/Kathmandu", "Pacific/Apia"])
    for moment in (first, first + (last - first) / 3, last):
        assert months.month_of(months.interval_of(moment), zone) == today(zone, moment).replace(day=1)


@st.composite
def stories(draw):
    """Draw kits (kit, part) that hold only lots before them, pairs of one batch, and movements with some taken back."""
    parts = st.tuples(st.integers(1, LOTS - 1), st.integers(0, LOTS - 2)).filter(lambda pair: pair[0] > pair[1])
    move = st.tuples(
        st.sampled_from(["in", "out", "back", "move"]),
        st.integers(0, LOTS - 1),
        st.integers(0, PLACES - 1),
        st.integers(1, 5),
        st.sampled_from([0, 9, 30, 61, 95, 130, 400]),
        st.sampled_from(list(LotSource)),
        st.booleans(),
    )
    return (
        draw(st.sets(parts, max_size=8)),
        draw(st.sets(st.integers(0, LOTS - 2), max_size=2)),
        draw(st.lists(move, max_size=14)),
        draw(st.sets(st.integers(0, LOTS - 1), min_size=1, max_size=2)),
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(stories())
def test_a_trace_equals_brute_force(start_over, story):
    start_over()
    genealogy, merged, moves, named = story
    lots = make_lots(genealogy, merged)
    places = [make_location(make_site(time_zone=zone)).id for zone in ("America/New_York", "Asia/Tokyo", "UTC")]
    facts = [book_story(lots, places, move) for move in moves]
    wanted = brute_force_reach(genealogy, merged, named)
    assert list_reached([lots[number] for number in named]) == {lots[number] for number in wanted}
    for number in range(LOTS):
        touches = bool(brute_force_reach(genealogy, merged, named) & {number})
        below = list_reached_from([lots[number]])
        assert bool(below & {lots[name] for name in named}) == touches
    found = trace([lots[number] for number in wanted], at=now())
    assert seen(found) == brute_force_trace(lots, places, moves, facts, wanted)


def seen(found):
    """Return a trace as plain counts."""
    held, out, back = Counter(), Counter(), Counter()
    for row in found.held:
        held[row.lot.id, row.place.id] += row.units
    for row in found.went_out:
        out[row.lot.id, row.place.id, row.month, row.source] += row.units
    for row in found.came_back:
        back[row.lot.id, row.place.id] += row.units
    return {name: without_nothing(count) for name, count in (("held", held), ("out", out), ("back", back))}


def without_nothing(counts):
    """Leave out what adds up to nothing."""
    return {key: units for key, units in counts.items() if units}


def make_lots(genealogy, merged):
    """Make lots, of which each merged one goes on as the one after it, and kits that hold others."""
    with transaction():
        lots = [Lot(item_id=item().id, lot_number=f"N{number}") for number in range(LOTS)]
        db.session.add_all(lots)
        db.session.flush()
        for number in merged:
            lots[number].merged_into_id = lots[number + 1].id
        for kit, part in genealogy:
            put_into(lots[kit], lots[part])
    return [each.id for each in lots]


def put_into(kit, part, units=1):
    """Write down that each kit of a lot holds units of another lot."""
    db.session.add(
        LotComponent(
            kit_lot_id=kit.id,
            component_lot_id=part.id,
            part_item_id=part.item_id,
            quantity_per_kit=units,
            is_expiry_bearing=False,
        )
    )


def brute_force_reach(genealogy, merged, named):
    """Walk the pairs until nothing is added."""
    steps = {(part, kit) for kit, part in genealogy}
    steps |= {(number, number + 1) for number in merged} | {(number + 1, number) for number in merged}
    reached = set(named)
    for _round in range(LOTS * 2):
        reached |= {target for source, target in steps if source in reached}
    return reached


def ends_of(kind, place, other):
    """Return from where to where a kind of movement goes."""
    supplier = VIRTUAL_LOCATION_IDS[LocationKind.SUPPLIER]
    return {
        "in": (supplier, place),
        "out": (place, PARTICIPANT),
        "back": (PARTICIPANT, place),
        "move": (place, other),
    }[kind]


def book_story(lots, places, story):
    """Book one movement some days ago, and take it back if the story says so; return its moment."""
    kind, number, place, units, days, source, is_taken_back = story
    at = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=days)
    start, end = ends_of(kind, places[place], places[(place + 1) % PLACES])
    line = MovementLine(lot_id=lots[number], from_location_id=start, to_location_id=end, quantity=units, source=source)
    kinds = {"in": "receive", "out": "distribute", "back": "return", "move": "transfer"}
    fact_id = book(TransactionKind(kinds[kind]), [line], at=at)
    if is_taken_back:
        with transaction():
            ledger.reverse(fact_id, client_id=new_id(), reason=ReversalReason.OTHER, by=SYSTEM)
    return at


def brute_force_trace(lots, places, moves, moments, wanted):
    """Add up the movements that stand."""
    zones = dict(zip(places, ("America/New_York", "Asia/Tokyo", "UTC"), strict=True))
    held, out, back = Counter(), Counter(), Counter()
    for (kind, number, place, units, _days, source, is_taken_back), at in zip(moves, moments, strict=True):
        if is_taken_back or number not in wanted:
            continue
        lot_id, here = lots[number], places[place]
        start, end = ends_of(kind, here, places[(place + 1) % PLACES])
        held[lot_id, start] -= units
        held[lot_id, end] += units
        if kind == "out":
            out[lot_id, here, today(zones[here], at).replace(day=1), source] += units
        if kind == "back":
            back[lot_id, here] += units
    return {name: without_nothing(count) for name, count in (("held", held), ("out", out), ("back", back))}
