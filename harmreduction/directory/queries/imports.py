"""Read files on their way in: how far they are, what their rows would do, and what the directory lacks of them."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import RowMapping, Table, and_, case, func, select

from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import Message, message
from harmreduction.directory.hsds.bundle import Bundle, Closure
from harmreduction.directory.models import Closure as StoredClosure
from harmreduction.directory.models import DirectoryImport, DirectoryImportRow, DirectorySource, LooseRecord
from harmreduction.directory.queries.records import TABLES, ids_of, in_chunks, rows_where
from harmreduction.directory.reading import FileFormat, PlainMapping, header_and_sample
from harmreduction.directory.rules.imports import Effect, State, message_of

ROW = cast(Table, DirectoryImportRow.__table__)
LOOSE = cast(Table, LooseRecord.__table__)
CLOSURE = cast(Table, StoredClosure.__table__)
SERVICE = TABLES["service"]
SHOWN_IMPORTS = 20
LISTED = ("active", "temporarily closed")
EXAMPLES = 3
LONGEST_EXAMPLE = 60  # characters


@dataclass(frozen=True, kw_only=True)
class ImportView:
    """A file on its way in, with the source that it comes from."""

    entry: DirectoryImport
    source: DirectorySource

    @property
    def state(self) -> State:
        """How far it is."""
        return State(self.entry.state)

    @property
    def problem(self) -> Message | None:
        """Why it could not be read, if so."""
        return message_of(self.entry.problem["sentence"]) if self.entry.problem else None

    @property
    def may_be_mapped(self) -> bool:
        """Say whether somebody can still say what its columns mean."""
        is_plain = self.entry.file_format == FileFormat.PLAIN_TABLE
        return is_plain and self.entry.content is not None and self.state in (State.MAPPING, State.READY)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a plain table, with some of its cells."""

    name: str
    examples: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A row as its page lists it; differences are (field, before, after, whether the programme's own words go)."""

    number: int
    name: str
    verdict: str
    effect: str
    reasons: Sequence[Message]
    differences: Sequence[tuple[str, str, str, bool]]


def get_import(public_id: str) -> ImportView:
    """Return a file on its way in; raises NotFound."""
    found = db.session.execute(
        select(DirectoryImport, DirectorySource)
        .join(DirectorySource, DirectorySource.id == DirectoryImport.source_id)
        .where(DirectoryImport.public_id == public_id)
    ).first()
    if found is None:
        raise NotFound(message("There is no such file. Bring it in again."))
    return ImportView(entry=found[0], source=found[1])


def list_imports() -> list[ImportView]:
    """Return the latest files, newest first."""
    found = db.session.execute(
        select(DirectoryImport, DirectorySource)
        .join(DirectorySource, DirectorySource.id == DirectoryImport.source_id)
        .order_by(DirectoryImport.id.desc())
        .limit(SHOWN_IMPORTS)
    )
    return [ImportView(entry=entry, source=source) for entry, source in found]


def list_sources() -> list[DirectorySource]:
    """Return every directory that files came from, by name; those of which no file was more than looked at aside."""
    files = select(DirectoryImport.id).where(DirectoryImport.source_id == DirectorySource.id)
    taken = files.where(DirectoryImport.state != State.LEFT.value)
    known = select(DirectorySource).where(taken.exists() | ~files.exists())
    return list(db.session.scalars(known.order_by(DirectorySource.name)))


def find_source(name: str) -> DirectorySource | None:
    """Return a source by its name, whatever its capitals."""
    wanted = " ".join(name.split()).casefold()
    every = db.session.scalars(select(DirectorySource).order_by(DirectorySource.name))
    return next((source for source in every if source.name.casefold() == wanted), None)


def list_columns(view: ImportView) -> list[Column]:
    """Return the columns of a plain table that waits to be understood."""
    header, sample = header_and_sample(view.entry.content or b"", FileFormat.PLAIN_TABLE)
    return [Column(name=name, examples=tuple(_examples(name, sample))) for name in header]


def mapping_of(view: ImportView) -> PlainMapping:
    """Return what its columns mean, as somebody last said."""
    return PlainMapping.from_stored(view.entry.mapping)


def _examples(name: str, sample: Sequence[dict[str, str]]) -> Iterator[str]:
    """Yield some different cells of a column."""
    cells = dict.fromkeys(" ".join(row.get(name, "").split())[:LONGEST_EXAMPLE] for row in sample)
    yield from [cell for cell in cells if cell][:EXAMPLES]


def list_rows(
    view: ImportView, *, verdict: str = "", effect: str = "", limit: int = 25, offset: int = 0
) -> list[ShownRow]:
    """Return rows with a verdict or an effect, refused ones and changes first."""
    weight = case((ROW.c.verdict == "refused", 0), (ROW.c.effect == Effect.CHANGED.code, 1), else_=2)
    statement = _rows_of(view, verdict, effect).order_by(weight, ROW.c.row_number, ROW.c.id)
    return [_shown(row) for row in db.session.execute(statement.limit(limit).offset(offset)).mappings()]


def iterate_refused(view: ImportView) -> Iterator[ShownRow]:
    """Yield every refused row, in the order of the file."""
    found = db.session.execute(_rows_of(view, "refused", "").order_by(ROW.c.row_number, ROW.c.id)).mappings()
    yield from map(_shown, found)


def _rows_of(view: ImportView, verdict: str, effect: str) -> Any:
    """Return the statement that reads what is shown of rows."""
    columns = (ROW.c.row_number, ROW.c.name, ROW.c.verdict, ROW.c.effect, ROW.c.reasons, ROW.c.differences)
    statement = select(*columns).where(ROW.c.import_id == view.entry.id)
    if verdict:
        statement = statement.where(ROW.c.verdict == verdict)
    return statement.where(ROW.c.effect == effect) if effect else statement


def _shown(row: RowMapping) -> ShownRow:
    """Return a row as it is listed."""
    return ShownRow(
        number=row["row_number"],
        name=row["name"],
        verdict=row["verdict"],
        effect=row["effect"],
        reasons=[message_of(reason) for reason in row["reasons"]],
        differences=[tuple(difference) for difference in row["differences"]],
    )


def count_rows_by(import_id: int) -> dict[str, int]:
    """Return how many rows there are of each verdict and of each effect."""
    grouped = select(ROW.c.verdict, ROW.c.effect, func.count()).where(ROW.c.import_id == import_id)
    counts: dict[str, int] = {}
    for verdict, effect, count in db.session.execute(grouped.group_by(ROW.c.verdict, ROW.c.effect)):
        for name in {verdict, effect}:
            counts[name] = counts.get(name, 0) + count
    return counts


def next_rows(import_id: int, effects: Collection[str], *, after: int, limit: int) -> Sequence[RowMapping]:
    """Return the next rows that are still to be written; there are none before the row number `after`."""
    statement = (
        select(ROW.c.id, ROW.c.row_number, ROW.c.effect, ROW.c.records)
        .where(ROW.c.import_id == import_id, ROW.c.row_number >= after)
        .where(ROW.c.effect.in_(effects))
        .order_by(ROW.c.row_number, ROW.c.id)
        .limit(limit)
    )
    return db.session.execute(statement).mappings().all()


def missing_services(source_id: int, listed: Collection[str]) -> list[tuple[str, str]]:
    """Return (HSDS id, name) of the services that a source listed once and lists no longer."""
    statement = select(SERVICE.c.hsds_id, SERVICE.c.name).where(
        SERVICE.c.source_id == source_id, SERVICE.c.status.in_(LISTED), SERVICE.c.merged_into_id.is_(None)
    )
    found = db.session.execute(statement.order_by(SERVICE.c.name, SERVICE.c.id))
    return [(hsds_id, name) for hsds_id, name in found if hsds_id not in listed]


def loose_differs(bundle: Bundle) -> bool:
    """Say whether rows that nobody understands are new, or other than they are stored."""
    for table, documents in bundle.loose.items():
        for chunk in in_chunks(documents):
            condition = and_(LOOSE.c.table_name == table[:60], LOOSE.c.hsds_id.in_(chunk))
            found = db.session.execute(select(LOOSE.c.hsds_id, LOOSE.c.document).where(condition))
            stored = {hsds_id: document for hsds_id, document in found}
            if any(stored.get(key) != json.loads(json.dumps(documents[key])) for key in chunk):
                return True
    return False


def closures_to_add(closures: Sequence[Closure]) -> list[dict[str, Any]]:
    """Return the closures that are not stored yet, as columns; one of a place counts for each service there.

    service_id is None for a service that is not stored yet itself.
    """
    if not closures:
        return []
    wanted = [columns for closure in closures for columns in _columns(closure)]
    services = {columns["service_id"] for columns in wanted} - {None}
    stored = {_sameness(row) for row in rows_where(CLOSURE, CLOSURE.c.service_id, services)}
    return [columns for columns in wanted if _sameness(columns) not in stored]


def _columns(closure: Closure) -> Iterator[dict[str, Any]]:
    """Yield the columns of a closure for each service that it is about."""
    days: dict[str, date | int | None] = {
        name: getattr(closure, name) for name in ("from_day", "until_day", "opens", "closes")
    }
    pairs = TABLES["service_at_location"]
    if closure.service_at_location_id:
        at_places = rows_where(pairs, pairs.c.hsds_id, [closure.service_at_location_id])
    elif closure.location_id:
        places = ids_of("location", [closure.location_id])
        at_places = rows_where(pairs, pairs.c.location_id, places.values())
    else:
        service = ids_of("service", [closure.service_id or ""]).get(closure.service_id or "")
        yield {"service_id": service, "service_at_location_id": None, **days}
        return
    for pair in at_places:
        yield {"service_id": pair["service_id"], "service_at_location_id": pair["id"], **days}
    if not at_places:
        yield {"service_id": None, "service_at_location_id": None, **days}


def _sameness(row: Any) -> tuple[Any, ...]:
    """Return what two closures have in common that are one."""
    names = ("service_id", "service_at_location_id", "from_day", "until_day", "opens", "closes")
    return tuple(row[name] for name in names)
