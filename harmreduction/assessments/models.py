"""Conversations that a participant wanted kept, their plans, what is open still, and what a team learns from them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harmreduction.core.append_only import APPEND_ONLY
from harmreduction.core.classification import Retention, Sensitivity, classified
from harmreduction.core.db import Base, new_id
from harmreduction.participants.models import Participant

KEPT = classified(Sensitivity.OPERATIONAL, Retention.PERMANENT)
ROLLED_UP = classified(Sensitivity.SENSITIVE, Retention.ROLLUP)


class CardSetVersion(Base):
    """A set of cards that was in use, whole, as JSON: a conversation held with it says for ever what it said then.

    number counts them. is_of_programme: the programme changed it; otherwise it came with a release.
    """

    __tablename__ = "card_set_version"
    __table_args__ = ({"info": APPEND_ONLY},)

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    number: Mapped[int] = mapped_column(unique=True, info=KEPT)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True, info=KEPT)
    contents: Mapped[str] = mapped_column(Text, info=KEPT)
    is_of_programme: Mapped[bool] = mapped_column(info=KEPT)
    made_on: Mapped[date] = mapped_column(info=KEPT)
    made_by: Mapped[str] = mapped_column(String(80), info=KEPT)


class Conversation(Base):
    """A conversation that the participant wanted kept, with its later ones: each talk or correction is a version.

    participant_id is empty where no code was wanted, and becomes empty when its time is over. plan_number: random,
    for whoever has no code and wants the plan found again; it stands on their paper alone.
    """

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_site_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=KEPT)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey(Participant.id), index=True, info=ROLLED_UP)
    plan_number: Mapped[str | None] = mapped_column(String(12), unique=True, info=ROLLED_UP)

    versions: Mapped[list["ConversationVersion"]] = relationship(
        order_by="ConversationVersion.number", back_populates="conversation"
    )


class ConversationVersion(Base):
    """One talk, or one correction, as it was kept. An empty column was not asked.

    It names no visit: that would lead from a conversation without a code to whoever shows one on the visit later.
    situation: as the participant said (using, on_a_break, stopped, varies). sign_off: their answer to "does this say
    what you meant?". review_on: the day they chose to look at it again. wishes: how they wanted the talk to be.
    """

    __tablename__ = "conversation_version"
    __table_args__ = (
        UniqueConstraint("conversation_id", "number"),
        Index("ix_conversation_version_held_on", "held_on"),
        Index("ix_conversation_version_review_on", "review_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), info=KEPT)
    number: Mapped[int] = mapped_column(info=KEPT)
    fingerprint: Mapped[str] = mapped_column(String(64), info=ROLLED_UP)
    held_on: Mapped[date] = mapped_column(info=ROLLED_UP)
    card_set_id: Mapped[int] = mapped_column(ForeignKey("card_set_version.id"), info=KEPT)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)
    language: Mapped[str] = mapped_column(String(8), info=ROLLED_UP)
    situation: Mapped[str | None] = mapped_column(String(12), info=ROLLED_UP)
    wishes: Mapped[str] = mapped_column(String(120), default="", info=ROLLED_UP)
    goal_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    sign_off: Mapped[str | None] = mapped_column(String(12), info=ROLLED_UP)
    review_on: Mapped[date | None] = mapped_column(info=ROLLED_UP)

    conversation: Mapped[Conversation] = relationship(back_populates="versions")
    card_set: Mapped[CardSetVersion] = relationship()
    answers: Mapped[list["CardAnswer"]] = relationship(order_by="CardAnswer.position")
    steps: Mapped[list["PlanLine"]] = relationship(order_by="PlanLine.position")


class CardAnswer(Base):
    """What was said to one card; a card that was not opened has no row.

    reply: answered, skipped, not_sure, rather_not_say or later, each as itself. words_sealed: the participant's own
    words, staff_words_sealed: what staff noted; the earlier columns: JSON lists of how each read before.
    """

    __tablename__ = "card_answer"
    __table_args__ = (UniqueConstraint("version_id", "card"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    version_id: Mapped[int] = mapped_column(ForeignKey("conversation_version.id"), info=KEPT)
    card: Mapped[str] = mapped_column(String(40), info=ROLLED_UP)
    position: Mapped[int] = mapped_column(info=KEPT)
    reply: Mapped[str | None] = mapped_column(String(16), info=ROLLED_UP)
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    staff_words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    earlier_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    staff_earlier_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    is_still_true: Mapped[bool | None] = mapped_column(info=ROLLED_UP)

    choices: Mapped[list["CardChoice"]] = relationship(order_by="CardChoice.position")


class CardChoice(Base):
    """One option that was chosen; is_concern as the card said then, so that counting needs no set."""

    __tablename__ = "card_choice"

    answer_id: Mapped[int] = mapped_column(ForeignKey("card_answer.id"), primary_key=True, info=KEPT)
    option: Mapped[str] = mapped_column(String(40), primary_key=True, info=ROLLED_UP)
    position: Mapped[int] = mapped_column(info=KEPT)
    is_concern: Mapped[bool] = mapped_column(info=ROLLED_UP)


class PlanLine(Base):
    """One step of the plan of a version. card and option are empty for an idea of the participant's own.

    step_id stays the same from one version to the next, so that change can be told. importance and confidence: as
    the participant rates them, 0 to 10, empty where it was not asked.
    """

    __tablename__ = "plan_line"
    __table_args__ = (
        UniqueConstraint("version_id", "step_id"),
        CheckConstraint("importance BETWEEN 0 AND 10", name="importance_on_scale"),
        CheckConstraint("confidence BETWEEN 0 AND 10", name="confidence_on_scale"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=new_id, info=KEPT)
    version_id: Mapped[int] = mapped_column(ForeignKey("conversation_version.id"), info=KEPT)
    step_id: Mapped[str] = mapped_column(String(36), info=ROLLED_UP)
    position: Mapped[int] = mapped_column(info=KEPT)
    domain: Mapped[str] = mapped_column(String(12), info=ROLLED_UP)
    card: Mapped[str | None] = mapped_column(String(40), info=ROLLED_UP)
    option: Mapped[str | None] = mapped_column(String(40), info=ROLLED_UP)
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    when_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    place_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    helper_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    importance: Mapped[int | None] = mapped_column(info=ROLLED_UP)
    confidence: Mapped[int | None] = mapped_column(info=ROLLED_UP)
    is_on_paper: Mapped[bool] = mapped_column(info=ROLLED_UP)


class OpenLoop(Base):
    """Something begun in a conversation that was kept: a follow-up, a teach-back, a referral, supplies, a same-day way.

    ended: how it ended, empty while it is open. Without a conversation that is kept there is none: what was agreed
    stands on the participant's paper alone.
    """

    __tablename__ = "open_loop"
    __table_args__ = (Index("ix_open_loop_site_ended", "site_id", "ended", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True, info=KEPT)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=KEPT)
    kind: Mapped[str] = mapped_column(String(12), info=ROLLED_UP)
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
    opened_on: Mapped[date] = mapped_column(info=ROLLED_UP)
    due_on: Mapped[date | None] = mapped_column(info=ROLLED_UP)
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"), index=True, info=ROLLED_UP)
    ended: Mapped[str | None] = mapped_column(String(12), info=ROLLED_UP)
    ended_on: Mapped[date | None] = mapped_column(info=ROLLED_UP)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)


class InstrumentResult(Base):
    """The answers to one instrument, for somebody with a code or on a conversation; the score is worked out from them.

    edition: which version of the instrument's points was used.
    """

    __tablename__ = "instrument_result"

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True, info=KEPT)
    participant_id: Mapped[int] = mapped_column(ForeignKey(Participant.id), index=True, info=ROLLED_UP)
    instrument: Mapped[str] = mapped_column(String(16), info=ROLLED_UP)
    edition: Mapped[int] = mapped_column(info=KEPT)
    taken_on: Mapped[date] = mapped_column(info=ROLLED_UP)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), info=KEPT)

    answers: Mapped[list["InstrumentAnswer"]] = relationship(order_by="InstrumentAnswer.item")


class InstrumentAnswer(Base):
    """One answered item; an item that was not answered has no row, and is never 0."""

    __tablename__ = "instrument_answer"

    result_id: Mapped[int] = mapped_column(ForeignKey("instrument_result.id"), primary_key=True, info=KEPT)
    item: Mapped[str] = mapped_column(String(40), primary_key=True, info=ROLLED_UP)
    answer: Mapped[int] = mapped_column(info=ROLLED_UP)


class TalkReflection(Base):
    """What a member of the team thinks of how a conversation went: for themselves, and counted without names.

    It belongs to no conversation and no participant. month: the first day of the month in which it was.
    """

    __tablename__ = "talk_reflection"
    __table_args__ = (Index("ix_talk_reflection_site_month", "site_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=KEPT)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, info=KEPT)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), info=KEPT)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True, info=KEPT)
    month: Mapped[date] = mapped_column(info=KEPT)
    talked_most: Mapped[str | None] = mapped_column(String(16), info=KEPT)
    began_with_strengths: Mapped[str | None] = mapped_column(String(16), info=KEPT)
    offered_choices: Mapped[str | None] = mapped_column(String(16), info=KEPT)
    asked_before_telling: Mapped[str | None] = mapped_column(String(16), info=KEPT)
    learned_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=ROLLED_UP)
