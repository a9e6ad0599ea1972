"""Tables that only grow, guarded by the database itself against UPDATE and DELETE."""

from sqlalchemy import Connection, inspect

APPEND_ONLY = {"append_only": True}  # the `info` of a table that only grows

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append only'; END $$
"""


def guard(connection: Connection, tables: list[str]) -> None:
    """Put the triggers on every one of these tables that exists; safe to repeat after each migration.

    A migration that rebuilds a table on SQLite silently loses its triggers, so they are laid anew.
    """
    present = set(inspect(connection).get_table_names())
    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:
        connection.exec_driver_sql(POSTGRESQL_FUNCTION)
    for table in sorted(present & set(tables)):
        for verb in ("UPDATE", "DELETE"):
            trigger = f"{table}_no_{verb.lower()}"
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}" + ("" if on_sqlite else f" ON {table}"))
            deed = (
                f"BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
                if on_sqlite
                else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            connection.exec_driver_sql(f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} {deed}")


def tables_that_only_grow(metadata: object) -> list[str]:
    """Return the names of all tables declared append only."""
    return [table.name for table in metadata.sorted_tables if table.info.get("append_only")]  # type: ignore[attr-defined]
