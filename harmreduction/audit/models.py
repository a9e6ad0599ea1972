"""The audit trail: a table that only grows, each row chained to the one before."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.append_only import APPEND_ONLY
from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime

TRAIL = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)


class AuditEntry(Base):
    """One thing that somebody did."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_at", "at"), {"info": APPEND_ONLY})

    id: Mapped[int] = mapped_column(primary_key=True, info=TRAIL)
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=TRAIL)
    event: Mapped[str] = mapped_column(String(40), info=TRAIL)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=TRAIL)
    actor: Mapped[str] = mapped_column(String(80), info=TRAIL)
    subject: Mapped[str | None] = mapped_column(String(36), info=TRAIL)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), info=TRAIL)
    digest: Mapped[str] = mapped_column(String(64), info=TRAIL)
