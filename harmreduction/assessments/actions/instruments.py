"""Keep the result of an instrument with a participant's code, write down that it was looked at, erase it."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, insert

from harmreduction.assessments.models import InstrumentAnswer, InstrumentResult
from harmreduction.assessments.queries.instruments import KeptResult, answers_of, find_result, get_result
from harmreduction.assessments.rules.instruments.base import check_answers
from harmreduction.assessments.rules.instruments.keeping import Taken
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.messages import message
from harmreduction.journeys.actions.who import group_of, note_change, today_at
from harmreduction.stock.rules import ChangedFact

RESULT = cast(Table, InstrumentResult.__table__)
ANSWER = cast(Table, InstrumentAnswer.__table__)


def keep_result(taken: Taken, *, by: Actor, at: datetime) -> str:
    """Keep the answers, once however often they are sent, and return the id of the result.

    Raises UnusableAnswers for answers of something else or none, ChangedFact when the page was sent before with others.
    """
    check_answers(taken.instrument, taken.answers)
    with transaction():
        group = group_of(taken.participant_id, taken.site_id, by=by)
        row_id = _insert(taken, group[0], by=by, at=at)
        if row_id is None:
            return _kept_before(taken, group)
        rows = [{"result_id": row_id, "item": item, "answer": answer} for item, answer in taken.answers.items()]
        db.session.execute(insert(ANSWER), rows)
        note_change(Event.INSTRUMENT_USED, group[0], taken.site_id, by=by)
        return taken.client_id


def _insert(taken: Taken, participant_id: int, *, by: Actor, at: datetime) -> int | None:
    """Write the row and return its id, or None where it is there already."""
    row = {
        "public_id": taken.client_id,
        "site_id": taken.site_id,
        "participant_id": participant_id,
        "instrument": taken.instrument.code,
        "edition": taken.instrument.edition,
        "taken_on": today_at(taken.site_id, at),
        "recorded_by_id": by.account_id,
    }
    row_id = db.session.scalar(insert_if_new(RESULT).returning(RESULT.c.id), row)
    return None if row_id is None else int(row_id)


def _kept_before(taken: Taken, group: list[int]) -> str:
    """Answer a page that is sent again; raises ChangedFact when it now says something else."""
    kept = find_result(taken.client_id)
    is_same = kept is not None and kept.participant_id in group and kept.instrument == taken.instrument.code
    if kept is None or not is_same or answers_of(kept) != dict(taken.answers):
        raise ChangedFact(
            message("This page was sent before with other answers, and those were kept. Open a new page for more.")
        )
    return taken.client_id


def note_result_seen(kept: KeptResult, *, by: Actor) -> None:
    """Write down that somebody looked at a result."""
    with transaction():
        note_change(Event.INSTRUMENT_SEEN, kept.result.participant_id, kept.result.site_id, by=by)


def erase_result(public_id: str, *, by: Actor) -> str:
    """Erase a result with its answers, and return the public id of the participant."""
    with transaction():
        kept = get_result(by, public_id)
        row_id, participant_id, site_id = kept.result.id, kept.result.participant_id, kept.result.site_id
        db.session.execute(delete(ANSWER).where(ANSWER.c.result_id == row_id))
        db.session.execute(delete(RESULT).where(RESULT.c.id == row_id))
        note_change(Event.INSTRUMENT_ERASED, participant_id, site_id, by=by)
        return kept.participant.public_id
