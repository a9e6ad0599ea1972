"""What a person decides about a directory file: to bring it, what its columns mean, whether it comes in."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import uuid4

from sqlalchemy import Table, delete, select, update

from harmreduction.core.actor import Actor
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import OutOfDate
from harmreduction.core.messages import message
from harmreduction.core.spreadsheets import CannotRead
from harmreduction.directory.actions.staging import digest_of_content
from harmreduction.directory.models import DirectoryImport, DirectoryImportRow, DirectorySource
from harmreduction.directory.queries.imports import ImportView, find_source, get_import, list_sources
from harmreduction.directory.reading import (
    ColumnUse,
    Content,
    FileFormat,
    PlainMapping,
    guess_mapping,
    header_and_sample,
    sniff,
)
from harmreduction.directory.rules.imports import KEPT_FOR, RETIRES, State

ROW = cast(Table, DirectoryImportRow.__table__)
IMPORT = cast(Table, DirectoryImport.__table__)
TELLS_ROWS_APART = {ColumnUse.NAME, ColumnUse.ADDRESS_1, ColumnUse.WHOLE_ADDRESS, ColumnUse.ORGANIZATION}
LONGEST_NAME, LONGEST_LICENCE = 120, 200


@dataclass(frozen=True, kw_only=True)
class SourceNamed:
    """The directory that a file comes from; public_id is empty for a new one. An empty licence changes nothing."""

    public_id: str = ""
    name: str = ""
    licence: str = ""


def start_import(content: Content, file_name: str, source: SourceNamed, *, by: Actor, at: datetime) -> str:
    """Take a file, and return its public id; a plain table waits until somebody says what its columns mean.

    A folder stays where it is. Raises CannotRead when it is nothing that could be a directory.
    """
    file_format = sniff(content, file_name)
    guessed = guess(content, file_format, file_name)
    purge_old_imports(at=at)
    public_id = new_id()
    with transaction():
        known = _source(source, at)
        entry = DirectoryImport(
            public_id=public_id,
            source_id=known.id,
            state=(State.MAPPING if guessed is not None else State.READING).value,
            file_format=file_format.value,
            digest=digest_of_content(content),
            content=content if isinstance(content, bytes) else None,
            mapping=_remembered(known, guessed).stored() if guessed is not None else {},
            started_at=at,
            moved_at=at,
            imported_by_id=by.account_id,
            imported_by=by.label[:80],
        )
        db.session.add(entry)
    return public_id


def guess(content: Content, file_format: FileFormat, file_name: str) -> PlainMapping | None:
    """Return what the columns of a plain table may mean; None for formats that say it themselves."""
    if file_format is not FileFormat.PLAIN_TABLE:
        return None
    header, sample = header_and_sample(content, file_format)
    return guess_mapping(header, sample, file_name)


def map_import(public_id: str, mapping: PlainMapping, *, at: datetime) -> None:
    """Read a file in this way from its beginning, and remember the way for the next file of its source.

    Raises CannotRead where nothing would tell one row from another.
    """
    with transaction():
        view = get_import(public_id)
        if not view.may_be_mapped:
            raise OutOfDate(message("This file is past that step. Bring it in again to read it in another way."))
        if not TELLS_ROWS_APART & set(mapping.uses.values()):
            raise CannotRead(message("Choose which column holds the name or the address."))
        _forget_rows(view)
        view.entry.mapping = view.source.mapping = mapping.stored()
        view.entry.state, view.entry.moved_at = State.READING.value, at
        view.entry.rows_read, view.entry.rows_expected, view.entry.counts = 0, None, {}


def confirm_import(public_id: str, *, seen: str, retires_missing: bool = False, by: Actor, at: datetime) -> None:
    """Let a file come in as it was previewed; `seen` is the mark of that preview.

    retires_missing: services that its source lists no longer become inactive. Raises OutOfDate.
    """
    with transaction():
        view = get_import(public_id)
        if view.state is not State.READY or view.entry.mark != seen:
            raise OutOfDate(message("This file was read anew, or decided, in the meantime. Look at it again."))
        view.entry.state, view.entry.moved_at = State.APPLYING.value, at
        view.entry.counts = view.entry.counts | {RETIRES: int(retires_missing)}
        view.entry.imported_by_id, view.entry.imported_by = by.account_id, by.label[:80]


def leave_import(public_id: str, *, at: datetime) -> None:
    """Forget a file and its rows; what came in already stays."""
    with transaction():
        view = get_import(public_id)
        if not view.state.is_open:
            raise OutOfDate(message("This file is decided already."))
        _forget_rows(view)
        view.entry.state, view.entry.moved_at = State.LEFT.value, at
        view.entry.content = None


def purge_old_imports(*, at: datetime) -> None:
    """Forget the rows of every file that nobody touched for a month, and the file where nobody decided."""
    old = select(IMPORT.c.id).where(IMPORT.c.moved_at < at - KEPT_FOR)
    undecided = (State.MAPPING.value, State.READING.value, State.READY.value)
    with transaction():
        db.session.execute(delete(ROW).where(ROW.c.import_id.in_(old)))
        stale = IMPORT.c.id.in_(old)
        db.session.execute(update(IMPORT).where(stale).values(content=None))
        db.session.execute(update(IMPORT).where(stale, IMPORT.c.state.in_(undecided)).values(state=State.LEFT.value))


def _source(named: SourceNamed, at: datetime) -> DirectorySource:
    """Return the source of a file, a new one where the name is new."""
    source = next((known for known in list_sources() if known.public_id == named.public_id), None)
    source = source or find_source(named.name)
    if source is None:
        name = " ".join(named.name.split())[:LONGEST_NAME]
        if not name:
            raise CannotRead(message("Say where this file comes from."))
        source = DirectorySource(name=name, namespace=str(uuid4()), created_at=at)
        db.session.add(source)
    if named.licence.strip():
        source.licence = named.licence.strip()[:LONGEST_LICENCE]
    db.session.flush()
    return source


def _remembered(source: DirectorySource, guessed: PlainMapping) -> PlainMapping:
    """Return how the last file of a source was read, if this one has the same columns; else the guess."""
    if not source.mapping:
        return guessed
    known = PlainMapping.from_stored(source.mapping)
    return known if known.uses.keys() == guessed.uses.keys() else guessed


def _forget_rows(view: ImportView) -> None:
    """Delete the rows of a file."""
    db.session.execute(delete(ROW).where(ROW.c.import_id == view.entry.id))
