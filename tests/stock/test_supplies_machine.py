"""Everything people do with supplies, in any order, now and late, beside a replay with hindsight.

Each step says which of the twenty invariants of the ledger it holds; the rest have tests of their own:
3 and 8 `test_anchors`, 16 and 20 below, 18 `test_from_scratch`, 19 `tests/durability/test_supplies_race.py`.
`HR_LONG=1` tells longer stories.
"""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from harmreduction.core.clock import now
from harmreduction.core.db import Base, db, new_id, transaction
from harmreduction.stock import actions, verification
from harmreduction.stock.actions.adjusting import Adjustment, CameBack, Waste, adjust, take_in, throw_away
from harmreduction.stock.actions.counts import CountedNow, post_at_once
from harmreduction.stock.actions.dates import Revision, revise_date
from harmreduction.stock.actions.kits import pack_kits
from harmreduction.stock.actions.merging import Merge, merge_lots
from harmreduction.stock.actions.shipments import Acceptance, Sending, accept, send
from harmreduction.stock.ledger import ANCHOR, FACT, MOVEMENT
from harmreduction.stock.models import KitRecipe, Lot, Shipment
from harmreduction.stock.queries.genealogy import list_reached
from harmreduction.stock.queries.history import difference_of_anchor
from harmreduction.stock.rules import (
    CannotReverse,
    CountPurpose,
    NotEnoughHere,
    Outcome,
    ReasonUse,
    Wanted,
)
from harmreduction.stock.rules.dates import ExpiryAuthority
from harmreduction.stock.rules.problems import CannotMerge
from tests.factories import SYSTEM, days_from_now, item
from tests.stock.kits import KIT, a_packing, take_apart
from tests.stock.replay import Moved, TakenBack, replay
from tests.stock.supplies import (
    ASSEMBLY,
    EXPIRY,
    IN_TRANSIT,
    ITEMS,
    MACHINE,
    PARTICIPANT,
    SHELF,
    SUPPLIER,
    VAN,
    VARIANCE,
    WASTE,
    World,
    balances,
    lines_of,
)
from tests.stock.test_ledger import ledger_reverse
from tests.stories import LONG

place_numbers = st.integers(SHELF, MACHINE)
codes = st.sampled_from(ITEMS)
units = st.integers(1, 30)
late = st.integers(0, 5)  # minutes ago: few facts are written down at once


class Supplies(World, RuleBasedStateMachine):
    """Whatever people do with supplies, in any order."""

    facts, shipments, kits = Bundle("facts"), Bundle("shipments"), Bundle("kits")

    @initialize()
    def open_places(self):
        self.open_world()
        self.steps = 0

    # What people do -------------------------------------------------------------------------------------------

    @rule(target=facts, place=place_numbers, code=codes, lot=st.sampled_from(sorted(EXPIRY)), units=units, late=late)
    def receive(self, place, code, lot, units, late):
        receipt = self.receive_lot(place, code, lot, units, late)
        assert self.learn_lines() == [(SUPPLIER, self.ids[place], units)]
        assert actions.receive(receipt, by=SYSTEM) is Outcome.EXISTS  # 4
        return receipt.client_id

    @rule(target=facts, source=place_numbers, step=st.integers(1, 3), data=st.data(), units=units, late=late)
    def move(self, source, step, data, units, late):
        lot, target, at = self.a_lot_at(source, data), self.ids[(source + step) % 4], self.ago(late)
        move = actions.Transfer(
            client_id=new_id(),
            from_location_id=self.ids[source],
            to_location_id=target,
            lots=((lot, units),),
            occurred_at=at,
        )
        line = (lot, self.ids[source], target, units)
        if self.is_refused(source, Moved(key=move.client_id, at=at, lines=(line,))):  # 10
            with pytest.raises(NotEnoughHere):
                actions.transfer(move, by=SYSTEM)
            return None
        actions.transfer(move, by=SYSTEM)
        assert self.learn_lines() == [(self.ids[source], target, units)]
        return move.client_id

    @rule(target=facts, place=st.integers(SHELF, VAN), code=codes, units=units, late=late)
    def hand_out(self, place, code, units, late):
        expected = self.first_expired_first_out(place, code, units)
        issued = actions.Issue(
            client_id=new_id(),
            fingerprint="as it was",
            location_id=self.ids[place],
            lines=(Wanted(item_id=item(code).id, quantity=units),),
            occurred_at=self.ago(late),
            today=days_from_now(0),
        )
        opened = actions.issue(issued, by=SYSTEM)
        lines = lines_of(opened.transaction_id)
        numbered = {lot: taken for lot, _source, _target, taken in lines if lot in expected}
        assert numbered == {lot: taken for lot, taken in expected.items() if taken}  # 13
        assert sum(taken for *_, taken in lines) == units
        self.learn()
        self.send_again_changes_nothing(issued)
        return issued.client_id

    @rule(place=place_numbers, wrong=st.integers(-5, 5), late=late)
    def count_what_differs(self, place, wrong, late):
        self.count(place, wrong, late)

    @rule(place=place_numbers, late=late)
    def count_what_fits(self, place, late):
        self.count(place, 0, late)

    def count(self, place, wrong, late):
        found = {lot: max(self.units_at(self.ids[place], lot) + wrong, 0) for lot in self.lots_at(place)}
        if not found:
            return
        counted = CountedNow(
            client_id=new_id(),
            location_id=self.ids[place],
            purpose=CountPurpose.CLOSE_OUT,
            lots=found,
            reason_id=None,
            at=self.ago(late),
        )
        post_at_once(counted, by=SYSTEM)
        assert len(self.learn()) == len(found)

    @rule(target=facts, place=place_numbers, data=st.data(), units=units, more=st.booleans(), late=late)
    def adjust(self, place, data, units, more, late):
        reason = self.reason(ReasonUse.MORE if more else ReasonUse.LESS)
        adjustment = Adjustment(
            client_id=new_id(),
            location_id=self.ids[place],
            lot_id=self.a_lot_at(place, data),
            units=units,
            reason_id=reason,
            occurred_at=self.ago(late),
        )
        adjust(adjustment, by=SYSTEM)
        ends = (VARIANCE, self.ids[place], units) if more else (self.ids[place], VARIANCE, units)
        assert self.learn_lines() == [ends]
        return adjustment.client_id

    @rule(target=facts, place=place_numbers, data=st.data(), units=units, late=late)
    def throw_away(self, place, data, units, late):
        waste = Waste(
            client_id=new_id(),
            location_id=self.ids[place],
            lots=((self.a_lot_at(place, data), units),),
            reason_id=self.reason(ReasonUse.WASTE),
            occurred_at=self.ago(late),
        )
        throw_away(waste, by=SYSTEM)
        assert self.learn_lines() == [(self.ids[place], WASTE, units)]
        return waste.client_id

    @rule(target=facts, place=st.integers(SHELF, VAN), code=codes, units=units, usable=st.booleans(), late=late)
    def come_back(self, place, code, units, usable, late):
        came = CameBack(
            client_id=new_id(),
            location_id=self.ids[place],
            item_id=item(code).id,
            lot_number="A",
            units=units,
            is_usable=usable,
            reason_id=None,
            occurred_at=self.ago(late),
            today=days_from_now(0),
        )
        on_the_shelf = take_in(came, by=SYSTEM)
        ends = [PARTICIPANT, self.ids[place]] if on_the_shelf else [PARTICIPANT, self.ids[place], WASTE]
        assert [line[:2] for line in self.learn_lines()] == list(pairwise(ends))
        return came.client_id

    @rule(target=shipments, source=place_numbers, step=st.integers(1, 3), data=st.data(), units=units, late=late)
    def send(self, source, step, data, units, late):
        lot, at = self.a_lot_at(source, data), self.ago(late)
        sending = Sending(
            client_id=new_id(),
            from_location_id=self.ids[source],
            to_location_id=self.ids[(source + step) % 4],
            lots=((lot, units),),
            occurred_at=at,
        )
        line = (lot, self.ids[source], IN_TRANSIT, units)
        if self.is_refused(source, Moved(key=sending.client_id, at=at, lines=(line,))):  # 10
            with pytest.raises(NotEnoughHere):
                send(sending, by=SYSTEM)
            return None
        send(sending, by=SYSTEM)
        self.learn()
        return sending.client_id

    @rule(shipment=shipments, arrived=st.integers(0, 40))
    def accept(self, shipment, arrived):
        sent = db.session.scalar(select(Shipment).where(Shipment.public_id == (shipment or "")))
        if sent is None or sent.acceptance_id is not None:
            return
        [(lot, *_)] = lines_of(sent.dispatch_id)
        before = self.units_at(IN_TRANSIT, lot)
        [(*_, was_sent)] = lines_of(sent.dispatch_id)
        acceptance = Acceptance(
            client_id=new_id(), shipment_id=sent.public_id, lots=((lot, arrived),), occurred_at=now()
        )
        accept(acceptance, by=SYSTEM)
        self.learn()
        assert self.units_at(IN_TRANSIT, lot) == before - was_sent

    @rule(target=kits, place=st.integers(SHELF, VAN), number=st.integers(1, 4))
    def pack(self, place, number):
        packing = a_packing(self.places[place], number)
        before = balances()
        try:
            pack_kits(packing, by=SYSTEM)
        except NotEnoughHere:
            assert balances() == before
            return None
        [fact] = self.learn()
        packed = [(lot, taken) for lot, source, _, taken in fact.lines if source == ASSEMBLY]
        parts = Counter()
        for kit_lot, kits in packed:
            for part in self.parts_of(kit_lot):
                parts[part.component_lot_id] += kits * part.quantity_per_kit
            assert self.per_part(kit_lot) == self.recipe()  # 11
        taken = Counter()
        for lot, _source, target, units in fact.lines:
            taken[lot] += units if target == ASSEMBLY else 0
        assert taken == parts and sum(kits for _, kits in packed) == number  # 11
        return place, packed

    @rule(packed=kits)
    def take_apart(self, packed):
        for place, kit_lot, kits in [(packed[0], *pair) for pair in packed[1]] if packed else []:
            here = self.units_at(self.ids[place], kit_lot)
            taken = min(kits, here)
            if taken <= 0:
                continue
            take_apart(self.places[place], db.session.get_one(Lot, kit_lot), taken)
            [fact] = self.learn()
            came = Counter({lot: units for lot, source, _, units in fact.lines if source == ASSEMBLY})
            expected = Counter()
            for part in self.parts_of(kit_lot):
                expected[self.root(part.component_lot_id)] += taken * part.quantity_per_kit
            assert came == expected  # 11

    @rule(code=codes)
    def merge(self, code):
        lots = {lot.lot_number: lot for lot in self.lots_of(code)}
        if not {"A", "B"} <= lots.keys() or lots["B"].merged_into_id:
            return
        before = self.totals_of_items()
        merging = Merge(client_id=new_id(), slip=lots["B"].public_id, stays=lots["A"].public_id, occurred_at=now())
        try:
            merge_lots(merging, by=SYSTEM)
        except CannotMerge:
            assert self.units_at(IN_TRANSIT, lots["B"].id) != 0
        self.learn()
        assert self.totals_of_items() == before  # 17

    @rule(fact=facts)
    def take_back(self, fact):
        target = db.session.execute(select(FACT).where(FACT.c.client_id == (fact or ""))).one_or_none()
        if target is None:
            return
        if TakenBack(target=fact) in self.known:
            with pytest.raises(CannotReverse):  # 5
                ledger_reverse(target.id)
            return
        ledger_reverse(target.id)
        self.learn()

    @rule(code=codes, days=st.integers(10, 500))
    def revise(self, code, days):
        lot = next(lot for lot in self.lots_of(code) if lot.lot_number == "A")
        if days_from_now(days) == lot.effective_expiry:
            return
        revise_date(
            Revision(
                lot_id=lot.public_id,
                old_expiry=lot.effective_expiry,
                new_expiry=days_from_now(days),
                authority=ExpiryAuthority.MANUFACTURER,
                document="Letter of the maker",
            ),
            by=SYSTEM,
            at=now(),
        )

    @rule(change=st.sampled_from([update(MOVEMENT).values(quantity=1), MOVEMENT.delete(), FACT.delete()]))
    def tamper(self, change):
        with pytest.raises(DatabaseError, match="append only"), transaction():  # 6
            db.session.execute(change)

    @rule(code=codes)
    def trace_a_recall(self, code):
        lot = next(lot for lot in self.lots_of(code) if lot.lot_number == "A")
        assert list_reached([lot.id]) == self.reached_by_hand(lot.id)  # 15

    # What always holds ----------------------------------------------------------------------------------------

    @invariant()
    @precondition(lambda self: hasattr(self, "known"))
    def the_ledger_is_what_hindsight_says(self):
        truth = replay(self.known)
        assert balances() == {key: found for key, found in truth.balances.items() if found}  # 1, 7
        totals = Counter()
        for (_place, lot), on_hand in truth.balances.items():
            totals[lot] += on_hand
        assert not any(totals.values())  # 2, 14
        anchors = {row.order_key: row.id for row in db.session.execute(select(ANCHOR))}
        assert {key: difference_of_anchor(anchors[key]) for key in truth.differences} == truth.differences  # 9
        self.steps += 1
        if self.steps % 5 == 0:
            self.teardown()

    def teardown(self):
        db.session.rollback()
        assert list(verification.find_differences()) == []  # 1, 7, 10 (below zero), 12 (kits)


def test_whatever_people_do_with_supplies_the_ledger_says_what_hindsight_says(database, start_over):
    def machine():
        start_over()
        return Supplies()

    examples = 15 if db.engine.dialect.name == "sqlite" else 4  # starting over costs more on PostgreSQL
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples * (50 if LONG else 1),
            stateful_step_count=60 if LONG else 30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert db.session.scalar(select(func.count()).select_from(KitRecipe)) == 1


def test_nothing_in_stock_points_to_a_participant_or_a_device(database):
    """Invariant 16: whoever is forgotten, and whichever phone is locked out, no balance changes."""
    of_stock = {
        mapper.local_table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("harmreduction.stock")
    }
    pointed_to = {key.column.table.name for table in of_stock for key in table.foreign_keys}
    assert pointed_to - {table.name for table in of_stock} == {"account", "site"}


def test_packing_kits_and_taking_them_apart_again_changes_nothing(database):
    """Invariant 11: the round trip is the identity."""
    world = World()
    world.open_world()
    before = balances()
    pack_kits(a_packing(world.places[SHELF], 3), by=SYSTEM)
    [kits] = world.lots_of(KIT)
    assert world.units_at(world.ids[SHELF], kits.id) == 3
    take_apart(world.places[SHELF], kits, 3)
    assert balances() == before
