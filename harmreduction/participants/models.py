"""Participants with a code, their codes as digests, and what they chose to tell once."""

from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.clock import now
from harmreduction.core.db import Base, UtcDateTime, new_id

THEIRS = classified(Sensitivity.SENSITIVE, Retention.UNTIL_FORGOTTEN)
SECRET = classified(Sensitivity.SECRET, Retention.UNTIL_FORGOTTEN)
DECIDED = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
COUNTED = classified(Sensitivity.OPERATIONAL, Retention.SESSION)


class Participant(Base):
    """Somebody who chose to be known by a code; the row holds nothing of who they are.

    trail_id makes what the audit trail calls them, another word each day; it stands nowhere else. So once the row is
    gone, the entries lead nowhere, and no two days can be joined.
    merged_into_id: this was the same person as another; rows are never repointed, so a merge can be undone.
    """

    __tablename__ = "participant"

    id: Mapped[int] = mapped_column(primary_key=True, info=THEIRS)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=THEIRS)
    trail_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=THEIRS)
    began_on: Mapped[date] = mapped_column(info=THEIRS)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True, info=THEIRS)
    merged_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=THEIRS)

    @property
    def trail_today(self) -> str:
        """Return what the audit trail calls them today."""
        return self.in_trail(now().date())

    def in_trail(self, day: date) -> str:
        """Return what the audit trail calls them on a day, counted in UTC."""
        return str(uuid5(UUID(self.trail_id), day.isoformat()))


class ParticipantSite(Base):
    """A site where the participant showed their code; only that site's team sees what happened there."""

    __tablename__ = "participant_site"

    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), primary_key=True, info=THEIRS)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True, info=THEIRS)
    since: Mapped[date] = mapped_column(info=THEIRS)


class ParticipantCode(Base):
    """A code as a keyed digest: a card's, a recipe's or a chosen phrase's; the code itself is never stored.

    participant_id is empty for a card that is printed and not yet in use. key_mark names the key of the digest;
    recipe_version says which parts the recipe had. Where two people have the same
    recipe, a letter that each remembers goes into the digest.
    """

    __tablename__ = "participant_code"
    __table_args__ = (Index("ix_participant_code_participant_id", "participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=THEIRS)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), info=THEIRS)
    kind: Mapped[str] = mapped_column(String(10), info=THEIRS)
    code_digest: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    key_mark: Mapped[str] = mapped_column(String(8), info=THEIRS)
    recipe_version: Mapped[int | None] = mapped_column(info=THEIRS)
    issued_on: Mapped[date] = mapped_column(info=THEIRS)
    ended_on: Mapped[date | None] = mapped_column(info=THEIRS)


class LookupCount(Base):
    """How often a member of the team looked for codes within the hour that began then."""

    __tablename__ = "lookup_count"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, info=COUNTED)
    hour_began_at: Mapped[datetime] = mapped_column(UtcDateTime, info=COUNTED)
    lookups: Mapped[int] = mapped_column(info=COUNTED)
    misses: Mapped[int] = mapped_column(info=COUNTED)


class ProfileField(Base):
    """A question of the profile that the programme turned on, for whom it is asked and how long the answer stays."""

    __tablename__ = "profile_field"
    __table_args__ = (CheckConstraint("keep_months BETWEEN 1 AND 36", name="kept_for_a_while"),)

    field: Mapped[str] = mapped_column(String(20), primary_key=True, info=DECIDED)
    asked_for: Mapped[str] = mapped_column(String(80), info=DECIDED)
    keep_months: Mapped[int] = mapped_column(info=DECIDED)
    turned_on_at: Mapped[datetime] = mapped_column(UtcDateTime, info=DECIDED)


class ProfileAnswer(Base):
    """One answer of a participant to one question of the profile, as told at a site.

    A question may have several answers, and a skipped one has none. Another site's team does not see it.
    """

    __tablename__ = "profile_answer"
    __table_args__ = (
        UniqueConstraint("participant_id", "site_id", "field", "answer"),
        Index("ix_profile_answer_erase_on", "erase_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=THEIRS)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id"), info=THEIRS)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=THEIRS)
    field: Mapped[str] = mapped_column(String(20), info=THEIRS)
    answer: Mapped[str] = mapped_column(String(20), info=THEIRS)
    told_on: Mapped[date] = mapped_column(info=THEIRS)
    erase_on: Mapped[date] = mapped_column(info=THEIRS)
