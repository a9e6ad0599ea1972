"""Read the audit trail."""

from collections.abc import Iterator

from sqlalchemy import func, select

from harmreduction.audit.models import AuditEntry
from harmreduction.audit.rules import FIRST_LINK, Entry, first_broken_link
from harmreduction.core.db import db
from harmreduction.core.keyed import audit_key


def list_entries(*, offset: int, limit: int) -> list[AuditEntry]:
    """Return entries, newest first."""
    newest = select(AuditEntry).order_by(AuditEntry.id.desc()).offset(offset).limit(limit)
    return list(db.session.scalars(newest))


def count_entries() -> int:
    """Return how many things were written down."""
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def find_last_digest() -> str:
    """Return the digest at the end of the trail; written down elsewhere, it shows later whether the end was cut off."""
    last = select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)
    return db.session.scalar(last) or FIRST_LINK


def find_broken_link() -> int | None:
    """Return the number of the first entry that was changed behind our back, if any."""
    return first_broken_link(_chain(), key=audit_key())


def holds(count: int, digest: str) -> bool:
    """Say whether the trail still leads through an end written down earlier: so many entries, and a digest's start."""
    if count == 0:
        return FIRST_LINK.startswith(digest)
    at = select(AuditEntry.digest).order_by(AuditEntry.id).offset(count - 1).limit(1)
    return (db.session.scalar(at) or "").startswith(digest)


def _chain() -> Iterator[tuple[int, Entry, str]]:
    """Walk the whole trail from its beginning, a batch at a time."""
    rows = db.session.execute(
        select(AuditEntry.__table__).order_by(AuditEntry.id), execution_options={"yield_per": 5000}
    )
    for row in rows:
        entry = Entry(
            at=row.at.isoformat(),
            event=row.event,
            actor=row.actor,
            account_id=row.account_id,
            subject=row.subject,
            site_id=row.site_id,
        )
        yield row.id, entry, row.digest
