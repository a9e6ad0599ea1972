"""Accounts of the team, where they work, and how they are signed in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime, new_id

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
REPLACED = classified(Sensitivity.OPERATIONAL, Retention.UNTIL_REPLACED)
SECRET = classified(Sensitivity.SECRET, Retention.UNTIL_REPLACED)
PASSING = classified(Sensitivity.OPERATIONAL, Retention.SESSION)
PASSING_SECRET = classified(Sensitivity.SECRET, Retention.SESSION)


class Account(Base):
    """A member of the team; a person the programme supports never has one."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    sign_in_name: Mapped[str] = mapped_column(String(40), unique=True, info=KEPT)
    label: Mapped[str] = mapped_column(String(80), info=KEPT)
    role: Mapped[str] = mapped_column(String(20), info=REPLACED)
    passphrase_hash: Mapped[str | None] = mapped_column(String(160), info=SECRET)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=REPLACED)


class AccountSite(Base):
    """A site that a person works for."""

    __tablename__ = "account_site"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, info=REPLACED)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True, info=REPLACED)


class AccountSession(Base):
    """A browser in which somebody is signed in; the cookie holds the token, we hold its digest."""

    __tablename__ = "account_session"
    __table_args__ = (Index("ix_account_session_account_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=PASSING)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=PASSING)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True, info=PASSING_SECRET)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), info=PASSING)
    browser: Mapped[str] = mapped_column(String(60), info=PASSING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=PASSING)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, info=PASSING)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=PASSING)


class SignInLink(Base):
    """A link that signs somebody in once: an invitation, a new start after a lost passphrase, a demonstration."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True, info=PASSING)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True, info=PASSING_SECRET)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), info=PASSING)
    asks_for_passphrase: Mapped[bool] = mapped_column(info=PASSING)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, info=PASSING)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=PASSING)


class SignInThrottle(Base):
    """How often a sign-in name was tried lately; kept for unknown names too, so that guessing learns nothing."""

    __tablename__ = "sign_in_throttle"

    name_digest: Mapped[str] = mapped_column(String(64), primary_key=True, info=PASSING_SECRET)
    window_started_at: Mapped[datetime] = mapped_column(UtcDateTime, info=PASSING)
    tries: Mapped[int] = mapped_column(info=PASSING)
