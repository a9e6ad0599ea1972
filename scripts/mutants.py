"""Show that the tests catch mistakes: put one into a copy of the code at a time, and see a test fail.

`python -m scripts.mutants [WORD …]` tries every mistake, or those whose name holds one of the words. It takes
about ten seconds for each, changes nothing here, and exits with 1 when a mistake went unnoticed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
STOCK = "harmreduction/stock"
TESTS = "tests/stock"
END_OF_OUTPUT = 2_000
LEFT_OUT = shutil.ignore_patterns(".*", "instance", "*-keys", "__pycache__")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A mistake in one file: new in place of old; these tests must notice it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def _mutant(name: str, file: str, old: str, new: str, *tests: str) -> Mutant:
    """Return a mistake; the file is one of stock, and so are the tests."""
    return Mutant(name=name, file=f"{STOCK}/{file}", old=old, new=new, tests=tuple(f"{TESTS}/{test}" for test in tests))


MUTANTS = (
    _mutant(
        "ledger: a balance is written and not changed",
        "ledger/balances.py",
        'set_={"on_hand": BALANCE.c.on_hand + change.excluded.on_hand}',
        'set_={"on_hand": change.excluded.on_hand}',
        "test_ledger.py",
    ),
    _mutant(
        "ledger: only the receiving side changes",
        "ledger/balances.py",
        "changes[line.from_location_id, line.lot_id] -= line.quantity",
        "changes[line.from_location_id, line.lot_id] -= 0",
        "test_ledger.py",
    ),
    _mutant(
        "ledger: a changed fact passes for the same one",
        "ledger/facts.py",
        "same = known.fingerprint == fact.fingerprint",
        "same = True",
        "test_ledger.py",
    ),
    _mutant(
        "ledger: a reversal stands at the moment it was pressed",
        "ledger/facts.py",
        "occurred_at=target.occurred_at,",
        "occurred_at=now(),",
        "test_anchors.py",
    ),
    _mutant(
        "ledger: a reversal stands beside its target by another key",
        "ledger/facts.py",
        "_mirror(opened.transaction_id, fact, target.client_id, target.id)",
        "_mirror(opened.transaction_id, fact, fact.client_id, target.id)",
        "test_anchors.py",
    ),
    _mutant(
        "ledger: a count may be taken back",
        "rules/kinds.py",
        "NEVER_REVERSED = (TransactionKind.REVERSAL, TransactionKind.COUNT,",
        "NEVER_REVERSED = (TransactionKind.REVERSAL,",
        "test_anchors.py",
    ),
    _mutant(
        "ledger: a strict place lets everything go",
        "rules/kinds.py",
        "GUARDED_KINDS = (TransactionKind.TRANSFER, ",
        "GUARDED_KINDS = (",
        "test_ledger.py",
    ),
    _mutant(
        "ledger: a strict place refuses a hand-out",
        "rules/kinds.py",
        "GUARDED_KINDS = (TransactionKind.TRANSFER, ",
        "GUARDED_KINDS = (TransactionKind.DISTRIBUTE, TransactionKind.TRANSFER, ",
        "test_ledger.py",
    ),
    _mutant(
        "ledger: zero still counts as below zero",
        "ledger/discrepancies.py",
        "elif before < 0 <= after:",
        "elif before < 0 < after:",
        "test_ledger.py",
    ),
    _mutant(
        "counts: what comes late is made up for twice over",
        "ledger/anchors.py",
        "line = _difference(late.place, -late.units,",
        "line = _difference(late.place, late.units,",
        "test_anchors.py",
    ),
    _mutant(
        "counts: what comes late is made up for at the last count",
        "ledger/anchors.py",
        ".order_by(ANCHOR.c.occurred_at, ANCHOR.c.order_key)\n",
        ".order_by(ANCHOR.c.occurred_at.desc(), ANCHOR.c.order_key)\n",
        "test_anchors.py",
    ),
    _mutant(
        "counts: facts of the count's own moment are all before it",
        "ledger/facts.py",
        "counted_at >= fact.occurred_at:",
        "counted_at > fact.occurred_at:",
        "test_anchors.py",
    ),
    _mutant(
        "counts: a moment is compared without its time zone",
        "ledger/anchors.py",
        "ANCHOR.c.order_key) > (late.at, late.order_key),",
        "ANCHOR.c.order_key) > tuple_(late.at, late.order_key),",
        "test_anchors.py",
    ),
    _mutant(
        "counts: an older count becomes the latest",
        "ledger/anchors.py",
        "BALANCE.c.latest_count_at < newest",
        "BALANCE.c.latest_count_at > newest",
        "test_anchors.py",
    ),
    _mutant(
        "counts: what moved after the counting is forgotten",
        "ledger/anchors.py",
        "difference = line.counted - (on_hand[place] - units_after(place, line.at, line.order_key))",
        "difference = line.counted - on_hand[place]",
        "test_anchors.py",
    ),
    _mutant(
        "counts: a late count does not spare the next one",
        "ledger/anchors.py",
        "late.append(_late_count(transaction_id, line, difference))",
        "pass",
        "test_anchors.py",
    ),
    _mutant(
        "counts: the difference of a machine goes to the count differences",
        "ledger/anchors.py",
        'line = _difference(late.place, -late.units, found["counterpart_id"]',
        "line = _difference(late.place, -late.units, 5",
        "test_anchors.py",
    ),
    _mutant(
        "counts: exactly two minutes apart is far enough",
        "ledger/anchors.py",
        "- late.at <= CLOCKS_DIFFER_BY",
        "- late.at < CLOCKS_DIFFER_BY",
        "test_anchors.py",
    ),
    _mutant(
        "counts: what is gone from a machine is unexplained",
        "rules/counting.py",
        "LocationKind.PARTICIPANT if taken else LocationKind.VARIANCE",
        "LocationKind.VARIANCE",
        "test_points.py",
    ),
    _mutant(
        "past: the moment itself is left out",
        "queries/history.py",
        "within = [MOVEMENT.c.occurred_at <= at]",
        "within = [MOVEMENT.c.occurred_at < at]",
        "test_anchors.py",
    ),
    _mutant(
        "past: the list of a place takes in the moment twice",
        "queries/history.py",
        "MOVEMENT.c.lot_id == BALANCE.c.lot_id, MOVEMENT.c.occurred_at > at)",
        "MOVEMENT.c.lot_id == BALANCE.c.lot_id, MOVEMENT.c.occurred_at >= at)",
        "test_anchors.py",
    ),
    _mutant(
        "dates: the expiry day is one too late",
        "rules/lots.py",
        "effective_expiry < today",
        "effective_expiry <= today",
        "test_fefo.py",
        "test_rules.py",
    ),
    _mutant(
        "first expired: lots without a date go first",
        "rules/lots.py",
        "return effective_expiry or date.max, lot_id",
        "return effective_expiry or date.min, lot_id",
        "test_fefo.py",
        "test_rules.py",
    ),
    _mutant(
        "first expired: a lot on hold is proposed",
        "rules/lots.py",
        "if lot.status is not LotStatus.AVAILABLE:\n        return SkipReason",
        "if False:\n        return SkipReason",
        "test_fefo.py",
        "test_rules.py",
    ),
    _mutant(
        "first expired: what got too warm goes last",
        "rules/lots.py",
        "return False, not lot.is_heated,",
        "return False, lot.is_heated,",
        "test_fefo.py",
    ),
    _mutant(
        "first expired: a lot gives more than it holds",
        "rules/lots.py",
        "taken = min(missing, max(left[lot.lot_id], 0))",
        "taken = missing",
        "test_fefo.py",
        "test_rules.py",
    ),
    _mutant(
        "kits: a kit lasts as long as its last part",
        "rules/kits.py",
        "return min((expiry for expiry in bearing",
        "return max((expiry for expiry in bearing",
        "test_kit_laws.py",
        "test_kits.py",
    ),
    _mutant(
        "kits: parts that do not bear the date count too",
        "rules/kits.py",
        "(content.effective_expiry for content in contents if content.is_expiry_bearing)",
        "(content.effective_expiry for content in contents)",
        "test_kit_laws.py",
        "test_kits.py",
    ),
    _mutant(
        "kits: a lot that stands for two parts is written down once",
        "rules/kits.py",
        "per_kit=units + (known.per_kit if known else 0),",
        "per_kit=units,",
        "test_kit_laws.py",
        "test_kits.py",
    ),
    _mutant(
        "kits: taking several apart gives back the parts of one",
        "actions/kits.py",
        "quantity=part.quantity_per_kit * apart.kits,",
        "quantity=part.quantity_per_kit,",
        "test_kits.py",
    ),
    _mutant(
        "kits: a new date of a part does not reach the kits",
        "actions/dates.py",
        "refresh_kit_dates([each.id for each in batch])",
        "pass",
        "test_dates.py",
    ),
    _mutant(
        "recall: kits that hold the lot are forgotten",
        "queries/genealogy.py",
        "lambda ids: union(*_same_batch(ids), _kits_with(ids))",
        "lambda ids: union(*_same_batch(ids))",
        "test_recalls.py",
    ),
    _mutant(
        "recall: kits inside kits are forgotten",
        "queries/genealogy.py",
        "fresh = found - reached\n",
        "fresh = set()\n",
        "test_recalls.py",
        "test_recall_traces.py",
    ),
    _mutant(
        "recall: a hand-out that was taken back went out",
        "queries/tracing.py",
        "out[row.lot_id, row.place_id, row.interval_number, row.lot_source] -= int(row.units)",
        "pass",
        "test_recall_traces.py",
    ),
    _mutant(
        "shipments: what did not arrive stays on the way",
        "rules/shipments.py",
        "(IN_TRANSIT, VARIANCE, was_sent - came),",
        "",
        "test_shipments.py",
    ),
    _mutant(
        "merging: what was below zero is doubled",
        "actions/merging.py",
        "((slip_id, on_hand), (stays_id, -on_hand))",
        "((slip_id, on_hand), (stays_id, on_hand))",
        "test_merging.py",
    ),
    _mutant(
        "verify: a balance is believed",
        "verification.py",
        "if truth[place] != says:",
        "if False:",
        "test_ledger.py",
    ),
)


def main(words: Sequence[str]) -> int:
    """Try the mistakes, print what became of each, and return how the script exits."""
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="hr-mutants-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(HOUSE, copy, ignore=LEFT_OUT)
        print("First without a mistake …", flush=True)
        whole = _run(sorted({test for mutant in chosen for test in mutant.tests}), copy)
        if whole.returncode != 0:
            print("The tests fail without any mistake, so they cannot show one:")
            print((whole.stdout + whole.stderr)[-END_OF_OUTPUT:])
            return 1
        caught = sum(_tell(mutant, copy) for mutant in chosen)
    print(f"{caught} of {len(chosen)} mistakes were caught.")
    return 0 if caught == len(chosen) else 1


def _tell(mutant: Mutant, copy: Path) -> bool:
    """Try a mistake, print what became of it, and say whether it was caught."""
    began = time.monotonic()
    verdict = _try(mutant, copy)
    print(f"{time.monotonic() - began:5.0f} s  {verdict:<60}  {mutant.name}", flush=True)
    return verdict.startswith("caught")


def _try(mutant: Mutant, copy: Path) -> str:
    """Put a mistake into the copy, run its tests, and put it right again."""
    file = copy / mutant.file
    right = file.read_text()
    if right.count(mutant.old) != 1:
        return "STALE: the code reads otherwise now"
    file.write_text(right.replace(mutant.old, mutant.new))
    try:
        run = _run(mutant.tests, copy)
    finally:
        file.write_text(right)
    failure = next(_failures(run.stdout), None)
    if failure is not None:
        return f"caught by {failure}"
    return "NOT NOTICED" if run.returncode == 0 else "NOT TRIED: the tests could not run"


def _run(tests: Sequence[str], copy: Path) -> subprocess.CompletedProcess[str]:
    """Run tests of the copy until the first one fails."""
    return subprocess.run(  # noqa: S603  # our own tests
        [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "--hypothesis-profile=unshrunk", *tests],
        cwd=copy,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def _failures(output: str) -> Iterator[str]:
    """Yield the names of the tests that failed."""
    for line in output.splitlines():
        if line.startswith("FAILED "):
            yield line.split("::")[-1].split(" - ")[0][:48]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
