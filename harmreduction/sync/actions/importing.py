"""Take what a phone exported to a file, where it cannot send any more."""

from datetime import datetime

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.sync.actions.receiving import Sender, receive
from harmreduction.sync.rules.exports import read_export
from harmreduction.sync.rules.messages import MOST_AT_ONCE
from harmreduction.sync.rules.statuses import Answer


def bring_in(content: bytes, *, by: Actor, at: datetime) -> dict[str, int]:
    """Take the records of an exported file, and return how many got which answer, and how many were "broken".

    Brought in twice, or sent by the phone as well, each is saved once. Raises NotAnExport, and takes nothing then.
    """
    export = read_export(content)
    sent, sender = export.records, Sender(account_id=by.account_id)
    counts = {**{answer.value: 0 for answer in Answer}, "broken": export.broken}
    for start in range(0, len(sent), MOST_AT_ONCE):
        for _called, answer in receive(sent[start : start + MOST_AT_ONCE], sender=sender, at=at):
            counts[answer.value] += 1
    record(Event.FIELD_RECORDS_IMPORTED, by=by)
    return counts
