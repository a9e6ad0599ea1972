"""Kits: packed by the recipe from known lots, and taken apart into exactly what went in."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound, OutOfDate
from harmreduction.stock import ledger, verification
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.actions.kits import pack_kits
from harmreduction.stock.models import (
    NOT_SAID,
    FundingSource,
    HeatFlag,
    ItemSubstitute,
    Lot,
    StockTransaction,
)
from harmreduction.stock.queries import kits as kit_queries
from harmreduction.stock.queries.packing import Wish, plan_packing, stand_in, usable_at
from harmreduction.stock.rules import ChangedFact, NotEnoughHere, Outcome, ReversalReason, UnknownLot
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
from tests.stock.kits import (
    KIT,
    LATER,
    SOON,
    SYRINGE,
    VIAL,
    a_packing,
    a_shelf_with_parts,
    balances,
    contents,
    kit_lots,
    pack,
    take_apart,
    write,
)


def test_packing_takes_exactly_the_recipe_and_the_kits_last_as_long_as_their_first_part(database):
    shelf = a_shelf_with_parts()
    pack(shelf, 15)
    [kits] = kit_lots()
    assert (on_hand(shelf, kits), kits.effective_expiry, kits.printed_expiry) == (15, SOON, None)
    assert contents(kits) == {("V1", 2), ("S1", 2)}
    assert [on_hand(shelf, lot) for lot in db.session.scalars(select(Lot).order_by(Lot.id))] == [10, 70, 15]
    assert list(verification.find_differences()) == []


def test_lots_that_change_on_the_way_make_kits_that_are_all_alike_with_a_number_of_their_own(database):
    shelf = make_location()
    write()
    receive(shelf, 5, code=VIAL, lot="V1", expiry=SOON)
    receive(shelf, 20, code=VIAL, lot="V2", expiry=LATER)
    receive(shelf, 100, code=SYRINGE, lot="S1", expiry=LATER)
    pack(shelf, 6)
    first, mixed, rest = kit_lots()
    assert [on_hand(shelf, lot) for lot in (first, mixed, rest)] == [2, 1, 3]
    assert contents(mixed) == {("V1", 1), ("V2", 1), ("S1", 2)}
    assert [lot.effective_expiry for lot in (first, mixed, rest)] == [SOON, SOON, LATER]
    day = f"{days_from_now(0):%y%m%d}"
    assert [lot.lot_number for lot in (first, mixed, rest)] == [f"K{day}-1", f"K{day}-2", f"K{day}-3"]
    pack(shelf, 1)
    assert kit_lots()[-1].lot_number == f"K{day}-4"


def test_taken_apart_kits_give_back_what_went_in_and_every_balance_is_as_before(database):
    shelf = a_shelf_with_parts()
    before = balances()
    pack(shelf, 15)
    [kits] = kit_lots()
    take_apart(shelf, kits, 5)
    assert on_hand(shelf, kits) == 10
    take_apart(shelf, kits, 10)
    assert balances() == before


def test_packing_sent_twice_is_booked_once_and_changed_is_told_apart(database):
    shelf = a_shelf_with_parts()
    packing = a_packing(shelf, 3)
    assert pack_kits(packing, by=SYSTEM) is Outcome.CREATED
    assert pack_kits(packing, by=SYSTEM) is Outcome.EXISTS
    with pytest.raises(ChangedFact):
        pack_kits(replace(packing, wish=replace(packing.wish, kits=4)), by=SYSTEM)
    assert sum(on_hand(shelf, lot) for lot in kit_lots()) == 3


def test_kits_beyond_what_is_booked_are_refused_with_a_sentence_and_nothing_is_saved(database):
    shelf = a_shelf_with_parts()
    before = balances()
    with pytest.raises(NotEnoughHere, match="Count the parts that are short"):
        pack(shelf, 21)
    assert (balances(), kit_lots()) == (before, [])
    assert db.session.scalars(select(StockTransaction).where(StockTransaction.kind == "assemble")).all() == []


def test_when_the_lots_changed_since_the_person_looked_they_look_again(database):
    shelf = a_shelf_with_parts()
    packing = a_packing(shelf, 20)
    receive(shelf, 10, code=VIAL, lot="V0", expiry=days_from_now(50))
    with pytest.raises(OutOfDate, match="Look at the lots again"):
        pack_kits(packing, by=SYSTEM)
    assert kit_lots() == []


def test_lots_past_their_date_or_held_or_recalled_are_never_packed(database):
    shelf = a_shelf_with_parts()
    receive(shelf, 50, code=VIAL, lot="OLD", expiry=days_from_now(-1))
    for status in ("on_hold", "quarantined", "recalled"):
        lot = receive(shelf, 50, code=VIAL, lot=status, expiry=LATER)
        with transaction():
            db.session.get_one(Lot, lot.id).status = status
    wish = Wish(location_id=shelf.id, kit_item_id=item(KIT).id, kits=1)
    assert plan_packing(wish, today=days_from_now(0)).possible == 20
    pack(shelf, 20)
    assert {number for lot in kit_lots() for number, _units in contents(lot)} == {"V1", "S1"}
    with pytest.raises(NotEnoughHere):
        pack(shelf, 1)


def test_where_a_part_is_short_another_item_stands_in_if_a_person_says_so(database):
    shelf = make_location()
    write()
    thin, thick = item(SYRINGE), item("syringe-im-3ml-23g")
    with transaction():
        db.session.add(ItemSubstitute(item_id=thin.id, substitute_id=thick.id))
    receive(shelf, 40, code=VIAL, lot="V1", expiry=SOON)
    receive(shelf, 4, code=SYRINGE, lot="S1", expiry=LATER)
    receive(shelf, 50, code="syringe-im-3ml-23g", lot="T1", expiry=LATER)
    with pytest.raises(NotEnoughHere):
        pack(shelf, 3)
    pack(shelf, 3, instead=(stand_in(thin, thick),))
    own, borrowed = kit_lots()
    assert (contents(own), contents(borrowed)) == ({("V1", 2), ("S1", 2)}, {("V1", 2), ("T1", 2)})
    [part] = [part for part in kit_queries.contents_of([borrowed.id])[borrowed.id] if part.is_stand_in]
    assert (part.lot.lot_number, part.stands_for.code) == ("T1", SYRINGE)


def test_a_lot_that_cannot_be_found_is_left_out(database):
    shelf = a_shelf_with_parts()
    lost = db.session.scalars(select(Lot).where(Lot.lot_number == "V1")).one()
    receive(shelf, 10, code=VIAL, lot="V2", expiry=LATER)
    pack(shelf, 5, without=(lost.public_id,))
    [kits] = kit_lots()
    assert contents(kits) == {("V2", 2), ("S1", 2)}


def test_ready_kits_have_no_known_parts_and_cannot_be_taken_apart(database):
    shelf = a_shelf_with_parts()
    ready = receive(shelf, 5, code=KIT, lot="IMK-07")
    with pytest.raises(UnknownLot, match="Nobody wrote down"):
        take_apart(shelf, ready, 1)


def test_no_more_kits_are_taken_apart_than_are_booked(database):
    shelf = a_shelf_with_parts()
    pack(shelf, 3)
    [kits] = kit_lots()
    hand_out(shelf, (KIT, 2))
    with pytest.raises(NotEnoughHere, match="Count them first"):
        take_apart(shelf, kits, 2)
    take_apart(shelf, kits, 1)
    assert on_hand(shelf, kits) == 0


def test_kits_are_packed_and_taken_apart_only_at_ones_own_sites(database):
    shelf, stranger = a_shelf_with_parts(), make_actor(sites=(make_site().id,))
    with pytest.raises(NotFound):
        pack(shelf, 1, by=stranger)
    fact = pack(shelf, 1)
    with pytest.raises(NotFound):
        take_apart(shelf, kit_lots()[0], 1, by=stranger)
    with pytest.raises(NotFound):
        kit_queries.get_packed(stranger, fact)


def test_kits_carry_the_funding_source_that_paid_for_all_their_parts(database):
    shelf = a_shelf_with_parts()
    with transaction():
        grant = FundingSource(name="State grant")
        db.session.add(grant)
        db.session.flush()
        db.session.scalars(select(Lot).where(Lot.lot_number == "V1")).one().funding_source_id = grant.id
    pack(shelf, 1)
    with transaction():
        db.session.scalars(select(Lot).where(Lot.lot_number == "S1")).one().funding_source_id = grant.id
    pack(shelf, 1)
    assert [lot.funding_source_id for lot in kit_lots()] == [NOT_SAID, grant.id]


def test_what_was_packed_this_month_leaves_out_what_was_taken_back(database):
    shelf = a_shelf_with_parts()
    kit = item(KIT)
    pack(shelf, 3)
    slip = pack(shelf, 2)
    fact = db.session.scalars(select(StockTransaction).where(StockTransaction.client_id == slip)).one()
    with transaction():
        ledger.reverse(fact.id, client_id="9" * 36, reason=ReversalReason.UNDO, by=SYSTEM)
    assert kit_queries.packed_this_month(kit.id, [shelf], now=now()) == 3
    assert kit_queries.kits_on_hand([kit.id], [shelf.id]) == {kit.id: 3}


def test_what_can_be_packed_counts_only_what_is_usable(database):
    shelf = a_shelf_with_parts()
    receive(shelf, 50, code=VIAL, lot="OLD", expiry=days_from_now(-1))
    vial, syringe = item(VIAL).id, item(SYRINGE).id
    found = usable_at([shelf.id], [vial, syringe], today=days_from_now(0))
    assert found == {shelf.id: {vial: 40, syringe: 100}}


def test_kits_of_a_part_that_got_too_warm_go_out_first_too(database):
    shelf = a_shelf_with_parts()
    vials = db.session.scalars(select(Lot).where(Lot.lot_number == "V1")).one()
    flag_heat(shelf.id, [vials.id], "In the sun", by=SYSTEM, at=now())
    pack(shelf, 2)
    [kits] = kit_lots()
    flagged = select(HeatFlag.note).where(HeatFlag.lot_id == kits.id, HeatFlag.location_id == shelf.id)
    assert db.session.scalars(flagged).all() == ["In the sun"]
