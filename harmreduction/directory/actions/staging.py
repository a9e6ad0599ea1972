"""Read a directory file into rows that wait for a decision; nothing of the directory changes yet."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert

from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.directory.actions.storing import Comparison, Origin, compare_bundle
from harmreduction.directory.gazetteer import gazetteer
from harmreduction.directory.hsds.bundle import Bundle
from harmreduction.directory.hsds.structure import ROOT_KINDS, RootKind
from harmreduction.directory.models import DirectoryImport, DirectoryImportRow
from harmreduction.directory.queries.imports import (
    closures_to_add,
    count_rows_by,
    get_import,
    loose_differs,
    mapping_of,
    missing_services,
)
from harmreduction.directory.queries.records import in_chunks
from harmreduction.directory.reading import CannotRead, Content, FileFormat, ReadRow, Verdict, count_rows, read_rows
from harmreduction.directory.rules.imports import (
    Effect,
    State,
    effect_of,
    shown_differences,
    stored_message,
)
from harmreduction.directory.staged_bundles import Staged, stored

ROW = cast(Table, DirectoryImportRow.__table__)
AT_ONCE = 500  # rows; between two such chunks hand-outs get their turn
DEED = "imported"

NESTED = (FileFormat.HSDS_JSON, FileFormat.HSDS_NDJSON)

Watch = Callable[[int, int | None], None]  # rows so far, rows expected


def read_import(public_id: str, *, by: Actor, content: Content | None = None, watch: Watch | None = None) -> None:
    """Read a file to its end, in chunks that are each saved by themselves; one that was interrupted goes on.

    `content` is the file where it does not lie in the database.
    """
    view = get_import(public_id)
    if view.state is not State.READING:
        return
    try:
        rows = _Reading(public_id, by=by, content=content or view.entry.content or b"")
        rows.read(watch)
    except CannotRead as problem:
        _fail(public_id, problem)


class _Reading:
    """One reading of a file; of the rows that were read before an interruption only the ids are noted."""

    def __init__(self, public_id: str, *, by: Actor, content: Content) -> None:
        view = get_import(public_id)
        self._public_id = public_id
        self._by = by
        self._content = content
        self._format = FileFormat(view.entry.file_format)
        self._mapping = mapping_of(view) if self._format is FileFormat.PLAIN_TABLE else None
        self._import_id, self._source_id = view.entry.id, view.source.id
        self._namespace = UUID(view.source.namespace)
        self._listed: set[str] = set()
        self._met = Bundle()

    def read(self, watch: Watch | None) -> None:
        """Read every chunk, then count."""
        expected = _expected(self._content, self._format)
        rows = self._rows()
        done = get_import(self._public_id).entry.rows_read
        for _ in islice(rows, done):
            pass
        for chunk in in_chunks(rows, AT_ONCE):
            if not self._stage(chunk, done, expected):
                return
            done += len(chunk)
            if watch is not None:
                watch(done, expected)
        self._finish(done)

    def _rows(self) -> Iterator[ReadRow]:
        """Yield the rows of the file, and note which services it lists."""
        found = read_rows(self._content, self._format, self._mapping, namespace=self._namespace, gazetteer=gazetteer())
        for row in found:
            if row.bundle is not None:
                self._listed.update(row.bundle.services)
                self._as_met(row.bundle)
            yield row

    def _as_met(self, bundle: Bundle) -> None:
        """Let organisations, and places in nested files, be written the same way in every row that names them."""
        kinds: tuple[RootKind, ...] = ("organization", "location") if self._format in NESTED else ("organization",)
        for kind in kinds:
            met = self._met.records(kind)
            for key, record in bundle.records(kind).items():
                if key not in met or met[key] != record:
                    self._met.add(kind, record)
                bundle.records(kind)[key] = met[key]

    def _stage(self, chunk: Sequence[ReadRow], done: int, expected: int) -> bool:
        """Save a chunk of rows; False where somebody else has gone on with this file meanwhile."""
        at = clock.now()
        values = self._compared(chunk, at)
        with transaction():
            entry = get_import(self._public_id).entry
            if entry.state != State.READING or entry.rows_read != done:
                return False
            db.session.execute(insert(ROW), values)
            entry.rows_read, entry.rows_expected, entry.moved_at = done + len(chunk), expected, at
        return True

    def _compared(self, chunk: Sequence[ReadRow], at: datetime) -> list[dict[str, Any]]:
        """Return rows as they are stored, each with what it would change."""
        staged = [_staged(row) for row in chunk]
        whole = Staged()
        for one in staged:
            whole.merge(one)
        origin = Origin(
            by=self._by,
            at=at,
            deed=DEED,
            source_id=self._source_id,
            position_from=whole.position_from,
            confidential=whole.confidential,
        )
        found = compare_bundle(whole.bundle, origin)
        return [self._row(row, one, found) for row, one in zip(chunk, staged, strict=True)]

    def _row(self, row: ReadRow, staged: Staged, found: dict[Any, Comparison]) -> dict[str, Any]:
        """Return one row as it is stored; what changes nothing needs no records."""
        compared = [(kind, found[kind, key]) for kind in ROOT_KINDS for key in staged.bundle.records(kind)]
        effect = _effect(row, staged, compared)
        is_written = effect in (Effect.NEW, Effect.CHANGED)
        return {
            "import_id": self._import_id,
            "row_number": row.row_number,
            "name": row.name[:300],
            "verdict": row.verdict.value,
            "effect": effect.code,
            "reasons": [stored_message(reason) for reason in row.reasons],
            "records": stored(staged) if is_written else {},
            "differences": _shown(compared) if effect is Effect.CHANGED else [],
        }

    def _finish(self, done: int) -> None:
        """Note which services the source lists no longer, and let people decide."""
        missing = missing_services(self._source_id, self._listed)
        with transaction():
            entry = get_import(self._public_id).entry
            if entry.state != State.READING or entry.rows_read != done:
                return
            if missing:
                rows = (_missing_row(self._import_id, done + n, *found) for n, found in enumerate(missing, start=1))
                db.session.execute(insert(ROW), list(rows))
            entry.counts = count_rows_by(entry.id)
            entry.state, entry.moved_at, entry.rows_expected = State.READY.value, clock.now(), done


def digest_of_content(content: Content) -> str:
    """Return the SHA-256 (hexadecimal) of a file, or of every file in a folder."""
    digest = hashlib.sha256()
    if isinstance(content, Path):
        files = sorted(content.rglob("*")) if content.is_dir() else [content]
        for file in (file for file in files if file.is_file()):
            digest.update(file.read_bytes())
    else:
        digest.update(content if isinstance(content, bytes) else content.read())
    return digest.hexdigest()


def _expected(content: Content, file_format: FileFormat) -> int:
    """Return about how many rows there are; the lines of a table are counted without reading them."""
    if file_format is FileFormat.PLAIN_TABLE and isinstance(content, bytes) and not content.lstrip().startswith(b"["):
        return content.count(b"\n")
    return count_rows(content, file_format)


def _staged(row: ReadRow) -> Staged:
    """Return the records of a row; one that cannot be used has none."""
    if row.bundle is None:
        return Staged()
    staged = Staged(bundle=row.bundle, confidential=set(row.confidential), position_from=dict(row.position_from))
    staged.take_back_marks()
    return staged


def _effect(row: ReadRow, staged: Staged, compared: Sequence[tuple[str, Comparison]]) -> Effect:
    """Return what a row would do."""
    if row.verdict is Verdict.REPEATED:
        return Effect.REPEATED
    effect = effect_of((kind, one.is_new, bool(one.differences)) for kind, one in compared)
    if effect in (Effect.UNCHANGED, Effect.NONE) and (staged.bundle.loose or staged.bundle.closures):
        if not loose_differs(staged.bundle) and not closures_to_add(staged.bundle.closures):
            return Effect.UNCHANGED
        return Effect.CHANGED if compared else Effect.NEW
    return effect


def _shown(compared: Sequence[tuple[str, Comparison]]) -> list[list[Any]]:
    """Return what changes in a row, the service first."""
    in_order = sorted(compared, key=lambda pair: pair[0] != "service")
    return [
        difference
        for kind, one in in_order
        if not kind.startswith("taxonomy")
        for difference in shown_differences(kind, one.differences, one.replaced)
    ]


def _missing_row(import_id: int, number: int, hsds_id: str, name: str) -> dict[str, Any]:
    """Return the row of a service that the file does not list."""
    effect = Effect.MISSING.code
    kept = {"verdict": effect, "effect": effect, "reasons": [], "differences": []}
    return {"import_id": import_id, "row_number": number, "name": name, "records": {"missing": hsds_id}, **kept}


def _fail(public_id: str, problem: CannotRead) -> None:
    """Remember why a file cannot be read, and forget the file."""
    with transaction():
        entry: DirectoryImport = get_import(public_id).entry
        entry.state, entry.moved_at, entry.content = State.FAILED.value, clock.now(), None
        entry.problem = {"sentence": stored_message(problem.message)}
