"""Referrals, what became of them, what stood in the way, and what was shared with whom."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.append_only import APPEND_ONLY
from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime, new_id
from harmreduction.participants.models import Participant

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
ROLLED_UP = classified(Sensitivity.SENSITIVE, Retention.ROLLUP)
LINKED = classified(Sensitivity.OPERATIONAL, Retention.SESSION)
SECRET = classified(Sensitivity.SECRET, Retention.SESSION)


class Referral(Base):
    """Somebody wants to go somewhere: anonymous, known by the slip number that they keep.

    The slip number is random, never from who they are. participant_id: somebody who chose a code and wanted it here;
    it goes when its time is over or the person asks. An assessment or a plan may point here later.
    An empty column was not asked. reach_sealed is how they may be found again, and goes when the referral closes.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(
            "may_contact IS TRUE OR (reach_by IS NULL AND reach_sealed IS NULL)", name="no_channel_without_consent"
        ),
        Index("ix_referral_site_state", "site_id", "state"),
        Index("ix_referral_follow_up_on", "follow_up_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    slip_number: Mapped[str] = mapped_column(String(12), unique=True, info=ROLLED_UP)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=KEPT)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey(Participant.id), index=True, info=ROLLED_UP)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True, info=KEPT)
    service_at_location_id: Mapped[int | None] = mapped_column(ForeignKey("service_at_location.id"), info=KEPT)
    need: Mapped[str] = mapped_column(String(30), info=KEPT)
    handover: Mapped[str] = mapped_column(String(10), info=KEPT)
    is_accompanied: Mapped[bool | None] = mapped_column(info=KEPT)
    state: Mapped[str] = mapped_column(String(24), info=KEPT)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, info=ROLLED_UP)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)
    made_by: Mapped[str] = mapped_column(String(80), info=KEPT)
    appointment_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=ROLLED_UP)
    follow_up_on: Mapped[date | None] = mapped_column(info=ROLLED_UP)
    arrived_on: Mapped[date | None] = mapped_column(info=ROLLED_UP)
    is_kept_at_30_days: Mapped[bool | None] = mapped_column(info=KEPT)
    may_contact: Mapped[bool | None] = mapped_column(info=ROLLED_UP)
    reach_by: Mapped[str | None] = mapped_column(String(20), info=ROLLED_UP)
    reach_hours: Mapped[str] = mapped_column(String(80), default="", info=ROLLED_UP)
    reach_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=ROLLED_UP)


class ReferralStep(Base):
    """One thing that became of a referral; told_by is who said so: `staff`, `partner` or `person`."""

    __tablename__ = "referral_step"
    __table_args__ = (Index("ix_referral_step_referral", "referral_id", "id"), {"info": APPEND_ONLY})

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    client_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), info=KEPT)
    state: Mapped[str] = mapped_column(String(24), info=KEPT)
    happened_on: Mapped[date] = mapped_column(info=KEPT)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    told_by: Mapped[str] = mapped_column(String(10), info=KEPT)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)
    recorded_by: Mapped[str] = mapped_column(String(80), info=KEPT)


class ReferralNote(Base):
    """A sealed note about a referral: for staff, or, with the public id of a consent, for its partner."""

    __tablename__ = "referral_note"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True, info=KEPT)
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary, info=ROLLED_UP)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, info=ROLLED_UP)
    written_by: Mapped[str] = mapped_column(String(80), info=KEPT)


class ReferralBarrier(Base):
    """Something that stood in the way, once for each referral."""

    __tablename__ = "referral_barrier"
    __table_args__ = (UniqueConstraint("referral_id", "barrier"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), info=KEPT)
    barrier: Mapped[str] = mapped_column(String(24), info=KEPT)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    noted_by: Mapped[str] = mapped_column(String(80), info=KEPT)


class ReferralConsent(Base):
    """What somebody agreed to have shared about one referral, with whom, until when, and whether they took it back.

    items: which of `rules.Shared` travel. wording: the version of the words that were read to them.
    """

    __tablename__ = "referral_consent"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True, info=KEPT)
    shared_with: Mapped[str] = mapped_column(String(300), info=KEPT)
    items: Mapped[str] = mapped_column(String(200), info=KEPT)
    wording: Mapped[str] = mapped_column(String(20), info=KEPT)
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    recorded_by: Mapped[str] = mapped_column(String(80), info=KEPT)
    ends_on: Mapped[date] = mapped_column(info=KEPT)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=KEPT)


class ReferralLink(Base):
    """A link by which a partner sees one referral; only a digest of its token is stored.

    It goes with the next sharing of any referral, thirty days after it ended.
    """

    __tablename__ = "referral_link"

    id: Mapped[int] = mapped_column(primary_key=True, info=LINKED)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=LINKED)
    consent_id: Mapped[int] = mapped_column(ForeignKey("referral_consent.id"), index=True, info=LINKED)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LINKED)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, info=LINKED)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LINKED)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=LINKED)
    times_opened: Mapped[int] = mapped_column(default=0, info=LINKED)
