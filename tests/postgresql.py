"""A PostgreSQL server for tests, from the programs of this machine; where there are none, its tests are skipped.

Tests that use it have "postgresql" in their name or that of their file, so that one server is started and not one
for every process (`tests/workers.py`).
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from harmreduction.config import Config
from harmreduction.core.db import db
from harmreduction.core.revisions import migrate_database
from harmreduction.directory.actions.hotlines import load_hotlines
from harmreduction.encounters.usual import load_usual_handouts
from harmreduction.factory import build_app
from harmreduction.stock.catalogue import load_catalogue
from tests.factories import KEYS
from tests.instances import opened

# Nothing in these databases is worth a wait for the disk.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=''"


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server that listens in a folder."""

    folder: Path

    def url(self, name: str) -> str:
        """Return the address of a database, as HR_DATABASE_URL takes it."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def make_database(self, name: str, *, copy_of: str = "template1") -> str:
        """Make a database, in place of one of the same name, and return its address."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}"')
        return self.url(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server of our own, gone after the tests."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not on this machine (Debian: apt install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="hr-postgresql-"))  # short: a socket's path is limited
    data = folder / "data"
    options = f"{FAST} -c unix_socket_directories={folder}"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    _run(programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8")
    _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield Server(folder)
    finally:
        _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_app(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application on the database `story`; the database `migrated` is what each story begins from."""
    folder = tmp_path_factory.mktemp("postgresql")
    with opened(make_postgresql_app(postgresql.make_database("migrated"), folder)):
        migrate_database()
        load_catalogue()
        load_hotlines()
        load_usual_handouts()
    return make_postgresql_app(postgresql.url("story"), folder)


@pytest.fixture
def postgresql_database(postgresql: Server, postgresql_app: Flask) -> Iterator[SQLAlchemy]:
    """Each test starts from the same migrated database, as the fixture `database` does on SQLite."""
    with opened(postgresql_app) as database:
        _begin_again(postgresql)
        yield database


@pytest.fixture
def start_over_on_postgresql(postgresql: Server, postgresql_database: SQLAlchemy) -> Callable[[], None]:
    """Return a function that brings the database back to where the test began."""
    return lambda: _begin_again(postgresql)


def make_postgresql_app(url: str, folder: Path) -> Flask:
    """Build an application on a PostgreSQL database."""
    config = Config(instance=folder, keys=folder / "keys", database_url=url)
    return build_app(config, KEYS, TESTING=True, WTF_CSRF_ENABLED=False)


def _begin_again(server: Server) -> None:
    """Put a fresh copy of the migrated database in the place of the story's."""
    db.session.remove()
    db.engine.dispose()
    server.make_database("story", copy_of="migrated")


def _programs() -> Path | None:
    """Return the folder of the server's programs, the newest if there are several."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


def _run(*words: str | Path) -> None:
    """Run one of the server's programs; they refuse to run as root, so root becomes the user postgres."""
    user: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(
        [str(word) for word in words],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        **user,
    )
