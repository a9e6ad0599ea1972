"""Write records of the directory: new ones in, changed ones merged, each change remembered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import RowMapping, Table, bindparam, insert, update

from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_or_change, transaction
from harmreduction.directory.actions.indexing import index_services
from harmreduction.directory.columns import checked_on, columns_of, first_address
from harmreduction.directory.hsds.bundle import Bundle, Record
from harmreduction.directory.hsds.structure import ROOT_KINDS, RootKind
from harmreduction.directory.models import DirectoryChange, LooseRecord
from harmreduction.directory.queries.records import TABLES, ids_of, stored_records
from harmreduction.directory.queries.touched import services_touched_by
from harmreduction.directory.rules.merging import Difference, differences, three_way

CHANGE = cast(Table, DirectoryChange.__table__)
LOOSE = cast(Table, LooseRecord.__table__)
REMEMBERED: frozenset[RootKind] = frozenset({"organization", "location", "service", "service_at_location"})


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where records come from and who brings them.

    position_from and confidential are about places, by HSDS id: how their position was found, and which are not
    to be published. source_id None: the programme itself.
    """

    by: Actor
    at: datetime
    deed: str
    source_id: int | None = None
    import_id: int | None = None
    position_from: Mapping[str, str] = field(default_factory=dict)
    confidential: Collection[str] = ()

    @property
    def is_source(self) -> bool:
        """Say whether this is what a source says, which the programme's own changes are kept apart from."""
        return self.source_id is not None


@dataclass(frozen=True, kw_only=True)
class Written:
    """How many records were new, changed, or as they were; service_ids are the rows whose search changed."""

    new: int
    changed: int
    unchanged: int
    service_ids: frozenset[int]


def save_bundle(bundle: Bundle, origin: Origin) -> Written:
    """Write every record of a bundle, remember what changed, and make the finder's rows anew."""
    with transaction():
        ids: dict[RootKind, dict[str, int]] = {}
        written: dict[RootKind, list[int]] = {}
        changes: list[dict[str, Any]] = []
        left: set[int] = set()
        counts = [0, 0, 0]
        for kind in ROOT_KINDS:
            made = _save_kind(kind, bundle.records(kind), ids, origin)
            ids[kind] = _known_ids(kind, bundle)
            written[kind] = [ids[kind][hsds_id] for hsds_id in made.hsds_ids]
            changes += made.changes if kind in REMEMBERED else []
            left |= made.left
            counts = [total + count for total, count in zip(counts, made.counts, strict=True)]
        _save_loose(bundle, origin)
        changes = _worth_remembering(changes, bundle)
        if changes:
            db.session.execute(insert(CHANGE), changes)
        touched = sorted({*services_touched_by(written), *left})
        index_services(touched, at=origin.at)
    return Written(new=counts[0], changed=counts[1], unchanged=counts[2], service_ids=frozenset(touched))


def _worth_remembering(changes: list[dict[str, Any]], bundle: Bundle) -> list[dict[str, Any]]:
    """Leave out that a place came in where everything came in with it: the history of the service says so."""
    new = {change["hsds_id"] for change in changes if change["kind"] == "service" and not change["differences"]}
    if not new or new != set(bundle.services):
        return changes
    return [change for change in changes if change["differences"] or change["kind"] in ("service", "organization")]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What saving a record would change; `replaced`: fields where the source replaces what the programme wrote."""

    is_new: bool
    differences: Sequence[Difference] = ()
    replaced: frozenset[str] = frozenset()


def compare_bundle(bundle: Bundle, origin: Origin) -> dict[tuple[RootKind, str], Comparison]:
    """Return what `save_bundle` would do to each record, by kind and HSDS id; nothing is written."""
    ids: dict[RootKind, dict[str, int]] = {kind: _known_ids(kind, bundle) for kind in ROOT_KINDS}
    found: dict[tuple[RootKind, str], Comparison] = {}
    for kind in ROOT_KINDS:
        before = stored_records(kind, bundle.records(kind))
        for hsds_id, record in bundle.records(kind).items():
            row = before.get(hsds_id)
            values = _values(kind, record, row, ids, origin) if row is not None else {}
            found[kind, hsds_id] = _compared(row, values, record)
    return found


def _compared(row: RowMapping | None, values: dict[str, Any], record: Record) -> Comparison:
    """Return what differs, and which of the programme's own changes would go."""
    if row is None:
        return Comparison(is_new=True)
    differing = _differing(row, values)
    base = row["source_document"] or row["document"]
    own = {name for name, before, _ in differing if base.get(name) != row["document"].get(name) == before}
    replaced = frozenset(name for name in own if values["document"].get(name) == record.document.get(name))
    return Comparison(is_new=False, differences=differing, replaced=replaced)


@dataclass(kw_only=True)
class _Made:
    """What one kind of record came to; hsds_ids are the new and the changed ones.

    left: row ids of the services that a service at a place belonged to before.
    """

    counts: tuple[int, int, int]
    changes: list[dict[str, Any]]
    hsds_ids: list[str]
    left: set[int]


def _save_kind(kind: RootKind, records: Mapping[str, Record], ids: Any, origin: Origin) -> _Made:
    """Insert and update the records of one kind."""
    before = stored_records(kind, records)
    new, changed, changes = [], [], []
    for hsds_id, record in records.items():
        row = before.get(hsds_id)
        values = _values(kind, record, row, ids, origin)
        differing = _differing(row, values)
        if row is None:
            new.append(values)
        elif differing:
            changed.append({"row_id": row["id"], **values, "version": row["version"] + 1})
        if row is None or differing:
            changes.append(_change(kind, hsds_id, origin, differing if row is not None else []))
    _write(TABLES[kind], new, changed)
    unchanged = len(records) - len(new) - len(changed)
    hsds_ids = [values["hsds_id"] for values in (*new, *changed)]
    moves = changed if kind == "service_at_location" else []
    left = {before[values["hsds_id"]]["service_id"] for values in moves}
    return _Made(counts=(len(new), len(changed), unchanged), changes=changes, hsds_ids=hsds_ids, left=left)


def _values(kind: RootKind, record: Record, row: RowMapping | None, ids: Any, origin: Origin) -> dict[str, Any]:
    """Return every column that a record is stored with."""
    document, source_document = _documents(record, row, origin)
    merged = Record(**{**vars(record), "document": document})
    values = {
        "hsds_id": record.id,
        "document": document,
        "source_document": source_document,
        "source_id": origin.source_id if row is None or origin.is_source else row["source_id"],
        "source_key": record.source_key[:160] or (row["source_key"] if row is not None else ""),
        "changed_at": origin.at,
        **columns_of(kind, merged, ids),
    }
    if kind == "service":
        values["verified_on"] = _latest(checked_on(document), row["verified_on"] if row is not None else None)
    if kind == "location":
        values.update(_position(record.id, values, row, origin))
    return values


def _documents(record: Record, row: RowMapping | None, origin: Origin) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the document to keep, and what the source said where that is another."""
    if row is None:
        return record.document, None
    base = row["source_document"] or row["document"]
    if not origin.is_source:
        is_from_source = row["source_id"] is not None and record.document != base
        return record.document, dict(base) if is_from_source else None
    merged = three_way(base, row["document"], record.document)
    return merged, None if merged == record.document else record.document


def _position(hsds_id: str, values: dict[str, Any], row: RowMapping | None, origin: Origin) -> dict[str, Any]:
    """Return how a place's position is known; one that the programme found stays where the source has none."""
    is_confidential = hsds_id in origin.confidential or (row is not None and row["is_confidential"])
    if values["latitude"] is None and row is not None and _is_where_it_was(row, values):
        kept = {name: row[name] for name in ("latitude", "longitude", "position_from")}
        return {**kept, "is_confidential": is_confidential}
    return {"position_from": origin.position_from.get(hsds_id, "source"), "is_confidential": is_confidential}


def _is_where_it_was(row: RowMapping, values: dict[str, Any]) -> bool:
    """Say whether a place has the address still that its position was found for."""
    return row["latitude"] is not None and first_address(row["document"]) == first_address(values["document"])


def _differing(row: RowMapping | None, values: dict[str, Any]) -> list[Difference]:
    """Return what differs from what is stored: in the document field by field, else column by column."""
    if row is None:
        return []
    aside = {"document", "source_document", "source_id", "source_key", "changed_at"}
    columns = [(name, row[name], value) for name, value in values.items() if name not in aside and row[name] != value]
    in_document = differences(row["document"], values["document"])
    named = {name for name, _, _ in in_document}
    return in_document + [(name, _plain(old), _plain(new)) for name, old, new in columns if name not in named]


def _plain(value: Any) -> Any:
    """Return a value as JSON takes it."""
    return value if isinstance(value, str | int | float | list | dict | None) else str(value)


def _change(kind: RootKind, hsds_id: str, origin: Origin, differing: Sequence[Difference]) -> dict[str, Any]:
    """Return a row of the history."""
    return {
        "kind": kind,
        "hsds_id": hsds_id,
        "deed": origin.deed,
        "changed_at": origin.at,
        "changed_by": origin.by.label,
        "import_id": origin.import_id,
        "differences": [list(difference) for difference in differing],
    }


def _write(table: Table, new: list[dict[str, Any]], changed: list[dict[str, Any]]) -> None:
    """Write rows, in one statement each way."""
    if new:
        db.session.execute(insert(table), [{"version": 1, **values} for values in new])
    if changed:
        names: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changed[0] if name != "row_id"}
        rows = [
            {"row_id": row["row_id"], **{f"new_{name}": value for name, value in row.items() if name != "row_id"}}
            for row in changed
        ]
        statement = update(table).where(table.c.id == bindparam("row_id")).values(names)
        db.session.connection().execute(statement, rows)


def _known_ids(kind: RootKind, bundle: Bundle) -> dict[str, int]:
    """Return the row ids of a kind's records and of those that other records of the bundle point to."""
    pointed = {getattr(record, f"{kind}_id", None) for other in ROOT_KINDS for record in bundle.records(other).values()}
    return ids_of(kind, [*bundle.records(kind), *(hsds_id for hsds_id in pointed if hsds_id)])


def _save_loose(bundle: Bundle, origin: Origin) -> None:
    """Keep what nobody understands, as it came."""
    rows = [
        {"table_name": table[:60], "hsds_id": hsds_id, "source_id": origin.source_id, "document": document}
        for table, documents in bundle.loose.items()
        for hsds_id, document in documents.items()
    ]
    if rows:
        statement = insert_or_change(LOOSE)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["table_name", "hsds_id"], set_={"document": statement.excluded.document}
            ),
            rows,
        )


def _latest(first: Any, second: Any) -> Any:
    """Return the later of two days, either of which may be missing."""
    return max((value for value in (first, second) if value is not None), default=None)
