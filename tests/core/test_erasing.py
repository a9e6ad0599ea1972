"""What was erased leaves the log of the database too, and nobody waits long for that."""

from sqlalchemy import text

from harmreduction.core.db import db, transaction
from harmreduction.core.encrypted_sqlite import BUSY_TIMEOUT
from harmreduction.core.erasing import overwrite_erased
from harmreduction.settings.models import Setting
from tests.instances import needs_encryption


@needs_encryption
def test_the_log_is_emptied_unless_somebody_reads_and_then_at_the_next_try(instance, caplog):
    log = instance.config.database_file.with_name(f"{instance.config.database_file.name}-wal")
    reader = instance.open_behind_our_back()
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM setting").fetchone()
    with transaction():
        db.session.add(Setting(name="programme_name", value="Riverside"))
    assert not overwrite_erased()
    assert log.stat().st_size > 0
    assert "the next roll-up empties it" in caplog.text
    assert db.session.scalar(text("PRAGMA busy_timeout")) == BUSY_TIMEOUT  # others wait as before
    reader.close()
    assert overwrite_erased()
    assert log.stat().st_size == 0
