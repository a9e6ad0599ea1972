"""Note how a conversation went: for oneself, and for counts without names."""

from datetime import date
from typing import cast

from sqlalchemy import Table, delete

from harmreduction.assessments.models import TalkReflection
from harmreduction.assessments.rules.reflections import QUESTIONS, Reflection, month_of
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, insert_if_new, transaction
from harmreduction.core.erasing import overwrite_erased
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.sealing import seal

REFLECTION = cast(Table, TalkReflection.__table__)


def keep_reflection(reflection: Reflection, *, site_id: int, by: Actor, today: date) -> None:
    """Keep what somebody thinks of a conversation, once however often it is sent; nothing where nothing was said."""
    if not reflection.says_something():
        return
    row = {
        "public_id": reflection.client_id,
        "site_id": site_id,
        "account_id": by.account_id,
        "month": month_of(today),
        **{question: reflection.answers.get(question) for question in QUESTIONS},
        "learned_sealed": _sealed(reflection),
    }
    with transaction():
        is_new = db.session.scalar(insert_if_new(REFLECTION).returning(REFLECTION.c.id), row)
        if is_new is not None:
            record(Event.REFLECTION_KEPT, by=by)


def erase_reflection(public_id: str, *, by: Actor) -> None:
    """Erase a note of one's own; raises NotFound for one that is gone already, and for somebody else's."""
    own = REFLECTION.c.public_id == public_id, REFLECTION.c.account_id == by.account_id
    with transaction():
        erased = db.session.execute(delete(REFLECTION).where(*own).returning(REFLECTION.c.id)).all()
        if not erased:
            raise NotFound(message("There is no such note of yours."))
        record(Event.REFLECTION_ERASED, by=by)
    overwrite_erased()


def _sealed(reflection: Reflection) -> bytes | None:
    """Return what was learned as it stands in its row."""
    if not reflection.learned:
        return None
    return seal(reflection.learned, table=REFLECTION.name, column="learned", row=reflection.client_id)
