"""Bring what a conversation left open to its end, or choose another day for it."""

from datetime import date, datetime

from sqlalchemy import select

from harmreduction.assessments.models import Conversation, OpenLoop
from harmreduction.assessments.queries.loops import OneLoop, get_loop
from harmreduction.assessments.rules.loops import check_follow_up
from harmreduction.assessments.rules.talks import LoopEnd
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import OutOfDate
from harmreduction.core.messages import message
from harmreduction.sites.models import Site


def end_loop(public_id: str, ended: LoopEnd, *, by: Actor, at: datetime) -> None:
    """Say how something ended; said twice, it ended once. Raises OutOfDate when somebody said something else before."""
    with transaction():
        loop = get_loop(by, public_id, for_change=True)
        if loop.ended == ended.value:
            return
        _check_is_open(loop)
        loop.ended, loop.ended_on = ended.value, _today_at(loop, at)
        record(Event.LOOP_ENDED, by=by, subject=public_id, site_id=loop.site_id)


def move_loop(public_id: str, due_on: date | None, *, by: Actor, at: datetime) -> None:
    """Choose another day; None is whenever they come by. Raises OutOfDate where it has ended meanwhile."""
    with transaction():
        loop = get_loop(by, public_id, for_change=True)
        _check_is_open(loop)
        check_follow_up(due_on, today=_today_at(loop, at))
        if loop.due_on == due_on:
            return
        loop.due_on = due_on
        record(Event.LOOP_MOVED, by=by, subject=public_id, site_id=loop.site_id)


def note_seen(one: OneLoop, *, by: Actor) -> None:
    """Write down that somebody read what was agreed in a conversation."""
    site_id = db.session.scalar(select(Conversation.site_id).where(Conversation.public_id == one.conversation_id))
    record(Event.CONVERSATION_SEEN, by=by, subject=one.conversation_id, site_id=site_id)


def _check_is_open(loop: OpenLoop) -> None:
    """Refuse to change what has ended."""
    if loop.ended is not None:
        raise OutOfDate(message("Somebody brought this to its end meanwhile. Nothing was changed."))


def _today_at(loop: OpenLoop, at: datetime) -> date:
    """Return the calendar day at the site of a loop."""
    return clock.today(db.session.get_one(Site, loop.site_id).time_zone, at)
