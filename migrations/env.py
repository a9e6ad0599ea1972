"""Run migrations so that no row and no trigger is lost on the way.

On SQLite a batch migration copies a table, drops the old one and renames the copy. With foreign keys on,
that drop would delete the rows that hang on it, so they are off while we migrate and checked before each
migration is saved; and it would silently take the append-only triggers with it, so they are laid anew.
"""

from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from harmreduction.core.append_only import guard, tables_that_only_grow
from harmreduction.core.db import Base, UtcDateTime, db


def run() -> None:
    """Bring the database to the wanted revision, each migration in a transaction of its own."""
    with db.engine.connect().execution_options(writes=True) as connection:
        _foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            on_version_apply=_before_it_is_saved,
            render_as_batch=True,
            compare_type=True,
            render_item=_render_item,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.rollback()  # each migration committed its own; this ends what Alembic read after the last
            _foreign_keys(connection, "ON")


def _render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column type as what the database stores, so that old migrations need none of our code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def _before_it_is_saved(ctx: MigrationContext, **_step: Any) -> None:
    """Finish a migration in its own transaction; one that left a row pointing nowhere is undone."""
    if ctx.connection is None:
        return
    guard(ctx.connection, tables_that_only_grow(Base.metadata))
    if ctx.connection.dialect.name == "sqlite":
        broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"The migration left rows that point nowhere: {broken[:5]}")


def _foreign_keys(connection: Connection, state: str) -> None:
    """Switch foreign keys on the raw connection of SQLite, because inside a transaction it ignores that."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={state}")


if context.is_offline_mode():
    raise RuntimeError("Migrations run on a database, not as SQL text.")
run()
