"""Supplies: large lists, one lot's story, any day of the past, the standing check, a recall, and what a write costs.

`LONG=1` adds a write at 10,000,000 movements; filling that ledger takes about a quarter of an hour.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter

from bench.measure import Figure, compare, typical, watched
from bench.programme import Worker, new_programme, sign_in
from bench.supplies_fill import Filled, fill
from harmreduction.core.clock import now
from harmreduction.core.db import db
from harmreduction.stock.models import Lot
from harmreduction.stock.queries.history import as_of
from harmreduction.stock.queries.tracing import trace
from harmreduction.stock.verification import find_differences
from tests import factories

LOTS = 100_000
MOVEMENTS = 1_000_000
BUSY = 100_000  # movements of one lot
FEW = 1_000
VERY_MANY = 10_000_000

LIST_MS, CARD_MS, AS_OF_MS, TRACE_MS, VERIFY_S = 15, 10, 10, 200, 10
GROWTH, LONG_GROWTH = 1.25, 2


def figures() -> Iterator[Figure]:
    """Measure everything about supplies, on one large ledger and beside a small one."""
    with new_programme() as large, new_programme() as small:
        grown, young = sign_in(large), sign_in(small)
        filled = fill(large, lots=LOTS, movements=MOVEMENTS, busy=BUSY)
        fill(small, lots=FEW // 2, movements=FEW, busy=FEW // 10)
        yield from _pages(grown, filled)
        yield from _queries(grown, filled)
        yield _verify(grown)
        yield from _growth(grown, young, MOVEMENTS, GROWTH)
        if os.environ.get("LONG"):
            yield from _long_run(young)


def _pages(worker: Worker, filled: Filled) -> Iterator[Figure]:
    """Time the list of all lots, and the story of one lot that moved very often, as a lead opens them."""
    with worker.app.app_context():
        name, value = factories.make_session_cookie(factories.make_account("programme_lead"))
        lot = db.session.get_one(Lot, filled.busy_lot).public_id
    lead = worker.app.test_client()
    lead.set_cookie(name, value)
    for title, address, goal in (
        (f"on hand: 25 of {LOTS:,} lots", "/stock/on-hand", LIST_MS),
        (f"stock card of a lot with {BUSY:,} movements", f"/stock/lots/{lot}", CARD_MS),
    ):
        if lead.get(address).status_code != 200:
            raise RuntimeError(f"{address} does not open")
        taken = typical(lambda address=address: lead.get(address))  # type: ignore[misc]
        yield Figure(name=title, measured=taken.median, goal=goal, unit="ms", details=taken.details)


def _queries(worker: Worker, filled: Filled) -> Iterator[Figure]:
    """Time what lay there on some days of the past, and where a recalled lot went."""
    with worker.app.app_context():
        for share in (0.05, 0.5, 0.95):
            day = now() - timedelta(days=365 * share)
            taken = typical(lambda day=day: as_of(filled.busy_shelf, filled.busy_lot, day))  # type: ignore[misc]
            title = f"as of {365 * share:.0f} days ago, at {BUSY:,} movements of the lot"
            yield Figure(name=title, measured=taken.median, goal=AS_OF_MS, unit="ms", details=taken.details)
        taken = typical(lambda: trace([filled.recalled_lot], at=now()))
        title = f"recall of a part traced, at {MOVEMENTS:,} movements"
        yield Figure(name=title, measured=taken.median, goal=TRACE_MS, unit="ms", details=taken.details)


def _verify(worker: Worker) -> Figure:
    """Time the standing check of the whole ledger, which must find nothing."""
    with worker.app.app_context():
        began = perf_counter()
        wrong = list(find_differences())
        seconds = perf_counter() - began
    if wrong:
        raise RuntimeError(f"The ledger is not in order: {wrong[:3]}")
    return Figure(name=f"verify {MOVEMENTS:,} movements", measured=seconds, goal=VERIFY_S, unit="s")


def _growth(grown: Worker, young: Worker, movements: int, goal: float) -> Iterator[Figure]:
    """Time one hand-out posted on a large ledger beside one on a small one, and count their statements."""
    compared = compare(grown.post, young.post)
    yield Figure(
        name=f"one hand-out at {movements:,} movements, times one at {FEW:,}",
        measured=compared.ratio,
        goal=goal,
        details=compared.details(f"at {movements:,}", f"at {FEW:,}"),
    )
    yield Figure(
        name=f"statements more in one hand-out at {movements:,} movements",
        measured=_statements(grown) - _statements(young),
        goal=0,
        is_exact=True,
    )


def _statements(worker: Worker) -> int:
    """Return how many statements one posted hand-out sends."""
    with worker.app.app_context():
        engine = db.engine
    with watched(engine) as sent:
        worker.post()
    return len(sent.texts)


def _long_run(young: Worker) -> Iterator[Figure]:
    """Fill a ledger ten times as large, and time the same hand-out there."""
    with new_programme() as larger:
        worker = sign_in(larger)
        fill(larger, lots=LOTS, movements=VERY_MANY, busy=BUSY)
        yield from _growth(worker, young, VERY_MANY, LONG_GROWTH)
