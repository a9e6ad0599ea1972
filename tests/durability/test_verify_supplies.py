"""`flask hr verify` knows what must fit in supplies: counts, kits, shipments, lots that were merged (invariant 20)."""

import pytest

from harmreduction import cli
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.stock.actions.counts import CountedNow, post_at_once
from harmreduction.stock.actions.shipments import Sending, send
from harmreduction.stock.rules import CountPurpose
from harmreduction.stock.verification import find_differences
from tests.durability.test_verify import tamper, verify
from tests.factories import SYSTEM, make_location, make_site, receive
from tests.stock.kits import SYRINGE, VIAL, pack, write


@pytest.fixture
def supplies(instance):
    """A programme in which supplies were counted, packed into kits, and sent off."""
    site = make_site("Union St")
    shelf, van = make_location(site, "Union St shelf"), make_location(site, "Van")
    vials, syringes = receive(shelf, 10, code=VIAL, lot="V1"), receive(shelf, 10, code=SYRINGE, lot="S1")
    write()
    pack(shelf, 2)
    counted = CountedNow(
        client_id=new_id(),
        location_id=shelf.id,
        purpose=CountPurpose.SHELF,
        lots={vials.id: 5},
        reason_id=None,
        at=now(),
    )
    post_at_once(counted, by=SYSTEM)
    sending = Sending(
        client_id=new_id(),
        from_location_id=shelf.id,
        to_location_id=van.id,
        lots=((syringes.id, 3),),
        occurred_at=now(),
    )
    send(sending, by=SYSTEM)
    db.session.rollback()
    return instance


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        (
            "stock_anchor",
            "UPDATE stock_anchor SET counted = 4",
            "lot V1: 4 were counted, and the movements up to then say 5.",
        ),
        (
            "stock_movement",
            "UPDATE stock_movement SET occurred_at = '2030-01-01 00:00:00.000000' WHERE anchor_id IS NOT NULL",
            "lot V1: 5 were counted, and the movements up to then say 6.",
        ),
        (
            "stock_balance",
            "UPDATE stock_balance SET latest_count_at = NULL",
            "another moment as its latest count",
        ),
        ("stock_anchor", "DELETE FROM stock_anchor", "another moment as its latest count"),
        (
            "shipment",
            "UPDATE shipment SET acceptance_id = dispatch_id",
            "On the way, IM syringe 3 mL 25G 1 in, lot S1: the balance says 3, open shipments say 0.",
        ),
        (
            "lot",
            "UPDATE lot SET effective_expiry = '2031-06-30' WHERE kit_recipe_id IS NOT NULL",
            "it says that it lasts until 2031-06-30, its parts say 2030-06-30.",
        ),
        (
            "lot_component",
            "UPDATE lot_component SET is_expiry_bearing = 0",
            "it says that it lasts until 2030-06-30, its parts say None.",
        ),
        ("lot", "UPDATE lot SET merged_into_id = id WHERE lot_number = 'S1'", "Lot S1 was merged into one that was"),
    ],
)
def test_what_cannot_be_is_found_and_named(supplies, table, change, named):
    assert list(find_differences()) == []
    db.session.remove()
    tamper(supplies, table, change)
    found = " ".join(find_differences())
    assert named in found


def test_a_long_replay_says_how_far_it_is(supplies):
    done = []
    assert list(find_differences(done.append)) == []
    assert done == sorted(done)
    assert done[-1] == 2 * 7  # receipts, three lines of packing, the count, the shipment: two sides each


def test_the_command_prints_how_far_a_long_replay_is(supplies, monkeypatch):
    monkeypatch.setattr(cli, "LONG_REPLAY", 10)  # so that this one is long
    status, said = verify(supplies)
    assert (status, "… 50 %" in said, "Balanced: 7 movements" in said) == (0, True, True)
