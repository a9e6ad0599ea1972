"""Phones of the team, and every record that one of them sent."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.accounts.models import Account
from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime, new_id

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
REPLACED = classified(Sensitivity.OPERATIONAL, Retention.UNTIL_REPLACED)
SECRET = classified(Sensitivity.SECRET, Retention.UNTIL_REPLACED)
ROLLED_UP = classified(Sensitivity.SENSITIVE, Retention.ROLLUP)
SEALED = classified(Sensitivity.SENSITIVE, Retention.UNTIL_REPLACED)


class FieldDevice(Base):
    """A phone, or any browser, that keeps records until they are sent; it signs each with a key of its own.

    public_key: of that signature (P-256, uncompressed point, base64). token_digest: of the cookie with which it may
    send, and nothing else, until token_expires_at. highest_seq, waiting and waiting_since are what it told last;
    clock_off_seconds is by how much its clock was ahead of ours then. noted_seq: up to here a lead knows which numbers
    never came. replaces_id: the same phone before its browser lost what it held, or before its access was ended.
    """

    __tablename__ = "field_device"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    label: Mapped[str] = mapped_column(String(60), info=REPLACED)
    browser: Mapped[str] = mapped_column(String(60), info=REPLACED)
    public_key: Mapped[str] = mapped_column(String(88), unique=True, info=KEPT)
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True, info=SECRET)
    token_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=REPLACED)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    made_by_id: Mapped[int] = mapped_column(ForeignKey(Account.id), info=KEPT)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, info=REPLACED)
    highest_seq: Mapped[int] = mapped_column(default=0, info=REPLACED)
    noted_seq: Mapped[int] = mapped_column(default=0, info=REPLACED)
    waiting: Mapped[int | None] = mapped_column(info=REPLACED)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime, info=REPLACED)
    clock_off_seconds: Mapped[int | None] = mapped_column(info=REPLACED)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("field_device.id"), info=KEPT)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=REPLACED)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), info=REPLACED)


class FieldDeviceAccount(Base):
    """Somebody who was signed in on a phone; records of it may say that they wrote them."""

    __tablename__ = "field_device_account"

    device_id: Mapped[int] = mapped_column(ForeignKey(FieldDevice.id), primary_key=True, info=KEPT)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True, info=KEPT)
    since: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)


class FieldRecord(Base):
    """One record as a phone sent it: kept before anything is made of it, and known for good by its id.

    envelope_sealed is erased once the record is applied or set aside for good; its digest stays, so that one sent again
    is recognised. status and reason are words of `rules`; problem is a sentence (its text before translation) with
    problem_values as JSON. device_at, utc_offset (minutes) and sent_at are as the phone's clock said, received_at as
    ours did, happened_at is what we make of them.
    """

    __tablename__ = "field_record"
    __table_args__ = (
        Index("ix_field_record_device_seq", "device_id", "seq"),
        Index("ix_field_record_status", "status", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    device_id: Mapped[int | None] = mapped_column(ForeignKey(FieldDevice.id), info=KEPT)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), info=KEPT)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), info=KEPT)
    digest: Mapped[str] = mapped_column(String(64), info=KEPT)
    envelope_sealed: Mapped[str | None] = mapped_column(Text, info=SEALED)
    seq: Mapped[int | None] = mapped_column(info=KEPT)
    kind: Mapped[str | None] = mapped_column(String(20), info=KEPT)
    device_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=ROLLED_UP)
    utc_offset: Mapped[int | None] = mapped_column(info=KEPT)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=ROLLED_UP)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, info=ROLLED_UP)
    happened_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=ROLLED_UP)
    is_time_doubtful: Mapped[bool] = mapped_column(default=False, info=KEPT)
    times_sent: Mapped[int] = mapped_column(default=1, info=KEPT)
    status: Mapped[str] = mapped_column(String(12), info=REPLACED)
    reason: Mapped[str | None] = mapped_column(String(24), info=REPLACED)
    problem: Mapped[str | None] = mapped_column(String(400), info=REPLACED)
    problem_values: Mapped[str | None] = mapped_column(String(400), info=REPLACED)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=REPLACED)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), info=REPLACED)

    device: Mapped[FieldDevice | None] = relationship()
    others: Mapped[list["FieldRecordVariant"]] = relationship()


class FieldRecordVariant(Base):
    """Other content that came under the id of a record: kept aside until a lead has looked at it, never applied."""

    __tablename__ = "field_record_variant"
    __table_args__ = (UniqueConstraint("record_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    record_id: Mapped[int] = mapped_column(ForeignKey(FieldRecord.id), info=KEPT)
    digest: Mapped[str] = mapped_column(String(64), info=KEPT)
    envelope_sealed: Mapped[str | None] = mapped_column(Text, info=SEALED)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, info=ROLLED_UP)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=REPLACED)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), info=REPLACED)
