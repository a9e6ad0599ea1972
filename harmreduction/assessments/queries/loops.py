"""Read what is open still after conversations that were kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from harmreduction.assessments.models import Conversation, ConversationVersion, OpenLoop
from harmreduction.assessments.rules.loops import Due, due
from harmreduction.assessments.rules.talks import LoopKind
from harmreduction.core import clock
from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.sealing import unseal
from harmreduction.participants.queries.people import own_site_ids
from harmreduction.referrals.models import Referral
from harmreduction.referrals.rules.kinds import ENDED
from harmreduction.settings.queries import current_settings
from harmreduction.settings.rules import day_before_which_all_goes

ENDED_REFERRALS = [state.value for state in ENDED]
HELD_ON = (
    select(func.max(ConversationVersion.held_on))
    .where(ConversationVersion.conversation_id == Conversation.id)
    .scalar_subquery()
)


@dataclass(frozen=True, kw_only=True)
class OpenRow:
    """Something open, as a list shows it: of which day's conversation, and nobody's code, number or words.

    need: what the referral is for that it waits for.
    """

    public_id: str
    kind: LoopKind
    due: Due
    due_on: date | None
    held_on: date
    has_code: bool
    need: str | None


@dataclass(frozen=True, kw_only=True)
class OneLoop:
    """Something that was left open, with what was agreed and where it came from.

    referral: the one that it waits for, with its state. is_open: nobody ended it, and its referral goes on.
    """

    loop: OpenLoop
    kind: LoopKind
    words: str
    held_on: date
    conversation_id: str
    has_code: bool
    referral: Referral | None
    is_open: bool


def list_open(actor: Actor, *, today: date, until: date | None = None, limit: int, offset: int = 0) -> list[OpenRow]:
    """Return what is open at a person's sites by date, longest first; what has none comes last.

    until: only what is due on that day or before.
    """
    wanted = _with_conversation(select(OpenLoop, HELD_ON, Conversation.participant_id, Referral.need))
    wanted = wanted.where(is_open(), OpenLoop.site_id.in_(own_site_ids(actor)))
    if until is not None:
        wanted = wanted.where(OpenLoop.due_on <= until)
    by_date = wanted.order_by(OpenLoop.due_on.is_(None), OpenLoop.due_on, OpenLoop.id).limit(limit).offset(offset)
    return [
        OpenRow(
            public_id=loop.public_id,
            kind=LoopKind(loop.kind),
            due=due(loop.due_on, today=today),
            due_on=loop.due_on,
            held_on=held_on,
            has_code=participant_id is not None,
            need=need,
        )
        for loop, held_on, participant_id, need in db.session.execute(by_date)
    ]


def list_open_of(conversation_id: str) -> Sequence[OpenLoop]:
    """Return what is open still of one conversation, by its public id; whoever may read it may see this."""
    wanted = select(OpenLoop).where(is_open(), Conversation.public_id == conversation_id)
    joined = _with_conversation(wanted)
    return db.session.scalars(joined.order_by(OpenLoop.due_on.is_(None), OpenLoop.due_on, OpenLoop.id)).all()


def count_due(*, today: date) -> int:
    """Return how many things are due today or before, at all sites together."""
    wanted = _with_conversation(select(func.count()).select_from(OpenLoop))
    return db.session.scalar(wanted.where(is_open(), OpenLoop.due_on <= today)) or 0


def get_loop(actor: Actor, public_id: str, *, for_change: bool = False) -> OpenLoop:
    """Return one; another site's is as good as none. for_change: nobody else changes it until the transaction ends."""
    wanted = select(OpenLoop).where(OpenLoop.public_id == public_id)
    if for_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    loop = db.session.scalar(wanted)
    if loop is None or not (actor.may(Permission.HOLD_CONVERSATIONS) and actor.works_at(loop.site_id)):
        raise NotFound(message("This is not in the list any more."))
    return loop


def get_one(actor: Actor, public_id: str) -> OneLoop:
    """Return one with everything that its page shows."""
    loop = get_loop(actor, public_id)
    wanted = select(Conversation.public_id, HELD_ON, Conversation.participant_id, Referral)
    joined = wanted.outerjoin(Referral, Referral.id == loop.referral_id)
    conversation_id, held_on, participant_id, referral = db.session.execute(
        joined.where(Conversation.id == loop.conversation_id)
    ).one()
    return OneLoop(
        loop=loop,
        kind=LoopKind(loop.kind),
        words=words_of(loop),
        held_on=held_on,
        conversation_id=conversation_id,
        has_code=participant_id is not None,
        referral=referral,
        is_open=loop.ended is None and (referral is None or referral.state not in ENDED_REFERRALS),
    )


def words_of(loop: OpenLoop) -> str:
    """Return what was agreed."""
    if loop.words_sealed is None:
        return ""
    return unseal(loop.words_sealed, table="open_loop", column="words", row=loop.public_id)


def is_open() -> ColumnElement[bool]:
    """Return the condition that nobody ended it, and that the referral which it waits for goes on; join both before.

    What is older than the programme keeps is open no more, also where the roll-up has not come to it yet.
    """
    decided = current_settings()
    since = day_before_which_all_goes(clock.today(decided.time_zone), keep_months=decided.keep_months)
    goes_on = or_(OpenLoop.referral_id.is_(None), Referral.state.not_in(ENDED_REFERRALS))
    return OpenLoop.ended.is_(None) & (OpenLoop.opened_on >= since) & goes_on


def _with_conversation(wanted: Any) -> Any:
    """Join the conversation that something came from, and the referral that it waits for."""
    joined = wanted.join(Conversation, Conversation.id == OpenLoop.conversation_id)
    return joined.outerjoin(Referral, Referral.id == OpenLoop.referral_id)
