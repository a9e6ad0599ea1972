"""A directory between reading and writing: records with their documents, pointing to each other by id."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from harmreduction.directory.hsds.problems import Problem
from harmreduction.directory.hsds.structure import ROOT_KINDS, Document, RootKind


@dataclass(kw_only=True)
class Record:
    """One organisation, service, place, service at a place, taxonomy or term.

    document is the HSDS object as its source had it, unknown keys included, without the other records that were
    nested in it: those are named by id here. location_ids are the places listed under an organisation.
    source_key is the id that the source gave it, as "table|id", where ids were made from such.
    """

    id: str
    document: Document
    organization_id: str | None = None
    service_id: str | None = None
    location_id: str | None = None
    location_ids: list[str] = field(default_factory=list)
    source_key: str = ""


Records = dict[str, Record]  # by id, in the order of the source


@dataclass(frozen=True, kw_only=True)
class Closure:
    """Days with no hours, or with other hours than usual, of a service, a place, or a service at a place.

    opens and closes are minutes from midnight, None when closed; until_day None is until further notice.
    """

    from_day: date
    until_day: date | None
    opens: int | None = None
    closes: int | None = None
    service_id: str | None = None
    location_id: str | None = None
    service_at_location_id: str | None = None


@dataclass(kw_only=True)
class Bundle:
    """A directory, or a part of one.

    loose: table → id → row, for rows that belong to nothing here and tables that nobody knows.
    problems: what could not be read, found while reading.
    """

    organizations: Records = field(default_factory=dict)
    services: Records = field(default_factory=dict)
    locations: Records = field(default_factory=dict)
    service_at_locations: Records = field(default_factory=dict)
    taxonomies: Records = field(default_factory=dict)
    taxonomy_terms: Records = field(default_factory=dict)
    loose: dict[str, dict[str, Document]] = field(default_factory=dict)
    closures: list[Closure] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def records(self, kind: RootKind) -> Records:
        """Return the records of one kind, by id."""
        return {
            "organization": self.organizations,
            "service": self.services,
            "location": self.locations,
            "service_at_location": self.service_at_locations,
            "taxonomy": self.taxonomies,
            "taxonomy_term": self.taxonomy_terms,
        }[kind]

    def add(self, kind: RootKind, record: Record) -> None:
        """Add a record; one that is there already takes over what the new one says beyond it."""
        records = self.records(kind)
        known = records.get(record.id)
        records[record.id] = _joined(known, record) if known else record

    def merge(self, other: "Bundle") -> None:
        """Take in everything of another bundle."""
        for kind in ROOT_KINDS:
            for record in other.records(kind).values():
                self.add(kind, record)
        for table, rows in other.loose.items():
            self.loose[table] = self.loose.get(table, {}) | rows
        self.closures += other.closures
        self.problems += other.problems


def _joined(known: Record, new: Record) -> Record:
    same = known.document == new.document
    return Record(
        id=known.id,
        document=known.document if same else union(known.document, new.document),
        organization_id=known.organization_id or new.organization_id,
        service_id=known.service_id or new.service_id,
        location_id=known.location_id or new.location_id,
        location_ids=list(dict.fromkeys(known.location_ids + new.location_ids)),
        source_key=known.source_key or new.source_key,
    )


def union(known: Document, new: Document) -> Document:
    """Return the keys of both; where both have one, the value that says more, the known one if they say as much."""
    joined = dict(known)
    for key, value in new.items():
        joined[key] = _richer(joined[key], value) if key in joined else value
    return joined


def _richer(known: Any, new: Any) -> Any:
    if known == new:
        return known
    if isinstance(known, dict) and isinstance(new, dict) and known.get("id") == new.get("id"):
        return union(known, new)
    return new if _weight(new) > _weight(known) else known


def _weight(value: Any) -> int:
    """Return how many single values there are in a value; an empty text counts as none."""
    if isinstance(value, dict):
        return sum(_weight(item) for item in value.values())
    if isinstance(value, list):
        return sum(_weight(item) for item in value)
    return 0 if value is None or value == "" else 1
