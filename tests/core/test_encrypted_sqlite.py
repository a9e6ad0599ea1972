"""The embedded database: encrypted, durable, and clear about a key that does not fit."""

import shutil
import sqlite3
from dataclasses import replace

import pytest
from sqlalchemy import text

from harmreduction.core import encrypted_sqlite
from harmreduction.core.db import db, transaction
from harmreduction.core.encrypted_sqlite import CannotOpen, wal_is_safe
from harmreduction.factory import build_app
from harmreduction.settings.models import Setting
from tests.factories import KEYS
from tests.instances import needs_encryption, opened

MARKER = "heron-on-the-harbor-wall"
PLAIN_HEADER = b"SQLite format 3\x00"


def pragma(name):
    return db.session.scalar(text(f"PRAGMA {name}"))


@pytest.fixture
def marked(instance):
    """A programme with a marker in its database, written but not yet moved from the log into the file."""
    with transaction():
        db.session.add(Setting(name="programme_name", value=MARKER * 10))
    return instance


@needs_encryption
def test_neither_the_file_nor_its_log_can_be_read(marked):
    database = marked.config.database_file
    log = database.with_name(f"{database.name}-wal").read_bytes()
    assert len(log) > 0
    assert MARKER.encode() not in log
    db.session.remove()
    db.engine.dispose()
    content = database.read_bytes()
    assert not content.startswith(PLAIN_HEADER)
    assert MARKER.encode() not in content


@needs_encryption
def test_another_program_cannot_open_it_without_the_key(marked):
    stranger = marked.open_behind_our_back(key=None)
    with pytest.raises(encrypted_sqlite.driver().DatabaseError, match="not a database"):
        stranger.execute("SELECT * FROM setting")
    stranger.close()
    stranger = sqlite3.connect(marked.config.database_file)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        stranger.execute("SELECT * FROM setting")
    stranger.close()


@needs_encryption
def test_a_copy_made_into_an_unencrypted_file_is_refused(marked, tmp_path):
    ours = marked.open_behind_our_back()
    copy = encrypted_sqlite.driver().connect(tmp_path / "copy.db")
    with pytest.raises(encrypted_sqlite.driver().Error):
        ours.backup(copy)
    copy.close()
    ours.close()


@needs_encryption
def test_a_key_that_does_not_fit_gets_a_sentence_and_changes_nothing(marked):
    db.session.remove()
    db.engine.dispose()
    before = marked.config.database_file.read_bytes()
    wrong = replace(KEYS, database="99" * 32)
    sentence = r"key does not open the database. Put back the file database.key"
    with opened(build_app(marked.config, wrong, TESTING=True)), pytest.raises(CannotOpen, match=sentence):
        pragma("user_version")
    assert marked.config.database_file.read_bytes() == before


@needs_encryption
def test_a_library_that_would_ignore_the_key_stops_before_anything_is_written(new_instance, monkeypatch):
    monkeypatch.setattr(encrypted_sqlite, "sqlcipher", sqlite3)
    app = build_app(new_instance.config, KEYS, TESTING=True)
    with opened(app), pytest.raises(CannotOpen, match="cannot encrypt, so the database was not opened"):
        pragma("user_version")
    assert not new_instance.config.database_file.exists() or not new_instance.config.database_file.stat().st_size


def test_where_there_is_no_encrypting_library_the_database_works_and_says_what_it_is(new_instance, monkeypatch):
    monkeypatch.setattr(encrypted_sqlite, "sqlcipher", None)
    assert (encrypted_sqlite.driver(), encrypted_sqlite.is_encrypting()) == (sqlite3, False)
    with opened(build_app(new_instance.config, KEYS, TESTING=True)):
        with transaction():
            db.session.execute(text("CREATE TABLE shelf (units INTEGER)"))
        assert pragma("journal_mode") == ("wal" if wal_is_safe(sqlite3.sqlite_version_info) else "delete")
        assert pragma("synchronous") == 2
    assert new_instance.config.database_file.read_bytes().startswith(PLAIN_HEADER)


def test_what_was_acknowledged_is_on_the_disk(instance):
    in_force = {name: pragma(name) for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")}
    assert in_force == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    assert (pragma("trusted_schema"), pragma("recursive_triggers"), pragma("busy_timeout")) == (0, 1, 10_000)


def test_a_copied_file_opens_with_its_key(marked, tmp_path):
    db.session.remove()
    db.engine.dispose()
    copy = tmp_path / "copy.db"
    shutil.copy(marked.config.database_file, copy)
    reader = encrypted_sqlite.driver().connect(copy)
    if encrypted_sqlite.is_encrypting():
        reader.execute(f"PRAGMA key=\"x'{KEYS.database}'\"")
    assert reader.execute("SELECT value FROM setting").fetchone() == (MARKER * 10,)
    reader.close()


@pytest.mark.parametrize("version", [(3, 6, 23), (3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 53, 0), (4, 0, 0)])
def test_a_sqlite_without_the_wal_reset_bug_may_use_the_log(version):
    assert wal_is_safe(version)


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 44, 7), (3, 50, 6), (3, 51, 2)])
def test_a_sqlite_with_the_wal_reset_bug_may_not(version):
    assert not wal_is_safe(version)
