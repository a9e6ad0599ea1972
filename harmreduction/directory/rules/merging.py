"""Bring together what a source says anew and what the programme changed since it last spoke."""

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]
Difference = tuple[str, Any, Any]  # field, before, after


def three_way(base: Document, mine: Document, theirs: Document) -> dict[str, Any]:
    """Return `mine` with everything that `theirs` changed since `base`.

    A field that only the programme changed stays as the programme has it; one that the source changed follows the
    source. In lists of objects with ids, each object counts by itself.
    """
    fields = [*theirs, *(name for name in mine if name not in theirs)]
    merged = ((name, _merge_value(base.get(name), mine.get(name), theirs.get(name))) for name in fields)
    return {name: value for name, value in merged if value is not None and value != []}


def differences(before: Document, after: Document) -> list[Difference]:
    """Return what differs between two documents: field, value before and value after, in order of the fields."""
    fields = [*after, *(name for name in before if name not in after)]
    return [(name, before.get(name), after.get(name)) for name in fields if before.get(name) != after.get(name)]


def _merge_value(base: Any, mine: Any, theirs: Any) -> Any:
    """Return the value of one field."""
    if theirs == base or mine == theirs:
        return mine
    if mine == base:
        return theirs
    if all(_is_list_of_objects(value) for value in (base or [], mine or [], theirs or [])):
        return _merge_lists(base or [], mine or [], theirs or [])
    return theirs


def _merge_lists(base: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
    """Merge lists whose objects are known by id; the order is theirs, then what the programme added."""
    by_id = [{item["id"]: item for item in items} for items in (base, mine, theirs)]
    ids = list(dict.fromkeys([*by_id[2], *by_id[1]]))
    merged = (_merge_value(*(items.get(known) for items in by_id)) for known in ids)
    return [item for item in merged if item is not None]


def _is_list_of_objects(value: Any) -> bool:
    """Say whether this is a list of objects that each carry an id."""
    return isinstance(value, list) and all(isinstance(item, Mapping) and "id" in item for item in value)
