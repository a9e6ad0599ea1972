"""Turn the values of a conversation into plain JSON and back, by what their fields are declared to be.

Fields that are missing keep their defaults and unknown ones are left aside, so that a conversation that runs while
the app is brought up to date goes on.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints


def packed(value: object, *, without: str = "") -> Any:
    """Return a value as what JSON knows; of a dataclass, without the field of this name."""
    if is_dataclass(value):
        return {field.name: packed(getattr(value, field.name)) for field in fields(value) if field.name != without}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: packed(each) for key, each in value.items()}
    if isinstance(value, tuple | frozenset):
        return [packed(each) for each in value]
    return value


def unpacked(kind: Any, data: Any, **known: object) -> Any:
    """Return the value of a kind that was packed: a dataclass, an enum, a day, a moment, or a collection of such.

    known: fields of the dataclass that were not packed.
    """
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return None if data is None else unpacked(_only(kind), data)
    if origin in (tuple, frozenset):
        return origin(unpacked(get_args(kind)[0], each) for each in data)
    if origin is not None:  # a mapping from texts
        return {key: unpacked(get_args(kind)[1], each) for key, each in data.items()}
    if is_dataclass(kind):
        return cast(Any, kind)(**_values(kind, data), **known)
    if issubclass(kind, date):
        return kind.fromisoformat(data)
    return kind(data) if issubclass(kind, Enum) else data


def _values(kind: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the fields that are there."""
    return {name: unpacked(declared, data[name]) for name, declared in _declared(kind).items() if name in data}


@cache
def _declared(kind: type) -> dict[str, Any]:
    """Return what each field of a dataclass is declared to be."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _only(kind: Any) -> Any:
    """Return the one kind beside None."""
    return next(each for each in get_args(kind) if each is not type(None))
