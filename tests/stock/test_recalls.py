"""Recalls: which lots they touch, what to put aside, what to ask, what may be used after all."""

import pytest
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.stock import actions, ledger
from harmreduction.stock.actions.recalls import (
    change_recall,
    close_recall,
    open_recall,
    release_lots,
    settle_recall,
)
from harmreduction.stock.models import Lot, LotStatusChange
from harmreduction.stock.queries.genealogy import list_inside, list_reached
from harmreduction.stock.queries.recalls import (
    list_questions,
    list_recalled_at,
    list_recalls,
    list_recalls_of_lot,
    list_recalls_touching,
)
from harmreduction.stock.rules import ChangedFact, ReversalReason
from harmreduction.stock.rules.recalls import CannotRelease, LotNames, NothingRecalled, RecallClass, read_lot_numbers
from tests.factories import SYSTEM, hand_out, item, make_location, on_hand, receive
from tests.stock.kits import KIT, SYRINGE, VIAL, pack, take_apart, write
from tests.stock.recalls import NASAL, a_notice, another_source, give, lot, move, recall_of, traced


def test_recalled_lots_are_named_and_not_proposed_any_more(database):
    shelf = make_location()
    bad, good = receive(shelf, 5, lot="BAD"), receive(shelf, 5, lot="GOOD")
    recall = recall_of("BAD", recall_class=RecallClass.TWO)
    assert (lot("BAD").status, lot("GOOD").status) == ("recalled", "available")
    hand_out(shelf, (NASAL, 2))
    assert (on_hand(shelf, bad), on_hand(shelf, good)) == (5, 3)
    [change] = db.session.scalars(select(LotStatusChange))
    assert (change.lot_id, change.recall_id, change.reason) == (bad.id, recall.id, "Z-1234")


def test_the_same_page_sent_twice_opens_one_recall_and_another_content_is_told_apart(database):
    receive(make_location(), 5, lot="BAD")
    page, named = new_id(), [LotNames(item_id=item().id, lot_numbers=("BAD",))]
    opened = [open_recall(page, a_notice(), named, by=SYSTEM, at=now()).id for _again in range(2)]
    assert opened[0] == opened[1] and len(list_recalls()) == 1
    with pytest.raises(ChangedFact):
        open_recall(page, a_notice(title="Another"), named, by=SYSTEM, at=now())
    with pytest.raises(ChangedFact):
        open_recall(page, a_notice(), [LotNames(item_id=item().id, lot_numbers=("TOO",))], by=SYSTEM, at=now())


def test_a_recall_without_a_lot_is_refused(database):
    with pytest.raises(NothingRecalled):
        recall_of()
    assert list_recalls() == []


def test_the_same_batch_of_every_source_is_recalled(database):
    receive(make_location(), 5, lot="BAD")
    source_id = another_source()
    with transaction():
        db.session.add(Lot(item_id=item().id, lot_number="BAD", funding_source_id=source_id))
    recall_of("BAD")
    assert set(db.session.scalars(select(Lot.status).where(Lot.lot_number == "BAD"))) == {"recalled"}


def test_a_number_that_was_never_here_arrives_recalled_whoever_pays_for_it(database):
    shelf, source = make_location(), another_source()
    recall_of("LATER")
    receive(shelf, 3, lot="LATER")
    assert lot("LATER").status == "recalled"
    actions.receive(
        actions.Receipt(
            client_id=new_id(),
            location_id=shelf.id,
            item_id=item().id,
            lot_number="LATER",
            expiry=None,
            quantity=4,
            occurred_at=now(),
            funding_source_id=source,
        ),
        by=SYSTEM,
    )
    assert sum(row.on_hand for row in list_recalled_at(shelf.id)) == 7


def test_a_lot_whose_number_was_a_slip_is_recalled_with_the_right_one(database):
    shelf = make_location()
    slip, right = receive(shelf, 5, lot="B4D"), receive(shelf, 5, lot="BAD")
    with transaction():
        db.session.get_one(Lot, slip.id).merged_into_id = right.id
    recall_of("BAD")
    assert lot("B4D").status == "recalled"
    assert list_reached([slip.id]) == list_reached([right.id]) == {slip.id, right.id}


def test_lots_that_a_later_notice_names_are_added(database):
    shelf = make_location()
    receive(shelf, 5, lot="ONE"), receive(shelf, 5, lot="TWO")
    recall = recall_of("ONE")
    more = [LotNames(item_id=item().id, lot_numbers=("TWO",))]
    change_recall(recall.public_id, a_notice(title="Now two lots"), more, by=SYSTEM, at=now())
    assert lot("TWO").status == "recalled"
    assert [found.title for found in list_recalls()] == ["Now two lots"]


def test_what_has_no_number_is_no_batch(database):
    shelf = make_location()
    unnumbered, bad = receive(shelf, 5, lot=""), receive(shelf, 5, lot="BAD")
    recall_of("BAD")
    assert unnumbered.id not in list_reached([bad.id])


def test_lot_numbers_are_read_as_people_paste_them():
    assert read_lot_numbers(" 72680ll\n76510LL, 72680LL;\t a  1 \r\n\n") == ("72680LL", "76510LL", "A 1")
    with pytest.raises(NothingRecalled):
        read_lot_numbers("x" * 41)
    with pytest.raises(NothingRecalled):
        read_lot_numbers("\n".join(map(str, range(501))))


# ---- what workers are told ----


def test_a_worker_is_told_to_put_aside_what_lies_here_and_what_to_ask(database):
    shelf, van = make_location(), make_location()
    bad = receive(shelf, 10, lot="BAD")
    assert list_recalled_at(shelf.id) == list_questions(shelf.id) == []
    give(shelf, bad, 3)
    recall = recall_of("BAD")
    assert [(row.lot.lot_number, row.on_hand) for row in list_recalled_at(shelf.id)] == [("BAD", 7)]
    assert list_recalled_at(van.id) == []
    [question] = list_questions(shelf.id)
    assert (question.recall.id, question.lot_numbers, question.went_out_here) == (recall.id, ["BAD"], 3)
    assert [asked.went_out_here for asked in list_questions(van.id)] == [0]


def test_nobody_is_asked_for_what_never_went_out(database):
    shelf = make_location()
    receive(shelf, 10, lot="BAD")
    recall_of("BAD")
    assert list_questions(shelf.id) == []


def test_the_hand_outs_that_a_recall_touches_are_found_unless_taken_back_or_released(database):
    shelf = make_location()
    bad, good = receive(shelf, 10, lot="BAD"), receive(shelf, 10, lot="GOOD")
    touched, untouched, undone = give(shelf, bad, 1), give(shelf, good, 1), give(shelf, bad, 2)
    take_back(undone)
    recall = recall_of("BAD")
    facts = [touched, untouched, undone]
    assert {fact: [each.id for each in found] for fact, found in list_recalls_touching(facts).items()} == {
        touched: [recall.id]
    }
    release_lots(recall.public_id, {bad.public_id: "The maker says so"}, by=SYSTEM, at=now())
    assert list_recalls_touching(facts) == {}
    assert list_questions(shelf.id) == []


def test_a_closed_recall_asks_nothing_more_and_its_lots_stay_aside(database):
    shelf = make_location()
    bad = receive(shelf, 10, lot="BAD")
    fact = give(shelf, bad, 1)
    recall = recall_of("BAD")
    for _pressed_twice in range(2):
        close_recall(recall.public_id, by=SYSTEM, at=now())
    assert lot("BAD").status == "recalled"
    assert list_questions(shelf.id) == [] and list_recalls_touching([fact]) == {}
    assert len(list_recalled_at(shelf.id)) == 1


# ---- releasing ----


def test_a_lot_is_released_with_its_whole_batch_and_stays_so(database):
    shelf = make_location()
    bad = receive(shelf, 10, lot="BAD")
    recall = recall_of("BAD", "TOO")
    settle_recall(recall.public_id, {bad.public_id: "Not in the notice"}, closes=False, by=SYSTEM, at=now())
    assert (lot("BAD").status, lot("TOO").status) == ("available", "recalled")
    last = db.session.scalars(select(LotStatusChange).order_by(LotStatusChange.id.desc())).first()
    assert (last.new_status, last.reason) == ("available", "Not in the notice")


def test_a_lot_that_another_recall_names_is_not_released(database):
    bad = receive(make_location(), 10, lot="BAD")
    first = recall_of("BAD")
    second = recall_of("BAD", reference="Z-2")
    with pytest.raises(CannotRelease, match="Z-2"):
        release_lots(first.public_id, {bad.public_id: "Fine"}, by=SYSTEM, at=now())
    assert lot("BAD").status == "recalled"
    close_recall(second.public_id, by=SYSTEM, at=now())
    release_lots(first.public_id, {bad.public_id: "Fine"}, by=SYSTEM, at=now())
    assert lot("BAD").status == "available"


def test_kits_are_not_released_while_a_part_stays_recalled(database):
    _shelf, kit = a_shelf_with_kits()
    recall = recall_of("VB", code=VIAL)
    with pytest.raises(CannotRelease, match="VB"):
        release_lots(recall.public_id, {kit.public_id: "Fine"}, by=SYSTEM, at=now())
    both = {kit.public_id: "Fine", lot("VB", VIAL).public_id: "Fine"}
    release_lots(recall.public_id, both, by=SYSTEM, at=now())
    assert db.session.get_one(Lot, kit.id).status == "available"


# ---- both directions ----


def test_kits_in_kits_are_reached_and_tell_what_is_inside(database):
    shelf, kit = a_shelf_with_kits()
    write("wound-kit", (KIT, 1), ("syringe-1ml-28g-half", 2))
    receive(shelf, 10, code="syringe-1ml-28g-half", lot="S9")
    pack(shelf, 2, code="wound-kit")
    outer = db.session.scalars(select(Lot).where(Lot.item_id == item("wound-kit").id)).one()
    recall = recall_of("VB", code=VIAL)
    db.session.refresh(outer)
    assert outer.status == "recalled"
    inside = [(part.depth, part.lot.lot_number, part.per_kit) for part in list_inside(outer.id)]
    assert sorted(inside) == sorted([(1, "S9", 2), (1, kit.lot_number, 1), (2, "SY", 2), (2, "VB", 2)])
    assert [found.id for found in list_recalls_of_lot(outer.id)] == [recall.id]
    assert list_recalls_of_lot(lot("SY", SYRINGE).id) == []


def test_the_atomizers_of_2016_are_taken_out_of_kits_and_the_naloxone_is_kept(database):
    """Teleflex called MAD300 atomizers back that lay in take-home kits; the medication was not to be discarded."""
    shelf, van = make_location(), make_location()
    spray = receive(shelf, 20, code="naloxone-prefilled-2ml", lot="IMS1")
    bad = receive(shelf, 20, code="atomizer", lot="160415", expiry=None)
    write(KIT, ("naloxone-prefilled-2ml", 2), ("atomizer", 2))
    pack(shelf, 8)
    kit = db.session.scalars(select(Lot).where(Lot.item_id == item(KIT).id)).one()
    move(shelf, van, kit, 5)
    give(van, kit, 3)
    numbers = ("160108", "160415", "160823")
    recall = recall_of(*numbers, code="atomizer", title="Atomizers that spray badly", recall_class=RecallClass.TWO)
    found = traced(recall)
    assert (found["atomizer"].here, found[KIT].here, found[KIT].out, found[KIT].places) == (4, 5, 3, 2)
    assert (lot("IMS1", "naloxone-prefilled-2ml").status, lot("160415", "atomizer").status) == ("available", "recalled")
    good = receive(shelf, 20, code="atomizer", lot="161001", expiry=None)
    take_apart(shelf, kit, 3)
    pack(shelf, 3)
    assert (on_hand(shelf, spray), on_hand(shelf, bad), on_hand(shelf, good)) == (4, 10, 14)
    repacked = db.session.scalars(select(Lot).where(Lot.item_id == item(KIT).id, Lot.id != kit.id)).one()
    assert (repacked.status, list_recalls_of_lot(repacked.id)) == ("available", [])
    assert [asked.item.code for asked in list_questions(van.id)] == [KIT]
    assert traced(recall)[KIT].here == 2  # on the van, still to be taken apart


def test_the_vials_of_2018_are_found_loose_in_kits_and_in_hands(database):
    """Hospira called back vials of lots 72680LL (NDC 0409-1782-03) and 76510LL (NDC 0409-1782-69)."""
    shelf, annex = make_location(), make_location()
    write()
    receive(shelf, 20, code=SYRINGE, lot="SY")
    first = receive(shelf, 12, code=VIAL, lot="72680LL")
    give(shelf, first, 2)
    pack(shelf, 2)
    second = receive(annex, 6, code=VIAL, lot="76510LL")
    kit = db.session.scalars(select(Lot).where(Lot.item_id == item(KIT).id)).one()
    give(shelf, kit, 1)
    recall = recall_of("72680ll".upper(), "76510LL", code=VIAL, title="Loose particles on the syringe plunger")
    found = traced(recall)
    assert (found[VIAL].here, found[VIAL].places, found[VIAL].out) == (12, 2, 2)
    assert (found[KIT].here, found[KIT].out) == (1, 1)
    assert on_hand(annex, second) == 6
    assert {row.lot.lot_number for row in list_recalled_at(shelf.id)} == {"72680LL", kit.lot_number}


def a_shelf_with_kits():
    """Return a shelf and the lot of four kits packed there, of vials VB and syringes SY."""
    shelf = make_location()
    write()
    for code, number in ((VIAL, "VB"), (SYRINGE, "SY")):
        receive(shelf, 12, code=code, lot=number)
    pack(shelf, 4)
    return shelf, db.session.scalars(select(Lot).where(Lot.item_id == item(KIT).id)).one()


def take_back(fact_id):
    """Take a fact back."""
    with transaction():
        ledger.reverse(fact_id, client_id=new_id(), reason=ReversalReason.OTHER, by=SYSTEM)
