"""The short forms that lists of HSDS have."""

from collections.abc import Mapping
from typing import Any

from harmreduction.directory.hsds.structure import TABLES, Document

MINIMAL = ("id", "name", "status", "last_modified")


def simple(document: Mapping[str, Any]) -> Document:
    """Return a document without its lists, here and in the single objects that it holds."""
    return {
        key: simple(value) if isinstance(value, Mapping) else value
        for key, value in document.items()
        if not isinstance(value, list)
    }


def minimal(document: Mapping[str, Any], kind: str = "service") -> Document:
    """Return as little as the list schemas allow: id, name, status, last_modified, and what the kind must have."""
    wanted = (*MINIMAL, *TABLES[kind].required)
    return {key: document[key] for key in dict.fromkeys(wanted) if key in document}
