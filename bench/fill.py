"""A year of hand-outs written in bulk; the ledger balances as if people had logged them one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from bench.programme import IN_STOCK, Worker
from harmreduction.audit.actions import TRAIL
from harmreduction.audit.rules import Entry, Event, link
from harmreduction.core.clock import now
from harmreduction.core.db import db, insert_or_change, new_id, transaction
from harmreduction.core.keyed import audit_key
from harmreduction.encounters.actions.hand_outs import DISTRIBUTION, ENCOUNTER, SUPPLY_LINE
from harmreduction.stock.actions.hand_outs import PARTICIPANT
from harmreduction.stock.ledger import BALANCE, FACT, MOVEMENT
from tests import factories

YEAR = timedelta(days=365)
BATCH = 5_000
SITES = 6
SUPPLIES = ("naloxone-nasal-4", "strip-fentanyl", "syringe-1ml-28g-half", "kit-smoking", "wound-kit", "cooker")
FIRST_ID = 1_000  # beyond what is in a new programme


@dataclass(frozen=True, kw_only=True)
class Supply:
    """One lot on the shelf of a site."""

    site_id: int
    location_id: int
    item_id: int
    lot_id: int


def fill_ledger(worker: Worker, movements: int) -> None:
    """Write as many hand-outs, one unit each, spread over sites, lots and the last year."""
    with worker.app.app_context():
        supplies = _stocked_shelves()
        began = now() - YEAR
        for first in range(0, movements, BATCH):
            numbers = range(first, min(first + BATCH, movements))
            moments = [began + YEAR * number / movements for number in numbers]
            with transaction():
                _hand_out(worker.account_id, numbers, moments, supplies)


def _stocked_shelves() -> list[Supply]:
    """Open sites, each with a shelf that holds a lot of every supply."""
    supplies = []
    for _ in range(SITES):
        site = factories.make_site()
        shelf = factories.make_location(site)
        for code in SUPPLIES:
            lot = factories.receive(shelf, IN_STOCK, code=code)
            supplies.append(Supply(site_id=site.id, location_id=shelf.id, item_id=lot.item_id, lot_id=lot.id))
    return supplies


def _hand_out(account_id: int, numbers: range, moments: Sequence[datetime], supplies: Sequence[Supply]) -> None:
    """Write one batch: the rows that the product writes, and the balances that follow from them."""
    chosen = [supplies[number % len(supplies)] for number in numbers]
    rows = [
        _rows(account_id, FIRST_ID + number, at, supply)
        for number, at, supply in zip(numbers, moments, chosen, strict=True)
    ]
    for table in (FACT, MOVEMENT, ENCOUNTER, DISTRIBUTION, SUPPLY_LINE):
        db.session.execute(insert(table), [row[table] for row in rows])
    db.session.execute(
        insert(TRAIL), list(_trail(account_id, [row[DISTRIBUTION]["public_id"] for row in rows], moments))
    )
    _change_balances(chosen)


def _rows(account_id: int, number: int, at: datetime, supply: Supply) -> dict[Table, dict[str, Any]]:
    """Return the rows of one hand-out; it has the same number in every table."""
    fact_id = new_id()
    recorded = {"recorded_at": at, "recorded_by_id": account_id}
    return {
        FACT: {
            "id": number,
            "client_id": fact_id,
            "kind": "distribute",
            "occurred_at": at,
            "origin": "online",
            "fingerprint": f"{number:064x}",
            **recorded,
        },
        MOVEMENT: {
            "transaction_id": number,
            "line_no": 1,
            "lot_id": supply.lot_id,
            "from_location_id": supply.location_id,
            "to_location_id": PARTICIPANT,
            "quantity": 1,
            "occurred_at": at,
            "order_key": fact_id,
            "lot_source": "inferred_fefo",
        },
        ENCOUNTER: {
            "id": number,
            "public_id": new_id(),
            "site_id": supply.site_id,
            "occurred_at": at,
            "is_time_known": True,
            **recorded,
        },
        DISTRIBUTION: {
            "id": number,
            "public_id": fact_id,
            "encounter_id": number,
            "stock_transaction_id": number,
            **recorded,
        },
        SUPPLY_LINE: {"distribution_id": number, "line_no": 1, "item_id": supply.item_id, "quantity": 1},
    }


def _trail(account_id: int, subjects: Sequence[str], moments: Sequence[datetime]) -> Iterator[dict[str, Any]]:
    """Return the audit entries, each chained to the one before."""
    digest = db.session.scalars(select(TRAIL.c.digest).order_by(TRAIL.c.id.desc()).limit(1)).one()
    for subject, at in zip(subjects, moments, strict=True):
        entry = Entry(
            at=at.isoformat(),
            event=Event.DISTRIBUTION_LOGGED.name,
            actor="bench",
            account_id=account_id,
            subject=subject,
            site_id=None,
        )
        digest = link(digest, entry, key=audit_key())
        yield {**vars(entry), "at": at, "digest": digest}


def _change_balances(chosen: Sequence[Supply]) -> None:
    """Book one unit of each from its shelf to participants."""
    change = insert_or_change(BALANCE)
    relative = change.on_conflict_do_update(
        index_elements=["location_id", "lot_id"], set_={"on_hand": BALANCE.c.on_hand + change.excluded.on_hand}
    )
    db.session.execute(
        relative,
        [
            {"location_id": location_id, "lot_id": supply.lot_id, "on_hand": units}
            for supply in chosen
            for location_id, units in ((supply.location_id, -1), (PARTICIPANT, 1))
        ],
    )
