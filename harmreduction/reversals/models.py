"""Reports of overdoses: what happened and what helped, never who."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, UtcDateTime
from harmreduction.encounters.models import Encounter, NaloxoneTalk
from harmreduction.participants.models import Participant

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
ROLLED_UP = classified(Sensitivity.SENSITIVE, Retention.ROLLUP)


class ReversalReport(Base):
    """One report of an overdose, told by staff on a visit or by anybody through the public form.

    participant_id, encounter_id and talk_id are empty for public reports, and for good once a report is cut loose.
    Rows have ids by lot, so that their order tells nothing of who came when. state: waiting (public, not looked at
    yet), counted, put_aside, or gone: what is left of a report that was cut loose later, so that it is not saved again.
    exactness says how well happened_on is known: day, week (its Monday), month (its first day) or unknown (then
    happened_on is empty). wording: which version of the questions was asked. Every other answer is a row of its own.
    """

    __tablename__ = "reversal_report"
    __table_args__ = (
        CheckConstraint("doses BETWEEN 0 AND 20", name="doses_believable"),
        CheckConstraint("(exactness = 'unknown') = (happened_on IS NULL)", name="a_day_unless_unknown"),
        Index("ix_reversal_report_happened_on", "happened_on"),
        Index("ix_reversal_report_state", "state", "received_at"),
        Index("ix_reversal_report_participant_id", "participant_id"),
        Index("ix_reversal_report_encounter_id", "encounter_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    fingerprint: Mapped[str] = mapped_column(String(64), info=KEPT)
    origin: Mapped[str] = mapped_column(String(8), info=KEPT)
    state: Mapped[str] = mapped_column(String(12), info=KEPT)
    put_aside_reason: Mapped[str | None] = mapped_column(String(12), info=KEPT)
    wording: Mapped[str] = mapped_column(String(10), info=KEPT)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), info=KEPT)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey(Participant.id), info=ROLLED_UP)
    encounter_id: Mapped[int | None] = mapped_column(ForeignKey(Encounter.id), info=ROLLED_UP)
    talk_id: Mapped[int | None] = mapped_column(ForeignKey(NaloxoneTalk.id), info=ROLLED_UP)
    is_cut_loose: Mapped[bool] = mapped_column(info=KEPT)
    happened_on: Mapped[date | None] = mapped_column(info=ROLLED_UP)
    exactness: Mapped[str] = mapped_column(String(8), info=KEPT)
    area: Mapped[str | None] = mapped_column(String(20), info=ROLLED_UP)
    place: Mapped[str | None] = mapped_column(String(16), info=KEPT)
    outcome: Mapped[str | None] = mapped_column(String(12), info=KEPT)
    doses: Mapped[int | None] = mapped_column(info=KEPT)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), info=KEPT)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, info=ROLLED_UP)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)

    answers: Mapped[list["ReversalAnswer"]] = relationship(order_by="ReversalAnswer.answer")


class ReversalAnswer(Base):
    """One answer of a report; contradictory answers stand beside each other, as they were told."""

    __tablename__ = "reversal_answer"

    report_id: Mapped[int] = mapped_column(ForeignKey("reversal_report.id"), primary_key=True, info=KEPT)
    question: Mapped[str] = mapped_column(String(20), primary_key=True, info=KEPT)
    answer: Mapped[str] = mapped_column(String(20), primary_key=True, info=KEPT)


class SameEvent(Base):
    """What a lead decided about two reports that may tell of one overdose; first_id is the smaller one."""

    __tablename__ = "same_event"

    first_id: Mapped[int] = mapped_column(ForeignKey("reversal_report.id"), primary_key=True, info=KEPT)
    second_id: Mapped[int] = mapped_column(ForeignKey("reversal_report.id"), primary_key=True, info=KEPT)
    is_same: Mapped[bool] = mapped_column(info=KEPT)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, info=KEPT)
    decided_by: Mapped[str] = mapped_column(String(80), info=KEPT)
