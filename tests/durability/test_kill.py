"""Saved means on disk: what was acknowledged is there after the process was killed at any moment."""

import random
import time

from sqlalchemy import func, select, text

from harmreduction.audit.models import AuditEntry
from harmreduction.core.db import db
from harmreduction.encounters.models import Distribution, Encounter, SupplyLine
from harmreduction.stock.models import Lot, StockBalance, StockTransaction
from tests.factories import make_location, make_site, on_hand, receive

ROUNDS = 4
WRITERS = 2
WRITER = "tests.durability.writer"


def test_nothing_that_was_acknowledged_is_lost_when_processes_are_killed(instance):
    chance = random.Random(7)  # noqa: S311  # moments, not secrets
    shelf = make_location(make_site())
    lot = receive(shelf, 1_000)
    acknowledged: list[str] = []
    for _ in range(ROUNDS):
        acknowledged += kill_writers_at_work(instance, shelf.id, chance.uniform(0.05, 0.4))
        db.session.rollback()  # look anew
        saved = set(db.session.scalars(select(Distribution.public_id)))
        assert set(acknowledged) - saved == set()
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert len(acknowledged) == len(set(acknowledged)) > ROUNDS
    assert_whole()
    assert on_hand(shelf, lot) == 1_000 - count(Distribution)
    verified = instance.command("verify")
    assert (verified.returncode, verified.stdout.split(":")[0].splitlines()[-1]) == (0, "Balanced")


def kill_writers_at_work(instance, place_id: int, after: float) -> list[str]:
    """Let processes hand out at the same time, kill them after some seconds of work, return what they said."""
    writers = [instance.start(WRITER, str(place_id)) for _ in range(WRITERS)]
    said = [writer.stdout.readline() for writer in writers]  # both are at work
    time.sleep(after)
    for writer in writers:
        writer.kill()
    for writer in writers:
        said += writer.finish().splitlines(keepends=True)
    return [line.strip() for line in said if line.endswith("\n")]


def test_processes_that_hand_out_from_one_place_lose_and_double_nothing(instance):
    shelf = make_location(make_site())
    lot = receive(shelf, 30)  # less than what goes out: nobody is refused for it
    writers = [instance.start(WRITER, str(shelf.id), "40") for _ in range(WRITERS)]
    said = [line for writer in writers for line in writer.finish().split()]
    db.session.rollback()  # look anew
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    assert len(set(said)) == 40 * WRITERS == count(Distribution)
    assert_whole()
    of_this_item = StockBalance.lot_id.in_(select(Lot.id).where(Lot.item_id == lot.item_id))
    left = select(func.sum(StockBalance.on_hand)).where(StockBalance.location_id == shelf.id, of_this_item)
    assert db.session.scalar(left) == 30 - 40 * WRITERS


def assert_whole() -> None:
    """Assert that each hand-out is there with all that belongs to it, once."""
    handed_out = count(Distribution)
    assert count(Encounter) == handed_out
    assert count(SupplyLine) == 2 * handed_out
    facts = select(func.count()).where(StockTransaction.kind == "distribute")
    assert db.session.scalar(facts) == handed_out
    trail = select(func.count()).where(AuditEntry.event == "DISTRIBUTION_LOGGED")
    assert db.session.scalar(trail) == handed_out


def count(model: type) -> int:
    """Return how many rows a table holds."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0
