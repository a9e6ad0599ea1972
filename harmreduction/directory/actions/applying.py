"""Write what a file brings, in chunks that each stand by themselves; one that was interrupted goes on."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import RowMapping, Table, delete, insert

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, new_id, transaction
from harmreduction.directory.actions.indexing import index_services
from harmreduction.directory.actions.positions import place_all_about_there
from harmreduction.directory.actions.staging import AT_ONCE, DEED
from harmreduction.directory.actions.storing import Origin, save_bundle
from harmreduction.directory.hsds.bundle import Bundle, Record
from harmreduction.directory.models import Closure, DirectoryImportRow
from harmreduction.directory.queries.export import stored_services
from harmreduction.directory.queries.imports import ImportView, closures_to_add, get_import, next_rows
from harmreduction.directory.rules.imports import RETIRES, WRITTEN, Effect, State
from harmreduction.directory.staged_bundles import Staged, read_stored

ROW = cast(Table, DirectoryImportRow.__table__)
CLOSURE = cast(Table, Closure.__table__)

Watch = Callable[[int, int], None]  # rows so far, rows in all


def apply_import(public_id: str, *, by: Actor, watch: Watch | None = None) -> None:
    """Write every row that is new or changed, and remember in the audit trail that the file came in."""
    view = get_import(public_id)
    counts = view.entry.counts
    effects = (*WRITTEN, *((Effect.MISSING.code,) if counts.get(RETIRES) else ()))
    whole = sum(counts.get(effect, 0) for effect in effects)
    last: int | None = 0
    while last is not None:
        last = _write_chunk(public_id, effects, last, by)
        if watch is not None:
            watch(get_import(public_id).entry.rows_applied, whole)
    place_all_about_there(at=clock.now())
    _finish(public_id, by)


def _write_chunk(public_id: str, effects: Sequence[str], after: int, by: Actor) -> int | None:
    """Write the next rows, and forget them in the same transaction; return the number of the last, None at the end."""
    with transaction():
        view = get_import(public_id)
        rows = next_rows(view.entry.id, effects, after=after, limit=AT_ONCE)
        if not rows or view.state is not State.APPLYING:
            return None
        at = clock.now()
        staged = read_stored(row["records"] for row in rows if row["effect"] in WRITTEN)
        origin = Origin(
            by=by,
            at=at,
            deed=DEED,
            source_id=view.source.id,
            import_id=view.entry.id,
            position_from=staged.position_from,
            confidential=staged.confidential,
        )
        save_bundle(staged.bundle, origin)
        _add_closures(staged, view, by)
        _retire(rows, origin)
        db.session.execute(delete(ROW).where(ROW.c.id.in_([row["id"] for row in rows])))  # done; never done twice
        view.entry.rows_applied += len(rows)
        view.entry.moved_at = at
    return int(rows[-1]["row_number"])


def _add_closures(staged: Staged, view: ImportView, by: Actor) -> None:
    """Write the days with other hours that are not known yet."""
    new = [columns for columns in closures_to_add(staged.bundle.closures) if columns["service_id"] is not None]
    if not new:
        return
    at = clock.now()
    made: dict[str, Any] = {"made_at": at, "made_by": by.label[:80], "reason": view.source.name[:160]}
    db.session.execute(insert(CLOSURE), [{"public_id": new_id(), **columns, **made} for columns in new])
    index_services(sorted({columns["service_id"] for columns in new}), at=at)


def _retire(rows: Sequence[RowMapping], origin: Origin) -> None:
    """Make services inactive that the source lists no longer; should it list them again, they come back."""
    gone = [row["records"]["missing"] for row in rows if row["effect"] == Effect.MISSING.code]
    if not gone:
        return
    bundle = Bundle()
    for key, (service, row) in stored_services(gone).items():
        said = (row["source_document"] or service.document) | {"status": "inactive"}
        bundle.services[key] = Record(**{**vars(service), "document": said})
    save_bundle(bundle, origin)


def _finish(public_id: str, by: Actor) -> None:
    """Forget the file and its rows; refused ones stay a month, so that somebody can put them right."""
    with transaction():
        entry = get_import(public_id).entry
        if entry.state != State.APPLYING:
            return
        db.session.execute(delete(ROW).where(ROW.c.import_id == entry.id, ROW.c.verdict != "refused"))
        entry.state, entry.moved_at, entry.content = State.DONE.value, clock.now(), None
        record(Event.DIRECTORY_IMPORTED, by=by, subject=entry.public_id)
