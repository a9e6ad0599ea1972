"""Partner agencies and secondary distributors: what they hold, what they say they handed on, what came back."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import NotFound
from harmreduction.stock import actions
from harmreduction.stock.actions.partners import HandedOn, hand_on
from harmreduction.stock.models import Lot, StockDiscrepancy, StockTransaction
from harmreduction.stock.queries.partners import list_months, summarise_partners
from harmreduction.stock.rules import (
    VIRTUAL_LOCATION_IDS,
    ChangedFact,
    LocationKind,
    NothingToMove,
    Outcome,
    TransactionKind,
)
from harmreduction.stock.rules.partners import Flow, Moved, first_of_month, flow_of, month_lines
from tests.factories import (
    SYSTEM,
    TIME_ZONE,
    days_from_now,
    item,
    make_actor,
    make_location,
    make_site,
    on_hand,
    receive,
)
from tests.pages import text_of
from tests.stock.sent import make_partner

OCTOBER = date(2026, 10, 1)
PARTICIPANT = VIRTUAL_LOCATION_IDS[LocationKind.PARTICIPANT]
VARIANCE = VIRTUAL_LOCATION_IDS[LocationKind.VARIANCE]
A_SHELF = 50


def what_was_handed_on(partner, units, *, code="naloxone-nasal-4", **changes):
    fields = {
        "client_id": new_id(),
        "location_id": partner.id,
        "items": ((item(code).id, units),),
        "last_day": today(TIME_ZONE),
        "occurred_at": now(),
    }
    return HandedOn(**fields | changes)


def move(source, target, lot, units):
    transfer = actions.Transfer(
        client_id=new_id(),
        from_location_id=source.id,
        to_location_id=target.id,
        lots=((lot.id, units),),
        occurred_at=now(),
    )
    actions.transfer(transfer, by=SYSTEM)
    return transfer


def a_partner_with(units):
    shelf = make_location()
    partner = make_partner(shelf)
    lot = receive(shelf, units + 10)
    move(shelf, partner, lot, units)
    return shelf, partner, lot


def months_of(partner):
    return list_months(partner.id, today=today(TIME_ZONE), time_zone=TIME_ZONE)


# ---- Rules ----


@pytest.mark.parametrize(
    ("other", "is_out", "is_reversal", "flow"),
    [
        (A_SHELF, False, False, (Flow.ARRIVED, 3)),
        (A_SHELF, True, True, (Flow.ARRIVED, -3)),
        (A_SHELF, True, False, (Flow.CAME_BACK, 3)),
        (A_SHELF, False, True, (Flow.CAME_BACK, -3)),
        (PARTICIPANT, True, False, (Flow.HANDED_ON, 3)),
        (PARTICIPANT, False, True, (Flow.HANDED_ON, -3)),
        (PARTICIPANT, False, False, (Flow.HANDED_ON, -3)),
        (VARIANCE, True, False, (Flow.DIFFERENCE, -3)),
        (VARIANCE, False, False, (Flow.DIFFERENCE, 3)),
        (VARIANCE, False, True, (Flow.DIFFERENCE, 3)),
    ],
)
def test_which_way_supplies_went(other, is_out, is_reversal, flow):
    moved = Moved(month=OCTOBER, item_id=1, other_id=other, is_out=is_out, is_reversal=is_reversal, units=3)
    assert flow_of(moved) == flow


@given(
    st.lists(st.tuples(st.sampled_from([A_SHELF, PARTICIPANT, VARIANCE, 4, 8]), st.booleans(), st.integers(1, 99))),
)
def test_the_flows_of_a_month_add_up_to_what_the_balance_changed_by_and_a_taking_back_leaves_nothing(moves):
    told = [
        Moved(month=OCTOBER, item_id=1, other_id=other, is_out=is_out, is_reversal=False, units=units)
        for other, is_out, units in moves
    ]
    change = sum(-units if is_out else units for _other, is_out, units in moves)
    flows = month_lines(told)
    assert sum(m.arrived - m.handed_on - m.came_back - m.wasted + m.difference for m in flows) == change
    taken_back = [
        Moved(month=OCTOBER, item_id=1, other_id=m.other_id, is_out=not m.is_out, is_reversal=True, units=m.units)
        for m in told
    ]
    assert month_lines([*told, *taken_back]) == []


def test_months_are_counted_back_over_the_new_year():
    assert first_of_month(date(2026, 1, 31), months_before=1) == date(2025, 12, 1)
    assert first_of_month(date(2026, 12, 31), months_before=-1) == date(2027, 1, 1)
    assert first_of_month(date(2024, 2, 29)) == date(2024, 2, 1)


# ---- Actions ----


def test_what_a_partner_handed_on_goes_out_of_the_lot_that_expires_first(database):
    shelf, partner, late = a_partner_with(10)
    soon = receive(shelf, 4, lot="SOON", expiry=days_from_now(40))
    move(shelf, partner, soon, 4)
    assert hand_on(what_was_handed_on(partner, 6), by=SYSTEM) is Outcome.CREATED
    assert (on_hand(partner, soon), on_hand(partner, late)) == (0, 8)


def test_more_than_was_sent_is_noted_too_and_somebody_looks_into_it(database):
    _shelf, partner, lot = a_partner_with(10)
    hand_on(what_was_handed_on(partner, 13), by=SYSTEM)
    unknown = db.session.scalars(select(Lot).where(Lot.lot_number == "")).one()
    assert (on_hand(partner, lot), on_hand(partner, unknown)) == (0, -3)
    assert db.session.scalars(select(StockDiscrepancy.location_id)).all() == [partner.id]


def test_what_was_told_is_noted_once_and_taken_back_once(database):
    _shelf, partner, lot = a_partner_with(10)
    told = what_was_handed_on(partner, 4)
    assert [hand_on(told, by=SYSTEM) for _ in range(2)] == [Outcome.CREATED, Outcome.EXISTS]
    with pytest.raises(ChangedFact):
        hand_on(HandedOn(**vars(told) | {"last_day": date(2026, 10, 31)}), by=SYSTEM)
    actions.take_back_at(partner.id, told.client_id, by=SYSTEM, at=now())
    assert on_hand(partner, lot) == 10


def test_only_a_partner_of_ones_own_site_hands_on_and_only_something(database):
    shelf, partner, lot = a_partner_with(10)
    with pytest.raises(NotFound, match="no such partner"):
        hand_on(what_was_handed_on(shelf, 1), by=SYSTEM)
    with pytest.raises(NotFound):
        hand_on(what_was_handed_on(partner, 1), by=make_actor(sites=(make_site().id,)))
    with pytest.raises(NothingToMove):
        hand_on(what_was_handed_on(partner, 1, items=()), by=SYSTEM)
    assert on_hand(partner, lot) == 10


def test_the_months_of_a_partner_say_what_was_sent_handed_on_and_came_back(database):
    shelf, partner, lot = a_partner_with(10)
    hand_on(what_was_handed_on(partner, 4), by=SYSTEM)
    move(partner, shelf, lot, 2)
    slip = move(shelf, partner, lot, 5)
    actions.take_back_at(partner.id, slip.client_id, by=SYSTEM, at=now())
    [line] = months_of(partner)
    assert (line.arrived, line.handed_on, line.came_back, line.wasted, line.difference) == (10, 4, 2, 0, 0)


def test_a_month_ends_where_the_site_is(database):
    _shelf, partner, _lot = a_partner_with(10)
    last_minute = datetime(2026, 10, 31, 23, 59, tzinfo=ZoneInfo(TIME_ZONE))  # November in UTC
    hand_on(what_was_handed_on(partner, 4, occurred_at=last_minute, last_day=last_minute.date()), by=SYSTEM)
    lines = list_months(partner.id, today=date(2026, 12, 5), time_zone=TIME_ZONE)
    assert [line.month for line in lines if line.handed_on] == [OCTOBER]


def test_partners_of_ones_sites_are_listed_with_what_lies_there(database):
    _shelf, partner, _lot = a_partner_with(10)
    worker = make_actor(sites=(partner.site_id,))
    [before] = summarise_partners(worker)
    assert (before.location.id, before.items, before.told_at) == (partner.id, 1, None)
    hand_on(what_was_handed_on(partner, 10), by=SYSTEM)
    [after] = summarise_partners(worker)
    assert after.items == 0 and after.told_at is not None
    assert summarise_partners(make_actor(sites=(make_site().id,))) == []


# ---- Pages ----


def test_a_partner_tells_what_they_handed_on_last_month(sign_in_as):
    _shelf, partner, lot = a_partner_with(10)
    client = sign_in_as("outreach_worker", sites=(partner.site_id,))
    path = f"/stock/partners/{partner.public_id}/handed-on"
    assert "10 kits (20 doses) there" in text_of(client.page(path))
    last_month = first_of_month(today(TIME_ZONE), months_before=1)
    fields = {"month": last_month.isoformat(), "items-0-item": item().public_id, "items-0-quantity": "4"}
    client.send(path, **fields, other_item=item("strip-fentanyl").public_id, other_quantity="7")
    assert on_hand(partner, lot) == 6
    fact = db.session.scalars(select(StockTransaction).where(StockTransaction.kind == TransactionKind.HAND_ON)).one()
    assert first_of_month(today(TIME_ZONE, fact.occurred_at)) == last_month
    page = text_of(client.page(f"/stock/partners/{partner.public_id}"))
    assert "more handed on than sent" in page and "Month by month" in page
    assert partner.name in text_of(client.page("/stock/partners/"))


def test_nothing_told_gets_a_sentence(sign_in_as):
    _shelf, partner, lot = a_partner_with(10)
    client = sign_in_as("outreach_worker", sites=(partner.site_id,))
    path = f"/stock/partners/{partner.public_id}/handed-on"
    month = first_of_month(today(TIME_ZONE)).isoformat()
    assert "Enter how many were handed on" in text_of(client.send(path, status=200, month=month))
    assert text_of(client.send(path, status=200, month="2001-01-01"))
    assert on_hand(partner, lot) == 10
