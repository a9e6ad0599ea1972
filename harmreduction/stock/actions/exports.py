"""Remember that stock left as a file."""

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import transaction


def record_export(*, by: Actor) -> None:
    """Remember that the list of what lies where was downloaded."""
    with transaction():
        record(Event.STOCK_EXPORTED, by=by)
