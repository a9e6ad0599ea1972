"""Taking nested HSDS JSON apart: each record once, pointing to the others by id."""

from typing import Any

from harmreduction.directory.hsds.bundle import Bundle, Record
from harmreduction.directory.hsds.ids import content_id
from harmreduction.directory.hsds.structure import TABLES, Document, RootKind
from harmreduction.directory.hsds.values import without_nulls


def split(document: Document, kind: RootKind) -> Bundle:
    """Return the records that a document holds; nulls are dropped, everything else is kept.

    An object without an id gets one made from what it says.
    """
    bundle = Bundle()
    _split_into(bundle, without_nulls(document), kind)
    return bundle


def _split_into(bundle: Bundle, document: Document, kind: RootKind) -> Record:
    """Take one object apart, and everything that is nested in it; return its record."""
    record = _record(document, kind)
    if kind == "organization":
        _split_organization(bundle, record)
    elif kind == "service":
        _split_service(bundle, record)
    elif kind == "service_at_location":
        _split_service_at_location(bundle, record)
    _register_terms(bundle, record.document, kind)
    bundle.add(kind, record)
    return bundle.records(kind)[record.id]


def _record(document: Document, kind: RootKind) -> Record:
    """Return a record that points where the keys of its document point."""
    key = document.get("id")
    own = dict(document)
    if not isinstance(key, str):
        key = own["id"] = str(key) if key else content_id(kind, document)
    return Record(id=key, document=own, **{name: _key(own, name) for name in _POINTERS[kind]})


_POINTERS: dict[RootKind, tuple[str, ...]] = {
    "organization": (),
    "service": ("organization_id",),
    "service_at_location": ("service_id", "location_id"),
    "location": ("organization_id",),
    "taxonomy": (),
    "taxonomy_term": (),
}


def _key(document: Document, name: str) -> Any:
    value = document.get(name)
    return str(value) if value else None


def _split_organization(bundle: Bundle, record: Record) -> None:
    for item in _take_many(record.document, "locations"):
        location = _split_into(bundle, item, "location")
        location.organization_id = location.organization_id or record.id
        record.location_ids.append(location.id)
    for item in _take_many(record.document, "services"):
        _split_into(bundle, item, "service").organization_id = record.id


def _split_service(bundle: Bundle, record: Record) -> None:
    if organization := _take_one(record.document, "organization"):
        record.organization_id = _split_into(bundle, organization, "organization").id
    for item in _take_many(record.document, "service_at_locations"):
        _split_into(bundle, item, "service_at_location").service_id = record.id


def _split_service_at_location(bundle: Bundle, record: Record) -> None:
    if location := _take_one(record.document, "location"):
        record.location_id = _split_into(bundle, location, "location").id
    if service := _take_one(record.document, "service"):
        record.service_id = _split_into(bundle, service, "service").id


def _take_many(document: Document, key: str) -> list[Document]:
    """Take a list of records out of a document; an empty list stays, and so does what is no list of objects."""
    items = document.get(key)
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        return []
    del document[key]
    return items


def _take_one(document: Document, key: str) -> Document | None:
    return document.pop(key) if isinstance(document.get(key), dict) and document[key] else None


def _register_terms(bundle: Bundle, document: Document, table: str) -> None:
    """Note the taxonomy terms and taxonomies in a document, which stay in it."""
    rules = TABLES[table]
    for key, value in document.items():
        nested = rules.many.get(key) or rules.one.get(key)
        if not nested:
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                _register(bundle, item, nested)


def _register(bundle: Bundle, item: Document, table: str) -> None:
    if table == "taxonomy_term":
        known = bundle.taxonomy_terms.get(str(item.get("id")))
        if known is None or known.document != item:
            bundle.add("taxonomy_term", _record(item, "taxonomy_term"))
    elif table == "taxonomy":
        bundle.add("taxonomy", _record(item, "taxonomy"))
    _register_terms(bundle, item, table)
