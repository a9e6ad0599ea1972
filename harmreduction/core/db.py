"""The database session, the model base class, and the unit of work."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from harmreduction.core.errors import DomainError, NotSaved
from harmreduction.core.messages import message

logger = logging.getLogger(__name__)

# What PostgreSQL and SQLite say when somebody else is faster, or holds what we need.
BUSY = ("locked", "busy", "deadlock", "could not serialize", "lock timeout")


class Base(DeclarativeBase):
    """What every model extends; constraints are named, so that migrations can change them later."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the column."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store the moment in UTC; a time without a zone is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)


def new_id() -> str:
    """Return a random public id (UUIDv4), as a client makes one for each fact."""
    return str(uuid4())


# SQLite takes one writer at a time. Waiting here is fair; waiting in SQLite is a lottery of retries.
_one_writer = threading.RLock()


@contextmanager
def transaction() -> Iterator[None]:
    """Save everything done in the block, or none of it.

    Blocks nest, so one action can call another; only the outermost commits. A failure anywhere
    inside undoes the whole, even if it was caught on the way. Objects read before the block are
    read anew inside it, so that a decision never rests on what was true a moment ago.

    Raises NotSaved, with a sentence for the person, when the disk or the database refuses.
    """
    session = db.session()
    if "transaction" in session.info:
        with _nested(session.info):
            yield
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("Something was changed outside transaction(); change it inside.")
    on_sqlite = db.engine.dialect.name == "sqlite"
    with _one_writer if on_sqlite else nullcontext():
        session.info["transaction"], session.info["at the end"] = "open", {}
        try:
            session.rollback()  # ends the open read, whose snapshot is already old
            session.connection(execution_options={"writes": True})
            yield
            if session.info["transaction"] == "failed":
                raise RuntimeError("A nested transaction failed, so nothing was saved.")
            for deed, things in session.info["at the end"].items():
                deed(things)
            session.commit()
        except OperationalError as problem:
            session.rollback()
            raise _not_saved(problem) from problem
        except BaseException:
            session.rollback()
            raise
        finally:
            del session.info["transaction"], session.info["at the end"]


def at_the_end(deed: Callable[[list[Any]], None], thing: object) -> None:
    """Leave something for the end of the open transaction: there `deed` gets all that was left for it, once, in order.

    It is still part of the transaction: if it fails, nothing is saved.
    """
    db.session.info["at the end"].setdefault(deed, []).append(thing)


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything in the block as it was at one moment, whatever others save meanwhile; for reading only."""
    session = db.session()
    session.rollback()  # ends the open read, which may have begun long ago
    # SQLite reads that way by itself, from the first read of a transaction to its end.
    repeatable = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    session.connection(execution_options=repeatable if db.engine.dialect.name == "postgresql" else {})
    try:
        yield
    finally:
        session.rollback()


@contextmanager
def _nested(info: dict[str, str]) -> Iterator[None]:
    """Remember a failure, so that the outermost block undoes everything."""
    try:
        yield
    except BaseException:
        info["transaction"] = "failed"
        raise


def _not_saved(problem: OperationalError) -> DomainError:
    """Say in a sentence what the database could not do; nothing was half-written."""
    reason = str(problem.orig).lower()
    if "full" in reason or "no space" in reason:
        return NotSaved(
            message("The disk of the server is full, so this was not saved. Free some space, then send it again.")
        )
    if "readonly" in reason or "read-only" in reason:
        return NotSaved(
            message("The server may not write to its database, so this was not saved. Tell your administrator.")
        )
    if any(word in reason for word in BUSY):
        return NotSaved(message("The database is busy, so this was not saved yet. Wait a moment, then send it again."))
    logger.error("database: %s", type(problem.orig).__name__)  # and not its words, which may hold what was typed
    return NotSaved(message("The database did not take this, so it was not saved. Tell your administrator."))


def insert_if_new(table: Table) -> Any:
    """Return an INSERT that does nothing where the row exists already."""
    return insert_or_change(table).on_conflict_do_nothing()


def insert_or_change(table: Table) -> Any:
    """Return the database's own INSERT, which knows ON CONFLICT."""
    return _insert_of(db.engine.dialect.name, table)


@cache
def _insert_of(dialect: str, table: Table) -> Any:
    """Make the statement once a table; every hand-out needs several."""
    return (sqlite_insert if dialect == "sqlite" else postgresql_insert)(table)
