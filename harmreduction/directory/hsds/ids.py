"""Ids that stay the same from one import to the next."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from harmreduction.directory.hsds.structure import TABLES, Document

OURS = uuid5(NAMESPACE_URL, "urn:x-harm-reduction-tracker:hsds")  # where a source gave no namespace


def stable_id(namespace: UUID, table: str, key: str) -> str:
    """Return the UUIDv5 of a key in a table of a source; a key that is a UUID already is kept, in lower case."""
    return as_uuid(key) or _made_id(namespace, f"{table}|{key}")


@lru_cache(maxsize=50_000)  # files name the same service in every table
def _made_id(namespace: UUID, name: str) -> str:
    return str(uuid5(namespace, name))


def as_uuid(text: object) -> str | None:
    """Return a UUID in its plain form, 8-4-4-4-12 in lower case, or None if the text is none."""
    if not isinstance(text, str) or len(text.strip()) != 36:
        return None
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return None


def content_id(table: str, document: Mapping[str, Any], namespace: UUID = OURS) -> str:
    """Return an id made from what an object says, for one that came without."""
    return str(uuid5(namespace, f"{table}|{json.dumps(document, sort_keys=True, default=str)}"))


def with_stable_ids(document: Mapping[str, Any], kind: str, namespace: UUID) -> Document:
    """Return the document with a UUID for each object in it, made from its id at the source or from what it says.

    Keys that point to objects (`service_id`, `parent_id`, …) follow.
    """
    rules = TABLES[kind]
    made: Document = {}
    for key, value in document.items():
        if key in rules.many and isinstance(value, list):
            made[key] = [_nested(item, rules.many[key], namespace) for item in value]
        elif key in rules.one:
            made[key] = _nested(value, rules.one[key], namespace)
        elif key != "id" and rules.fields.get(key) == "uuid" and value not in (None, ""):
            made[key] = stable_id(namespace, pointed_to(kind, key, document), str(value))
        else:
            made[key] = value
    own = document.get("id")
    made["id"] = content_id(kind, document, namespace) if own in (None, "") else stable_id(namespace, kind, str(own))
    return made


def _nested(value: Any, table: str, namespace: UUID) -> Any:
    return with_stable_ids(value, table, namespace) if isinstance(value, dict) else value


def pointed_to(table: str, column: str, row: Mapping[str, Any]) -> str:
    """Return the table that an id column of a row points into."""
    own = {"link_id": "link_entity", "resource_id": "resource_type"}
    if column in own:
        return str(row.get(own[column]) or table)
    if column in ("parent_id", "parent_organization_id"):
        return table
    return TABLES[table].references.get(column, column.removesuffix("_id"))
