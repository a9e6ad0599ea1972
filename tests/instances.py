"""Programmes on disk, as a server keeps them: an encrypted database file, with its keys apart."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event

from harmreduction.config import Config
from harmreduction.core import encrypted_sqlite
from harmreduction.core.db import db
from harmreduction.core.revisions import migrate_database
from harmreduction.directory.actions.hotlines import load_hotlines
from harmreduction.encounters.usual import load_usual_handouts
from harmreduction.factory import build_app
from harmreduction.stock.catalogue import load_catalogue
from tests import processes
from tests.factories import KEYS


@dataclass(frozen=True)
class Instance:
    """One programme on disk, and an application that has it open."""

    app: Flask
    config: Config

    @property
    def environment(self) -> dict[str, str]:
        """What a process of its own needs to open the same programme."""
        return {**os.environ, "HR_INSTANCE": str(self.config.instance), "HR_KEYS": str(self.config.keys)}

    def command(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `flask --app app hr …` in a process of its own."""
        return processes.run("flask", "--app", "app", "hr", *words, environment=self.environment | environment)

    def start(self, *words: str) -> processes.Started:
        """Start a Python module in a process of its own, to talk with."""
        return processes.Started(*words, environment=self.environment)

    def set_on_every_connection(self, *pragmas: str) -> None:
        """Open all connections anew, each with these pragmas on top of the product's own."""

        @event.listens_for(db.engine, "connect")
        def prepare(connection: Any, _record: object) -> None:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")

        db.engine.dispose()

    def open_behind_our_back(self, *, key: str | None = KEYS.database) -> Any:
        """Return a connection of the bare driver, as another program would open the file."""
        connection = encrypted_sqlite.driver().connect(self.config.database_file, isolation_level=None, timeout=0)
        if key is not None:
            connection.execute("PRAGMA cipher_log_level=NONE")
            connection.execute(f"PRAGMA key=\"x'{key}'\"")
        return connection


@contextmanager
def opened(app: Flask) -> Iterator[SQLAlchemy]:
    """Work with the database of an application, and close every connection after."""
    with app.app_context():
        try:
            yield db
        finally:
            db.session.remove()
            db.engine.dispose()


def make_instance(folder: Path) -> Instance:
    """Open the programme in a folder; its key files are written if they are not there."""
    config = Config(instance=folder / "programme", keys=folder / "programme-keys")
    config.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    config.keys.mkdir(mode=0o700, exist_ok=True)
    for name, key in asdict(KEYS).items():
        if not key:
            continue
        file = config.keys / f"{name}.key"
        file.write_text(key)
        file.chmod(0o600)
    return Instance(build_app(config, KEYS, TESTING=True, WTF_CSRF_ENABLED=False), config)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that went through every migration and holds the starting lists, to copy from."""
    instance = make_instance(tmp_path_factory.mktemp("migrated"))
    with opened(instance.app):
        migrate_database()
        load_catalogue()
        load_hotlines()
        load_usual_handouts()
    return instance.config.database_file  # the last connection wrote the log back into the file


@pytest.fixture
def instance(tmp_path: Path, migrated_file: Path) -> Iterator[Instance]:
    """A programme on disk, migrated, with the starting lists and nobody in it."""
    instance = make_instance(tmp_path)
    shutil.copy(migrated_file, instance.config.database_file)
    with opened(instance.app):
        yield instance


@pytest.fixture
def new_instance(tmp_path: Path) -> Iterator[Instance]:
    """A programme on disk whose database is still empty."""
    instance = make_instance(tmp_path)
    with opened(instance.app):
        yield instance


needs_encryption = pytest.mark.skipif(
    encrypted_sqlite.driver() is sqlite3, reason="there is no wheel of sqlcipher3 for this machine"
)
