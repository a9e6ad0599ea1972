"""Read what became of a conversation that is not open any more."""

from sqlalchemy import select

from harmreduction.assessments.models import Conversation, ConversationVersion
from harmreduction.assessments.queries.kept import get_conversation
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, one_moment
from harmreduction.core.errors import NotFound


def find_conversation_of(actor: Actor, version_id: str) -> Conversation | None:
    """Return the conversation of which this version was kept, if it was and this person may see it.

    Whoever asks may have waited for the screen that kept it, so it is read as of now and not as of their own beginning.
    """
    version = select(ConversationVersion.conversation_id).where(ConversationVersion.public_id == version_id)
    with one_moment():
        public_id = db.session.scalar(
            select(Conversation.public_id).where(Conversation.id == version.scalar_subquery())
        )
    try:
        return None if public_id is None else get_conversation(actor, public_id)
    except NotFound:
        return None
