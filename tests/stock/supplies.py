"""Places, lots and kits for long stories about supplies, and what is known of them so far."""

from collections import Counter
from datetime import timedelta

from hypothesis import strategies as st
from sqlalchemy import func, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.stock import actions
from harmreduction.stock.ledger import ANCHOR, BALANCE, FACT, MOVEMENT, VIRTUAL_IDS
from harmreduction.stock.models import KitRecipe, Lot, LotComponent, StockReason
from harmreduction.stock.rules import VIRTUAL_LOCATION_IDS, LocationKind, Outcome, TransactionKind
from tests.factories import SYSTEM, days_from_now, item, make_location, make_site
from tests.stock.kits import KIT, SYRINGE, VIAL, write
from tests.stock.replay import Counted, Moved, TakenBack, replay

SUPPLIER, PARTICIPANT, WASTE, VARIANCE, ASSEMBLY, IN_TRANSIT = (
    VIRTUAL_LOCATION_IDS[LocationKind(kind)]
    for kind in ("supplier", "participant", "waste", "variance", "assembly", "in_transit")
)
SHELF, STRICT, VAN, MACHINE = range(4)
ITEMS = (VIAL, SYRINGE)
EXPIRY = {"A": days_from_now(30), "B": days_from_now(400), "OLD": days_from_now(-3)}
# What follows from another fact, and is no fact that anybody brought.
DERIVED = (TransactionKind.COUNT_ADJUSTMENT.value,)


def facts_on_record(*, since=0):
    """Return what people brought to the ledger, as a replay with hindsight takes it; since: a row id."""
    brought = select(FACT).where(FACT.c.id > since, FACT.c.kind.not_in(DERIVED)).order_by(FACT.c.id)
    return [fact for row in db.session.execute(brought).all() for fact in _known(row)]


def _known(row):
    if row.kind == TransactionKind.REVERSAL:
        yield TakenBack(target=db.session.scalar(select(FACT.c.client_id).where(FACT.c.id == row.reverses_id)))
    elif row.kind == TransactionKind.COUNT:
        for anchor in db.session.execute(select(ANCHOR).where(ANCHOR.c.transaction_id == row.id)).all():
            yield Counted(
                key=anchor.order_key,
                at=anchor.occurred_at,
                place=(anchor.location_id, anchor.lot_id),
                counted=anchor.counted,
                counterpart=anchor.counterpart_id,
            )
    else:
        yield Moved(key=row.client_id, at=row.occurred_at, lines=tuple(lines_of(row.id)))


def lines_of(transaction_id):
    """Return (lot, from, to, units) of a fact."""
    lines = select(MOVEMENT).where(MOVEMENT.c.transaction_id == transaction_id).order_by(MOVEMENT.c.line_no)
    return [(row.lot_id, row.from_location_id, row.to_location_id, row.quantity) for row in db.session.execute(lines)]


def balances():
    """Return what the book says now: units by place and lot, wherever there is something or less than nothing."""
    db.session.rollback()
    rows = db.session.execute(select(BALANCE).where(BALANCE.c.on_hand != 0))
    return {(row.location_id, row.lot_id): row.on_hand for row in rows}


class World:
    """A shelf, a strict store, a van and a vending machine, with vials and syringes that become kits.

    known: every fact that people brought, as a replay with hindsight takes them.
    """

    def open_world(self):
        site = make_site()
        self.places = [make_location(site, is_strict=number == STRICT) for number in range(3)]
        machine = actions.open_location(new_id(), LocationKind.VENDING_MACHINE, site_id=site.id, by=SYSTEM)
        self.ids = [place.id for place in (*self.places, machine)]
        self.known, self.latest = [], 0
        write(KIT, (VIAL, 2), (SYRINGE, 2, True))
        for code in ITEMS:
            self.receive_lot(SHELF, code, "A", 20, 0)
        self.learn()

    def receive_lot(self, place, code, lot, units, late):
        is_new = not any(found.lot_number == lot for found in self.lots_of(code))
        receipt = actions.Receipt(
            client_id=new_id(),
            location_id=self.ids[place],
            item_id=item(code).id,
            lot_number=lot,
            expiry=EXPIRY[lot] if is_new else None,
            quantity=units,
            occurred_at=self.ago(late),
        )
        actions.receive(receipt, by=SYSTEM)
        return receipt

    def learn(self):
        """Note the facts that people brought since the last look; return them."""
        learned = facts_on_record(since=self.latest)
        self.latest = db.session.scalar(select(func.max(FACT.c.id)))
        self.known += learned
        return learned

    def learn_lines(self):
        """Learn the one fact that was brought, and return its lines without the lots."""
        [fact] = self.learn()
        return [line[1:] for line in fact.lines]

    def is_refused(self, source, fact):
        """Say whether a strict place would hold less than nothing, and less than before."""
        if source != STRICT:
            return False
        place = (self.ids[STRICT], fact.lines[0][0])
        after = replay([*self.known, fact]).balances[place]
        return after < min(replay(self.known).balances[place], 0)

    def send_again_changes_nothing(self, issued):
        """Invariant 4."""
        before = balances()
        assert actions.issue(issued, by=SYSTEM).outcome is Outcome.EXISTS
        changed = actions.Issue(**(vars(issued) | {"fingerprint": "as somebody changed it"}))
        assert actions.issue(changed, by=SYSTEM).outcome is Outcome.EXISTS_WITH_DIFFERENT_FIELDS
        assert balances() == before

    def first_expired_first_out(self, place, code, wanted):
        """Return what goes out of numbered lots, taken one unit at a time from whichever usable one expires first."""
        taken = Counter()
        today = days_from_now(0)
        usable = [
            lot
            for lot in self.lots_of(code)
            if lot.lot_number and (lot.effective_expiry is None or lot.effective_expiry >= today)
        ]
        left = {lot.id: self.units_at(self.ids[place], lot.id) for lot in usable}
        order = [lot.id for lot in sorted(usable, key=lambda lot: (lot.effective_expiry, lot.id))]
        for _ in range(wanted):
            first = next((lot for lot in order if left[lot] > 0), None)
            if first is not None:
                left[first] -= 1
                taken[first] += 1
        return {lot: taken[lot] for lot in order}

    def ago(self, minutes):
        return now() - timedelta(minutes=minutes)

    def units_at(self, place_id, lot_id):
        return balances().get((place_id, lot_id), 0)

    def totals_of_items(self):
        """Return the units of each item over all real places."""
        totals = Counter()
        of_item = dict(row for row in map(tuple, db.session.execute(select(Lot.id, Lot.item_id))))
        for (place, lot), found in balances().items():
            totals[of_item[lot]] += found if place not in VIRTUAL_IDS else 0
        return totals

    def lots_at(self, place):
        """Return every lot that lies or lay at a place."""
        lots = select(BALANCE.c.lot_id).where(BALANCE.c.location_id == self.ids[place]).order_by(BALANCE.c.lot_id)
        return list(db.session.scalars(lots))

    def a_lot_at(self, place, data):
        """Return a lot that lay at a place, brought there now if there is none."""
        if not self.lots_at(place):
            self.receive_lot(place, VIAL, "A", 1, 0)
            self.learn()
        return data.draw(st.sampled_from(self.lots_at(place)))

    def any_lot(self):
        return self.lots_of(VIAL)[0].id

    def lots_of(self, code):
        return list(db.session.scalars(select(Lot).where(Lot.item_id == item(code).id).order_by(Lot.id)))

    def parts_of(self, kit_lot):
        return list(db.session.scalars(select(LotComponent).where(LotComponent.kit_lot_id == kit_lot)))

    def per_part(self, kit_lot):
        found = Counter()
        for part in self.parts_of(kit_lot):
            found[part.part_item_id] += part.quantity_per_kit
        return found

    def recipe(self):
        [recipe] = db.session.scalars(select(KitRecipe))
        return Counter({line.component_item_id: line.quantity for line in recipe.lines})

    def root(self, lot_id):
        return db.session.get_one(Lot, lot_id).merged_into_id or lot_id

    def reason(self, use):
        return db.session.scalars(select(StockReason.id).where(StockReason.use == use.value)).first()

    def reached_by_hand(self, lot_id):
        """Walk from lot to lot by brute force: the same number, merged, or in a kit of it."""
        lots, parts = list(db.session.scalars(select(Lot))), list(db.session.scalars(select(LotComponent)))
        reached, size = {lot_id}, 0
        while len(reached) > size:
            size = len(reached)
            numbers = {(lot.item_id, lot.lot_number) for lot in lots if lot.id in reached}
            reached |= {lot.id for lot in lots if (lot.item_id, lot.lot_number) in numbers}
            reached |= {lot.id for lot in lots if lot.merged_into_id in reached}
            reached |= {lot.merged_into_id for lot in lots if lot.id in reached and lot.merged_into_id}
            reached |= {part.kit_lot_id for part in parts if part.component_lot_id in reached}
        return reached
