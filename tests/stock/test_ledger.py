"""The ledger as a state machine: whatever people do, it balances, repeats nothing and forgets nothing."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import DomainError
from harmreduction.stock import actions, ledger, verification
from harmreduction.stock.models import Item, Lot, StockBalance, StockDiscrepancy, StockMovement, StockTransaction
from harmreduction.stock.rules import CannotReverse, ChangedFact, NotEnoughHere, Outcome, ReversalReason, Wanted
from tests.factories import SYSTEM, days_from_now, item, make_location, make_site, on_hand, receive

ITEMS = ("naloxone-nasal-4", "syringe-1ml-28g-half")


def issue(location, lines, *, client_id=None, fingerprint="f"):
    return actions.issue(
        actions.Issue(
            client_id=client_id or new_id(),
            fingerprint=fingerprint,
            location_id=location.id,
            lines=tuple(lines),
            occurred_at=now(),
            today=days_from_now(0),
        ),
        by=SYSTEM,
    )


def move(source, target, lots, client_id=None):
    return actions.transfer(
        actions.Transfer(
            client_id=client_id or new_id(),
            from_location_id=source.id,
            to_location_id=target.id,
            lots=tuple(lots),
            occurred_at=now(),
        ),
        by=SYSTEM,
    )


def test_what_is_received_can_be_handed_out_and_the_shelf_says_so(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    issue(shelf, [Wanted(item_id=item().id, quantity=4)])
    assert on_hand(shelf, lot) == 6
    assert list(verification.find_differences()) == []


def test_the_same_fact_sent_again_is_saved_once(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    wanted, fact = [Wanted(item_id=item().id, quantity=4)], new_id()
    assert issue(shelf, wanted, client_id=fact).outcome is Outcome.CREATED
    assert issue(shelf, wanted, client_id=fact).outcome is Outcome.EXISTS
    assert on_hand(shelf, lot) == 6


def test_the_same_id_with_other_content_is_told_apart_and_changes_nothing(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    fact = new_id()
    issue(shelf, [Wanted(item_id=item().id, quantity=4)], client_id=fact, fingerprint="four")
    answer = issue(shelf, [Wanted(item_id=item().id, quantity=5)], client_id=fact, fingerprint="five")
    assert answer.outcome is Outcome.EXISTS_WITH_DIFFERENT_FIELDS
    assert on_hand(shelf, lot) == 6


def test_a_hand_out_beyond_stock_is_saved_and_opens_a_discrepancy_that_a_receipt_closes(database):
    shelf = make_location()
    issue(shelf, [Wanted(item_id=item().id, quantity=3)])
    [found] = db.session.scalars(select(StockDiscrepancy).where(StockDiscrepancy.closed_at.is_(None)))
    unnumbered = db.session.get_one(Lot, found.lot_id)
    assert (unnumbered.lot_number, on_hand(shelf, unnumbered)) == ("", -3)
    receive(shelf, 3, lot="", expiry=None)
    assert db.session.scalar(select(func.count()).where(StockDiscrepancy.closed_at.is_(None))) == 0
    assert list(verification.find_differences()) == []


def test_a_lot_past_its_date_is_recorded_as_handed_out_when_the_person_says_so(database):
    shelf = make_location()
    old = receive(shelf, 5, lot="OLD", expiry=days_from_now(-3))
    issue(shelf, [Wanted(item_id=item().id, quantity=1, lot_id=old.id)])
    kinds = set(db.session.scalars(select(StockDiscrepancy.kind)))
    assert (on_hand(shelf, old), kinds) == (4, {"expired_given"})


def test_a_lot_of_another_item_is_refused_and_nothing_is_saved(database):
    shelf = make_location()
    syringes = receive(shelf, 100, code="syringe-1ml-28g-half", lot="")
    facts = db.session.scalar(select(func.count()).select_from(StockTransaction))
    with pytest.raises(DomainError, match="Choose the lot again"):
        issue(shelf, [Wanted(item_id=item().id, quantity=1, lot_id=syringes.id)])
    assert db.session.scalar(select(func.count()).select_from(StockTransaction)) == facts


def test_a_strict_place_guards_moves_and_never_hand_outs(database):
    site = make_site()
    strict, van = make_location(site, is_strict=True), make_location(site)
    lot = receive(strict, 5)
    with pytest.raises(NotEnoughHere, match="not that much here"):
        move(strict, van, [(lot.id, 6)])
    assert (on_hand(strict, lot), on_hand(van, lot)) == (5, 0)
    issue(strict, [Wanted(item_id=item().id, quantity=6, lot_id=lot.id)])
    assert on_hand(strict, lot) == -1


def test_a_fact_is_taken_back_once_and_a_taking_back_never(database):
    shelf = make_location()
    lot = receive(shelf, 10)
    opened = issue(shelf, [Wanted(item_id=item().id, quantity=4)])
    first = ledger_reverse(opened.transaction_id)
    assert on_hand(shelf, lot) == 10
    with pytest.raises(CannotReverse, match="taken back already"):
        ledger_reverse(opened.transaction_id)
    with pytest.raises(CannotReverse, match="itself a taking back"):
        ledger_reverse(first.transaction_id)
    assert on_hand(shelf, lot) == 10


def ledger_reverse(transaction_id):
    with transaction():
        return ledger.reverse(transaction_id, client_id=new_id(), reason=ReversalReason.OTHER, by=SYSTEM)


@pytest.mark.parametrize("change", [update(StockMovement).values(quantity=1), delete(StockMovement)])
def test_the_database_itself_refuses_to_edit_or_delete_a_movement(database, change):
    receive(make_location(), 10)
    with pytest.raises(DatabaseError, match="append only"), transaction():
        db.session.execute(change)


def test_verify_names_a_balance_that_is_one_unit_off(database):
    shelf = make_location(name="Harbor shelf")
    receive(shelf, 10, lot="NX1")
    with transaction():
        db.session.execute(update(StockBalance).where(StockBalance.on_hand == 10).values(on_hand=11))
    [finding] = verification.find_differences()
    assert "Harbor shelf" in finding and "NX1" in finding and "11" in finding and "10" in finding


def test_a_receipt_sent_twice_with_another_number_says_so(database):
    shelf, client_id = make_location(), new_id()

    def receipt(quantity):
        return actions.Receipt(
            client_id=client_id,
            location_id=shelf.id,
            item_id=item().id,
            lot_number="A",
            expiry=None,
            quantity=quantity,
            occurred_at=MOMENT,
        )

    assert actions.receive(receipt(5), by=SYSTEM) is Outcome.CREATED
    assert actions.receive(receipt(5), by=SYSTEM) is Outcome.EXISTS
    with pytest.raises(ChangedFact):
        actions.receive(receipt(6), by=SYSTEM)


MOMENT = now()


class Ledger(RuleBasedStateMachine):
    """Receive, move, hand out, repeat and take back at three places, beside a plain count of what should be there."""

    facts = Bundle("facts")

    @initialize()
    def open_places(self):
        site = make_site()
        self.places = [make_location(site) for _ in range(3)]
        self.expected = Counter()
        self.reversed = set()
        self.answers = {}

    @rule(
        target=facts,
        place=st.integers(0, 2),
        code=st.sampled_from(ITEMS),
        lot=st.sampled_from("AB"),
        units=st.integers(1, 30),
    )
    def receive(self, place, code, lot, units):
        found = receive(self.places[place], units, code=code, lot=lot)
        self.expected[place, found.id] += units
        return self._last({(place, found.id): units})

    @rule(target=facts, source=st.integers(0, 2), step=st.integers(1, 2), data=st.data(), units=st.integers(1, 40))
    def move(self, source, step, data, units):
        target = (source + step) % 3
        lots = sorted({lot for place, lot in self.expected if place == source})
        if not lots:
            lots = [receive(self.places[source], 1).id]
            self.expected[source, lots[0]] += 1
        lot = data.draw(st.sampled_from(lots))
        move(self.places[source], self.places[target], [(lot, units)])
        self.expected[source, lot] -= units
        self.expected[target, lot] += units
        return self._last({(source, lot): -units, (target, lot): units})

    @rule(target=facts, place=st.integers(0, 2), code=st.sampled_from(ITEMS), units=st.integers(1, 40))
    def hand_out(self, place, code, units):
        fact = new_id()
        wanted = [Wanted(item_id=item(code).id, quantity=units)]
        opened = issue(self.places[place], wanted, client_id=fact)
        assert opened.outcome is Outcome.CREATED
        assert issue(self.places[place], wanted, client_id=fact).outcome is Outcome.EXISTS
        lines = db.session.scalars(select(StockMovement).where(StockMovement.transaction_id == opened.transaction_id))
        effect = Counter()
        for line in lines:
            effect[place, line.lot_id] -= line.quantity
        assert -sum(effect.values()) == units
        self.expected.update(effect)
        return self._last(dict(effect))

    @rule(fact=facts)
    def take_back(self, fact):
        transaction_id, effect = fact
        if transaction_id in self.reversed:
            with pytest.raises(CannotReverse):
                ledger_reverse(transaction_id)
            return
        ledger_reverse(transaction_id)
        self.reversed.add(transaction_id)
        for place, units in effect.items():
            self.expected[place] -= units

    @invariant()
    def every_balance_is_what_it_should_be(self):
        if not hasattr(self, "places"):
            return
        db.session.rollback()
        ids = {location.id: number for number, location in enumerate(self.places)}
        balances = db.session.execute(select(StockBalance.location_id, StockBalance.lot_id, StockBalance.on_hand))
        found = {(ids[place], lot): units for place, lot, units in balances if place in ids and units}
        assert found == {key: units for key, units in self.expected.items() if units}
        assert list(verification.find_differences()) == []

    def _last(self, effect):
        return db.session.scalar(select(func.max(StockTransaction.id))), effect


def test_whatever_people_do_the_ledger_balances(database, start_over):
    def machine():
        start_over()
        return Ledger()

    examples = 25 if db.engine.dialect.name == "sqlite" else 8  # starting over costs more on PostgreSQL
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert db.session.scalar(select(func.count()).select_from(Item)) > 0
