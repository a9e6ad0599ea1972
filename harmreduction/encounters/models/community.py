"""Work with more than one person: trainings and groups, clean-ups, what peer distributors tell."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
ROLLED_UP = classified(Sensitivity.SENSITIVE, Retention.ROLLUP)


class GroupEvent(Base):
    """A training or a group, as numbers of people; supplies given there are hand-outs that point to it."""

    __tablename__ = "group_event"
    __table_args__ = (
        CheckConstraint("attended BETWEEN 0 AND 5000", name="attended_believable"),
        CheckConstraint("trained BETWEEN 0 AND 5000", name="trained_believable"),
        Index("ix_group_event_site", "site_id", "held_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    fingerprint: Mapped[str] = mapped_column(String(64), info=KEPT)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=KEPT)
    kind: Mapped[str] = mapped_column(String(12), info=KEPT)
    audience: Mapped[str | None] = mapped_column(String(16), info=KEPT)
    title: Mapped[str] = mapped_column(String(80), info=KEPT)
    held_on: Mapped[date] = mapped_column(info=KEPT)
    attended: Mapped[int | None] = mapped_column(info=KEPT)
    trained: Mapped[int | None] = mapped_column(info=KEPT)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=KEPT)
    removed_reason: Mapped[str | None] = mapped_column(String(20), info=KEPT)


class SharpsCollection(Base):
    """Sharps that were found or fetched: a community clean-up, a drop box, a call; an empty column was not asked.

    area is as coarse as the programme writes it, sealed because a spot can lead to people who stay there.
    """

    __tablename__ = "sharps_collection"
    __table_args__ = (
        CheckConstraint("syringes BETWEEN 0 AND 50000", name="syringes_believable"),
        CheckConstraint("containers BETWEEN 0 AND 500", name="containers_believable"),
        CheckConstraint("helpers BETWEEN 0 AND 500", name="helpers_believable"),
        Index("ix_sharps_collection_site", "site_id", "happened_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    fingerprint: Mapped[str] = mapped_column(String(64), info=KEPT)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=KEPT)
    kind: Mapped[str] = mapped_column(String(12), info=KEPT)
    happened_on: Mapped[date] = mapped_column(info=KEPT)
    area_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    syringes: Mapped[int | None] = mapped_column(info=KEPT)
    syringes_measure: Mapped[str | None] = mapped_column(String(10), info=KEPT)
    syringes_factor: Mapped[int | None] = mapped_column(info=KEPT)
    containers: Mapped[int | None] = mapped_column(info=KEPT)
    helpers: Mapped[int | None] = mapped_column(info=KEPT)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=KEPT)
    removed_reason: Mapped[str | None] = mapped_column(String(20), info=KEPT)


class PeerReport(Base):
    """What a peer distributor or a partner tells of a stretch of time, as sums: nobody they reached is recorded."""

    __tablename__ = "peer_report"
    __table_args__ = (
        CheckConstraint("ends_on >= begins_on", name="ends_after_it_begins"),
        CheckConstraint("people_reached BETWEEN 0 AND 5000", name="people_reached_believable"),
        Index("ix_peer_report_location", "location_id", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    fingerprint: Mapped[str] = mapped_column(String(64), info=KEPT)
    location_id: Mapped[int] = mapped_column(ForeignKey("stock_location.id"), info=KEPT)
    stock_transaction_id: Mapped[int | None] = mapped_column(ForeignKey("stock_transaction.id"), info=KEPT)
    begins_on: Mapped[date] = mapped_column(info=KEPT)
    ends_on: Mapped[date] = mapped_column(info=KEPT)
    people_reached: Mapped[int | None] = mapped_column(info=KEPT)
    trained: Mapped[int | None] = mapped_column(info=KEPT)
    syringes_back: Mapped[int | None] = mapped_column(info=KEPT)
    reversals_heard_of: Mapped[int | None] = mapped_column(info=KEPT)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=KEPT)
    removed_reason: Mapped[str | None] = mapped_column(String(20), info=KEPT)
