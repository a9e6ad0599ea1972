"""Note what a count or a delivery differs by, and what a lead found out about stock that did not fit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock import ledger
from harmreduction.stock.models import StockCount
from harmreduction.stock.queries.counts import Difference, compare
from harmreduction.stock.queries.discrepancies import get_discrepancy_of
from harmreduction.stock.rules import SELF_SERVICE_KINDS, DiscrepancyKind


def note_differences(count: StockCount) -> None:
    """Let every lot that was counted differently wait for somebody, unless someone said why or participants took it.

    What late facts or the next count explain closes by itself.
    """
    if count.transaction_id is None or count.location.kind in SELF_SERVICE_KINDS:
        return
    for row in _unexplained(compare(count)):
        ledger.open_discrepancy(count.location_id, row.lot.id, DiscrepancyKind.COUNT_DIFFERS, count.transaction_id)
        ledger.settle_count((count.location_id, row.lot.id))


def note_in_transit(transaction_id: int, location_id: int, sent: Mapping[int, int], arrived: Mapping[int, int]) -> None:
    """Let every lot of which another number arrived than was sent wait for somebody; both map lot ids to units."""
    for lot_id, units in sorted(sent.items()):
        if arrived.get(lot_id, 0) != units:
            ledger.open_discrepancy(location_id, lot_id, DiscrepancyKind.TRANSIT_DIFFERS, transaction_id)


def close_discrepancy(public_id: str, note: str, *, by: Actor) -> None:
    """Close what a lead looked into, once; one below zero closes by itself when stock is counted or booked in."""
    with transaction():
        found = get_discrepancy_of(by, public_id)
        if found.kind == DiscrepancyKind.NEGATIVE_BALANCE:
            raise NotFound(message("There is nothing to close here. Count what lies there, or book it in."))
        if found.closed_at is None:
            found.closed_at = now()
            found.closed_by_id = by.account_id
            found.note = note
            record(Event.DISCREPANCY_CLOSED, by=by, subject=public_id)


def _unexplained(rows: Iterable[Difference]) -> Iterator[Difference]:
    """Yield the lines of a count that nobody said anything of.

    What was below zero waits already, and the count settles it; where the other lots of that item lack
    just as much, those are the units that went out.
    """
    by_item: dict[int, list[Difference]] = defaultdict(list)
    for row in rows:
        by_item[row.item.id].append(row)
    for here in by_item.values():
        if min(row.booked for row in here) < 0 and sum(row.left for row in here) == 0:
            continue
        yield from (row for row in here if row.left and row.booked >= 0 and row.reason is None)
