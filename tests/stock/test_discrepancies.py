"""Differences that nobody explained wait for somebody, and close by themselves once late facts explain them."""

from datetime import timedelta

from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.stock import actions, verification
from harmreduction.stock.actions.shipments import accept, send
from harmreduction.stock.models import StockDiscrepancy, StockReason
from harmreduction.stock.queries.discrepancies import units_left
from harmreduction.stock.queries.reasons import list_reasons
from harmreduction.stock.rules import LocationKind, ReasonUse
from tests.factories import SYSTEM, hand_out, make_location, make_site, receive
from tests.pages import text_of
from tests.stock.sent import make_partner
from tests.stock.test_counts import NALOXONE, a_draft, posted, receive_yesterday, saved
from tests.stock.test_shipments import a_sending, an_acceptance


def waiting():
    """Return the kind of what waits for somebody, and the units that are left to explain."""
    found = db.session.scalars(select(StockDiscrepancy).where(StockDiscrepancy.closed_at.is_(None))).all()
    left = units_left(found)
    return [(each.kind, left.get(each.id)) for each in found]


def counted(shelf, lots, reasons=None):
    draft = a_draft(shelf)
    saved(draft, lots)
    posted(draft, reasons)
    return draft


def test_a_difference_that_nobody_explains_waits_until_late_facts_explain_all_of_it(database):
    shelf = make_location()
    lot = receive_yesterday(shelf, 24)
    counted(shelf, {lot: 20})
    assert waiting() == [("count_differs", -4)]
    hand_out(shelf, (NALOXONE, 3), at=now() - timedelta(hours=2))
    assert waiting() == [("count_differs", -1)]
    hand_out(shelf, (NALOXONE, 1), at=now() - timedelta(hours=1))
    assert waiting() == []
    assert list(verification.find_differences()) == []


def test_a_difference_with_a_reason_and_what_was_taken_from_a_machine_wait_for_nobody(database):
    shelf = make_location()
    machine = actions.open_location("Hall", LocationKind.VENDING_MACHINE, site_id=shelf.site_id, by=SYSTEM)
    on_shelf, in_machine = receive(shelf, 24), receive(machine, 10)
    [why, *_others] = list_reasons(ReasonUse.COUNT)
    counted(shelf, {on_shelf: 20}, {on_shelf.id: why.id})
    counted(machine, {in_machine: 3})
    assert waiting() == []


def test_what_the_next_count_finds_again_is_explained_by_that(database):
    shelf = make_location()
    lot = receive(shelf, 24)
    counted(shelf, {lot: 20})
    counted(shelf, {lot: 23})
    assert waiting() == [("count_differs", -1)]
    counted(shelf, {lot: 24})
    assert waiting() == []


def test_another_number_that_arrives_without_a_reason_waits_at_the_place_it_went_to(database):
    store = make_location()
    partner = make_partner(store)
    lot = receive(store, 24)
    why = db.session.scalars(select(StockReason).where(StockReason.use == ReasonUse.TRANSIT.value)).first()
    for arrived, reason_id in ((5, None), (4, why.id), (3, None)):
        sending = a_sending(store, partner, (lot, 5))
        send(sending, by=SYSTEM)
        accept(an_acceptance(sending, (lot, arrived), reason_id=reason_id), by=SYSTEM)
    assert waiting() == [("transit_differs", -2)]
    assert db.session.scalars(select(StockDiscrepancy.location_id)).all() == [partner.id]


def test_a_lead_sees_what_is_left_to_explain_opens_the_count_and_settles_it(sign_in_as):
    site = make_site()
    shelf = make_location(site)
    lot = receive(shelf, 24)
    draft = counted(shelf, {lot: 20})
    lead = sign_in_as("programme_lead")
    words = text_of(lead.page("/stock/"))
    assert "Counted differently than booked" in words and "4 kits (8 doses) left to explain" in words
    assert "4 kits (8 doses) left to explain" in text_of(lead.page("/stock/discrepancies/"))
    found = db.session.scalars(select(StockDiscrepancy.public_id)).one()
    page = lead.page(f"/stock/discrepancies/{found}")
    assert "4 kits (8 doses) fewer than expected" in text_of(page)
    assert f"/stock/counts/{draft}" in page
    lead.send(f"/stock/discrepancies/{found}/close", note="Four were in the drawer")
    assert waiting() == []
