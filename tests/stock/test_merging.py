"""One lot under two numbers, one item listed twice: what lies somewhere goes over, and no total changes."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotAllowed
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.queries import list_usual_handouts, list_usual_lines
from harmreduction.stock import actions, ledger
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.actions.lots import find_or_make_lot
from harmreduction.stock.actions.merging import Merge, merge_items, merge_lots
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import (
    HeatFlag,
    Item,
    ItemIdentifier,
    Lot,
    StockBalance,
    StockMovement,
    StockTransaction,
)
from harmreduction.stock.queries.batches import batch_of
from harmreduction.stock.rules import (
    REAL_KINDS,
    VIRTUAL_LOCATION_IDS,
    CountedLot,
    LocationKind,
    MovementLine,
    Outcome,
    TransactionKind,
    Wanted,
)
from harmreduction.stock.rules.problems import CannotMerge
from harmreduction.stock.verification import find_differences
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
from tests.pages import text_of

NASAL = "naloxone-nasal-4"


def a_merge(slip, stays, **changes):
    fields = {"client_id": new_id(), "slip": slip.public_id, "stays": stays.public_id, "occurred_at": now()}
    return Merge(**fields | changes)


def a_twin(of, **changes):
    """Return the same item, listed a second time."""
    fields = {name: getattr(of, name) for name in actions.ItemChange.__annotations__} | {"name": f"{of.name} again"}
    return actions.add_item(new_id(), actions.ItemChange(**fields | changes), by=SYSTEM)


def totals():
    """Return the units of each item at each real place, merged items under the one that stays."""
    stays = func.coalesce(Item.merged_into_id, Item.id)
    rows = db.session.execute(
        select(StockBalance.location_id, stays, func.sum(StockBalance.on_hand))
        .join(Lot, Lot.id == StockBalance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(StockBalance.location_id.not_in(VIRTUAL_LOCATION_IDS.values()))
        .group_by(StockBalance.location_id, stays)
    )
    return {(place, what): units for place, what, units in rows if units}


def receive_item(place, what, quantity, lot_number, expiry=None):
    actions.receive(
        actions.Receipt(
            client_id=new_id(),
            location_id=place.id,
            item_id=what.id,
            lot_number=lot_number,
            expiry=expiry,
            quantity=quantity,
            occurred_at=now(),
        ),
        by=SYSTEM,
    )
    return db.session.scalars(select(Lot).where(Lot.item_id == what.id, Lot.lot_number == lot_number)).one()


def put(place, lot, units, *, back=False):
    """Move units of a lot to a place from outside, or the other way."""
    source, target = VIRTUAL_LOCATION_IDS[LocationKind.SUPPLIER], place.id
    fact = Fact(client_id=new_id(), fingerprint="x", kind=TransactionKind.RECEIVE, occurred_at=now())
    line = MovementLine(
        lot_id=lot.id,
        from_location_id=target if back else source,
        to_location_id=source if back else target,
        quantity=units,
    )
    with transaction():
        opened = ledger.open_fact(fact, by=SYSTEM)
        ledger.add_lines(opened.transaction_id, fact, [line])


# --- lots


def test_what_lies_under_a_wrong_number_goes_on_under_the_right_one_everywhere(database):
    site = make_site()
    shelf, van = make_location(site), make_location(site)
    slip, right = receive(shelf, 10, lot="NX24BI7"), receive(shelf, 3, lot="NX24B17")
    put(van, slip, 4)
    before = totals()
    merge = a_merge(slip, right)
    assert merge_lots(merge, by=SYSTEM) is Outcome.CREATED
    assert merge_lots(merge, by=SYSTEM) is Outcome.EXISTS
    assert [on_hand(place, lot) for place in (shelf, van) for lot in (slip, right)] == [0, 13, 0, 4]
    assert totals() == before
    assert slip.merged_into_id == right.id
    assert {lot.id for lot in batch_of(slip)} == {lot.id for lot in batch_of(right)} == {slip.id, right.id}
    assert list(find_differences()) == []


def test_below_zero_goes_over_too_and_is_settled_by_what_lies_under_the_right_number(database):
    shelf = make_location()
    slip, right = receive(shelf, 1, lot="SLIP"), receive(shelf, 10, lot="RIGHT")
    hand_out(shelf, lines=(Wanted(item_id=slip.item_id, quantity=4, lot_id=slip.id),))
    merge_lots(a_merge(slip, right), by=SYSTEM)
    assert (on_hand(shelf, slip), on_hand(shelf, right)) == (0, 7)
    assert list(find_differences()) == []


def test_later_receipts_and_hand_outs_of_the_wrong_number_go_to_the_right_one(database):
    shelf = make_location()
    slip, right = receive(shelf, 10, lot="SLIP"), receive(shelf, 10, lot="RIGHT")
    merge_lots(a_merge(slip, right), by=SYSTEM)
    receive_item(shelf, item(), 5, "SLIP")
    hand_out(shelf, lines=(Wanted(item_id=slip.item_id, quantity=2, lot_id=slip.id),))
    elsewhere = make_location()
    hand_out(elsewhere, lines=(Wanted(item_id=slip.item_id, quantity=1, lot_id=slip.id),))
    assert (on_hand(shelf, slip), on_hand(shelf, right), on_hand(elsewhere, right)) == (0, 23, -1)


def test_a_hand_out_from_before_a_count_of_the_wrong_number_stays_there_where_the_count_holds_it(database):
    shelf = make_location()
    slip, right = receive(shelf, 10, lot="SLIP"), receive(shelf, 10, lot="RIGHT")
    counted = CountedLot(
        location_id=shelf.id,
        lot_id=slip.id,
        counted=8,
        at=now(),
        order_key=new_id(),
        counterpart_id=VIRTUAL_LOCATION_IDS[LocationKind.VARIANCE],
    )
    fact = Fact(client_id=new_id(), fingerprint="x", kind=TransactionKind.COUNT, occurred_at=now())
    with transaction():
        opened = ledger.open_fact(fact, by=SYSTEM)
        ledger.add_count(opened.transaction_id, fact, [counted])
    merge_lots(a_merge(slip, right), by=SYSTEM)
    issued = actions.Issue(
        client_id=new_id(),
        fingerprint="late",
        location_id=shelf.id,
        lines=(Wanted(item_id=slip.item_id, quantity=2, lot_id=slip.id),),
        occurred_at=counted.at - timedelta(hours=1),
        today=days_from_now(0),
    )
    actions.issue(issued, by=SYSTEM)
    assert (on_hand(shelf, slip), on_hand(shelf, right)) == (0, 18)


def test_what_comes_back_under_the_wrong_number_is_merged_once_more(database):
    shelf = make_location()
    slip, right = receive(shelf, 10, lot="SLIP"), receive(shelf, 10, lot="RIGHT")
    worker = make_actor(sites=(shelf.site_id,))
    logged = hand_out(shelf, lines=(Wanted(item_id=slip.item_id, quantity=2, lot_id=slip.id),), by=worker)
    merge_lots(a_merge(slip, right), by=SYSTEM)
    encounters.undo_distribution(logged.distribution_id, by=worker)
    assert (on_hand(shelf, slip), on_hand(shelf, right)) == (2, 18)
    merge_lots(a_merge(slip, right), by=SYSTEM)
    assert (on_hand(shelf, slip), on_hand(shelf, right)) == (0, 20)


def test_a_chain_of_slips_ends_at_the_lot_that_stays(database):
    shelf = make_location()
    first, second, third = (receive(shelf, 5, lot=number) for number in ("A", "B", "C"))
    merge_lots(a_merge(first, second), by=SYSTEM)
    merge_lots(a_merge(second, third), by=SYSTEM)
    with transaction():
        assert find_or_make_lot(item().id, "A") == third.id
    assert (first.merged_into_id, second.merged_into_id, on_hand(shelf, third)) == (third.id, third.id, 15)
    with pytest.raises(CannotMerge, match="one lot already"):
        merge_lots(a_merge(third, first), by=SYSTEM)


def test_heat_goes_along_and_nothing_in_stock_is_no_fact(database):
    shelf = make_location()
    slip, right = receive(shelf, 5, lot="SLIP"), receive(shelf, 5, lot="RIGHT")
    flag_heat(shelf.id, [slip.id], "In the sun", by=SYSTEM, at=now())
    merge_lots(a_merge(slip, right), by=SYSTEM)
    assert set(db.session.scalars(select(HeatFlag.lot_id))) == {slip.id, right.id}
    facts = db.session.scalar(select(func.count()).select_from(StockTransaction))
    with transaction():
        empty = db.session.get_one(Lot, find_or_make_lot(item().id, "EMPTY"))
    merge_lots(a_merge(empty, right), by=SYSTEM)
    assert empty.merged_into_id == right.id
    assert db.session.scalar(select(func.count()).select_from(StockTransaction)) == facts


def test_lots_that_cannot_be_one_are_refused_with_a_sentence(database):
    shelf = make_location()
    slip, right = receive(shelf, 5, lot="SLIP"), receive(shelf, 5, lot="RIGHT")
    unknown = receive(shelf, 5, lot="")
    strip = receive(shelf, 5, code="strip-fentanyl", lot="STRIP")
    for wrong, sentence in ((unknown, "no lot number"), (strip, "two items"), (right, "one lot already")):
        with pytest.raises(CannotMerge, match=sentence):
            merge_lots(a_merge(wrong, right), by=SYSTEM)
    with transaction():
        db.session.get_one(Lot, right.id).status = "recalled"
    with pytest.raises(CannotMerge, match="held back"):
        merge_lots(a_merge(slip, right), by=SYSTEM)
    with pytest.raises(NotAllowed):
        merge_lots(a_merge(slip, right), by=make_actor())
    assert slip.merged_into_id is None


def test_what_is_on_the_way_is_accepted_first(database):
    shelf = make_location()
    slip, right = receive(shelf, 5, lot="SLIP"), receive(shelf, 5, lot="RIGHT")
    fact = Fact(client_id=new_id(), fingerprint="x", kind=TransactionKind.DISPATCH, occurred_at=now())
    on_the_way = VIRTUAL_LOCATION_IDS[LocationKind.IN_TRANSIT]
    with transaction():
        opened = ledger.open_fact(fact, by=SYSTEM)
        line = MovementLine(lot_id=slip.id, from_location_id=shelf.id, to_location_id=on_the_way, quantity=2)
        ledger.add_lines(opened.transaction_id, fact, [line])
    with pytest.raises(CannotMerge, match="on the way"):
        merge_lots(a_merge(slip, right), by=SYSTEM)


# --- items


def test_an_item_that_was_listed_twice_goes_on_under_the_other_with_its_lots_and_codes(database):
    shelf = make_location()
    stays = item()
    twin = a_twin(stays)
    right = receive(shelf, 5, lot="NX1", expiry=days_from_now(200))
    same = receive_item(shelf, twin, 4, "NX1", days_from_now(200))
    own = receive_item(shelf, twin, 3, "NX2", days_from_now(300))
    unknown = receive_item(shelf, twin, 2, "")
    with transaction():
        db.session.add(ItemIdentifier(item_id=twin.id, system="sku", value="TWIN"))
    before = sum(totals().values())
    merge_items(a_merge(twin, stays), by=SYSTEM)
    assert sum(totals().values()) == before
    assert set(totals()) == {(shelf.id, stays.id)}
    assert [on_hand(shelf, lot) for lot in (right, same, own, unknown)] == [9, 0, 0, 0]
    moved = db.session.scalars(select(Lot).where(Lot.item_id == stays.id, Lot.lot_number == "NX2")).one()
    assert (on_hand(shelf, moved), moved.effective_expiry) == (3, days_from_now(300))
    assert (twin.is_active, twin.merged_into_id) == (False, stays.id)
    code = select(ItemIdentifier.item_id).where(ItemIdentifier.value == "TWIN")
    assert db.session.scalars(code).one() == stays.id
    assert list(find_differences()) == []


def test_what_names_the_item_that_went_goes_to_the_one_that_stays(database):
    shelf = make_location()
    stays = a_twin(item())
    tile = next(tile for tile in list_usual_handouts() if item().id in {line.item_id for line in tile.lines})
    merge_items(a_merge(item(), stays), by=SYSTEM)
    assert stays.id in {item_id for item_id, _units in list_usual_lines(tile.public_id)}
    hand_out(shelf, (NASAL, 1))
    [balance] = db.session.scalars(select(StockBalance).where(StockBalance.location_id == shelf.id)).all()
    assert db.session.get_one(Lot, balance.lot_id).item_id == stays.id


def test_items_counted_in_different_ways_and_lots_with_two_dates_are_refused(database):
    shelf = make_location()
    stays = item()
    with pytest.raises(CannotMerge, match="different ways"):
        merge_items(a_merge(a_twin(stays, name="One dose", doses_per_unit=1), stays), by=SYSTEM)
    twin = a_twin(stays)
    receive(shelf, 5, lot="NX1", expiry=days_from_now(200))
    receive_item(shelf, twin, 4, "NX1", days_from_now(300))
    with pytest.raises(CannotMerge, match="two dates"):
        merge_items(a_merge(twin, stays), by=SYSTEM)
    with pytest.raises(CannotMerge, match="one item"):
        merge_items(a_merge(stays, stays), by=SYSTEM)
    assert (db.session.get_one(Item, twin.id).is_active, len(totals())) == (True, 2)


# --- the law


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(moves=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(1, 20), st.booleans()), max_size=8))
def test_a_merge_changes_no_total_whatever_lies_where(start_over, moves):
    start_over()
    site = make_site()
    places = [make_location(site) for _ in range(2)]
    with transaction():
        lots = [db.session.get_one(Lot, find_or_make_lot(item().id, number)) for number in ("A", "B", "C")]
    for place, lot, units, back in moves:
        put(places[place], lots[lot], units, back=back)
    before = totals()
    merge_lots(a_merge(lots[0], lots[1]), by=SYSTEM)
    merge_lots(a_merge(lots[1], lots[2]), by=SYSTEM)
    assert totals() == before
    assert [on_hand(place, lot) for place in places for lot in lots[:2]] == [0, 0, 0, 0]
    per_lot = select(func.sum(StockBalance.on_hand)).group_by(StockBalance.lot_id)
    assert set(db.session.scalars(per_lot)) <= {0}
    assert list(find_differences()) == []


def test_real_places_are_all_that_a_merge_empties(database):
    shelf = make_location()
    slip, right = receive(shelf, 5, lot="SLIP"), receive(shelf, 5, lot="RIGHT")
    merge_lots(a_merge(slip, right), by=SYSTEM)
    touched = select(StockMovement.from_location_id).join(StockTransaction).where(StockTransaction.kind == "merge")
    assert set(db.session.scalars(touched)) == {shelf.id, VIRTUAL_LOCATION_IDS[LocationKind.ASSEMBLY]}
    assert LocationKind.ASSEMBLY not in REAL_KINDS


# --- pages


def test_a_lead_looks_at_both_numbers_before_they_become_one(sign_in_as):
    shelf = make_location()
    slip, right = receive(shelf, 5, lot="SLIP"), receive(shelf, 5, lot="RIGHT")
    lead, path = sign_in_as("programme_lead"), f"/stock/lots/{slip.public_id}/merge"
    assert "No lot of this item has the number" in lead.send(path, status=200, lot_number="WRONG").get_data(
        as_text=True
    )
    page = lead.send(path, status=200, lot_number="right").get_data(as_text=True)
    assert "Goes on as lot RIGHT" in page
    assert on_hand(shelf, slip) == 5
    form_id = page.split('name="form_id"')[1].split('value="')[1].split('"')[0]
    fields = {"lot_number": "RIGHT", "is_sure": "y", "form_id": form_id}
    assert "Look at both" not in text_of(lead.send(path, status=200, **fields, looked_at=slip.public_id))
    for _tap in range(2):
        lead.send(path, **fields, looked_at=right.public_id)
    assert (on_hand(shelf, slip), on_hand(shelf, right)) == (0, 10)
    assert "It goes on as lot RIGHT" in text_of(lead.page(f"/stock/lots/{slip.public_id}/date"))


def test_a_lead_merges_an_item_that_was_listed_twice(sign_in_as):
    stays = item()
    twin = a_twin(stays)
    lead, path = sign_in_as("programme_lead"), f"/stock/items/{twin.public_id}/merge"
    assert "Choose an item." in lead.send(path, status=200).get_data(as_text=True)
    assert "goes out of use" in lead.send(path, status=200, stays=stays.public_id).get_data(as_text=True)
    lead.send(path, stays=stays.public_id, is_sure="y", looked_at=stays.public_id)
    assert db.session.get_one(Item, twin.id).merged_into_id == stays.id


def test_the_cards_of_merged_lots_name_each_other_and_the_merge_leads_to_the_one_that_stays(sign_in_as):
    shelf = make_location()
    slip, stays = receive(shelf, 2, lot="B0O1"), receive(shelf, 5, lot="B001")
    lead = sign_in_as("programme_lead")
    path = f"/stock/lots/{slip.public_id}/merge"
    fields = {"form_id": new_id(), "lot_number": "B001", "looked_at": stays.public_id, "is_sure": "y"}
    assert lead.send(path, **fields).location == f"/stock/lots/{stays.public_id}"
    words = text_of(lead.page(f"/stock/lots/{slip.public_id}"))
    assert "went over to lot B001 when the two were merged" in words and "packed into kits" not in words
    assert "came over from lot B0O1 when the two were merged" in text_of(lead.page(f"/stock/lots/{stays.public_id}"))
