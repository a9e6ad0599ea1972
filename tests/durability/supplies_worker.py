"""A process of its own that works with supplies and prints what became of each deed, one line each.

`python -m tests.durability.supplies_worker DEED TIMES PLACE OTHER_PLACE LOT OTHER_LOT`; ids are row ids.
"""

import random
import sys
from datetime import timedelta

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.factory import create_app
from harmreduction.stock import actions, ledger
from harmreduction.stock.actions.counts import CountedNow, post_at_once
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import Lot
from harmreduction.stock.rules import CountPurpose, MovementLine, NotEnoughHere, TransactionKind, Wanted
from tests.factories import SYSTEM, days_from_now

LATE = timedelta(days=1)


def take(place: int, other: int, lot: int, _other_lot: int) -> str:
    """Move one unit, as a strict place allows it."""
    move = actions.Transfer(
        client_id=new_id(), from_location_id=place, to_location_id=other, lots=((lot, 1),), occurred_at=now()
    )
    try:
        actions.transfer(move, by=SYSTEM)
    except NotEnoughHere:
        return "refused"
    return "took"


def hand_out(place: int, _other: int, lot: int, other_lot: int) -> str:
    """Hand out one unit of each lot."""
    lines = [
        Wanted(item_id=db.session.get_one(Lot, each).item_id, quantity=1, lot_id=each) for each in (lot, other_lot)
    ]
    random.shuffle(lines)
    issued = actions.Issue(
        client_id=new_id(),
        fingerprint="f",
        location_id=place,
        lines=tuple(lines),
        occurred_at=now(),
        today=days_from_now(0),
    )
    actions.issue(issued, by=SYSTEM)
    return "handed out"


def count(place: int, _other: int, lot: int, other_lot: int) -> str:
    """Count both lots."""
    counted = CountedNow(
        client_id=new_id(),
        location_id=place,
        purpose=CountPurpose.SHELF,
        lots={lot: 40, other_lot: 50},
        reason_id=None,
        at=now(),
    )
    post_at_once(counted, by=SYSTEM)
    return "counted"


def move_late(place: int, other: int, lot: int, other_lot: int) -> str:
    """Bring a move of both lots, in either order and direction, that happened before every count."""
    ends, lots = random.sample([place, other], 2), random.sample([lot, other_lot], 2)
    fact = Fact(client_id=new_id(), fingerprint="f", kind=TransactionKind.TRANSFER, occurred_at=now() - LATE)
    lines = [
        MovementLine(lot_id=each, from_location_id=ends[0], to_location_id=ends[1], quantity=units)
        for each, units in zip(lots, (1, 2), strict=True)
    ]
    with transaction():
        opened = ledger.open_fact(fact, by=SYSTEM)
        ledger.add_lines(opened.transaction_id, fact, lines)
    return "moved late"


DEEDS = {"take": take, "hand_out": hand_out, "count": count, "move_late": move_late}


def main(deed: str, times: int, *ids: int) -> None:
    """Do it so many times, and say what became of each."""
    with create_app().app_context():
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(times):
            print(DEEDS[deed](*ids), flush=True)
            db.session.rollback()


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:]))
