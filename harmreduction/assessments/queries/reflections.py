"""Read how conversations went: one's own notes, and counts of the whole team."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from harmreduction.assessments.models import TalkReflection
from harmreduction.assessments.rules.reflections import QUESTIONS
from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.sealing import unseal


@dataclass(frozen=True, kw_only=True)
class OwnReflection:
    """What somebody noted in a month; answers: by the code of the question."""

    public_id: str
    month: date
    answers: Mapping[str, str]
    learned: str


def list_own_reflections(actor: Actor, *, offset: int, limit: int) -> list[OwnReflection]:
    """Return what a person noted, the newest first; nobody else can read it here."""
    own = select(TalkReflection).where(TalkReflection.account_id == actor.account_id)
    rows = db.session.scalars(own.order_by(TalkReflection.id.desc()).offset(offset).limit(limit))
    return [_own(row) for row in rows]


def count_reflections(first_month: date, before_month: date) -> tuple[int, dict[str, Counter[str]]]:
    """Return how many reflections there are from a month to before another, and the answers to each question."""
    within = TalkReflection.month >= first_month, TalkReflection.month < before_month
    rows = db.session.execute(select(*(getattr(TalkReflection, question) for question in QUESTIONS)).where(*within))
    answered: dict[str, Counter[str]] = {question: Counter() for question in QUESTIONS}
    total = 0
    for row in rows:
        total += 1
        for question, answer in zip(QUESTIONS, row, strict=True):
            if answer is not None:
                answered[question][answer] += 1
    return total, answered


def _own(row: TalkReflection) -> OwnReflection:
    """Return one row with its words."""
    learned = row.learned_sealed and unseal(
        row.learned_sealed, table=row.__tablename__, column="learned", row=row.public_id
    )
    said = {question: getattr(row, question) for question in QUESTIONS}
    return OwnReflection(
        public_id=row.public_id,
        month=row.month,
        answers={question: answer for question, answer in said.items() if answer},
        learned=learned or "",
    )
