"""Read what became of a conversation that is not open any more."""

from sqlalchemy import select

from harmreduction.assessments.models import Conversation, ConversationVersion
from harmreduction.assessments.queries.kept import get_conversation
from harmreduction.core.actor import Actor
from harmreduction.core.db import db
from harmreduction.core.errors import NotFound


def find_conversation_of(actor: Actor, version_id: str) -> Conversation | None:
    """Return the conversation of which this version was kept, if it was and this person may see it."""
    version = select(ConversationVersion.conversation_id).where(ConversationVersion.public_id == version_id)
    public_id = db.session.scalar(select(Conversation.public_id).where(Conversation.id == version.scalar_subquery()))
    try:
        return None if public_id is None else get_conversation(actor, public_id)
    except NotFound:
        return None
