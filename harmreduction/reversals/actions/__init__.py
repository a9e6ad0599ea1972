"""What people do with reversal reports: tell one, cut it loose, look through them."""

from harmreduction.reversals.actions.loosening import cut_loose, loosen, take_back_loose
from harmreduction.reversals.actions.reporting import Reported, report_publicly, report_reversal
from harmreduction.reversals.actions.reviewing import (
    count_report,
    decide_same,
    note_listed,
    note_seen,
    put_aside,
    put_back,
)

__all__ = [
    "Reported",
    "count_report",
    "cut_loose",
    "decide_same",
    "loosen",
    "note_listed",
    "note_seen",
    "put_aside",
    "put_back",
    "report_publicly",
    "report_reversal",
    "take_back_loose",
]
