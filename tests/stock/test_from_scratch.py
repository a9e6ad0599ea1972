"""Invariant 18: a ledger that is written anew from its facts, in another order, has the same balances."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.sites.models import Site
from harmreduction.stock import actions, verification
from harmreduction.stock.actions.counts import CountedNow, post_at_once
from harmreduction.stock.actions.kits import pack_kits
from harmreduction.stock.actions.shipments import Acceptance, Sending, accept, send
from harmreduction.stock.ledger import BALANCE
from harmreduction.stock.models import KitRecipe, KitRecipeLine, Lot, LotComponent, StockLocation
from harmreduction.stock.rules import CountPurpose, Wanted
from tests.factories import SYSTEM, days_from_now, item
from tests.stock.kits import SYRINGE, VIAL, a_packing
from tests.stock.supplies import SHELF, VAN, World, balances, facts_on_record
from tests.stock.test_anchors import deliver_all
from tests.stock.test_ledger import ledger_reverse

LISTS = [model.__table__ for model in (Site, StockLocation, KitRecipe, KitRecipeLine, Lot, LotComponent)]


def ago(minutes):
    return now() - timedelta(minutes=minutes)


def hand_out(world, units, minutes):
    issued = actions.Issue(
        client_id=new_id(),
        fingerprint="f",
        location_id=world.ids[SHELF],
        lines=(Wanted(item_id=item(SYRINGE).id, quantity=units),),
        occurred_at=ago(minutes),
        today=days_from_now(0),
    )
    return actions.issue(issued, by=SYSTEM).transaction_id


def live_through_a_week(world):
    """Let everything happen that moves stock: on time, late, and taken back."""
    shelf, van = world.ids[SHELF], world.ids[VAN]
    [vials], [syringes] = world.lots_of(VIAL), world.lots_of(SYRINGE)
    world.receive_lot(VAN, SYRINGE, "A", 12, 9)
    pack_kits(a_packing(world.places[SHELF], 1), by=SYSTEM)
    hand_out(world, 4, 8)
    for units, minutes in ((15, 3), (9, 6)):  # the second count comes late
        post_at_once(
            CountedNow(
                client_id=new_id(),
                location_id=shelf,
                purpose=CountPurpose.SHELF,
                lots={syringes.id: units, vials.id: 18},
                reason_id=None,
                at=ago(minutes),
            ),
            by=SYSTEM,
        )
    slip = hand_out(world, 2, 5)
    hand_out(world, 1, 0)
    ledger_reverse(slip)
    sent = Sending(
        client_id=new_id(),
        from_location_id=shelf,
        to_location_id=van,
        lots=((vials.id, 5),),
        occurred_at=ago(1),
    )
    send(sent, by=SYSTEM)
    arrived = Acceptance(client_id=new_id(), shipment_id=sent.client_id, lots=((vials.id, 4),), occurred_at=now())
    accept(arrived, by=SYSTEM)


@pytest.mark.parametrize("seed", range(3))
def test_a_ledger_written_anew_from_its_facts_has_the_same_balances(database, start_over, seed):
    world = World()
    world.open_world()
    live_through_a_week(world)
    before, facts = balances(), facts_on_record()
    lists = {table: [dict(row._mapping) for row in db.session.execute(select(table))] for table in LISTS}
    assert list(verification.find_differences()) == []

    start_over()
    with transaction():
        for table, rows in lists.items():
            known = set(db.session.execute(select(*table.primary_key)).all())
            new = [row for row in rows if tuple(row[key.name] for key in table.primary_key) not in known]
            if new:
                db.session.execute(insert(table), new)
    assert db.session.execute(select(BALANCE)).all() == []
    random.Random(seed).shuffle(facts)  # noqa: S311  # an order, not a secret
    deliver_all(facts)
    assert balances() == before
