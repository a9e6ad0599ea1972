"""Putting records together again: the nested official JSON, from records that a bundle or a database gives."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from harmreduction.directory.hsds.bundle import Bundle, Record, Records
from harmreduction.directory.hsds.shapes import simple
from harmreduction.directory.hsds.structure import ROOT_KINDS, Document, RootKind
from harmreduction.directory.hsds.values import written


class Shelf:
    """The records that documents are put together from; what is not on the shelf is left out of them.

    To put a page of services together, it needs them, their organisations and those' places, their services at
    places, and those's places: one query each. The documents that come out share their parts: read them, do not
    change them.
    """

    def __init__(self, **records: Iterable[Record]) -> None:
        """Take records by their plural: `organizations`, `services`, `locations`, `service_at_locations`, …"""
        self._records: dict[str, Records] = {
            kind: {record.id: record for record in records.pop(PLURALS[kind], ())} for kind in ROOT_KINDS
        }
        if records:
            raise TypeError(f"no such records: {', '.join(records)}")
        self._written: dict[tuple[str, str], Document] = {}
        self._services = self._grouped("service", "organization_id")
        self._places = self._grouped("service_at_location", "service_id")

    @classmethod
    def of(cls, bundle: Bundle) -> "Shelf":
        """Return the shelf with everything of a bundle."""
        return cls(**{PLURALS[kind]: bundle.records(kind).values() for kind in ROOT_KINDS})

    def _grouped(self, kind: str, pointer: str) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for record in self._records[kind].values():
            groups[getattr(record, pointer) or ""].append(record.id)
        return groups

    def record(self, kind: str, key: str | None) -> Record | None:
        """Return a record, or None if it is not here."""
        return self._records[kind].get(key or "")

    def written(self, kind: str, key: str) -> Document:
        """Return the document of a record as it goes out, made once; KeyError if it is not here."""
        if (kind, key) not in self._written:
            self._written[kind, key] = written(self._records[kind][key].document)
        return self._written[kind, key]

    def services_of(self, organization_id: str) -> list[str]:
        """Return the ids of an organisation's services."""
        return self._services.get(organization_id, [])

    def places_of(self, service_id: str) -> list[str]:
        """Return the ids of a service's services at places."""
        return self._places.get(service_id, [])


PLURALS: dict[RootKind, str] = {
    "organization": "organizations",
    "service": "services",
    "location": "locations",
    "service_at_location": "service_at_locations",
    "taxonomy": "taxonomies",
    "taxonomy_term": "taxonomy_terms",
}


def assemble(shelf: Shelf, kind: RootKind, key: str) -> Document:
    """Return the whole nested document of any record; KeyError if it is not on the shelf."""
    if kind == "service":
        return assemble_service(shelf, key)
    if kind == "organization":
        return assemble_organization(shelf, key)
    if kind == "service_at_location":
        return assemble_service_at_location(shelf, key)
    return shelf.written(kind, key)


def assemble_service(shelf: Shelf, key: str) -> Document:
    """Return a service with its organisation and its places."""
    return _service(shelf, key, with_organization=True, with_places=True)


def assemble_organization(shelf: Shelf, key: str, *, full_service: bool = True) -> Document:
    """Return an organisation with its places and its services, those whole or in their short form."""
    document = _organization(shelf, key)
    services = [
        _service(shelf, service, with_places=True) if full_service else simple(shelf.written("service", service))
        for service in shelf.services_of(key)
    ]
    return document | {"services": services} if services else document


def assemble_service_at_location(shelf: Shelf, key: str) -> Document:
    """Return a service at a place with both, and the service with its organisation."""
    document = _place(shelf, key)
    record = shelf.record("service_at_location", key)
    if record and shelf.record("service", record.service_id):
        document["service"] = _service(shelf, record.service_id or "", with_organization=True)
    return document


def assemble_simple(shelf: Shelf, kind: RootKind, key: str) -> Document:
    """Return the form that the official lists have: no arrays, single objects kept."""
    record = shelf.record(kind, key)
    if record is None:
        raise KeyError(key)
    document: Document = written(simple(record.document))
    pointers: list[tuple[str, RootKind, str | None]] = []
    if kind == "service":
        pointers = [("organization", "organization", record.organization_id)]
    elif kind == "service_at_location":
        pointers = [("location", "location", record.location_id), ("service", "service", record.service_id)]
    return document | _pointed_to(shelf, pointers)


def _pointed_to(shelf: Shelf, pointers: list[tuple[str, RootKind, str | None]]) -> dict[str, Any]:
    return {name: assemble_simple(shelf, kind, key) for name, kind, key in pointers if key and shelf.record(kind, key)}


def _organization(shelf: Shelf, key: str) -> Document:
    """Return an organisation with its places."""
    document = dict(shelf.written("organization", key))
    record = shelf.record("organization", key)
    ids = [location for location in (record.location_ids if record else ()) if shelf.record("location", location)]
    if ids:
        document["locations"] = [shelf.written("location", location) for location in ids]
    return document


def _service(shelf: Shelf, key: str, *, with_organization: bool = False, with_places: bool = False) -> Document:
    document = dict(shelf.written("service", key))
    record = shelf.record("service", key)
    if with_organization and record and shelf.record("organization", record.organization_id):
        document["organization"] = _organization(shelf, record.organization_id or "")
    if with_places and shelf.places_of(key):
        document["service_at_locations"] = [_place(shelf, place) for place in shelf.places_of(key)]
    return document


def _place(shelf: Shelf, key: str) -> Document:
    """Return a service at a place with the place."""
    document = dict(shelf.written("service_at_location", key))
    record = shelf.record("service_at_location", key)
    if record and shelf.record("location", record.location_id):
        document["location"] = shelf.written("location", record.location_id or "")
    return document
