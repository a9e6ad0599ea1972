"""Make erased rows leave the disk, not only the tables."""

import logging
import time
from typing import Any

from harmreduction.core.db import db
from harmreduction.core.encrypted_sqlite import BUSY_TIMEOUT, driver

logger = logging.getLogger(__name__)

TRIES = 3
WAIT_AT_MOST = 300  # milliseconds of one try: while it waits for a reader, nobody can save
PAUSE = 0.1  # seconds between two tries, for those who want to save


def overwrite_erased() -> bool:
    """Write the log back into the embedded database file and empty it; say whether that is done.

    Rows are overwritten as they are erased (`secure_delete`), but the log still holds the pages of before. It stays
    for now while somebody reads for longer than a moment; the next roll-up or start tries again. A server database
    reuses the space by itself, and has no log of ours.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    db.session.rollback()  # a read of ours would keep the log
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={WAIT_AT_MOST}")
        is_done = _empty_log(cursor) or any(_empty_log(cursor, after=PAUSE) for _ in range(TRIES - 1))
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
        connection.close()
    if not is_done:
        logger.warning("database: erased rows are still in its log, as somebody reads; the next roll-up empties it")
    return is_done


def _empty_log(cursor: Any, *, after: float = 0) -> bool:
    """Wait so many seconds, then try to write the log back and empty it; say whether that is done."""
    time.sleep(after)
    try:
        return not cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except driver().OperationalError:  # somebody of this process is in the middle of something
        return False
