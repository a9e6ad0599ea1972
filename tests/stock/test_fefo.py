"""Which lot goes out next: what was skipped and why, heat first, and the last day in the site's own zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id, transaction
from harmreduction.settings.actions import set_values
from harmreduction.settings.rules import ExpiredStock
from harmreduction.stock import actions
from harmreduction.stock.actions.heat import carry_heat, clear_heat, flag_heat
from harmreduction.stock.models import HeatFlag, Lot, StockDiscrepancy, StockMovement
from harmreduction.stock.queries.proposals import propose_lots
from harmreduction.stock.rules import LotOnHand, LotStatus, Wanted, first_expiring, is_expired, pick_lots
from harmreduction.stock.rules.lots import skipped_among, why_skipped
from tests.factories import (
    SYSTEM,
    TIME_ZONE,
    days_from_now,
    hand_out,
    item,
    make_location,
    make_site,
    on_hand,
    receive,
)

DAY = date(2026, 11, 22)
NALOXONE = "naloxone-nasal-4"


def last_resort():
    set_values({"expired_stock": ExpiredStock.LAST_RESORT.value}, by=SYSTEM)


def proposed(shelf, units, code=NALOXONE, on=None):
    return propose_lots(shelf.id, {item(code).id: units}, today=on or days_from_now(0))


def picked(proposal):
    return {db.session.get_one(Lot, pick.lot_id).lot_number: pick.quantity for pick in proposal.picks}


def with_status(lot, status):
    with transaction():
        db.session.get_one(Lot, lot.id).status = status.value


def went_out():
    """Return the lot numbers that left for participants, in order."""
    rows = select(Lot.lot_number).join(StockMovement, StockMovement.lot_id == Lot.id)
    return list(db.session.scalars(rows.where(StockMovement.to_location_id == 2).order_by(StockMovement.id)))


def test_each_lot_that_was_skipped_is_named_with_its_reason(database):
    shelf = make_location()
    receive(shelf, 5, lot="OLD", expiry=DAY - timedelta(days=1))
    for number, status in (("HELD", "on_hold"), ("APART", "quarantined"), ("BACK", "recalled")):
        with_status(receive(shelf, 5, lot=number, expiry=DAY), LotStatus(status))
    receive(shelf, 5, lot="GOOD", expiry=DAY)
    proposal = proposed(shelf, 7, on=DAY)
    assert picked(proposal) == {"GOOD": 5}
    assert proposal.short == {item(NALOXONE).id: 2}
    assert [str(sentence) for sentence in proposal.sentences_on(item(NALOXONE).id)] == [
        "Lot OLD was skipped: past its date since 2026-11-22.",
        "Lot HELD was skipped: it is on hold.",
        "Lot APART was skipped: it is quarantined.",
        "Lot BACK was skipped: it was recalled.",
    ]


def test_what_nobody_asked_for_or_does_not_lie_there_is_not_named(database):
    shelf = make_location()
    receive(shelf, 5, lot="OLD", expiry=DAY - timedelta(days=1))
    assert proposed(shelf, 0, on=DAY).sentences_on(item(NALOXONE).id) == []
    hand_out(shelf, (NALOXONE, 1))
    assert [entry.lot.lot_number for entry in proposed(shelf, 1, on=DAY).skipped] == ["OLD"]


def test_a_lot_that_two_sources_paid_for_is_named_once():
    old = LotOnHand(lot_id=1, item_id=1, on_hand=5, lot_number="OLD", effective_expiry=DAY - timedelta(days=1))
    assert len(skipped_among([old, replace(old, lot_id=2)], DAY)) == 1


def test_what_got_too_warm_goes_out_first_at_that_place_and_where_it_is_moved_to(database):
    site = make_site()
    shelf, van, other = make_location(site), make_location(site), make_location(site)
    receive(shelf, 5, lot="SOON", expiry=days_from_now(40))
    warm = receive(shelf, 5, lot="WARM", expiry=days_from_now(400))
    receive(other, 5, lot="SOON", expiry=days_from_now(40))
    receive(other, 5, lot="WARM", expiry=days_from_now(400))
    flag_heat(shelf.id, [warm.id, warm.id], "Left in the van", by=SYSTEM, at=now())
    flag_heat(shelf.id, [warm.id], "Again", by=SYSTEM, at=now())
    assert picked(proposed(shelf, 6)) == {"WARM": 5, "SOON": 1}
    assert picked(proposed(other, 6)) == {"SOON": 5, "WARM": 1}
    actions.transfer(
        actions.Transfer(
            client_id=new_id(),
            from_location_id=shelf.id,
            to_location_id=van.id,
            lots=((warm.id, 2),),
            occurred_at=now(),
        ),
        by=SYSTEM,
    )
    flags = db.session.scalars(select(HeatFlag).order_by(HeatFlag.id)).all()
    assert [(flag.location_id, flag.note) for flag in flags] == [
        (shelf.id, "Left in the van"),
        (van.id, "Left in the van"),
    ]


def test_only_what_was_too_warm_when_it_left_is_so_where_it_arrives(database):
    site = make_site()
    shelf, van = make_location(site), make_location(site)
    lot = receive(shelf, 5)
    left = now()
    flag_heat(shelf.id, [lot.id], "", by=SYSTEM, at=left + timedelta(hours=1))
    carry_heat(shelf.id, van.id, [lot.id], left_at=left, by=SYSTEM)
    assert db.session.scalars(select(HeatFlag.location_id)).all() == [shelf.id]
    [flag] = db.session.scalars(select(HeatFlag)).all()
    clear_heat(flag.public_id, by=SYSTEM, at=left + timedelta(hours=3))
    clear_heat(flag.public_id, by=SYSTEM, at=left + timedelta(hours=4))
    carry_heat(shelf.id, van.id, [lot.id], left_at=left + timedelta(hours=2), by=SYSTEM)
    assert db.session.scalars(select(HeatFlag.location_id).order_by(HeatFlag.id)).all() == [shelf.id, van.id]


def test_past_its_date_naloxone_is_kept_back_unless_the_programme_hands_it_out_as_a_last_resort(database):
    shelf = make_location()
    receive(shelf, 3, lot="OLD", expiry=days_from_now(-200))
    receive(shelf, 3, lot="LESS-OLD", expiry=days_from_now(-20))
    receive(shelf, 3, lot="GOOD", expiry=days_from_now(200))
    assert picked(proposed(shelf, 9)) == {"GOOD": 3}
    last_resort()
    assert picked(proposed(shelf, 3)) == {"GOOD": 3}
    all_of_it = proposed(shelf, 9)
    assert list(picked(all_of_it).items()) == [("GOOD", 3), ("LESS-OLD", 3), ("OLD", 3)]
    assert all_of_it.skipped == ()
    assert "better than none" in str(all_of_it.sentences_on(item(NALOXONE).id)[0])


def test_other_supplies_past_their_date_are_kept_back_whatever_was_decided(database):
    shelf = make_location()
    last_resort()
    receive(shelf, 3, code="strip-fentanyl", lot="OLD", expiry=days_from_now(-20))
    proposal = proposed(shelf, 1, "strip-fentanyl")
    assert (proposal.picks, len(proposal.skipped)) == ((), 1)


def test_a_hand_out_past_the_date_is_looked_into_only_where_the_programme_did_not_decide_so(database):
    shelf = make_location()
    receive(shelf, 5, lot="OLD", expiry=days_from_now(-20))
    hand_out(shelf, (NALOXONE, 1))
    assert went_out() == [""]
    last_resort()
    hand_out(shelf, (NALOXONE, 1))
    assert went_out() == ["", "OLD"]
    kinds = db.session.scalars(select(StockDiscrepancy.kind)).all()
    assert kinds == ["negative_balance"]


def test_a_recalled_lot_is_no_last_resort():
    old = LotOnHand(
        lot_id=1, item_id=1, on_hand=5, effective_expiry=DAY - timedelta(days=1), is_last_resort=True, lot_number="A"
    )
    assert first_expiring([old], DAY) == [old]
    assert first_expiring([replace(old, status=LotStatus.RECALLED)], DAY) == []
    assert pick_lots([Wanted(item_id=1, quantity=2)], [old], today=DAY)[0].lot_id == 1


@pytest.mark.parametrize(
    ("time_zone", "last_day", "end_of_it"),
    [
        ("America/New_York", date(2026, 11, 21), datetime(2026, 11, 22, 4, 59, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), datetime(2026, 3, 9, 3, 59, tzinfo=UTC)),  # clocks go forward
        ("America/New_York", date(2026, 11, 1), datetime(2026, 11, 2, 4, 59, tzinfo=UTC)),  # and back
        ("America/Los_Angeles", date(2028, 2, 29), datetime(2028, 3, 1, 7, 59, tzinfo=UTC)),
        ("Pacific/Pago_Pago", date(2026, 12, 31), datetime(2027, 1, 1, 10, 59, tzinfo=UTC)),
        ("Asia/Tokyo", date(2026, 6, 30), datetime(2026, 6, 30, 14, 59, tzinfo=UTC)),
    ],
)
def test_a_lot_goes_out_until_the_last_minute_of_its_last_day_at_the_site(database, time_zone, last_day, end_of_it):
    with time_machine.travel(end_of_it, tick=False) as clock:
        shelf = make_location(make_site(time_zone=time_zone))
        receive(shelf, 5, lot="LAST-DAY", expiry=last_day)
        hand_out(shelf, (NALOXONE, 1))
        assert went_out() == ["LAST-DAY"]
        assert today(time_zone) == last_day
        clock.shift(timedelta(minutes=1))
        hand_out(shelf, (NALOXONE, 1))
        assert went_out() == ["LAST-DAY", ""]
        [skipped] = proposed(shelf, 1, on=today(time_zone)).skipped
        assert f"since {last_day + timedelta(days=1)}" in str(skipped.sentence)


def test_what_was_handed_out_the_day_before_was_in_date_that_day(database):
    with time_machine.travel(datetime(2026, 11, 22, 15, tzinfo=UTC), tick=False):
        shelf = make_location()
        receive(shelf, 5, lot="ENDED", expiry=date(2026, 11, 21))
        hand_out(shelf, (NALOXONE, 1), day=date(2026, 11, 21))
        assert went_out() == ["ENDED"]
        assert today(TIME_ZONE) == date(2026, 11, 22)


def test_heat_and_the_decision_about_dates_cost_a_hand_out_no_statement_of_their_own(database):
    shelf = make_location()
    lot = receive(shelf, 50)
    hand_out(shelf, (NALOXONE, 1))
    plain = statements_of(lambda: hand_out(shelf, (NALOXONE, 1)))
    flag_heat(shelf.id, [lot.id], "", by=SYSTEM, at=now())
    last_resort()
    assert statements_of(lambda: hand_out(shelf, (NALOXONE, 1))) == plain
    assert on_hand(shelf, lot) == 47


def statements_of(work):
    """Return how many statements a piece of work sends."""
    sent = []

    def note(*arguments):
        sent.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


lots_here = st.lists(
    st.builds(
        LotOnHand,
        lot_id=st.integers(1, 30),
        item_id=st.just(1),
        on_hand=st.integers(-5, 20),
        effective_expiry=st.none() | st.dates(DAY - timedelta(days=60), DAY + timedelta(days=60)),
        status=st.sampled_from(LotStatus),
        lot_number=st.sampled_from(["", "A", "B"]),
        is_heated=st.booleans(),
        is_last_resort=st.booleans(),
    ),
    unique_by=lambda lot: lot.lot_id,
)


@given(lots=lots_here)
def test_good_lots_go_before_those_past_their_date_and_among_them_heat_before_the_date(lots):
    order = first_expiring(lots, DAY)
    good = [lot for lot in order if not is_expired(lot.effective_expiry, DAY)]
    assert order[: len(good)] == good
    assert [lot.is_heated for lot in good] == sorted((lot.is_heated for lot in good), reverse=True)
    for is_heated in (True, False):
        dates = [lot.effective_expiry or date.max for lot in good if lot.is_heated is is_heated]
        assert dates == sorted(dates)


@given(lots=lots_here)
def test_each_lot_on_hand_is_either_proposed_or_named_with_a_reason(lots):
    proposed_ids = {lot.lot_id for lot in first_expiring(lots, DAY)}
    named = {(entry.lot.lot_number, entry.reason) for entry in skipped_among(lots, DAY)}
    for lot in lots:
        reason = why_skipped(lot, DAY)
        assert (lot.lot_id in proposed_ids) == (lot.on_hand > 0 and reason is None)
        if lot.on_hand > 0 and reason is not None:
            assert (lot.lot_number, reason) in named
