"""Read which plans their participants want to look at again about now."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from harmreduction.assessments.models import Conversation, ConversationVersion
from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.participants.queries.people import own_site_ids

AHEAD = timedelta(days=7)  # so that a day can be agreed on
MOST = 50


@dataclass(frozen=True, kw_only=True)
class ReviewDue:
    """A plan whose participant chose this day to look at it again; conversation_id: public."""

    conversation_id: str
    held_on: date
    review_on: date


def list_reviews_due(actor: Actor, today: date, *, limit: int = MOST) -> list[ReviewDue]:
    """Return the plans to look at again until a week from now, at own sites, by the day that was chosen.

    Only the newest version of a conversation counts: whoever talked again since chose anew.
    """
    newest = (
        select(ConversationVersion.conversation_id, func.max(ConversationVersion.number).label("number"))
        .group_by(ConversationVersion.conversation_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Conversation.public_id, ConversationVersion.held_on, ConversationVersion.review_on)
        .join(Conversation, Conversation.id == ConversationVersion.conversation_id)
        .join(
            newest,
            (newest.c.conversation_id == ConversationVersion.conversation_id)
            & (newest.c.number == ConversationVersion.number),
        )
        .where(ConversationVersion.review_on <= today + AHEAD, Conversation.site_id.in_(own_site_ids(actor)))
        .order_by(ConversationVersion.review_on, ConversationVersion.id)
        .limit(limit)
    )
    return [ReviewDue(conversation_id=public_id, held_on=held, review_on=due) for public_id, held, due in rows if due]
