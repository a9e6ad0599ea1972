"""The house: one hand-out posted, what it costs when the ledger grows, the first page, start and memory."""

from collections.abc import Iterator
from contextlib import closing

from bench.fill import fill_ledger
from bench.measure import Figure, compare, watched
from bench.programme import Worker, new_programme, refuse_unbalanced, sign_in
from bench.raw import RawCommits
from bench.server import first_load, idle_memory, new_demonstration, second_start
from harmreduction.core.db import db

TIMES_RAW = 12
STATEMENTS = 15
FEW, MANY = 1_000, 100_000  # movements in the ledger
TIMES_WHEN_GROWN = 1.25


def figures() -> Iterator[Figure]:
    """Measure everything about the house."""
    with new_programme() as app:
        worker = sign_in(app)
        yield from _statements(worker)
        yield _beside_raw_commits(worker)
    yield _when_the_ledger_has_grown()
    with new_demonstration() as demonstration:
        yield from first_load(demonstration)
        yield second_start(demonstration)
        yield idle_memory(demonstration)


def _beside_raw_commits(worker: Worker) -> Figure:
    """Time a hand-out posted in process beside one commit of the same rows by the bare driver."""
    with closing(RawCommits(worker)) as raw:
        compared = compare(worker.post, raw.commit)
    return Figure(
        name="one hand-out posted, times a raw commit of its rows",
        measured=compared.ratio,
        goal=TIMES_RAW,
        details=compared.details("posted", "raw commit"),
    )


def _statements(worker: Worker) -> Iterator[Figure]:
    """Count what one posted hand-out sends to the database: a new visit, and one more on the same visit."""
    worker.post()
    with worker.app.app_context():
        engine = db.engine
    with watched(engine) as first:
        saved = worker.post()
    visit, last = worker.page_after(saved)
    with watched(engine) as more:
        worker.post(give=last, visit=visit)
    yield Figure(name="commits in one hand-out", measured=first.commits, goal=1, is_exact=True)
    yield Figure(name="statements in one hand-out", measured=len(first.texts), goal=STATEMENTS, details=first.texts)
    yield Figure(
        name="statements in the same again, on the same visit",
        measured=len(more.texts),
        goal=STATEMENTS,
        details=more.texts,
    )


def _when_the_ledger_has_grown() -> Figure:
    """Time the same hand-out on a ledger of many movements and on one of few."""
    with new_programme() as small, new_programme() as large:
        grown, young = sign_in(large), sign_in(small)
        for worker, movements in ((young, FEW), (grown, MANY)):
            fill_ledger(worker, movements)
            refuse_unbalanced(worker.app)
        compared = compare(grown.post, young.post)
        for worker in (young, grown):
            refuse_unbalanced(worker.app)
    return Figure(
        name=f"one hand-out at {MANY:,} movements, times one at {FEW:,}",
        measured=compared.ratio,
        goal=TIMES_WHEN_GROWN,
        details=compared.details(f"at {MANY:,}", f"at {FEW:,}"),
    )
