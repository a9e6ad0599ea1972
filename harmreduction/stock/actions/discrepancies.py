"""Note what a lead found out about stock that did not fit."""

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.stock.queries.discrepancies import get_discrepancy_of
from harmreduction.stock.rules import DiscrepancyKind


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
