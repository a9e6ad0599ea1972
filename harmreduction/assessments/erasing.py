"""What is erased of conversations when somebody is forgotten or their time is over; what can be counted stays."""

import secrets
from collections.abc import Collection
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, delete, func, or_, select, update

from harmreduction.assessments.models import (
    CardAnswer,
    CardChoice,
    Conversation,
    ConversationVersion,
    InstrumentAnswer,
    InstrumentResult,
    OpenLoop,
    PlanLine,
    TalkReflection,
)
from harmreduction.core.db import db, new_id

TALK, VERSION, ANSWER, CHOICE, LINE, LOOP, RESULT, ITEM, REFLECTION = (
    cast(Table, model.__table__)
    for model in (
        Conversation,
        ConversationVersion,
        CardAnswer,
        CardChoice,
        PlanLine,
        OpenLoop,
        InstrumentResult,
        InstrumentAnswer,
        TalkReflection,
    )
)
OVER = "-"  # the first sign of the fingerprint of a version whose time is over; no other begins with it

NO_WORDS_OF_VERSION = {"goal_sealed": None, "wishes": "", "review_on": None}
NO_WORDS_OF_ANSWER = {
    "words_sealed": None,
    "staff_words_sealed": None,
    "earlier_sealed": None,
    "staff_earlier_sealed": None,
    "is_still_true": None,
}
NO_WORDS_OF_LINE = {
    "words_sealed": None,
    "when_sealed": None,
    "place_sealed": None,
    "helper_sealed": None,
    "importance": None,
    "confidence": None,
    "is_on_paper": False,
}


def forget(participant_ids: Collection[int]) -> None:
    """Erase these people's conversations, with all that is open after them, and their results of instruments, whole."""
    erase_conversations(TALK.c.participant_id.in_(participant_ids))
    _erase_results(RESULT.c.participant_id.in_(participant_ids))


def erase_conversations(which: ColumnElement[bool]) -> None:
    """Erase conversations with every version, answer, step and open loop; which: a condition on their table."""
    talks = select(TALK.c.id).where(which)
    versions = select(VERSION.c.id).where(VERSION.c.conversation_id.in_(talks))
    answers = select(ANSWER.c.id).where(ANSWER.c.version_id.in_(versions))
    for table, own in (
        (CHOICE, CHOICE.c.answer_id.in_(answers)),
        (ANSWER, ANSWER.c.version_id.in_(versions)),
        (LINE, LINE.c.version_id.in_(versions)),
        (LOOP, LOOP.c.conversation_id.in_(talks)),
        (VERSION, VERSION.c.conversation_id.in_(talks)),
        (TALK, which),
    ):
        db.session.execute(delete(table).where(own))


def seen_since(day: date) -> list[Select[Any]]:
    """Return who had a conversation or used an instrument on this day or after."""
    talks = select(TALK.c.participant_id).join(VERSION, VERSION.c.conversation_id == TALK.c.id)
    return [
        talks.where(VERSION.c.held_on >= day, TALK.c.participant_id.is_not(None)),
        select(RESULT.c.participant_id).where(RESULT.c.taken_on >= day),
    ]


def roll_up(before: date, *, limit: int) -> int:
    """Roll up at most so many versions of conversations from before a day, and return how many; 0: none is left.

    Words, ratings and what is open go; cards, options and steps stay for the counts. A conversation whose newest
    version is from before that day has no code and no plan number any more. Results of instruments go whole.
    """
    _roll_up_the_rest(before)
    due = select(VERSION.c.id).where(VERSION.c.held_on < before, VERSION.c.fingerprint.not_like(f"{OVER}%"))
    versions = db.session.scalars(due.order_by(VERSION.c.id).limit(limit)).all()
    _erase_words(versions)
    own = update(VERSION)
    for version_id in versions:
        fingerprint = OVER + secrets.token_hex(24)
        db.session.execute(own.where(VERSION.c.id == version_id).values(**NO_WORDS_OF_VERSION, fingerprint=fingerprint))
    return len(versions)


def _erase_words(versions: Collection[int]) -> None:
    """Erase every word of these versions, and give their steps ids that lead to no other version."""
    db.session.execute(update(ANSWER).where(ANSWER.c.version_id.in_(versions)).values(**NO_WORDS_OF_ANSWER))
    lines = db.session.scalars(select(LINE.c.id).where(LINE.c.version_id.in_(versions))).all()
    for line_id in lines:
        anew = update(LINE).where(LINE.c.id == line_id)
        db.session.execute(anew.values(**NO_WORDS_OF_LINE, step_id=new_id()))


def _roll_up_the_rest(before: date) -> None:
    """Part conversations from their codes, and erase what else is from before a day."""
    newest = select(VERSION.c.conversation_id).group_by(VERSION.c.conversation_id)
    over = newest.having(func.max(VERSION.c.held_on) < before)
    leads_somewhere = or_(TALK.c.participant_id.is_not(None), TALK.c.plan_number.is_not(None))
    parted = update(TALK).where(TALK.c.id.in_(over), leads_somewhere)
    db.session.execute(parted.values(participant_id=None, plan_number=None))
    db.session.execute(delete(LOOP).where(or_(LOOP.c.opened_on < before, LOOP.c.conversation_id.in_(over))))
    _erase_results(RESULT.c.taken_on < before)
    learned = REFLECTION.c.month < before.replace(day=1), REFLECTION.c.learned_sealed.is_not(None)
    db.session.execute(update(REFLECTION).where(*learned).values(learned_sealed=None))


def _erase_results(which: ColumnElement[bool]) -> None:
    """Erase results of instruments with their answers; which: a condition on their table."""
    answers = ITEM.c.result_id.in_(select(RESULT.c.id).where(which))
    db.session.execute(delete(ITEM).where(answers))
    db.session.execute(delete(RESULT).where(which))
