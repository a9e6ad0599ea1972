"""A large ledger written in bulk by the bare driver; it balances as if people had logged it one by one.

Only facts, movements, balances, lots and genealogy: visits and the audit trail are the house's matter.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.stock.models import Item, Lot
from tests import factories

YEAR = timedelta(days=365)
BATCH = 20_000
PLACES = 20
COMPONENTS = 25  # lots of a part; a recall names one of them
KIT_LOTS = 400  # lots of kits; each holds one lot of the part
FIRST_ID = 1_000_000  # beyond whatever the programme already has
SUPPLIER, PARTICIPANT = 1, 2


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the figures look at: ids of a programme with many lots and movements."""

    shelves: list[int]
    busy_shelf: int
    busy_lot: int
    recalled_lot: int
    lots: int
    movements: int


def fill(app: Flask, *, lots: int, movements: int, busy: int) -> Filled:
    """Write `lots` lots, each received once, and hand-ons until there are `movements`; `busy` of them move one lot."""
    with app.app_context():
        site = factories.make_site()
        shelves = [factories.make_location(site).id for _ in range(PLACES)]
        items = list(db.session.scalars(select(Item.id).where(Item.is_lot_tracked).order_by(Item.id)))
        db.session.rollback()
        plan = _Plan(shelves, items, lots, movements, busy)
        connection = db.engine.raw_connection()
        try:
            plan.write(connection.driver_connection)
        finally:
            connection.close()
        return Filled(
            shelves=shelves,
            busy_shelf=shelves[0],
            busy_lot=FIRST_ID,
            recalled_lot=FIRST_ID + 1,
            lots=db.session.query(Lot).count(),
            movements=movements,
        )


class _Plan:
    """Which lot lies where, and what leaves: the first lot is busy, the next ones are parts and kits."""

    def __init__(self, shelves: list[int], items: list[int], lots: int, movements: int, busy: int) -> None:
        self.shelves, self.items, self.lots = shelves, items, lots
        self.movements, self.busy = movements, busy
        self.chance = random.Random(4)  # noqa: S311  # the same ledger each time, not a secret
        self.balances: Counter[tuple[int, int]] = Counter()
        self.began = now() - YEAR

    def write(self, driver: object) -> None:
        """Write everything in batches, each in a transaction of its own."""
        self._many(driver, LOT_SQL, self._lot_rows())
        self._many(driver, COMPONENT_SQL, self._component_rows())
        for first in range(0, self.movements, BATCH):
            rows = [self._move(number) for number in range(first, min(first + BATCH, self.movements))]
            self._many(driver, FACT_SQL, (row[0] for row in rows))
            self._many(driver, MOVEMENT_SQL, (row[1] for row in rows))
        held = ((place, lot, units) for (place, lot), units in sorted(self.balances.items()))
        self._many(driver, BALANCE_SQL, held)

    def _many(self, driver: object, sql: str, rows: Iterator[tuple[object, ...]]) -> None:
        """Run one statement for many rows in one transaction."""
        cursor = driver.cursor()  # type: ignore[attr-defined]
        cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(sql, rows)
        cursor.execute("COMMIT")

    def _lot_rows(self) -> Iterator[tuple[object, ...]]:
        """Return the lots; dates are spread over four years."""
        today = now().date()
        for number in range(self.lots):
            dated = (
                1 + (number - 1 - COMPONENTS) % COMPONENTS if COMPONENTS < number <= COMPONENTS + KIT_LOTS else number
            )
            expiry = (today + timedelta(days=dated % 1_460 - 30)).isoformat()  # a kit has the date of its part
            item = self.items[number % len(self.items)]
            yield (FIRST_ID + number, new_id(), item, f"B{number:06d}", expiry, expiry)

    def _component_rows(self) -> Iterator[tuple[object, ...]]:
        """Return which part lies in which kit lot."""
        for kit in range(KIT_LOTS):
            part = kit % COMPONENTS
            yield (FIRST_ID + 1 + COMPONENTS + kit, FIRST_ID + 1 + part, self.items[0])

    def _move(self, number: int) -> tuple[tuple[object, ...], tuple[object, ...]]:
        """Return a fact and its movement: first every lot arrives, then units leave again and again."""
        at = self.began + YEAR * number / self.movements
        if number < self.lots:
            lot, source, target, units, kind = number, SUPPLIER, self._shelf_of(number), 1_000_000, "receive"
        else:
            lot = 0 if number < self.lots + self.busy else self.chance.randrange(min(self.lots, 4_000))
            source, target, units, kind = self._shelf_of(lot), PARTICIPANT, 1, "hand_on"
        self.balances[source, FIRST_ID + lot] -= units
        self.balances[target, FIRST_ID + lot] += units
        key = f"{self.chance.getrandbits(128):032x}"
        moment = at.replace(tzinfo=None).isoformat(" ", "microseconds")
        fact_id = FIRST_ID + number
        return (
            (fact_id, key, kind, moment, moment, f"{number:064x}"),
            (fact_id, FIRST_ID + lot, source, target, units, moment, key),
        )

    def _shelf_of(self, lot: int) -> int:
        """Return where a lot lies."""
        return self.shelves[lot % len(self.shelves)]


LOT_SQL = (
    "INSERT INTO lot (id, public_id, item_id, lot_number, printed_expiry, effective_expiry, status, funding_source_id)"
    " VALUES (?, ?, ?, ?, ?, ?, 'available', 1)"
)
COMPONENT_SQL = (
    "INSERT INTO lot_component (kit_lot_id, component_lot_id, part_item_id, quantity_per_kit, is_expiry_bearing)"
    " VALUES (?, ?, ?, 2, 1)"
)
FACT_SQL = (
    "INSERT INTO stock_transaction (id, client_id, kind, occurred_at, recorded_at, origin, fingerprint)"
    " VALUES (?, ?, ?, ?, ?, 'online', ?)"
)
MOVEMENT_SQL = (
    "INSERT INTO stock_movement (transaction_id, line_no, lot_id, from_location_id, to_location_id, quantity,"
    " occurred_at, order_key, lot_source) VALUES (?, 1, ?, ?, ?, ?, ?, ?, 'inferred_fefo')"
)
BALANCE_SQL = "INSERT INTO stock_balance (location_id, lot_id, on_hand) VALUES (?, ?, ?)"
