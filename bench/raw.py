"""The least that one hand-out can cost: its rows, written by the bare driver in one commit.

Same file, key and pragmas, same tables and indexes, the very same INSERT statements; no framework, no page.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from bench.programme import Worker
from harmreduction.core.db import Base, db, new_id

INSERT = re.compile(r"INSERT INTO (\w+) \(([^)]+)\)")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class Write:
    """One row that a hand-out wrote, and what has to be new in it when it is written again.

    client_ids: columns that hold a client-made id. links: columns that hold the id of a row written before,
    with the table of that row.
    """

    statement: str
    table: str
    row: Sequence[Any]
    client_ids: Sequence[int]
    links: Sequence[tuple[int, str]]


class RawCommits:
    """The rows of one hand-out of a worker, to be written again and again as of new hand-outs."""

    def __init__(self, worker: Worker) -> None:
        """Post one hand-out and remember what it wrote; take a connection as the product prepares it."""
        with worker.app.app_context():
            self.writes = _writes_of(worker)
            self.connection = db.engine.raw_connection()  # with the product's key and pragmas
        self.cursor = self.connection.cursor()

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    def commit(self) -> None:
        """Write all rows in one transaction."""
        execute = self.cursor.execute
        fresh: dict[str, str] = defaultdict(new_id)
        ids: dict[str, int] = {}
        execute("BEGIN IMMEDIATE")
        for write in self.writes:
            row = list(write.row)
            for column in write.client_ids:
                row[column] = fresh[row[column]]
            for column, table in write.links:
                row[column] = ids[table]
            returned = execute(write.statement, row).fetchall()
            ids[write.table] = returned[0][0] if returned else self.cursor.lastrowid
        execute("COMMIT")


def _writes_of(worker: Worker) -> list[Write]:
    """Post one hand-out and return the rows that it wrote, in order."""
    writes: list[Write] = []

    def note(_connection: object, _cursor: object, sql: str, parameters: Any, *_rest: object) -> None:
        if found := INSERT.match(sql):
            columns = [name.strip() for name in found[2].split(",")]
            for row in parameters if isinstance(parameters, list) else [parameters]:
                writes.append(_write(sql, found[1], columns, row, {write.table for write in writes}))

    event.listen(db.engine, "before_cursor_execute", note)
    worker.post()
    event.remove(db.engine, "before_cursor_execute", note)
    return writes


def _write(sql: str, table: str, columns: Sequence[str], row: Sequence[Any], written: set[str]) -> Write:
    """Return a row with what has to be new in it; `written` are the tables that got a row before."""
    of_fact = [number for number, value in enumerate(row) if isinstance(value, str) and UUID.fullmatch(value)]
    links = []
    for number, name in enumerate(columns):
        for key in Base.metadata.tables[table].c[name].foreign_keys:
            if key.column.table.name in written and row[number] is not None:
                links.append((number, key.column.table.name))
    return Write(statement=sql, table=table, row=row, client_ids=of_fact, links=links)
