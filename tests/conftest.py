"""One application for all tests, and the same fresh database for each of them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.pool import StaticPool

from harmreduction.assessments.shelf import FolderShelf, shelf
from harmreduction.config import Config
from harmreduction.core import encrypted_sqlite
from harmreduction.core.db import db
from harmreduction.core.revisions import migrate_database
from harmreduction.directory.actions.hotlines import load_hotlines
from harmreduction.encounters.usual import load_usual_handouts
from harmreduction.factory import build_app
from harmreduction.stock.catalogue import load_catalogue
from tests.factories import KEYS, make_account, make_session_cookie
from tests.pages import PageClient
from tests.stories import LONG

# A busy machine breaks no law. What is made up is the same in each run, so that a change is judged by what it changed;
# HR_LONG=1 makes up other stories each time.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], derandomize=not LONG
)
hypothesis.settings.register_profile(  # for who wants to know that a test fails, and not how
    "unshrunk", deadline=None, phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate], database=None
)
hypothesis.settings.load_profile("house")

pytest_plugins = ("tests.instances", "tests.postgresql", "tests.templates", "tests.workers")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application on a database in memory, with forms that need no token."""
    folder = tmp_path_factory.mktemp("instance")
    return build_app(
        Config(instance=folder, keys=folder / "keys"),
        KEYS,
        TESTING=True,
        WTF_CSRF_ENABLED=False,
        SQLALCHEMY_DATABASE_URI="sqlite://",
        SQLALCHEMY_ENGINE_OPTIONS={
            "module": encrypted_sqlite.driver(),
            "poolclass": StaticPool,
            "connect_args": {"check_same_thread": False},
        },
    )


@pytest.fixture(scope="session")
def migrated(app: Flask) -> Any:
    """A database that went through every migration and holds the starting lists, to copy from."""
    template = encrypted_sqlite.driver().connect(":memory:", check_same_thread=False)
    with app.app_context():
        migrate_database()
        load_catalogue()
        load_hotlines()
        load_usual_handouts()
        db.session.remove()
        _driver_connection().backup(template)
    return template


@pytest.fixture
def database(app: Flask, migrated: Any) -> Iterator[SQLAlchemy]:
    """Each test starts from the same migrated database, whatever was committed before it."""
    with app.app_context():
        migrated.backup(_driver_connection())
        yield db
        db.session.remove()
        take_shelf_down()  # with the conversations that a test left running


@pytest.fixture
def start_over(database: SQLAlchemy, migrated: Any) -> Callable[[], None]:
    """Return a function that brings the database back to where the test began."""

    def start_over() -> None:
        migrated.backup(_driver_connection())
        db.session.rollback()

    return start_over


@pytest.fixture
def client(app: Flask, database: SQLAlchemy) -> PageClient:
    """A browser without anybody signed in; it checks every page it opens."""
    return PageClient(app)


@pytest.fixture
def sign_in_as(app: Flask, database: SQLAlchemy) -> Callable[..., PageClient]:
    """Return a function that gives a browser signed in as a new member of the team."""

    def sign_in(role: str, *, sites: tuple[int, ...] = (), account: Any = None) -> PageClient:
        account = account or make_account(role=role, sites=sites)
        client = PageClient(app)
        client.account = account
        name, value = make_session_cookie(account)
        client.set_cookie(name, value)
        return client

    return sign_in


@pytest.fixture
def real_data() -> Path:
    """The folder of real data; without it the test is skipped with a reason."""
    folder = os.environ.get("HR_REAL_DATA")
    if not folder:
        pytest.skip("HR_REAL_DATA does not name a folder of real data")
    return Path(folder)


def take_shelf_down() -> None:
    """Leave nothing in memory after a test: neither conversations that run, nor the folder in which they lay."""
    there = shelf()
    for name in there.names():
        there.erase(name)
    if isinstance(there, FolderShelf) and there.folder.exists():
        there.folder.rmdir()


def _driver_connection() -> Any:
    """Return the one connection of the database in memory."""
    return db.engine.raw_connection().driver_connection
