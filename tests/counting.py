"""Count how many statements something takes, for tests of what must not grow with its data."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from harmreduction.core.db import db


def reads_of(deed: Callable[[], object]) -> int:
    """Return how many statements something takes."""
    statements = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        deed()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(statements)
