"""Every migration, up and down, on a database with rows in it, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, Column, MetaData, Table, insert, inspect, select, text, types
from sqlalchemy.exc import DatabaseError

from harmreduction.config import HOUSE
from harmreduction.core.append_only import tables_that_only_grow
from harmreduction.core.db import Base, db, transaction
from harmreduction.core.revisions import migrate_database
from harmreduction.stock import verification
from harmreduction.stock.catalogue import load_catalogue
from tests.factories import hand_out, make_location, make_site, receive
from tests.instances import Instance, opened
from tests.postgresql import Server, make_postgresql_app

MIGRATIONS = HOUSE / "migrations"
REVISIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]
FIRST_ID = 101  # far from the rows that migrations add
A_MOMENT = datetime(2026, 11, 21, 22, 41, tzinfo=UTC).replace(tzinfo=None)

# These name the other one of two: from a place to another, an item in another's stead, a lot in a kit.
THE_OTHER_ONE = {"to_location_id", "substitute_id", "component_lot_id", "second_id"}

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on an empty database: an encrypted file, or PostgreSQL."""
    if request.param == "sqlite":
        instance: Instance = request.getfixturevalue("new_instance")
        yield instance.app
        return
    server: Server = request.getfixturevalue("postgresql")
    app = make_postgresql_app(server.make_database("migrations"), request.getfixturevalue("tmp_path"))
    with opened(app):
        yield app


# Rows for any table ---------------------------------------------------------------------------------------


def stored_tables() -> list[Table]:
    """Return the tables that the database has now, those that others point to first."""
    found = MetaData()
    found.reflect(db.engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def stored_rows() -> Rows:
    """Return every row of every table."""
    with db.engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return {name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=repr) for name in names}  # noqa: S608


def fill_every_table() -> None:
    """Put two rows into every table that does not hold them yet."""
    with db.engine.connect().execution_options(writes=True) as connection:
        for table in stored_tables():
            made = [row_of(table, number) for number in (0, 1)]
            keys = [table.columns[column.name] for column in table.primary_key]
            there = set(map(tuple, connection.execute(select(*keys))))
            new = [row for row in made if tuple(row[key.name] for key in keys) not in there]
            if new:
                connection.execute(insert(table), new)
        connection.commit()


def row_of(table: Table, number: int) -> dict[str, Any]:
    """Return a row that a table takes, whatever its columns are."""
    row = {column.name: value_of(column, number) for column in table.columns}
    if table.name == "past_total":
        row["measure"] = "item_units"  # the one that names an item
    for column in THE_OTHER_ONE & row.keys():
        row[column] = FIRST_ID + 1 - number
    return row


def value_of(column: Column[Any], number: int) -> Any:
    """Return a value for a column in the first or the second row."""
    [target] = [key.column for key in column.foreign_keys] or [None]
    if target is not None:
        return value_of(target, number)
    if isinstance(column.type, types.String):
        return f"{column.name} {number}"[-(column.type.length or 20) :]
    for kind, value in (
        (types.Boolean, True),
        (types.Integer, FIRST_ID + number if column.primary_key else number + 1),
        (types.DateTime, A_MOMENT),
        (types.Date, date(2026, 11, 1 + number)),
        (types.LargeBinary, b"sealed"),
        (types.Float, 39.25 + number),
        (types.JSON, {}),
    ):
        if isinstance(column.type, kind):
            return value
    raise AssertionError(f"say in value_of() what {column} of type {column.type!r} could hold")


def migrate_to(revision: str | None) -> None:
    """Bring the database up to a revision."""
    if revision is not None:
        upgrade(revision=revision)


# Stories ------------------------------------------------------------------------------------------------------


def test_every_migration_keeps_every_row_on_its_way_up_and_down(empty):
    before: str | None = None
    for revision in REVISIONS:
        kept = stored_rows()
        upgrade(revision=revision)
        assert still_holds(kept), f"{revision} lost rows on its way up"
        fill_every_table()
        downgrade(revision=before or "base")
        assert still_holds(kept), f"{revision} lost rows on its way down"
        assert set(stored_rows()) == set(kept)
        upgrade(revision=revision)
        fill_every_table()
        before = revision
    assert all(len(rows) >= 2 for rows in stored_rows().values())


def still_holds(kept: Rows) -> bool:
    """Say whether every one of these rows is still there, whatever columns were added at the end."""
    now = stored_rows()
    return all(
        any(row == found[: len(row)] for found in now.get(name, [])) for name, rows in kept.items() for row in rows
    )


def test_the_ledger_survives_a_way_down_and_up_again(empty):
    migrate_database()
    load_catalogue()
    shelf = make_location(make_site())
    receive(shelf, 10)
    hand_out(shelf, ("naloxone-nasal-4", 3))
    db.session.remove()
    before = stored_rows()
    del before["item_identifier"]  # its codes get public ids on the way up, each time others
    downgrade(revision="0004_past_totals")
    upgrade(revision="head")
    assert {name: stored_rows()[name] for name in before} == before
    assert list(verification.find_differences()) == []
    make_location(make_site())  # and the next place gets a number of its own


def test_the_migrations_make_what_the_models_say(empty):
    migrate_database()
    db.session.remove()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    schema = inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {constraint.name for constraint in table.constraints if isinstance(constraint, CheckConstraint)}
        assert {found["name"] for found in schema.get_check_constraints(table.name)} == wanted, table.name


def test_every_table_that_only_grows_refuses_to_change_and_to_forget(empty):
    migrate_database()
    db.session.remove()
    fill_every_table()
    for name in tables_that_only_grow(Base.metadata):
        key = stored_rows()[name]
        for deed in (f"UPDATE {name} SET {first_column(name)} = {first_column(name)}", f"DELETE FROM {name}"):  # noqa: S608
            with pytest.raises(DatabaseError, match=f"{name} is append only"), transaction():
                db.session.execute(text(deed))
        assert stored_rows()[name] == key


def first_column(name: str) -> str:
    """Return the name of a table's first column."""
    return next(iter(Base.metadata.tables[name].columns)).name


def test_migrations_are_numbered_one_after_the_other():
    assert [revision[:5] for revision in REVISIONS] == [f"{number:04}_" for number in range(1, len(REVISIONS) + 1)]
    assert {file.stem for file in (MIGRATIONS / "versions").glob("*.py")} == set(REVISIONS)
    assert (MIGRATIONS / "HEAD").read_text() == f"{REVISIONS[-1]}\n"


# What a later migration may do ------------------------------------------------------------------------------


REBUILD = '''
"""Rebuild tables that others point to, as a batch migration on SQLite does."""

import sqlalchemy as sa
from alembic import op

revision = "9999_next"
down_revision = "{newest}"


def upgrade() -> None:
    for table in ("stock_transaction", "stock_movement", "item", "site", "encounter", "distribution"):
        with op.batch_alter_table(table, recreate="always") as batch:
            batch.add_column(sa.Column("colour", sa.String(10), nullable=True))


def downgrade() -> None:
    pass
'''

ORPHANS = '''
"""Forget every item, and what points to one."""

from alembic import op

revision = "9999_next"
down_revision = "{newest}"


def upgrade() -> None:
    op.execute("DELETE FROM item")


def downgrade() -> None:
    pass
'''


def migrations_with(source: str, folder: Path) -> str:
    """Return a copy of the migrations with one more at its end."""
    copy = folder / "migrations"
    shutil.copytree(MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / "9999_next.py").write_text(source.strip().format(newest=REVISIONS[-1]))
    return str(copy)


def test_a_rebuilt_table_keeps_its_rows_its_children_its_constraints_and_its_triggers(new_instance, tmp_path):
    migrate_database()
    db.session.remove()
    fill_every_table()
    kept, shape = stored_rows(), shape_of_every_table()
    upgrade(directory=migrations_with(REBUILD, tmp_path), revision="head")
    assert still_holds(kept)
    assert {name: len(rows) for name, rows in stored_rows().items()} == {name: len(rows) for name, rows in kept.items()}
    assert shape_of_every_table() == shape
    assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
    for name in tables_that_only_grow(Base.metadata):
        with pytest.raises(DatabaseError, match=f"{name} is append only"), transaction():
            db.session.execute(text(f"DELETE FROM {name}"))  # noqa: S608


def shape_of_every_table() -> dict[str, Any]:
    """Return the names of the constraints, indexes and triggers of every table."""
    schema = inspect(db.engine)
    with db.engine.connect() as connection:
        triggers = sorted(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    shape = {
        table: sorted(
            str(found["name"])
            for found in (
                *schema.get_check_constraints(table),
                *schema.get_unique_constraints(table),
                *schema.get_foreign_keys(table),
                *schema.get_indexes(table),
            )
        )
        for table in schema.get_table_names()
    }
    return {**shape, "triggers": triggers}


def test_a_migration_that_leaves_rows_pointing_nowhere_is_undone(new_instance, tmp_path):
    migrate_database()
    db.session.remove()
    fill_every_table()
    kept = stored_rows()
    with pytest.raises(SystemExit):
        upgrade(directory=migrations_with(ORPHANS, tmp_path), revision="head")
    assert stored_rows() == kept
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == REVISIONS[-1]
    assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
