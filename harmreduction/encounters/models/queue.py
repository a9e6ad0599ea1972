"""The front desk of a drop-in: who waits today, as ticket numbers, and what is left of it the day after."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime
from harmreduction.participants.models import Participant

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
TODAY = classified(Sensitivity.SENSITIVE, Retention.SESSION)


class QueueEntry(Base):
    """Somebody at the front desk today: a ticket number, and a code only if they showed one; gone the day after.

    state: waiting, with_staff, seen or left. wish: what for, if told.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        UniqueConstraint("site_id", "day", "ticket"),
        Index("ix_queue_entry_participant_id", "participant_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=TODAY)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=TODAY)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=TODAY)
    day: Mapped[date] = mapped_column(info=TODAY)
    ticket: Mapped[int] = mapped_column(info=TODAY)
    wish: Mapped[str | None] = mapped_column(String(16), info=TODAY)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey(Participant.id), info=TODAY)
    encounter_id: Mapped[int | None] = mapped_column(ForeignKey("encounter.id"), info=TODAY)
    state: Mapped[str] = mapped_column(String(12), info=TODAY)
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime, info=TODAY)
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=TODAY)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=TODAY)


class QueueDay(Base):
    """What a day at a front desk was, as sums; waits are whole minutes of those who were called."""

    __tablename__ = "queue_day"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True, info=KEPT)
    day: Mapped[date] = mapped_column(primary_key=True, info=KEPT)
    arrived: Mapped[int] = mapped_column(info=KEPT)
    seen: Mapped[int] = mapped_column(info=KEPT)
    went_away: Mapped[int] = mapped_column(info=KEPT)
    called: Mapped[int] = mapped_column(info=KEPT)
    minutes_waited: Mapped[int] = mapped_column(info=KEPT)
    longest_wait: Mapped[int] = mapped_column(info=KEPT)
