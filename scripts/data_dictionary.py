"""Write docs/data-dictionary.md from the models, so that it says what the database really holds.

Run as `.venv/bin/python -m scripts.data_dictionary`; a test compares the file with the models.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

import harmreduction
from harmreduction.core.classification import Retention, Sensitivity
from harmreduction.core.db import Base

DOCUMENT = Path(__file__).resolve().parent.parent / "docs/data-dictionary.md"

KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Boolean, "yes or no"),
    (Integer, "whole number"),
    (DateTime, "moment, UTC"),
    (Date, "day"),
    (LargeBinary, "bytes"),
    (JSON, "JSON"),
)

INTRODUCTION = f"""\
# Data dictionary

Every table and column of the database, written by `scripts/data_dictionary.py` from the models. Do not edit it by hand:
run `.venv/bin/python -m scripts.data_dictionary` after a change. [privacy.md](privacy.md) says in words what this means
for the people behind the numbers, and what this version erases by itself.

- **Class** is what it would mean if somebody else read the column: {", ".join(Sensitivity)}.
- **Kept** is when it is meant to be erased: {", ".join(Retention)}.
- **May be empty** means: not asked, not told, or not known. An empty column is never "no" and never 0.
"""


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


def document() -> str:
    """Return the whole document as Markdown."""
    return "\n".join([INTRODUCTION, *(_section(feature) for feature in _features())])


def models() -> list[type[Base]]:
    """Return every model, by the name of its table."""
    for feature in _features():
        _models_module(feature)
    return sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: table_of(model).name)


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  # no model of ours is mapped to anything else
    return table


def _features() -> Iterator[ModuleType]:
    """Return each feature that has models."""
    for found in pkgutil.iter_modules(harmreduction.__path__, "harmreduction."):
        if found.ispkg:
            feature = importlib.import_module(found.name)
            if (Path(feature.__path__[0]) / "models.py").exists():
                yield feature


def _models_module(feature: ModuleType) -> ModuleType:
    """Return the module with a feature's models."""
    return importlib.import_module(f"{feature.__name__}.models")


def _section(feature: ModuleType) -> str:
    """Describe the tables of one feature."""
    own = [model for model in models() if model.__module__ == _models_module(feature).__name__]
    title = feature.__name__.rsplit(".", 1)[1].capitalize()
    return "\n".join([f"## {title}\n\n{inspect.getdoc(feature)}\n", *(_table(model) for model in own)])


def _table(model: type[Base]) -> str:
    """Describe one table and its columns."""
    table = table_of(model)
    said = " ".join((inspect.getdoc(model) or "").split())
    if table.info.get("append_only"):
        said += " **Only grows:** the database refuses UPDATE and DELETE."
    head = f"### {table.name}\n\n{said}\n\n| column | holds | may be empty | class | kept |\n|---|---|---|---|---|"
    return "\n".join([head, *(_row(table, column) for column in table.columns), ""])


def _row(table: Table, column: Column[Any]) -> str:
    """Describe one column as a row of its table."""
    empty = "yes" if column.nullable else ""
    cells = (f"`{column.name}`", _holds(table, column), empty, column.info.get("class"), column.info.get("retention"))
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _holds(table: Table, column: Column[Any]) -> str:
    """Say what a column holds: its kind, where it points, and whether it is there once only."""
    points = sorted(key.target_fullname for key in column.foreign_keys)
    words = [f"points to `{points[0]}`" if points else _kind(column.type)]
    if column.primary_key and len(table.primary_key) == 1:
        words.append("names the row")
    elif column.unique or _is_unique_alone(table, column):
        words.append("once only")
    return ", ".join(words)


def _is_unique_alone(table: Table, column: Column[Any]) -> bool:
    """Say whether a constraint lets a value of this column stand once only."""
    alone = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    return any(list(constraint.columns) == [column] for constraint in alone)


def _kind(kind: TypeEngine[Any]) -> str:
    """Name a column type in words."""
    if isinstance(kind, TypeDecorator):
        return _kind(kind.impl_instance)
    if isinstance(kind, String):
        return f"text, at most {kind.length}"
    return next((words for known, words in KINDS if isinstance(kind, known)), str(kind))


if __name__ == "__main__":
    main()
