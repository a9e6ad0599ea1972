"""What happens to supplies in the demonstration: money, kits, a machine, a partner, a count, a shift, a recall."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import select

from harmreduction.core.db import db
from harmreduction.demo.deeds import Deeds, Stores
from harmreduction.stock.actions import choices, counts, partners, places, points, policies, recalls, recipes
from harmreduction.stock.actions import requests as asking
from harmreduction.stock.actions.heat import flag_heat
from harmreduction.stock.actions.kits import Packing, pack_kits
from harmreduction.stock.actions.receiving import Papers
from harmreduction.stock.actions.shifts import LoadOut, load_out
from harmreduction.stock.actions.shipments import Acceptance, accept
from harmreduction.stock.models import Lot, Shipment, StockBalance
from harmreduction.stock.queries.packing import Wish, plan_packing
from harmreduction.stock.rules import LocationKind
from harmreduction.stock.rules.funding import Verdict
from harmreduction.stock.rules.kits import RecipePart
from harmreduction.stock.rules.ordering import Levels
from harmreduction.stock.rules.recalls import LotNames, RecallClass, RecallNotice

NASAL, VIAL, KIT, IM_SYRINGE = "naloxone-nasal-4", "naloxone-vial-0.4", "kit-im-naloxone", "syringe-im-3ml-25g"
RECALLED = "HV0932"
PAR_OF_A_VAN = {NASAL: 40, "syringe-1ml-28g-half": 300, "strip-fentanyl": 60, "kit-smoking": 20, "wound-kit": 8}


def add_supplies(stores: Stores, chance: random.Random, *, at: datetime) -> None:
    """Let a season of supplies happen before a moment."""
    world = _Season(stores, chance, at)
    world.pay_for_supplies()
    world.say_who_fills_whom()
    world.pack_kits()
    world.serve_partners()
    world.fill_machines()
    world.count_the_drop_in()
    world.ask_for_more()
    world.recall_a_lot()
    world.load_the_van()


class _Season(Deeds):
    """What happened, in the order in which it is told; the ledger does not mind the order."""

    def pay_for_supplies(self) -> None:
        """Name who pays, for what they may not, and book in what the state sent."""
        state, federal = self.source("State naloxone programme"), self.source("Federal grant (example)")
        self.source("Donations")
        rule = choices.RuleEntry(
            category="syringe",
            verdict=Verdict.BLOCK,
            valid_from=date(self.at.year - 1, 1, 1),
            valid_until=None,
            basis="Example. Ask your funder what your grant allows.",
        )
        choices.add_funding_rule(self.id(), federal.public_id, rule, by=self.lead)
        papers = Papers(number="PO-2216", acquisition="state_programme", supplier="State warehouse", cost_cents=0)
        self.receive(NASAL, "NX27C31", 34, 240, days_ago=20, source_id=state.id, papers=papers)
        self.receive(VIAL, RECALLED, 9, 60, days_ago=40)
        self.receive(IM_SYRINGE, "IM25-77", 30, 200, days_ago=40)

    def say_who_fills_whom(self) -> None:
        """The store room fills every shelf; a van goes out with the same each night."""
        for place in (self.stores.drop_in, self.stores.van, self.stores.backpack):
            places.change_place(place.public_id, self.change(place, served_from=self.stores.store), by=self.lead)
        levels = {self.items[code]: Levels(par_level=units) for code, units in PAR_OF_A_VAN.items()}
        policies.set_levels(self.stores.van.id, levels, by=self.lead)
        wanted = Levels(min_days=30, max_days=90, emergency_days=14, lead_days=14)
        codes = (NASAL, KIT, "syringe-1ml-28g-half", "strip-fentanyl", "strip-xylazine", "kit-smoking")
        policies.set_levels(self.stores.store.id, {self.items[code]: wanted for code in codes}, by=self.lead)

    def pack_kits(self) -> None:
        """Write the recipe of the injectable kit, and pack twenty of them in the store room."""
        parts = (
            RecipePart(item_id=self.items[VIAL], per_kit=2, is_expiry_bearing=True),
            RecipePart(item_id=self.items[IM_SYRINGE], per_kit=2, is_expiry_bearing=True),
        )
        change = recipes.RecipeChange(
            public_id=self.id(), kit_item_id=self.items[KIT], valid_from=self.day(60), parts=parts
        )
        recipes.write_recipe(change, by=self.lead)
        wish = Wish(location_id=self.stores.store.id, kit_item_id=self.items[KIT], kits=20)
        plan = plan_packing(wish, today=self.day(30))
        if plan is not None:
            packing = Packing(client_id=self.id(), wish=wish, seen=plan.seen, occurred_at=self.ago(30))
            pack_kits(packing, by=self.lead)

    def serve_partners(self) -> None:
        """A shelter got kits and handed some on; something for a peer is still on its way."""
        shelter = self.open("Harbor shelter", LocationKind.PARTNER_AGENCY)
        peer = self.open("Peer 7", LocationKind.SECONDARY_DISTRIBUTOR)
        nasal = self.lot(NASAL, "NX26A02")
        self.send(shelter, nasal, 40, days_ago=35)
        shipment = db.session.scalars(select(Shipment).order_by(Shipment.id.desc())).first()
        if shipment is not None:
            arrived = Acceptance(
                client_id=self.id(),
                shipment_id=shipment.public_id,
                lots=((nasal.id, 38),),
                occurred_at=self.ago(33),
                reason_id=self.reason("Broken on the way"),
            )
            accept(arrived, by=self.lead)
        handed_on = partners.HandedOn(
            client_id=self.id(),
            location_id=shelter.id,
            items=((self.items[NASAL], 22),),
            last_day=self.day(10),
            occurred_at=self.ago(10),
        )
        partners.hand_on(handed_on, by=self.lead)
        self.send(peer, nasal, 12, days_ago=9)

    def fill_machines(self) -> None:
        """A machine and a box were filled, and seen again."""
        nasal = self.lot(NASAL, "NX26A02")
        machine = self.open("Machine at the library", LocationKind.VENDING_MACHINE, capacity=60)
        box = self.open("Box at the ferry landing", LocationKind.PUBLIC_BOX, capacity=20)
        policies.set_levels(machine.id, {nasal.item_id: Levels(par_level=40)}, by=self.lead)
        policies.set_levels(box.id, {nasal.item_id: Levels(par_level=12)}, by=self.lead)
        for place, units, left, is_too_warm in ((machine, 40, 23, False), (box, 12, 3, True)):
            self.move(place, nasal, units, days_ago=24)
            seen = points.Visit(
                client_id=self.id(),
                location_id=place.id,
                left={nasal.id: left},
                is_too_warm=is_too_warm,
                heat="The box stood in the sun." if is_too_warm else "",
                at=self.ago(6),
            )
            points.visit(seen, by=self.lead)
        flag_heat(self.stores.van.id, [nasal.id], "The van stood in the sun.", by=self.maya, at=self.ago(4))

    def count_the_drop_in(self) -> None:
        """Somebody counted the shelf of the drop-in ten days ago; two lots were not as booked."""
        shelf, count_id = self.stores.drop_in, self.id()
        counts.start_count(count_id, shelf.id, by=self.ines)
        lying = db.session.execute(
            select(StockBalance.lot_id, StockBalance.on_hand)
            .where(StockBalance.location_id == shelf.id, StockBalance.on_hand > 3)
            .order_by(StockBalance.lot_id)
        ).all()
        found: dict[int, int | None] = {
            row.lot_id: row.on_hand - 2 * (number in (0, 3)) for number, row in enumerate(lying)
        }
        counts.save_lines(count_id, found, by=self.ines, at=self.ago(1))
        counts.post_count(count_id, reasons={lying[0].lot_id: self.reason("Hand-outs not logged")}, by=self.ines)

    def ask_for_more(self) -> None:
        """The backpack asks the store room for supplies, and waits for an answer."""
        request_id = self.id()
        wanted = asking.Asking(
            from_location_id=self.stores.store.id,
            to_location_id=self.stores.backpack.id,
            units={self.items[NASAL]: 30, self.items["strip-fentanyl"]: 100},
            needed_on=self.day(-3),
        )
        asking.draft(request_id, wanted, by=self.lead, at=self.ago(2))
        asking.submit(request_id, by=self.lead, at=self.ago(2))

    def recall_a_lot(self) -> None:
        """A lot of vials is recalled (made up); it lies in kits, and some of those went out."""
        kit_lot = db.session.scalars(select(Lot).where(Lot.kit_recipe_id.is_not(None)).order_by(Lot.id)).first()
        if kit_lot is None:
            return
        self.move(self.stores.drop_in, kit_lot, 6, days_ago=25)
        for days in (21, 17, 12, 8):
            self.hand_out(self.stores.drop_in, kit_lot, days_ago=days)
        notice = RecallNotice(
            reference="EXAMPLE-2026-04",
            title="Naloxone vials 0.4 mg/mL, one lot (made up for this demonstration)",
            recall_class=RecallClass.TWO,
            instructions="Put vials and kits of this lot aside. Offer everybody who took one a new kit.",
        )
        named = [LotNames(item_id=self.items[VIAL], lot_numbers=(RECALLED,))]
        recalls.open_recall(self.id(), notice, named, by=self.lead, at=self.ago(3))

    def load_the_van(self) -> None:
        """The van is out now."""
        load = LoadOut(
            client_id=self.id(),
            location_id=self.stores.van.id,
            source_location_id=self.stores.store.id,
            items={self.items[NASAL]: 10, self.items["strip-fentanyl"]: 20},
            at=self.at - timedelta(hours=3),
            today=self.day(0),
        )
        load_out(load, by=self.maya)
