"""What happens on a visit beside supplies: services, tests, topics; the talk about naloxone; what somebody needs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime, new_id

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
ROLLED_UP = classified(Sensitivity.SENSITIVE, Retention.ROLLUP)


class Activity(Base):
    """A service, a test or a topic of the programme's own list; kind: service, test or education."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_kind", "kind", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    kind: Mapped[str] = mapped_column(String(10), info=KEPT)
    name: Mapped[str] = mapped_column(String(60), info=KEPT)
    position: Mapped[int] = mapped_column(info=KEPT)
    is_active: Mapped[bool] = mapped_column(default=True, info=KEPT)


class VisitActivity(Base):
    """A service, a test or a topic on a visit: done, or offered and not wanted."""

    __tablename__ = "visit_activity"

    encounter_id: Mapped[int] = mapped_column(ForeignKey("encounter.id"), primary_key=True, info=KEPT)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True, info=KEPT)
    outcome: Mapped[str] = mapped_column(String(10), info=KEPT)

    activity: Mapped[Activity] = relationship()


class NaloxoneTalk(Base):
    """What was said about naloxone on a visit, once however often it is sent; an empty column was not asked.

    distribution_id: the hand-out that it led to. reply: taken, already_has or declined. previous_fate: what happened
    to the kit before, previous_source: where it came from, times_used: on how many overdoses.
    """

    __tablename__ = "naloxone_talk"
    __table_args__ = (
        CheckConstraint("times_used BETWEEN 1 AND 20", name="times_used_believable"),
        Index("ix_naloxone_talk_encounter_id", "encounter_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    fingerprint: Mapped[str] = mapped_column(String(64), info=KEPT)
    encounter_id: Mapped[int] = mapped_column(ForeignKey("encounter.id"), info=KEPT)
    distribution_id: Mapped[int | None] = mapped_column(ForeignKey("distribution.id"), info=KEPT)
    reply: Mapped[str | None] = mapped_column(String(12), info=KEPT)
    supply_type: Mapped[str | None] = mapped_column(String(12), info=KEPT)
    previous_fate: Mapped[str | None] = mapped_column(String(16), info=ROLLED_UP)
    previous_source: Mapped[str | None] = mapped_column(String(16), info=ROLLED_UP)
    times_used: Mapped[int | None] = mapped_column(info=ROLLED_UP)
    recipient: Mapped[str | None] = mapped_column(String(16), info=KEPT)
    training: Mapped[str | None] = mapped_column(String(16), info=KEPT)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, info=ROLLED_UP)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)

    acts: Mapped[list["TaughtAct"]] = relationship()


class TaughtAct(Base):
    """One act of responding to an overdose that was talked about, and whether it was shown back (None: not asked)."""

    __tablename__ = "taught_act"

    talk_id: Mapped[int] = mapped_column(ForeignKey("naloxone_talk.id"), primary_key=True, info=KEPT)
    act: Mapped[str] = mapped_column(String(16), primary_key=True, info=KEPT)
    is_shown_back: Mapped[bool | None] = mapped_column(info=KEPT)


class StatedNeed(Base):
    """What somebody says they need, on the visit on which they said it; an empty column was not asked.

    injections in a stretch of injection_days days; supplies_units: how many syringes they usually take, and
    supplies_days: how long that lasts; people_around: how many near them could overdose, or could help.
    A row with nothing in it was emptied; its told_at keeps an earlier record that comes in late from filling it again.
    """

    __tablename__ = "stated_need"
    __table_args__ = (
        CheckConstraint("injections BETWEEN 0 AND 500", name="injections_believable"),
        CheckConstraint("injection_days BETWEEN 1 AND 90", name="injection_days_believable"),
        CheckConstraint("supplies_units BETWEEN 0 AND 5000", name="supplies_units_believable"),
        CheckConstraint("supplies_days BETWEEN 1 AND 90", name="supplies_days_believable"),
        CheckConstraint("people_around BETWEEN 0 AND 99", name="people_around_believable"),
    )

    encounter_id: Mapped[int] = mapped_column(ForeignKey("encounter.id"), primary_key=True, info=KEPT)
    injections: Mapped[int | None] = mapped_column(info=ROLLED_UP)
    injection_days: Mapped[int | None] = mapped_column(info=ROLLED_UP)
    supplies_units: Mapped[int | None] = mapped_column(info=ROLLED_UP)
    supplies_days: Mapped[int | None] = mapped_column(info=ROLLED_UP)
    people_around: Mapped[int | None] = mapped_column(info=ROLLED_UP)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime, info=ROLLED_UP)
