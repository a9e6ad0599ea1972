"""Remember that the directory was taken out."""

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor


def record_export(*, by: Actor) -> None:
    """Remember in the audit trail that somebody downloaded the directory."""
    record(Event.DIRECTORY_EXPORTED, by=by)
