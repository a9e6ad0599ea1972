"""Keep every record that a phone sends, before anything is made of it; then apply it."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast

from sqlalchemy import Table, update

from harmreduction.core.db import db, insert_if_new, new_id, transaction
from harmreduction.sync.actions.applying import apply_records
from harmreduction.sync.models import FieldRecord, FieldRecordVariant
from harmreduction.sync.queries.records import Known, Waiting, find_known, find_phones, list_all_waiting, list_waiting
from harmreduction.sync.rules.messages import Sent
from harmreduction.sync.rules.statuses import ANSWERS_SENT_AGAIN, Answer, Status

logger = logging.getLogger(__name__)

RECORD = cast(Table, FieldRecord.__table__)
VARIANT = cast(Table, FieldRecordVariant.__table__)


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who brings records: an account (row id) or a phone that may send by itself (public id), maybe both.

    sent_at: by the phone's clock, if it says.
    """

    account_id: int | None = None
    phone_id: str | None = None
    sent_at: datetime | None = None


def receive(sent: Sequence[Sent], *, sender: Sender, at: datetime) -> list[tuple[str, Answer]]:
    """Keep records on disk, apply them, and return what to answer to each, under the id it was sent with.

    Raises NotSaved, and answers nothing, when they could not be kept. Once they are, whatever goes wrong is ours: the
    phone is told that they are stored, and they are tried again.
    """
    if not sent:
        return []
    answers = _keep(sent, sender, at)
    apply_kept([each.record_id for each in sent], now=at)
    after = find_known({each.record_id for each in sent})
    return [(each.called, _answer(answers[each], after[each.record_id])) for each in sent]


def apply_kept(public_ids: Sequence[str], *, now: datetime) -> None:
    """Apply records that are on disk, and whatever else of their phones waits."""
    _apply(lambda: list_waiting(public_ids), now)


def apply_everything_kept(*, now: datetime) -> None:
    """Apply whatever waits, whoever sent it: when the server starts, or after what was wrong was mended."""
    tried = _apply(list_all_waiting, now)
    while tried:
        tried = _apply(partial(list_all_waiting, after=tried[-1].row_id), now)


def _apply(find_waiting: Callable[[], list[Waiting]], now: datetime) -> list[Waiting]:
    """Apply what waits, and return it; they are on disk already, so no problem of ours is one of the phone."""
    waiting: list[Waiting] = []
    try:
        waiting = find_waiting()
        apply_records(waiting, now=now)
    except Exception as problem:
        db.session.rollback()
        logger.error("records of phones wait to be applied: %s", type(problem).__name__)
    return waiting


def _keep(sent: Sequence[Sent], sender: Sender, at: datetime) -> dict[Sent, Answer | None]:
    """Write down what came, once; return the answers that are known by that, None for a record that is new."""
    with transaction():
        before = find_known({each.record_id for each in sent})
        rows = _rows([each for each in sent if each.record_id not in before], sender, at)
        if rows:
            db.session.execute(insert_if_new(RECORD), rows)
        known = {**before, **find_known({each.record_id for each in sent} - set(before))}
        others = [each for each in sent if known[each.record_id].digest != each.digest]
        _keep_aside([each for each in others if known[each.record_id].status is not Status.SET_ASIDE], known, at)
        again = [each for each in sent if each.record_id in before and each not in others]
        _count_again({before[each.record_id].row_id for each in again})
    answers: dict[Sent, Answer | None] = dict.fromkeys(sent)
    answers.update({each: ANSWERS_SENT_AGAIN[before[each.record_id].status] for each in again})
    answers.update({each: _answer_to_other(known[each.record_id]) for each in others})
    return answers


def _rows(new: Sequence[Sent], sender: Sender, at: datetime) -> list[dict[str, object]]:
    """Return the rows of records that were never here; in one order, so that two servers never wait for each other."""
    phones = find_phones({each.device_id for each in new if each.device_id is not None})
    rows: dict[str, dict[str, object]] = {}
    for each in new:
        phone = phones.get(each.device_id or "")
        row: dict[str, object] = {
            "public_id": each.record_id,
            "device_id": phone.row_id if phone else None,
            "sender_id": sender.account_id,
            "digest": each.digest,
            "envelope_sealed": each.text,
            "sent_at": sender.sent_at,
            "received_at": at,
            "status": Status.RECEIVED.value,
            "is_time_doubtful": False,
            "times_sent": 1,
        }
        rows.setdefault(each.record_id, row)
    return [rows[public_id] for public_id in sorted(rows)]


def _keep_aside(others: Sequence[Sent], known: Mapping[str, Known], at: datetime) -> None:
    """Keep other content that came under known ids, for a lead to look at."""
    for each in others:
        row = {
            "public_id": new_id(),
            "record_id": known[each.record_id].row_id,
            "digest": each.digest,
            "envelope_sealed": each.text,
            "received_at": at,
        }
        db.session.execute(insert_if_new(VARIANT), row)


def _count_again(row_ids: Collection[int]) -> None:
    """Count that records came once more."""
    if row_ids:
        counted = update(RECORD).where(RECORD.c.id.in_(row_ids)).values(times_sent=RECORD.c.times_sent + 1)
        db.session.execute(counted)


def _answer_to_other(known: Known) -> Answer:
    """Return the answer to other content under a known id; what was set aside for good stays so."""
    return Answer.GONE if known.status is Status.SET_ASIDE else Answer.REVIEW


def _answer(answer: Answer | None, after: Known) -> Answer:
    """Return what a phone is told of a record: of a new one, what became of it."""
    if answer is not None:
        return answer
    return Answer.REVIEW if after.status is Status.REVIEW else Answer.STORED
