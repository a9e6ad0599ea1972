"""Run migrations so that no row and no trigger is lost on the way.

On SQLite a batch migration copies a table, drops the old one and renames the copy. With foreign keys on,
that drop would delete the rows that hang on it, so they are off while we migrate and checked after; and
it would silently take the append-only triggers with it, so they are laid anew at the end.
"""

from alembic import context
from sqlalchemy import Connection

from harmreduction.core.append_only import guard, tables_that_only_grow
from harmreduction.core.db import Base, UtcDateTime, db


def run() -> None:
    """Bring the database to the wanted revision, each migration in a transaction of its own."""
    engine = db.engine
    on_sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(writes=True) as connection:
        if on_sqlite:
            _foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            render_as_batch=True,
            compare_type=True,
            render_item=_render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        _lay_triggers(connection)
        if on_sqlite:
            _check_foreign_keys(connection)
            _foreign_keys(connection, "ON")


def _render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column type as what the database stores, so that old migrations need none of our code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def _lay_triggers(connection: Connection) -> None:
    """Put the append-only triggers back on every table that should have them."""
    connection.commit()  # each migration committed its own; this ends what Alembic read after the last
    with connection.begin():
        guard(connection, tables_that_only_grow(Base.metadata))


def _foreign_keys(connection: Connection, state: str) -> None:
    """Switch foreign keys on the raw connection, because inside a transaction SQLite ignores it."""
    connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={state}")


def _check_foreign_keys(connection: Connection) -> None:
    """Stop if a migration left a row that points nowhere."""
    broken = connection.connection.driver_connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"The migration left rows that point nowhere: {broken[:5]}")


if context.is_offline_mode():
    raise RuntimeError("Migrations run on a database, not as SQL text.")
run()
