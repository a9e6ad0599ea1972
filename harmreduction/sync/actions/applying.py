"""Apply records that are on disk: all at once where nothing is wrong, else one by one, so that one harms no other."""

import json
import logging
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, update

from harmreduction.core.db import db, transaction
from harmreduction.core.errors import DomainError, NotAllowed, NotFound, NotSaved
from harmreduction.core.messages import Message, message
from harmreduction.stock.rules import ChangedFact
from harmreduction.sync.actions.batch import Batch, CannotApply, Done, NotYet, batch_for
from harmreduction.sync.actions.deeds import Doing, do, hand_out_of_talk, take_back, take_back_loose
from harmreduction.sync.actions.opening import Opened, Trouble, devices_in, open_record, trouble_of
from harmreduction.sync.models import FieldRecord
from harmreduction.sync.queries.contents import find_saved_lines
from harmreduction.sync.queries.records import Waiting, find_phones, find_record, hold_waiting
from harmreduction.sync.rules.clocks import Happened
from harmreduction.sync.rules.deeds import ReversalTold, TakenBack, Undone
from harmreduction.sync.rules.records import Kind, Written
from harmreduction.sync.rules.statuses import Reason, Status

logger = logging.getLogger(__name__)

RECORD = cast(Table, FieldRecord.__table__)
WAITS_FOR_ITS_TARGET = timedelta(days=3)
LONGEST_TEXT = 400
# The phone tells the state before once more, and that record says it.
TAKEN_BACK_BY_ANOTHER = (Kind.TOLD, Kind.UNDONE, Kind.TAKE_BACK)
NOTHING_TOLD = dict.fromkeys(("envelope_sealed", "reason", "problem", "problem_values"))
# What applying writes, as one statement for a whole batch.
COLUMNS = (
    "envelope_sealed",
    "seq",
    "kind",
    "device_at",
    "utc_offset",
    "happened_at",
    "is_time_doubtful",
    "written_by_id",
    "status",
    "reason",
    "problem",
    "problem_values",
)
MADE_OF_IT = (
    update(RECORD)
    .where(RECORD.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in COLUMNS})
)
EVERY_REASON: dict[type[DomainError], Reason] = {
    NotFound: Reason.NOT_FOUND,
    NotAllowed: Reason.NOT_ALLOWED,
    ChangedFact: Reason.OTHER_CONTENT,
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A record that is on disk, with what was found out about it."""

    waiting: Waiting
    opened: Opened

    @property
    def place_in_line(self) -> tuple[int, int]:
        """Return where it comes among others: by phone, in the order in which they were written."""
        phone, written = self.opened.phone, self.opened.written
        return (phone.row_id if phone else 0, written.seq if written else 0)


def apply_records(waiting: Sequence[Waiting], *, now: datetime) -> None:
    """Apply records, or say of each why not; what is interrupted stays as it is, and comes again."""
    candidates = sorted(_open_all(waiting), key=lambda candidate: candidate.place_in_line)
    if not candidates:
        return
    try:
        _apply_at_once(candidates, now)
    except Exception:  # one of them, or two servers in each other's way; which one shows when each is tried
        for candidate in candidates:
            if not _is_taken_alone(candidate, now):
                return


def _open_all(waiting: Sequence[Waiting]) -> list[Candidate]:
    """Open records before anything is locked."""
    phones = find_phones(devices_in(each.text for each in waiting))
    return [Candidate(waiting=each, opened=open_record(each.text, phones)) for each in waiting]


def _apply_at_once(candidates: Sequence[Candidate], now: datetime) -> None:
    """Apply records in one transaction."""
    with transaction():
        ours = hold_waiting([candidate.waiting.row_id for candidate in candidates])
        mine = [candidate for candidate in candidates if candidate.waiting.row_id in ours]
        batch = batch_for([(candidate.waiting, candidate.opened) for candidate in mine])
        made = [row for candidate in mine if (row := apply_one(candidate, batch, now)) is not None]
        write_rows(made)


def _is_taken_alone(candidate: Candidate, now: datetime) -> bool:
    """Apply one record by itself, and say whether the database takes anything now.

    What nobody foresaw is logged; the record waits to be tried again.
    """
    try:
        _apply_at_once([candidate], now)
    except NotSaved:
        logger.warning("records of phones wait: the database did not take them yet")
        return False
    except DomainError as problem:
        waits = replace(candidate, opened=replace(candidate.opened, trouble=trouble_in(problem)))
        _apply_at_once([waits], now)
    except Exception as problem:
        reference, kind = candidate.waiting.public_id[:8], type(problem).__name__
        logger.error("a record of a phone waits, reference %s: %s\n%s", reference, kind, _where(problem))
    return True


def apply_one(candidate: Candidate, batch: Batch, now: datetime) -> dict[str, object] | None:
    """Apply one record inside a transaction, and return what its row says then; None while it waits for another."""
    waiting, opened = candidate.waiting, candidate.opened
    if opened.written is None:
        return row_of(candidate, None, Status.REVIEW, opened.trouble)
    happened = batch.happened(waiting, opened, opened.written)
    if opened.trouble is not None or opened.author_id is None:
        return row_of(candidate, happened, Status.REVIEW, opened.trouble)
    doing = Doing(
        record_id=waiting.public_id,
        device_id=opened.phone.row_id if opened.phone else None,
        by=batch.person(opened.author_id),
        at=happened.at,
        batch=batch,
    )
    try:
        status = do_it(opened.written, doing)
    except CannotApply as problem:
        return row_of(candidate, happened, Status.REVIEW, problem.trouble)
    except NotYet:
        if now - waiting.received_at < WAITS_FOR_ITS_TARGET:
            return None
        return row_of(candidate, happened, Status.REVIEW, trouble_of(Reason.NO_TARGET))
    batch.done[waiting.public_id] = _as_kept(opened.written, status)
    return row_of(candidate, happened, status, None)


def write_rows(rows: Sequence[dict[str, object]]) -> None:
    """Write down what became of records."""
    if rows:
        db.session.connection().execute(MADE_OF_IT, rows)


def trouble_in(problem: DomainError) -> Trouble:
    """Return what an action said as a reason with its sentence."""
    kinds = (kind for kind in type(problem).__mro__ if kind in EVERY_REASON)
    reason = next((EVERY_REASON[kind] for kind in kinds), Reason.CANNOT_BE)
    return Trouble(reason=reason, sentence=problem.message)


def do_it(written: Written, doing: Doing) -> Status:
    """Do what a record tells, and return what it is then."""
    if isinstance(written.deed, Undone) or (isinstance(written.deed, ReversalTold) and written.deed.tells_nothing):
        return Status.UNDONE
    if isinstance(written.deed, TakenBack):
        _take_back(written.deed, doing)
    else:
        do(written.deed, doing)
    return Status.APPLIED


def _take_back(deed: TakenBack, doing: Doing) -> None:
    """Take back what another record of the same phone led to; one that waits for a lead is done with."""
    target = find_record(deed.record_id)
    if target is None:
        raise NotYet
    if target.device_id != doing.device_id:
        raise CannotApply(trouble_of(Reason.NO_TARGET))
    done = doing.batch.done.get(deed.record_id, Done(Status(target.status), target.kind))
    if done.status is Status.RECEIVED:
        raise NotYet
    if done.status is Status.APPLIED:
        _take_back_applied(deed.record_id, done.kind, doing)
    if done.status is Status.UNDONE:
        take_back_loose(deed.record_id)
    if done.status is Status.REVIEW:
        gone = {**NOTHING_TOLD, "status": Status.UNDONE.value, "resolved_at": doing.at}
        db.session.execute(update(RECORD).where(RECORD.c.id == target.id).values(**gone))


def _take_back_applied(record_id: str, kind: str | None, doing: Doing) -> None:
    """Take back the hand-out that a record led to; raises CannotApply for a kind that is not taken back."""
    if kind == Kind.HAND_OUT:
        take_back(record_id, doing)
    elif kind == Kind.TALK and find_saved_lines(given := hand_out_of_talk(record_id)):
        take_back(given, doing)
    elif kind not in TAKEN_BACK_BY_ANOTHER:
        sentence = message("Only a hand-out can be taken back from a phone. Look at what was saved.")
        raise CannotApply(Trouble(reason=Reason.CANNOT_BE, sentence=sentence))


def row_of(
    candidate: Candidate, happened: Happened | None, status: Status, trouble: Trouble | None
) -> dict[str, object]:
    """Return what the row of a record says once it was looked at."""
    opened, is_done = candidate.opened, status is not Status.REVIEW
    told: dict[str, object] = {"seq": None, "kind": None, "device_at": None, "utc_offset": None, "happened_at": None}
    if opened.glimpse is not None:
        told |= {"seq": opened.glimpse.seq, "kind": opened.glimpse.kind}
    if opened.written is not None and happened is not None:
        told, status = _told(opened.written, happened, status), _as_kept(opened.written, status).status
    fields: dict[str, object] = {
        **told,
        "envelope_sealed": None if is_done else candidate.waiting.text,
        "is_time_doubtful": happened is not None and happened.is_doubtful,
        "written_by_id": opened.author_id,
        "status": status.value,
        "reason": trouble.reason.value if trouble else None,
        **_as_stored(trouble.sentence if trouble else None),
    }
    return {"row_id": candidate.waiting.row_id, **{f"new_{name}": fields[name] for name in COLUMNS}}


def _as_kept(written: Written, status: Status) -> Done:
    """Return as what a record stands here from now on.

    A reversal that was cut loose stands here as something that was undone, of which nothing else is kept either: beside
    the report, whatever tells it from other records would tell who told it.
    """
    is_loose = isinstance(written.deed, ReversalTold) and written.deed.is_loose
    if is_loose and status in {Status.APPLIED, Status.UNDONE}:
        return Done(Status.UNDONE, Kind.UNDONE.value)
    return Done(status, written.kind.value)


def _told(written: Written, happened: Happened, status: Status) -> dict[str, object]:
    """Return what a row keeps of what was written."""
    return {
        "seq": written.seq,
        "kind": _as_kept(written, status).kind,
        "device_at": written.at,
        "utc_offset": written.utc_offset,
        "happened_at": happened.at,
    }


def _as_stored(sentence: Message | None) -> dict[str, object]:
    """Return a sentence as the text before its translation, and its values as JSON."""
    if sentence is None:
        return {"problem": None, "problem_values": None}
    values = {name: value if isinstance(value, int | str) else str(value) for name, value in sentence.values.items()}
    as_json = json.dumps(values, ensure_ascii=False) if values else None
    if len(sentence.text) > LONGEST_TEXT or len(as_json or "") > LONGEST_TEXT:
        return {"problem": str(sentence)[:LONGEST_TEXT], "problem_values": None}
    return {"problem": sentence.text, "problem_values": as_json}


def _where(problem: Exception) -> str:
    """Tell where something went wrong; its own words may hold what was typed."""
    return "".join(traceback.format_tb(problem.__traceback__))
