"""Write the rows of a report; their ids are drawn by lot, so that no order tells which came when."""

import secrets
from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy import Table, insert, select

from harmreduction.core.db import db, insert_if_new
from harmreduction.core.errors import NotSaved
from harmreduction.core.messages import message
from harmreduction.core.sealing import seal
from harmreduction.reversals.models import ReversalAnswer, ReversalReport
from harmreduction.reversals.rules.bank import Answer

REPORT = cast(Table, ReversalReport.__table__)
ANSWER = cast(Table, ReversalAnswer.__table__)
LARGEST_ID = 2**31 - 1
TRIES = 20  # ids that were drawn before; one such in a row is already rare


def insert_report(row: Mapping[str, object], answers: Iterable[Answer]) -> int | None:
    """Write a report with its answers down and return its id, or None if one with its public id is there already."""
    for _ in range(TRIES):
        drawn = {**row, "id": secrets.randbelow(LARGEST_ID) + 1}
        report_id = db.session.scalar(insert_if_new(REPORT).returning(REPORT.c.id), drawn)
        if report_id is not None:
            _insert_answers(int(report_id), answers)
            return int(report_id)
        if db.session.scalar(select(ReversalReport.id).where(ReversalReport.public_id == row["public_id"])):
            return None
    raise NotSaved(message("This was not saved yet. Send it again."))


def sealed_note(note: str, public_id: str) -> bytes | None:
    """Return a note sealed for its report, or nothing for no note."""
    return seal(note, table="reversal_report", column="note", row=public_id) if note else None


def _insert_answers(report_id: int, answers: Iterable[Answer]) -> None:
    """Write the answers down, each once."""
    rows = [{"report_id": report_id, "question": asked, "answer": answer} for asked, answer in sorted(set(answers))]
    if rows:
        db.session.execute(insert(ANSWER), rows)
