"""Look at a conversation that was kept, or erase it because its participant wants it gone."""

from harmreduction.assessments.erasing import TALK, erase_conversations
from harmreduction.assessments.models import Conversation
from harmreduction.assessments.queries.kept import get_conversation
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import transaction
from harmreduction.core.erasing import overwrite_erased


def note_seen(conversation: Conversation, *, by: Actor) -> None:
    """Write down that somebody looked at a conversation."""
    record(Event.CONVERSATION_SEEN, by=by, subject=conversation.public_id, site_id=conversation.site_id)


def erase_conversation(public_id: str, *, by: Actor) -> bool:
    """Erase a conversation with every version, plan and open loop, and say whether the disk is clean too."""
    with transaction():
        conversation = get_conversation(by, public_id)
        site_id = conversation.site_id
        erase_conversations(TALK.c.id == conversation.id)
        record(Event.CONVERSATION_ERASED, by=by, subject=public_id, site_id=site_id)
    return overwrite_erased()
