"""Stories of hand-outs on a real database: saved once, never refused, taken back by a mirroring fact."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import NotAllowed, NotFound
from harmreduction.core.sealing import unseal
from harmreduction.encounters import actions, queries, verification
from harmreduction.encounters.models import Distribution, DistributionVoid, Encounter
from harmreduction.encounters.rules import (
    Audience,
    NotBelievable,
    Returned,
    ReturnMeasure,
    TakenBackBefore,
    TooLateToUndo,
    VisitDetails,
)
from harmreduction.settings.actions import set_values
from harmreduction.stock import verification as stock_verification
from harmreduction.stock.models import StockDiscrepancy, StockTransaction
from harmreduction.stock.rules import CannotReverse, ChangedFact, Outcome, ReversalReason
from tests.factories import SYSTEM, days_from_now, hand_out, make_actor, make_location, make_site, on_hand, receive


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def everything_balances():
    return [*stock_verification.find_differences(), *verification.find_differences()] == []


def test_an_anonymous_hand_out_takes_stock_and_says_nothing_about_anybody(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    hand_out(shelf, ("naloxone-nasal-4", 2))
    visit = db.session.scalars(select(Encounter)).one()
    assert on_hand(shelf, lot) == 8
    assert (visit.audience, visit.number_of_others, visit.returned_syringes, visit.note_sealed) == (None,) * 4
    assert everything_balances()


def test_a_hand_out_beyond_stock_is_saved_and_opens_a_discrepancy(database):
    shelf = make_location()
    lot = receive(shelf, 1)
    logged = hand_out(shelf, ("naloxone-nasal-4", 3))
    assert logged.outcome is Outcome.CREATED
    assert on_hand(shelf, lot) == 0
    assert count(StockDiscrepancy) == 1
    assert everything_balances()


def test_the_same_hand_out_sent_twice_is_saved_once(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    ids = {"client_id": new_id(), "visit_id": new_id()}
    assert hand_out(shelf, ("naloxone-nasal-4", 2), **ids).outcome is Outcome.CREATED
    assert hand_out(shelf, ("naloxone-nasal-4", 2), **ids).outcome is Outcome.EXISTS
    assert (on_hand(shelf, lot), count(Encounter), count(Distribution)) == (8, 1, 1)


def test_the_same_page_with_other_numbers_is_told_and_changes_nothing(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    ids = {"client_id": new_id(), "visit_id": new_id()}
    hand_out(shelf, ("naloxone-nasal-4", 2), **ids)
    with pytest.raises(ChangedFact, match="sent before"):
        hand_out(shelf, ("naloxone-nasal-4", 5), **ids)
    assert on_hand(shelf, lot) == 8


def test_more_taps_on_one_visit_are_one_visit(database):
    shelf, visit = make_location(), new_id()
    hand_out(shelf, ("naloxone-nasal-4", 1), visit_id=visit)
    hand_out(shelf, ("syringe-1ml-28g-half", 10), visit_id=visit)
    assert (count(Encounter), count(Distribution)) == (1, 2)


def test_details_are_the_whole_of_what_was_told_so_that_a_slip_can_be_emptied_again(database):
    shelf, worker = make_location(), make_actor("programme_lead")
    logged = hand_out(shelf, ("naloxone-nasal-4", 1), by=worker, details=VisitDetails(audience=Audience.OTHERS))
    returned = Returned(measure=ReturnMeasure.LITRES, amount=Decimal("1.4"))
    actions.add_details(logged.visit_id, VisitDetails(returned=returned, note="cold night"), by=worker)
    visit = db.session.scalars(select(Encounter)).one()
    assert (visit.audience, visit.number_of_others) == (None, None)
    assert (visit.returned_syringes, visit.returned_measure, visit.returned_factor) == (140, "litres", 100)
    assert visit.note_sealed is not None and b"cold" not in visit.note_sealed
    assert unseal(visit.note_sealed, table="encounter", column="note", row=visit.public_id) == "cold night"
    actions.add_details(logged.visit_id, VisitDetails(), by=worker)
    database.session.expire_all()
    assert (visit.returned_syringes, visit.returned_measure, visit.note_sealed) == (None, None, None)


def test_returned_syringes_are_estimated_as_the_programme_decided_and_what_was_counted_stays(database):
    shelf = make_location()
    set_values({"syringes_per_litre": "120", "syringes_per_pound": "300"}, by=SYSTEM)
    seen = {}
    for measure in ReturnMeasure:
        details = VisitDetails(returned=Returned(measure=measure, amount=Decimal(2)))
        hand_out(shelf, ("naloxone-nasal-4", 1), details=details)
        visit = db.session.scalars(select(Encounter).order_by(Encounter.id.desc())).first()
        seen[measure.value] = (visit.returned_syringes, visit.returned_factor)
    assert seen == {"counted": (2, 1), "litres": (240, 120), "pounds": (600, 300)}


def test_a_visit_keeps_the_factor_of_its_day_when_something_is_added_after_the_programme_chose_another(database):
    shelf, lead = make_location(), make_actor("programme_lead")
    returned = Returned(measure=ReturnMeasure.LITRES, amount=Decimal("1.4"))
    logged = hand_out(shelf, ("naloxone-nasal-4", 1), by=lead, details=VisitDetails(returned=returned))
    set_values({"syringes_per_litre": "90"}, by=SYSTEM)
    actions.add_details(logged.visit_id, VisitDetails(returned=returned, note="cold night"), by=lead)
    visit = db.session.scalars(select(Encounter)).one()
    assert (visit.returned_syringes, visit.returned_factor) == (140, 100)
    in_pounds = replace(returned, measure=ReturnMeasure.POUNDS)
    actions.add_details(logged.visit_id, VisitDetails(returned=in_pounds), by=lead)
    database.session.expire_all()
    assert (visit.returned_measure, visit.returned_factor) == ("pounds", 281)


def test_what_is_believable_is_measured_as_the_programme_estimates(database):
    shelf = make_location()
    set_values({"syringes_per_litre": "50"}, by=SYSTEM)
    drums = VisitDetails(returned=Returned(measure=ReturnMeasure.LITRES, amount=Decimal(600)))
    hand_out(shelf, ("naloxone-nasal-4", 1), details=drums)
    assert db.session.scalars(select(Encounter.returned_syringes)).one() == 30_000
    set_values({"syringes_per_litre": "1000"}, by=SYSTEM)
    with pytest.raises(NotBelievable):
        hand_out(shelf, ("naloxone-nasal-4", 1), details=drums)


def test_more_supplies_on_a_visit_leave_what_was_told_there(database):
    shelf, visit = make_location(), new_id()
    hand_out(shelf, ("naloxone-nasal-4", 1), visit_id=visit, details=VisitDetails(number_of_others=2))
    hand_out(shelf, ("syringe-1ml-28g-half", 10), visit_id=visit, details=None)
    assert db.session.scalars(select(Encounter)).one().number_of_others == 2


def test_what_is_told_when_a_page_is_sent_again_is_kept_though_its_supplies_were_saved_before(database):
    shelf, lead = make_location(), make_actor("programme_lead")
    ids = {"client_id": new_id(), "visit_id": new_id()}
    hand_out(shelf, ("naloxone-nasal-4", 1), by=lead, **ids)
    again = hand_out(shelf, ("naloxone-nasal-4", 1), by=lead, details=VisitDetails(number_of_others=3), **ids)
    assert again.outcome is Outcome.EXISTS
    assert (db.session.scalars(select(Encounter)).one().number_of_others, count(Distribution)) == (3, 1)


def test_a_page_sent_again_after_its_hand_out_was_undone_says_so(database):
    shelf, lead = make_location(), make_actor("programme_lead")
    ids = {"client_id": new_id(), "visit_id": new_id()}
    logged = hand_out(shelf, ("naloxone-nasal-4", 1), by=lead, **ids)
    actions.undo_distribution(logged.distribution_id, by=lead)
    with pytest.raises(TakenBackBefore, match="Tap again"):
        hand_out(shelf, ("naloxone-nasal-4", 1), by=lead, **ids)


def test_nobody_hands_out_at_a_site_they_do_not_work_for(database):
    shelf = make_location()
    with pytest.raises(NotFound):
        hand_out(shelf, ("naloxone-nasal-4", 1), by=make_actor(sites=(make_site().id,)))
    assert count(Encounter) == 0


def test_returned_syringes_alone_are_a_visit(database):
    shelf = make_location()
    returned = Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(40))
    hand_out(shelf, details=VisitDetails(returned=returned))
    assert (count(Encounter), count(Distribution), count(StockTransaction)) == (1, 0, 0)


def test_undo_puts_the_supplies_back_once_however_often_it_is_pressed(database):
    worker_site = make_site()
    shelf, worker = make_location(worker_site), make_actor(sites=(worker_site.id,))
    lot = receive(shelf, 10)
    logged = hand_out(shelf, ("naloxone-nasal-4", 2), by=worker)
    actions.undo_distribution(logged.distribution_id, by=worker)
    actions.undo_distribution(logged.distribution_id, by=worker)
    assert (on_hand(shelf, lot), count(DistributionVoid)) == (10, 1)
    assert everything_balances()


def test_undo_ends_after_ten_minutes_and_void_takes_over(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor(sites=(site.id,))
    lot = receive(shelf, 10)
    logged = hand_out(shelf, ("naloxone-nasal-4", 2), by=worker)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        with pytest.raises(TooLateToUndo, match="Void it"):
            actions.undo_distribution(logged.distribution_id, by=worker)
        actions.void_distribution(logged.distribution_id, reason=ReversalReason.ENTERED_TWICE, by=worker)
    with pytest.raises(CannotReverse, match="taken back already"):
        actions.void_distribution(logged.distribution_id, reason=ReversalReason.OTHER, by=worker)
    assert on_hand(shelf, lot) == 10
    assert everything_balances()


def test_a_lead_may_void_for_others_and_a_worker_may_not_even_see_it(database):
    site = make_site()
    shelf = make_location(site)
    mine, colleague, lead = make_actor(sites=(site.id,)), make_actor(sites=(site.id,)), make_actor("programme_lead")
    logged = hand_out(shelf, ("naloxone-nasal-4", 1), by=mine)
    with pytest.raises((NotFound, NotAllowed)):
        actions.void_distribution(logged.distribution_id, reason=ReversalReason.OTHER, by=colleague)
    actions.void_distribution(logged.distribution_id, reason=ReversalReason.OTHER, by=lead)
    assert count(DistributionVoid) == 1


def test_a_shift_counts_what_stands_and_shows_what_was_undone(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor(sites=(site.id,))
    counted = Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(20))
    hand_out(shelf, ("naloxone-nasal-4", 1), by=worker, details=VisitDetails(returned=counted))
    undone = hand_out(shelf, ("syringe-1ml-28g-half", 10), by=worker)
    actions.undo_distribution(undone.distribution_id, by=worker)
    hand_out(shelf, ("naloxone-nasal-4", 2), by=SYSTEM)
    shift = queries.get_shift(worker, now=now())
    assert [(given.item.code, given.quantity, given.doses) for given in shift.given] == [("naloxone-nasal-4", 1, 2)]
    assert (shift.visits, shift.returned_counted, shift.returned_estimated) == (1, 20, 0)
    assert len(shift.entries) == 2


def test_returned_syringes_stand_though_the_supplies_of_their_visit_were_undone(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor(sites=(site.id,))
    counted = VisitDetails(returned=Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(40)))
    undone = hand_out(shelf, ("naloxone-nasal-4", 1), by=worker, details=counted)
    actions.undo_distribution(undone.distribution_id, by=worker)
    hand_out(shelf, by=worker, details=counted)
    shift = queries.get_shift(worker, now=now())
    assert (shift.visits, shift.returned_counted, len(shift.entries)) == (2, 80, 2)


def test_last_nights_shift_is_not_tonights(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor(sites=(site.id,))
    hand_out(shelf, ("naloxone-nasal-4", 5), by=worker, at=now() - timedelta(hours=9))
    hand_out(shelf, ("naloxone-nasal-4", 1), by=worker)
    assert [given.quantity for given in queries.get_shift(worker, now=now()).given] == [1]


def test_a_site_without_a_stock_place_gets_a_shelf_so_that_no_hand_out_waits(database):
    site = make_site("Harbor")
    worker = make_actor(sites=(site.id,))
    assert actions.choose_only_place(by=worker)
    place = queries.find_place(worker, now=now())
    assert (place.site_name, place.location_name) == ("Harbor", "Harbor shelf")


def test_another_day_is_remembered_for_this_shift_and_then_it_is_today_again(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor(sites=(site.id,))
    yesterday = days_from_now(-1)
    actions.choose_working_place(site.public_id, shelf.public_id, day=yesterday, by=worker)
    assert queries.find_place(worker, now=now()).day == yesterday
    assert queries.find_place(worker, now=now() + timedelta(hours=13)).day is None
