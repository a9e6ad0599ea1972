"""Laws of kits, for any recipe and any lots."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.stock import verification
from harmreduction.stock.models import Lot, LotComponent
from harmreduction.stock.rules import LotOnHand, LotStatus
from harmreduction.stock.rules.kits import (
    RecipePart,
    batches_of,
    holds_itself,
    kit_expiry,
    kit_number,
    kits_possible,
    next_kit_number,
    packable,
    take_parts,
)
from tests.factories import days_from_now, item, make_location, on_hand, receive
from tests.stock.kits import KIT, SYRINGE, VIAL, balances, pack, take_apart, write

TODAY = days_from_now(0)
DAYS = st.none() | st.integers(-2, 30).map(days_from_now)
ITEMS = (1, 2, 3)
OTHER = 4  # stands in for any part

recipes = st.lists(
    st.builds(RecipePart, item_id=st.sampled_from(ITEMS), per_kit=st.integers(1, 5), is_expiry_bearing=st.booleans()),
    min_size=1,
    max_size=3,
    unique_by=lambda part: part.item_id,
)


@st.composite
def shelves(draw):
    """Lots of the parts and of what stands in, some of them past their date or held."""
    lots = st.builds(
        LotOnHand,
        lot_id=st.just(0),
        item_id=st.sampled_from((*ITEMS, OTHER)),
        on_hand=st.integers(-3, 40),
        effective_expiry=DAYS,
        status=st.sampled_from([LotStatus.AVAILABLE, LotStatus.AVAILABLE, LotStatus.AVAILABLE, LotStatus.RECALLED]),
    )
    found = draw(st.lists(lots, max_size=12))
    return [LotOnHand(**{**vars(lot), "lot_id": number}) for number, lot in enumerate(found, start=1)]


def stand_ins(recipe, parts):
    other = {"item_id": OTHER, "is_expiry_bearing": True}
    return {part.item_id: [RecipePart(**other, per_kit=part.per_kit)] for part in recipe if part.item_id in parts}


@given(recipes, shelves(), st.integers(1, 12), st.sets(st.sampled_from(ITEMS)))
def test_what_is_taken_and_what_is_short_are_exactly_what_the_kits_need(recipe, lots, kits, borrowing):
    parts = take_parts(recipe, kits, lots, instead=stand_ins(recipe, borrowing), today=TODAY)
    got = Counter()
    for taken in parts.taken:
        got[taken.part_item_id] += taken.units
    for part in recipe:
        assert got[part.item_id] + parts.short.get(part.item_id, 0) == part.per_kit * kits


@given(recipes, shelves(), st.integers(1, 12), st.sets(st.sampled_from(ITEMS)))
def test_only_lots_that_may_be_packed_are_taken_and_never_beyond_what_they_hold(recipe, lots, kits, borrowing):
    usable = {lot.lot_id: lot for lot in packable(lots, TODAY)}
    taken_of = Counter()
    for taken in take_parts(recipe, kits, lots, instead=stand_ins(recipe, borrowing), today=TODAY).taken:
        taken_of[taken.lot.lot_id] += taken.units
    assert all(units <= usable[lot_id].on_hand for lot_id, units in taken_of.items())


@given(recipes, shelves(), st.integers(1, 12))
def test_a_lot_is_touched_only_when_every_usable_one_that_expires_before_it_is_used_up(recipe, lots, kits):
    taken = take_parts(recipe, kits, lots, instead={}, today=TODAY).taken
    units = {one.lot.lot_id: one.units for one in taken}
    for one in taken:
        earlier = [lot for lot in packable(lots, TODAY) if lot.item_id == one.lot.item_id]
        for lot in earlier[: earlier.index(one.lot)]:
            assert units[lot.lot_id] == lot.on_hand


@given(recipes, shelves(), st.integers(1, 12), st.sets(st.sampled_from(ITEMS)))
def test_batches_hold_exactly_what_was_taken_and_each_kit_exactly_the_recipe(recipe, lots, kits, borrowing):
    parts = take_parts(recipe, kits, lots, instead=stand_ins(recipe, borrowing), today=TODAY)
    if parts.short:
        return
    batches = batches_of(recipe, kits, parts.taken)
    assert sum(batch.kits for batch in batches) == kits
    assert len({batch.contents for batch in batches}) == len(batches)
    used, taken = Counter(), Counter()
    for batch in batches:
        assert sum(content.per_kit for content in batch.contents) == sum(part.per_kit for part in recipe)
        assert len({content.lot_id for content in batch.contents}) == len(batch.contents)
        for content in batch.contents:
            used[content.lot_id] += content.per_kit * batch.kits
    for one in parts.taken:
        taken[one.lot.lot_id] += one.units
    assert used == taken


@given(recipes, shelves(), st.integers(1, 12))
def test_without_stand_ins_each_part_is_there_in_its_number(recipe, lots, kits):
    parts = take_parts(recipe, kits, lots, instead={}, today=TODAY)
    for batch in () if parts.short else batches_of(recipe, kits, parts.taken):
        held = Counter()
        for content in batch.contents:
            held[content.part_item_id] += content.per_kit
        assert held == {part.item_id: part.per_kit for part in recipe}


@given(recipes, shelves(), st.integers(1, 12))
def test_a_kit_never_lasts_longer_than_what_bears_its_date(recipe, lots, kits):
    parts = take_parts(recipe, kits, lots, instead={}, today=TODAY)
    for batch in () if parts.short else batches_of(recipe, kits, parts.taken):
        expiry = kit_expiry(batch.contents)
        dates = {content.effective_expiry for content in batch.contents if content.is_expiry_bearing} - {None}
        assert all(expiry <= date for date in dates)
        assert expiry in dates or (expiry is None and not dates)


@given(recipes, shelves())
def test_as_many_as_are_possible_can_be_packed_and_not_one_more(recipe, lots):
    usable = Counter()
    for lot in packable(lots, TODAY):
        usable[lot.item_id] += lot.on_hand
    most = kits_possible(recipe, usable)
    assert not take_parts(recipe, most, lots, instead={}, today=TODAY).short
    assert take_parts(recipe, most + 1, lots, instead={}, today=TODAY).short


@given(st.dictionaries(st.integers(1, 6), st.sets(st.integers(1, 6)), max_size=6), st.sets(st.integers(2, 6)))
def test_a_kit_holds_itself_exactly_when_a_way_leads_back_to_it(parts_of, parts):
    reached, edge = set(), set(parts)
    while edge:
        reached |= edge
        edge = {inner for part in edge for inner in parts_of.get(part, ())} - reached
    assert holds_itself(1, parts, parts_of) == (1 in reached)


@given(st.sets(st.integers(1, 50)))
def test_the_next_number_is_free_and_other_days_do_not_matter(numbers):
    there = [kit_number(TODAY, number) for number in numbers]
    assert (
        next_kit_number([*there, "", "IMK-07", kit_number(days_from_now(1), 99)], TODAY) == max(numbers, default=0) + 1
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.integers(1, 15), min_size=1, max_size=4),
    st.lists(st.integers(1, 15), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(1, 3),
    st.data(),
)
def test_packing_and_taking_apart_is_as_if_nothing_had_happened(start_over, vials, syringes, first, second, data):
    start_over()
    shelf = make_location()
    write(KIT, (VIAL, first), (SYRINGE, second))
    for code, lots in ((VIAL, vials), (SYRINGE, syringes)):
        for number, units in enumerate(lots):
            receive(shelf, units, code=code, lot=f"{code[:3]}{number}", expiry=days_from_now(30 + number))
    before = balances()
    most = min(sum(vials) // first, sum(syringes) // second)
    packed = data.draw(st.integers(0, most))
    if packed:
        pack(shelf, packed)
    lots = db.session.scalars(select(Lot).where(Lot.item_id == item(KIT).id)).all()
    assert sum(on_hand(shelf, lot) for lot in lots) == packed
    for lot in lots:
        parts = db.session.scalars(select(LotComponent).where(LotComponent.kit_lot_id == lot.id)).all()
        assert sum(part.quantity_per_kit for part in parts) == first + second
    assert list(verification.find_differences()) == []
    for lot in lots:
        take_apart(shelf, lot, on_hand(shelf, lot))
    assert balances() == before
