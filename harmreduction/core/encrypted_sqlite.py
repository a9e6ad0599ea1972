"""The embedded database: one SQLCipher file that keeps what was acknowledged through a power cut."""

import sqlite3
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, event

from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message

try:
    import sqlcipher3.dbapi2 as sqlcipher
except ImportError:  # no wheel for this platform: every page then says that the file is not encrypted
    sqlcipher = None

# First and last SQLite with the WAL-reset bug, which can lose committed pages (sqlite.org/wal.html).
WAL_RESET_BUG = ((3, 7, 0), (3, 51, 2))
WAL_RESET_FIXED_IN = {(3, 44, 6), (3, 50, 7)}

BUSY_TIMEOUT = 10_000  # milliseconds for which somebody waits until another has saved


class CannotOpen(DomainError):
    """The database file and its key do not fit together."""


def driver() -> ModuleType:
    """Return the encrypting driver, or the plain one where there is no wheel for it."""
    return sqlcipher or sqlite3


def is_encrypting() -> bool:
    """Say whether the embedded database is encrypted on this machine."""
    return sqlcipher is not None


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Say whether this SQLite may run in WAL mode."""
    first, last = WAL_RESET_BUG
    return not first <= version <= last or version in WAL_RESET_FIXED_IN


def listen(engine: Engine, key: str | None) -> None:
    """Prepare each connection of the engine: key first, then durability, then real transactions."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        if key is not None and is_encrypting():
            _unlock(cursor, key)
        journal = "WAL" if wal_is_safe(driver().sqlite_version_info) else "DELETE"
        for pragma in (
            f"journal_mode={journal}",
            "synchronous=FULL",  # NORMAL loses acknowledged records in a power cut
            "foreign_keys=ON",
            "secure_delete=ON",  # what is erased leaves the file too
            "trusted_schema=OFF",
            "recursive_triggers=ON",  # INSERT OR REPLACE is the DELETE that it does, also for append-only tables
            f"busy_timeout={BUSY_TIMEOUT}",
            "cache_size=-32000",  # KB at most: each page that is read anew has to be decrypted anew
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _unlock(cursor: Any, key: str) -> None:
    """Give the raw key, and stop if the library would ignore it or it does not fit the file."""
    cursor.execute("PRAGMA cipher_log_level=NONE")
    cursor.execute(f"PRAGMA key=\"x'{key}'\"")
    if not cursor.execute("PRAGMA cipher_version").fetchone():
        raise CannotOpen(message("This SQLite cannot encrypt, so the database was not opened. Run the set-up again."))
    try:
        cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except driver().DatabaseError as problem:
        if "not a database" not in str(problem):
            raise
        raise CannotOpen(
            message(
                "The key does not open the database. Put back the file database.key that belongs to this database; "
                "nothing was changed."
            )
        ) from problem
