"""What a funding source may pay for: dated terms that refuse, ask once more, or say nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.core.messages import message
from harmreduction.stock.actions.receiving import Receipt, receive
from harmreduction.stock.models import FundingRule, FundingSource, Lot, StockTransaction
from harmreduction.stock.queries.funding import find_funding_term
from harmreduction.stock.rules import UnknownLot
from harmreduction.stock.rules.funding import (
    STRICTNESS,
    FundingAsksOnceMore,
    FundingBlocked,
    FundingTerm,
    Verdict,
    check_funding,
    term_in_force,
)
from tests.factories import SYSTEM, days_from_now, item, make_location
from tests.pages import text_of

SYRINGE = "syringe-1ml-28g-half"
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def a_term(verdict, since=date(2026, 1, 1), until=None, basis="Section 526"):
    return FundingTerm(
        source="Federal grant",
        category=message("Syringes"),
        verdict=verdict,
        valid_from=since,
        valid_until=until,
        basis=basis,
    )


def a_source_that(verdict, *, category="syringe", since=None, until=None):
    source = FundingSource(name="Federal grant")
    db.session.add(source)
    db.session.flush()
    db.session.add(
        FundingRule(
            funding_source_id=source.id,
            category=category,
            verdict=verdict.value,
            valid_from=since or date(2020, 1, 1),
            valid_until=until,
            basis="Section 526",
        )
    )
    db.session.commit()
    return source


def a_purchase(source, code=SYRINGE, **changes):
    fields = {
        "client_id": new_id(),
        "location_id": make_location().id,
        "item_id": item(code).id,
        "lot_number": "S1",
        "expiry": None,
        "quantity": 100,
        "occurred_at": now(),
        "funding_source_id": source.id,
    }
    return Receipt(**fields | changes)


def facts():
    return db.session.scalar(select(func.count()).select_from(StockTransaction))


# ---- Rules ----


def test_a_refusal_names_the_source_the_group_and_the_text_and_says_what_to_do():
    with pytest.raises(FundingBlocked) as refused:
        check_funding(a_term(Verdict.BLOCK), is_confirmed=True)
    said = "Money from “Federal grant” may not pay for “Syringes” (Section 526). Choose another funding source."
    assert str(refused.value) == said
    with pytest.raises(FundingBlocked, match=r"\(Section 526\)\. Choose"):
        check_funding(a_term(Verdict.BLOCK, basis="Section 526."), is_confirmed=True)


def test_a_warning_asks_once_more_and_no_term_says_nothing():
    with pytest.raises(FundingAsksOnceMore, match="no text was noted"):
        check_funding(a_term(Verdict.WARN, basis=""), is_confirmed=False)
    check_funding(a_term(Verdict.WARN), is_confirmed=True)
    check_funding(a_term(Verdict.ALLOW), is_confirmed=False)
    check_funding(None, is_confirmed=False)


def test_a_term_holds_from_its_first_through_its_last_day_and_a_newer_one_takes_its_place():
    old = a_term(Verdict.BLOCK, date(2025, 1, 1), date(2026, 6, 30))
    new = a_term(Verdict.ALLOW, date(2026, 6, 1))
    terms = [new, old]
    days = (date(2024, 12, 31), date(2025, 1, 1), date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 1))
    assert [term_in_force(terms, on) for on in days] == [None, old, old, new, new]
    assert term_in_force([old], date(2026, 6, 30)) is old
    assert term_in_force([old], date(2026, 7, 1)) is None


@given(st.lists(st.tuples(st.sampled_from(Verdict), DAYS, st.none() | DAYS)), DAYS)
def test_the_term_in_force_stands_on_its_day_and_no_newer_or_stricter_one_does(given_terms, on):
    terms = [a_term(verdict, since, until) for verdict, since, until in given_terms]
    standing = [t for t in terms if t.valid_from <= on and (t.valid_until is None or t.valid_until >= on)]
    found = term_in_force(terms, on)
    assert (found is None) == (not standing)
    if found is not None:
        rank = (found.valid_from, STRICTNESS.index(found.verdict))
        assert rank == max((t.valid_from, STRICTNESS.index(t.verdict)) for t in standing)


# ---- Receiving ----


def test_federal_money_does_not_pay_for_syringes_and_nothing_is_saved(database):
    source = a_source_that(Verdict.BLOCK)
    with pytest.raises(FundingBlocked):
        receive(a_purchase(source, is_funding_checked=True), by=SYSTEM)
    assert (facts(), db.session.scalars(select(Lot)).all()) == (0, [])
    receive(a_purchase(source, "strip-fentanyl"), by=SYSTEM)
    receive(a_purchase(source, is_opening=True), by=SYSTEM)  # what lies here is paid for already
    assert facts() == 2


def test_terms_that_are_over_or_still_to_come_refuse_nothing(database):
    over = a_source_that(Verdict.BLOCK, until=days_from_now(-2))
    receive(a_purchase(over), by=SYSTEM)
    assert find_funding_term(over.id, item(SYRINGE).id, on=days_from_now(0)) is None
    assert facts() == 1


def test_a_warning_is_confirmed_and_the_lot_has_its_source(database):
    source = a_source_that(Verdict.WARN)
    with pytest.raises(FundingAsksOnceMore):
        receive(a_purchase(source), by=SYSTEM)
    receive(a_purchase(source, is_funding_checked=True), by=SYSTEM)
    assert db.session.scalars(select(Lot.funding_source_id)).all() == [source.id]


def test_the_page_asks_once_more_with_a_box_to_tick_and_refuses_with_a_sentence(sign_in_as):
    source, shelf = a_source_that(Verdict.WARN), make_location()
    client = sign_in_as("programme_lead")
    path = f"/stock/{shelf.public_id}/receive"
    fields = {"item": item(SYRINGE).public_id, "quantity": "5", "lot_number": "S1", "source": source.public_id}
    assert "The terms of this source are met" not in text_of(client.page(path))
    asked = text_of(client.send(path, status=200, **fields))
    assert "under terms only (Section 526)" in asked and "The terms of this source are met" in asked
    db.session.scalars(select(FundingRule)).one().verdict = Verdict.BLOCK.value
    db.session.commit()
    assert "may not pay for" in text_of(client.send(path, status=200, **fields, is_funding_checked="y"))
    db.session.scalars(select(FundingRule)).one().verdict = Verdict.WARN.value
    db.session.commit()
    client.send(path, **fields, is_funding_checked="y")
    assert facts() == 1


def test_a_batch_that_two_sources_paid_for_has_one_printed_date(database):
    shelf, source = make_location(), a_source_that(Verdict.ALLOW)
    receive(a_purchase(source, location_id=shelf.id), by=SYSTEM)
    receive(a_purchase(source, location_id=shelf.id, funding_source_id=1, expiry=days_from_now(300)), by=SYSTEM)
    dates = db.session.execute(select(Lot.printed_expiry, Lot.effective_expiry).order_by(Lot.id)).all()
    assert dates == [(days_from_now(300),) * 2] * 2
    with pytest.raises(UnknownLot, match="one of the two is a slip"):
        receive(a_purchase(source, location_id=shelf.id, expiry=days_from_now(200)), by=SYSTEM)
