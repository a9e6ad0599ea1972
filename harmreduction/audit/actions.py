"""Remember who did what, in the same transaction as the deed."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert, select, text

from harmreduction.audit.models import AuditEntry
from harmreduction.audit.rules import FIRST_LINK, Entry, Event, link
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import at_the_end, db, transaction
from harmreduction.core.keyed import audit_key

TRAIL = cast(Table, AuditEntry.__table__)
NEW_ENTRIES = insert(TRAIL)
LAST_DIGEST = select(TRAIL.c.digest).order_by(TRAIL.c.id.desc()).limit(1)


def record(event: Event, *, by: Actor, subject: str | None = None, site_id: int | None = None) -> None:
    """Add an entry at the end of the chain; `subject` is the public id of what it is about."""
    with transaction():
        _stand_in_line()
        entry = Entry(
            at=now().isoformat(),
            event=event.name,
            actor=by.label,
            account_id=by.account_id,
            subject=subject,
            site_id=site_id,
        )
        at_the_end(_add, entry)


def _stand_in_line() -> None:
    """Let no other writer move the end of the chain until we are done; deeds that may not cross rely on it, too."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE audit_entry IN SHARE ROW EXCLUSIVE MODE"))


def _add(entries: Sequence[Entry]) -> None:
    """Chain what a transaction did to the trail, all at once."""
    digest, rows = _last_digest(), []
    for entry in entries:
        digest = link(digest, entry, key=audit_key())
        rows.append({**vars(entry), "at": datetime.fromisoformat(entry.at), "digest": digest})
    db.session.execute(NEW_ENTRIES, rows)


def _last_digest() -> str:
    """Return the end of the chain, which no other writer moves until we are done."""
    return db.session.scalar(LAST_DIGEST) or FIRST_LINK
