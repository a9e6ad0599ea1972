"""What may stand in a document that leaves, and what our own tables say beside it."""

from collections.abc import Mapping
from typing import Any

from harmreduction.directory.hsds.structure import TABLES, Document

CONFIDENTIAL = "_is_confidential"
POSITION_FROM = "_position_from"
FROM_SOURCE = "source"

# What may describe the way to a place, in whatever words.
WHEREABOUTS = frozenset({"description", "url", "service_areas", "attributes", "metadata"})


def without_whereabouts(pair: Mapping[str, Any]) -> Document:
    """Return a service at a confidential place without anything that may tell where it is.

    Only what the standard knows of it stays.
    """
    table = TABLES["service_at_location"]
    known = (table.fields.keys() | table.many.keys() | table.one.keys()) - WHEREABOUTS
    return {key: value for key, value in pair.items() if key in known}


def with_own_marks(location: Mapping[str, Any], *, is_confidential: bool, position_from: str) -> Document:
    """Return a place that says under keys of ours what another programme of ours has to know about it."""
    marks: Document = {CONFIDENTIAL: True} if is_confidential else {}
    if position_from != FROM_SOURCE:
        marks[POSITION_FROM] = position_from
    return dict(location) | marks


def taken_back(location: Mapping[str, Any]) -> tuple[Document, bool, str]:
    """Return a place without such marks, whether it is confidential, and how its position was found ("" as usual)."""
    document = {key: value for key, value in location.items() if key not in (CONFIDENTIAL, POSITION_FROM)}
    return document, location.get(CONFIDENTIAL) is True, str(location.get(POSITION_FROM) or "")
