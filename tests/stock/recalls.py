"""What stories about recalls need: a notice, a recall, lots that go somewhere."""

from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id, transaction
from harmreduction.encounters.models import Distribution
from harmreduction.stock import actions, ledger
from harmreduction.stock.actions.recalls import open_recall
from harmreduction.stock.ledger import Fact
from harmreduction.stock.models import FundingSource, Lot
from harmreduction.stock.queries.recalls import trace_recall
from harmreduction.stock.recall_tables import summarise
from harmreduction.stock.rules import Wanted
from harmreduction.stock.rules.recalls import LotNames, RecallNotice
from tests.factories import SYSTEM, hand_out, item, receive

NASAL = "naloxone-nasal-4"


def a_notice(**changes):
    """Return what a notice says."""
    fields = {"reference": "Z-1234", "title": "Sprays that stick", "recall_class": None, "instructions": ""} | changes
    return RecallNotice(**fields)


def recall_of(*numbers, code=NASAL, **changes):
    """Open a recall of lots of an item."""
    named = [LotNames(item_id=item(code).id, lot_numbers=numbers)]
    return open_recall(new_id(), a_notice(**changes), named, by=SYSTEM, at=now())


def lot(number, code=NASAL):
    """Return a lot as it is now."""
    db.session.expire_all()
    return db.session.scalars(select(Lot).where(Lot.item_id == item(code).id, Lot.lot_number == number)).one()


def traced(recall, to=SYSTEM):
    """Return what became of each item of a recall, by its code."""
    return {summary.item.code: summary for summary in summarise(trace_recall(recall, to=to, at=now()))}


def give(place, what, units):
    """Hand out units of a lot, and return the row id of the fact."""
    logged = hand_out(place, lines=(Wanted(item_id=what.item_id, quantity=units, lot_id=what.id),))
    given = select(Distribution.stock_transaction_id).where(Distribution.public_id == logged.distribution_id)
    return db.session.scalars(given).one()


def move(source, target, what, units):
    """Move units of a lot."""
    actions.transfer(
        actions.Transfer(
            client_id=new_id(),
            from_location_id=source.id,
            to_location_id=target.id,
            lots=((what.id, units),),
            occurred_at=now(),
        ),
        by=SYSTEM,
    )


def book(kind, lines, *, at=None):
    """Write a fact into the ledger as it is, and return its row id."""
    fact = Fact(client_id=new_id(), fingerprint="f", kind=kind, occurred_at=at or now())
    with transaction():
        opened = ledger.open_fact(fact, by=SYSTEM)
        ledger.add_lines(opened.transaction_id, fact, lines)
    return opened.transaction_id


def another_source():
    """Return the row id of another source of money."""
    with transaction():
        source = FundingSource(name=f"Grant {new_id()[:6]}")
        db.session.add(source)
    return source.id


def recall_things(place):
    """Recall a lot that lies at a place and went out from it, and return how addresses name both."""
    number = f"CALLED{place.id}"
    called = receive(place, 6, lot=number)
    give(place, called, 1)
    return {"recall_id": recall_of(number, instructions="Send them back.").public_id, "lot_id": called.public_id}
