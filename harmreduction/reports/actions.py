"""Bring in past totals: hold an uploaded file back until it is confirmed, then write it whole or not at all."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, cast

from sqlalchemy import Table, bindparam, delete, insert, text, update

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import OutOfDate
from harmreduction.core.messages import message
from harmreduction.core.spreadsheets import Sheet, digest_of, open_sheet
from harmreduction.reports import queries
from harmreduction.reports.history import LIMITS, CannotMatch, Matching, Reading, guess_uses
from harmreduction.reports.models import PastImport, PastTotal, StagedHistory
from harmreduction.reports.preview import Change, Effect, Preview
from harmreduction.settings.queries import current_settings

STAGED_FOR = timedelta(hours=24)
PAST_TOTAL = cast(Table, PastTotal.__table__)

Watch = Callable[[Sequence[Reading]], None]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What came of a file; import_id (public) is None where nothing had to change."""

    preview: Preview
    import_id: str | None


def open_history(stream: BinaryIO) -> Sheet:
    """Open a file of past totals; raises CannotRead when it is no table."""
    return open_sheet(stream, LIMITS)


def stage_history(content: bytes, *, by: Actor, at: datetime) -> str:
    """Hold an uploaded file back, its columns guessed, and return its public id; an earlier one goes."""
    sheet = open_history(io.BytesIO(content))
    guessed = Matching(uses=guess_uses(sheet.header), sites={})
    public_id = new_id()
    purge_staged(at=at)
    with transaction():
        db.session.execute(delete(StagedHistory).where(StagedHistory.account_id == by.account_id))
        db.session.add(
            StagedHistory(
                public_id=public_id,
                account_id=by.account_id,
                staged_at=at,
                content=content,
                matching=guessed.stored(),
            )
        )
    return public_id


def match_history(public_id: str, matching: Matching, *, by: Actor) -> None:
    """Remember how the person wants the file to be read; nothing comes in yet.

    Raises CannotMatch when it is about another number of columns than the file has.
    """
    with transaction():
        staged = queries.get_staged_of(by, public_id)
        if len(matching.uses) != len(Matching.from_stored(staged.matching).uses):
            raise CannotMatch(message("The file has other columns than before. Upload it again."))
        staged.matching = matching.stored()


def confirm_history(public_id: str, *, seen: str, by: Actor, at: datetime) -> Imported:
    """Bring in the file as it was previewed; `seen` is the fingerprint of the matching on that page.

    Raises OutOfDate when the file is matched in another way by now, for example in a second tab.
    """
    with transaction():
        _wait_for_other_imports()
        staged = queries.get_staged_of(by, public_id)
        matching = Matching.from_stored(staged.matching)
        if matching.fingerprint != seen:
            raise OutOfDate(message("The columns were matched anew in the meantime. Look at the preview again."))
        imported = import_history(io.BytesIO(staged.content), matching, by=by, at=at)
        db.session.delete(staged)
    return imported


def cancel_history(public_id: str, *, by: Actor) -> None:
    """Forget an uploaded file."""
    with transaction():
        db.session.delete(queries.get_staged_of(by, public_id))


def purge_staged(*, at: datetime) -> None:
    """Forget every uploaded file that nobody decided on for a day."""
    with transaction():
        db.session.execute(delete(StagedHistory).where(StagedHistory.staged_at < at - STAGED_FOR))


def import_history(
    stream: BinaryIO, matching: Matching, *, by: Actor, at: datetime, watch: Watch | None = None
) -> Imported:
    """Bring in every accepted row of a file of any size; the same file again changes nothing.

    `watch` sees the rows as they are read. Raises CannotRead or CannotMatch, and then nothing came in.
    """
    digest = digest_of(stream)
    preview = Preview()
    past_import: PastImport | None = None
    with transaction():
        _wait_for_other_imports()
        today = clock.today(current_settings().time_zone, at)
        items = queries.item_ids_by_code()
        for readings, changes in queries.compare_with_stored(open_history(stream), matching, today=today):
            preview.add(readings, changes)
            if past_import is None and preview.changes_anything:
                past_import = _begin_import(digest, by, at)
            if past_import is not None:
                _write(changes, past_import, items)
            if watch is not None:
                watch(readings)
        if past_import is not None:
            _finish_import(past_import, preview)
            record(Event.HISTORY_IMPORTED, by=by, subject=past_import.public_id)
        return Imported(preview=preview, import_id=past_import.public_id if past_import else None)


def record_export(*, by: Actor) -> None:
    """Remember that totals were downloaded."""
    record(Event.REPORT_EXPORTED, by=by)


def _wait_for_other_imports() -> None:
    """Let one file come in at a time; SQLite takes one writer at a time anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE past_total IN SHARE ROW EXCLUSIVE MODE"))


def _begin_import(digest: str, by: Actor, at: datetime) -> PastImport:
    """Write down that a file comes in."""
    past_import = PastImport(
        digest=digest,
        imported_at=at,
        imported_by_id=by.account_id,
        imported_by=by.label,
        new_totals=0,
        changed_totals=0,
        unchanged_totals=0,
        refused_rows=0,
    )
    db.session.add(past_import)
    db.session.flush()
    return past_import


def _finish_import(past_import: PastImport, preview: Preview) -> None:
    """Write down what came of it."""
    past_import.new_totals = preview.effects[Effect.NEW]
    past_import.changed_totals = preview.effects[Effect.CHANGED]
    past_import.unchanged_totals = preview.effects[Effect.UNCHANGED]
    past_import.refused_rows = preview.refused


def _write(changes: Sequence[Change], past_import: PastImport, items: dict[str, int]) -> None:
    """Insert what is new and set what is different."""
    new = [
        {
            "past_import_id": past_import.id,
            "month": change.figure.month,
            "site_id": change.site_id,
            "site_label": change.figure.label,
            "measure": change.figure.counted.measure.value,
            "item_id": items.get(change.figure.counted.item_code),
            "quantity": change.figure.quantity,
        }
        for change in changes
        if change.effect is Effect.NEW
    ]
    changed = [
        {
            "row_id": change.before.id,
            "import_id": past_import.id,
            "new_site_id": change.site_id,
            "new_quantity": change.figure.quantity,
        }
        for change in changes
        if change.effect is Effect.CHANGED and change.before is not None
    ]
    if new:
        db.session.execute(insert(PAST_TOTAL), new)
    if changed:
        db.session.execute(
            update(PAST_TOTAL)
            .where(PAST_TOTAL.c.id == bindparam("row_id"))
            .values(
                past_import_id=bindparam("import_id"),
                site_id=bindparam("new_site_id"),
                quantity=bindparam("new_quantity"),
            ),
            changed,
        )
