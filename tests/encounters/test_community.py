"""Trainings, groups, clean-ups and distributors: numbers of people, one hand-out, and the ledger moves once."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from harmreduction.accounts.queries import signed_in_as
from harmreduction.audit.models import AuditEntry
from harmreduction.core.clock import now, today
from harmreduction.core.db import db, new_id
from harmreduction.core.errors import NotAllowed, NotFound
from harmreduction.encounters import actions as encounters
from harmreduction.encounters import verification
from harmreduction.encounters.actions.community import (
    correct_numbers,
    give_there,
    record_collection,
    record_group,
    remove_collection,
    remove_group,
)
from harmreduction.encounters.actions.peers import remove_peer_report, tell_peer_report
from harmreduction.encounters.models import Distribution, Encounter, GroupEvent, PeerReport, SharpsCollection
from harmreduction.encounters.queries import counts_as_visit
from harmreduction.encounters.queries.community import (
    Time,
    get_group_of,
    list_groups,
    list_hand_outs_at,
    sum_collections,
    sum_groups,
    words_of,
)
from harmreduction.encounters.queries.reach import list_distributors, list_reports, sum_reach
from harmreduction.encounters.rules import NotBelievable, Returned, ReturnMeasure, VisitDetails
from harmreduction.encounters.rules.community import (
    GroupNumbers,
    NothingTold,
    PeerTold,
    check_told,
    visit_of_group,
)
from harmreduction.settings.actions import set_values
from harmreduction.sites.models import Site
from harmreduction.stock import verification as stock_verification
from harmreduction.stock.actions.movements import take_back_at
from harmreduction.stock.models import StockDiscrepancy, StockTransaction
from harmreduction.stock.rules import ChangedFact, Outcome, ReversalReason, TransactionKind
from tests.encounters.gatherings import a_clean_up, a_training, given_from, told_by
from tests.factories import (
    SYSTEM,
    TIME_ZONE,
    hand_out,
    item,
    make_account,
    make_actor,
    make_location,
    make_site,
    on_hand,
    receive,
)
from tests.pages import text_of
from tests.participants.stories import make_participant
from tests.stock.sent import make_partner
from tests.stock.test_partners import a_partner_with

NASAL = "naloxone-nasal-4"
TODAY = Time(first=today(TIME_ZONE) - timedelta(days=30), last=today(TIME_ZONE) + timedelta(days=1))
SPOT = "Marsh Lane underpass"


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def everything_balances():
    return [*stock_verification.find_differences(), *verification.find_differences()] == []


def hidden(html, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html).group(1)


# Trainings and groups ---------------------------------------------------------------------------------


def test_a_training_gives_kits_as_one_hand_out_and_is_no_visit(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor("volunteer", sites=(site.id,))
    lot = receive(shelf, 50)
    held = a_training(site, numbers=GroupNumbers(attended=12, trained=9), given=given_from(shelf, (NASAL, 9)))
    assert record_group(held, by=worker, at=now()) is Outcome.CREATED
    assert record_group(held, by=worker, at=now()) is Outcome.EXISTS
    assert (on_hand(shelf, lot), count(GroupEvent), count(Distribution), count(Encounter)) == (41, 1, 1, 1)
    [visit] = db.session.scalars(select(Encounter))
    assert visit.group_event_id is not None and visit.participant_id is None
    assert db.session.scalars(select(Encounter.id).where(counts_as_visit())).all() == []
    totals = sum_groups(worker, TODAY)
    assert (totals.events, totals.attended, totals.trained, totals.not_counted) == (1, 12, 9, 0)
    assert [(given.quantity, given.doses) for given in totals.given] == [(9, 18)]
    with pytest.raises(ChangedFact):
        record_group(replace(held, numbers=GroupNumbers(attended=13)), by=worker, at=now())
    assert everything_balances()


def test_numbers_are_corrected_supplies_are_voided_and_given_anew_and_a_slip_is_removed_whole(database):
    site = make_site()
    shelf, worker = make_location(site), make_actor(sites=(site.id,))
    lot = receive(shelf, 50)
    held = a_training(site, given=given_from(shelf, (NASAL, 20)))
    record_group(held, by=worker, at=now())
    assert sum_groups(worker, TODAY).not_counted == 1  # nobody counted, which is not 0
    correct_numbers(held.client_id, GroupNumbers(attended=8, trained=10), by=worker)  # at odds, and kept as told
    event = get_group_of(worker, held.client_id)
    assert (event.attended, event.trained) == (8, 10)
    [wrong] = list_hand_outs_at(event.id)
    encounters.void_distribution(wrong.public_id, reason=ReversalReason.WRONG_QUANTITY, by=worker)
    more = given_from(shelf, (NASAL, 10))
    for _ in range(2):
        give_there(held.client_id, more, by=worker, at=now())
    assert (on_hand(shelf, lot), sum_groups(worker, TODAY).given[0].quantity) == (40, 10)
    with pytest.raises(NotAllowed):
        remove_group(held.client_id, reason=ReversalReason.OTHER, by=make_actor(sites=(site.id,)), at=now())
    for reason in (ReversalReason.ENTERED_TWICE, ReversalReason.OTHER):
        remove_group(held.client_id, reason=reason, by=worker, at=now())
    assert (on_hand(shelf, lot), sum_groups(worker, TODAY).events) == (50, 0)
    assert get_group_of(worker, held.client_id).removed_reason == ReversalReason.ENTERED_TWICE
    assert record_group(held, by=worker, at=now()) is Outcome.EXISTS  # sent again, it stays removed
    assert everything_balances()


def test_a_training_of_another_day_out_of_stock_or_without_a_shelf_is_saved_and_one_elsewhere_is_not_there(database):
    site, other = make_site(), make_site()
    worker, stranger = make_actor(sites=(site.id,)), make_actor(sites=(other.id,))
    given = replace(given_from(make_location(other), (NASAL, 3)), location_id=None)
    before = today(TIME_ZONE) - timedelta(days=3)
    held = a_training(site, held_on=before, given=given)
    record_group(held, by=worker, at=now())
    assert count(StockDiscrepancy) == 1
    visit = db.session.scalars(select(Encounter).where(Encounter.public_id == visit_of_group(held.client_id))).one()
    assert today(TIME_ZONE, visit.occurred_at) == before
    assert list_groups(stranger, TODAY, limit=5) == []
    with pytest.raises(NotFound):
        get_group_of(stranger, held.client_id)
    for wrong in (
        a_training(site, held_on=today(TIME_ZONE) + timedelta(days=2)),
        a_training(site, title=" "),
        a_training(site, numbers=GroupNumbers(attended=5_001)),
    ):
        with pytest.raises(NotBelievable):
            record_group(wrong, by=worker, at=now())
    with pytest.raises(NotFound):
        record_group(a_training(other), by=worker, at=now())
    elsewhere = given_from(make_location(other), (NASAL, 1))
    with pytest.raises(NotFound):
        record_group(a_training(site, given=elsewhere), by=worker, at=now())
    assert count(GroupEvent) == 1 and everything_balances()


# Collected sharps -------------------------------------------------------------------------------------


def test_sharps_are_counted_or_estimated_with_the_factor_of_their_day_and_words_are_sealed(database):
    site = make_site()
    worker, volunteer = make_actor(sites=(site.id,)), make_actor("volunteer", sites=(site.id,))
    litres = Returned(measure=ReturnMeasure.LITRES, amount=Decimal("2.5"))
    set_values({"syringes_per_litre": "80"}, by=SYSTEM)
    estimated = a_clean_up(site, syringes=litres, containers=3, helpers=6, area=SPOT, note="glass in the grass")
    counted = a_clean_up(site, syringes=Returned(measure=ReturnMeasure.COUNTED, amount=Decimal(14)))
    for collected in (estimated, estimated, counted, a_clean_up(site)):
        record_collection(collected, by=worker, at=now())
    set_values({"syringes_per_litre": "120"}, by=SYSTEM)
    assert record_collection(estimated, by=worker, at=now()) is Outcome.EXISTS
    totals = sum_collections(worker, TODAY)
    assert (totals.collections, totals.counted, totals.estimated, totals.not_counted) == (3, 14, 200, 1)
    assert (totals.containers, totals.helpers) == (3, 6)
    found = db.session.scalars(select(SharpsCollection).where(SharpsCollection.public_id == estimated.client_id)).one()
    assert (words_of(worker, found).area, words_of(volunteer, found).area) == (SPOT, "")
    assert everywhere_but_sealed(SPOT) == [] and everywhere_but_sealed("glass") == []
    assert replace(estimated, area="elsewhere").fingerprint == estimated.fingerprint  # no digest tells the spot
    with pytest.raises(ChangedFact):
        record_collection(replace(estimated, helpers=7), by=worker, at=now())
    remove_collection(estimated.client_id, reason=ReversalReason.OTHER, by=worker, at=now())
    assert sum_collections(worker, TODAY).estimated == 0
    db.session.refresh(found)
    assert (found.area_sealed, found.note_sealed) == (None, None)


def everywhere_but_sealed(words):
    """Return the tables in which these words can be read."""
    return [
        table.name
        for table in db.metadata.sorted_tables
        if any(words in str(value) for row in db.session.execute(select(table)) for value in row)
    ]


# Distributors -----------------------------------------------------------------------------------------


def test_what_a_distributor_tells_moves_the_ledger_once_and_removing_it_moves_it_back(database):
    _shelf, partner, lot = a_partner_with(20)
    lead, worker = make_actor("programme_lead"), make_actor(sites=(partner.site_id,))
    told = told_by(partner, people_reached=30, syringes_back=100, reversals_heard_of=2, items=((item().id, 12),))
    for _ in range(2):
        tell_peer_report(told, by=worker, at=now())
    assert (on_hand(partner, lot), count(PeerReport)) == (8, 1)
    with pytest.raises(ChangedFact):
        tell_peer_report(replace(told, people_reached=31), by=worker, at=now())
    [shown] = list_reports(partner.id, limit=5)
    assert [(handed.item.code, handed.quantity) for handed in shown.items] == [(NASAL, 12)]
    hand_out(make_location(), (NASAL, 1), details=VisitDetails(number_of_others=4))
    totals = sum_reach(lead, TODAY)
    assert (totals.told.people_reached, totals.others, totals.visits) == (30, 4, 1)
    assert sum_reach(worker, TODAY).others == 0  # told at another site
    with pytest.raises(NotAllowed):
        stranger = make_actor(sites=(partner.site_id,))
        remove_peer_report(told.client_id, reason=ReversalReason.OTHER, by=stranger, at=now())
    for _ in range(2):
        remove_peer_report(told.client_id, reason=ReversalReason.ENTERED_TWICE, by=lead, at=now())
    assert (on_hand(partner, lot), sum_reach(lead, TODAY).told.reports) == (20, 0)
    assert [each.told_until for each in list_distributors(lead, TODAY)] == [None]
    assert everything_balances()


def test_what_stock_took_back_already_is_not_taken_back_again_with_the_report(database):
    _shelf, partner, lot = a_partner_with(20)
    worker = make_actor(sites=(partner.site_id,))
    told = told_by(partner, trained=2, items=((item().id, 5),))
    tell_peer_report(told, by=worker, at=now())
    take_back_at(partner.id, told.handed_on_id, by=worker, at=now())
    assert not list_reports(partner.id, limit=5)[0].items
    remove_peer_report(told.client_id, reason=ReversalReason.OTHER, by=worker, at=now())
    reversals = select(func.count()).where(StockTransaction.kind == TransactionKind.REVERSAL.value)
    assert (on_hand(partner, lot), db.session.scalar(reversals)) == (20, 1)
    assert everything_balances()


def test_records_that_fit_no_movement_are_found(database):
    shelf, partner, _lot = a_partner_with(20)
    site = db.session.get(Site, shelf.site_id)
    record_group(a_training(site, given=given_from(shelf, (NASAL, 2))), by=SYSTEM, at=now())
    tell_peer_report(told_by(partner, trained=2, items=((item().id, 5),)), by=SYSTEM, at=now())
    assert everything_balances()
    handed_out = select(Distribution.stock_transaction_id).scalar_subquery()
    astray = [
        (update(Encounter).values(site_id=make_site().id), "on a visit of another site"),
        (update(Encounter).values(participant_id=make_participant(make_site()).id), "or of a participant"),
        (update(PeerReport).values(stock_transaction_id=handed_out), "something else than what they handed on"),
        (update(PeerReport).values(location_id=shelf.id), "something else than what they handed on"),
        (update(PeerReport).values(removed_at=now()), "was not taken back"),
    ]
    for wrong, sentence in astray:
        db.session.execute(wrong)
        assert sentence in " ".join(verification.find_differences())
        db.session.rollback()
    assert everything_balances()


def test_a_distributor_of_another_site_is_not_there_and_numbers_without_supplies_move_nothing(database):
    site = make_site()
    partner, worker = make_partner(make_location(site)), make_actor(sites=(site.id,))
    told = told_by(partner, people_reached=0)
    with pytest.raises(NotFound):
        tell_peer_report(told, by=make_actor(sites=(make_site().id,)), at=now())
    with pytest.raises(NotFound):
        tell_peer_report(replace(told, location_id=make_location(site).id), by=worker, at=now())
    assert tell_peer_report(told, by=worker, at=now()) is Outcome.CREATED
    assert (
        db.session.scalar(select(StockTransaction.kind).where(StockTransaction.client_id == told.handed_on_id)) is None
    )
    for wrong in (
        told_by(partner),
        replace(told, begins_on=told.ends_on + timedelta(days=1)),
        replace(told, begins_on=date(2020, 1, 1)),
        replace(told, ends_on=told.ends_on + timedelta(days=3)),
        replace(told, trained=5_001),
    ):
        with pytest.raises((NotBelievable, NothingTold)):
            tell_peer_report(replace(wrong, client_id=new_id()), by=worker, at=now())
    assert sum_reach(worker, TODAY).told.reports == 1


@given(
    begins=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    ends=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    people=st.none() | st.integers(-5, 6_000),
)
def test_a_report_is_believed_only_for_a_time_that_was_and_numbers_that_can_be(begins, ends, people):
    on = date(2026, 6, 1)
    told = PeerTold(client_id=new_id(), location_id=1, begins_on=begins, ends_on=ends, people_reached=people)
    can_be = begins <= ends <= on and (ends - begins).days <= 366 and (on - ends).days <= 366
    if can_be and people is not None and 0 <= people <= 5_000:
        check_told(told, today=on)
    else:
        with pytest.raises((NotBelievable, NothingTold)):
            check_told(told, today=on)


# Pages ------------------------------------------------------------------------------------------------


def test_a_training_from_the_page_to_the_totals_and_away_again(sign_in_as):
    site = make_site("Union St")
    shelf = make_location(site, "Union St shelf")
    lot = receive(shelf, 30)
    browser = sign_in_as("outreach_worker", sites=(site.id,))
    page = browser.page("/community/new")
    lines = re.findall(r'name="lines-(\d+)-item"[^>]*value="([^"]*)"', page)
    number = next(number for number, public_id in lines if public_id == item().public_id)
    fields = {"form_id": hidden(page, "form_id"), "kind": "training", "held_on": today(TIME_ZONE).isoformat()}
    fields |= {"place": f"{site.public_id}:{shelf.public_id}", "attended": "7", "trained": ""}
    fields |= {f"lines-{number}-item": item().public_id, f"lines-{number}-quantity": "5"}
    pointed_out = browser.post("/community/new", data=fields | {"title": "talk with Rosa Heron"})
    assert "looks like a name" in text_of(pointed_out)
    answer = browser.send("/community/new", **fields, title="overdose response")
    browser.send("/community/new", **fields, title="overdose response")
    shown = browser.page(answer.location)
    assert "Naloxone nasal spray 4 mg: 5 kits (10 doses)" in text_of(shown) and "not counted" in text_of(shown)
    assert on_hand(shelf, lot) == 25
    assert "7 came" in text_of(browser.page("/community/"))
    assert "0 visits" in text_of(browser.page("/shift"))
    event = answer.location.rpartition("/")[2]
    browser.send(f"/community/{event}/numbers", attended="7", trained="6")
    more = browser.page(f"/community/{event}/supplies")
    browser.send(
        f"/community/{event}/supplies",
        form_id=hidden(more, "form_id"),
        place=fields["place"],
        **{f"lines-{number}-item": item().public_id, f"lines-{number}-quantity": "1"},
    )
    assert on_hand(shelf, lot) == 24
    browser.send(f"/community/{event}/remove", status=200)
    browser.send(f"/community/{event}/remove", reason="practice")
    assert on_hand(shelf, lot) == 30
    assert "Nothing was held" in text_of(browser.page("/community/"))
    browser.page(f"/community/{event}/numbers", status=404)
    assert sign_in_as("outreach_worker", sites=(make_site().id,)).get(f"/community/{event}").status_code == 404


def test_a_clean_up_from_the_page_and_a_volunteer_reads_no_spot(sign_in_as):
    site = make_site("Union St")
    browser, volunteer = (sign_in_as(role, sites=(site.id,)) for role in ("outreach_worker", "volunteer"))
    page = browser.page("/community/sharps/new")
    fields = {"form_id": hidden(page, "form_id"), "site": site.public_id, "kind": "clean_up", "measure": "litres"}
    fields |= {
        "happened_on": today(TIME_ZONE).isoformat(),
        "amount": "1.5",
        "helpers": "4",
        "area": "by the north pier",
    }
    answer = browser.send("/community/sharps/new", **fields)
    seen = text_of(browser.page(answer.location))
    assert "about 150 (100 for each liter of container)" in seen and "by the north pier" in seen
    assert "by the north pier" not in text_of(volunteer.page(answer.location))
    assert "150 about" in text_of(volunteer.page("/community/sharps/"))
    assert "Enter a whole number" in text_of(
        browser.post("/community/sharps/new", data=fields | {"measure": "counted"})
    )
    assert volunteer.get(f"{answer.location}/remove").status_code == 404
    browser.send(f"{answer.location}/remove", reason="entered_twice")
    assert "Nothing was collected" in text_of(browser.page("/community/sharps/"))
    trail = db.session.scalars(select(AuditEntry.event)).all()
    assert trail.count("SHARPS_COLLECTED") == 1 and trail.count("COMMUNITY_REMOVED") == 1


def test_what_a_distributor_told_from_the_page(sign_in_as):
    _shelf, partner, lot = a_partner_with(10)
    browser = sign_in_as("outreach_worker", sites=(partner.site_id,))
    page = browser.page(f"/community/distributors/{partner.public_id}/told")
    fields = {name: hidden(page, name) for name in ("form_id", "begins_on", "ends_on")}
    assert "at least one number" in text_of(
        browser.post(f"/community/distributors/{partner.public_id}/told", data=fields)
    )
    fields |= {"lines-0-item": item().public_id, "lines-0-quantity": "4", "people_reached": "25"}
    answer = browser.send(f"/community/distributors/{partner.public_id}/told", **fields)
    shown = browser.page(answer.location)
    assert "25 people reached" in text_of(shown) and "4 kits (8 doses)" in text_of(shown)
    assert on_hand(partner, lot) == 6
    assert "25 people reached" in text_of(browser.page("/community/distributors/"))
    remove = re.search(r'href="(/community/distributors/reports/[^"]+)"', shown).group(1)
    browser.send(remove, reason="other")
    assert on_hand(partner, lot) == 10
    assert "Nothing told yet" in text_of(browser.page(answer.location))
    volunteer = sign_in_as("volunteer", account=make_account("volunteer", sites=(partner.site_id,)))
    assert volunteer.get("/community/distributors/").status_code == 403
    assert signed_in_as(volunteer.account.id).works_at(partner.site_id)
