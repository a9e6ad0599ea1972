"""Begin a conversation: in memory only, whatever becomes of it later."""

from dataclasses import dataclass, replace
from datetime import datetime

from harmreduction.assessments import drafts
from harmreduction.assessments.actions.kept import note_seen
from harmreduction.assessments.queries.card_set import current_cards
from harmreduction.assessments.queries.going_on import earlier_of, last_of
from harmreduction.assessments.queries.kept import find_whose, get_conversation
from harmreduction.assessments.rules.going_on import plan_today
from harmreduction.assessments.rules.talks import Draft, Earlier, Keeping, Wish
from harmreduction.core.actor import Actor
from harmreduction.core.db import new_id
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import get_participant_of


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What was agreed before a conversation begins.

    draft_id (a UUID) was made with the page. participant_id: whose page or code it began from, conversation_id: the
    conversation that goes on, visit_id: the visit it belongs to; "" for none.
    """

    draft_id: str
    site_id: int
    keeping: Keeping
    participant_id: str = ""
    conversation_id: str = ""
    visit_id: str = ""
    language: str = "en"
    wishes: frozenset[Wish] = frozenset()


def begin_conversation(invitation: Invitation, *, by: Actor, at: datetime) -> Draft:
    """Begin a conversation, once however often the page is sent.

    A participant is in it only where they want it kept with their code; what was kept before is shown then.
    """
    participant = _participant(invitation, by)
    earlier = _earlier(_conversation_id(invitation, participant, by), by)
    draft = Draft(
        draft_id=invitation.draft_id,
        version_id=new_id(),
        visit_id=invitation.visit_id or new_id(),
        account_id=by.account_id or 0,
        site_id=invitation.site_id,
        began_at=at,
        touched_at=at,
        cards=current_cards(),
        keeping=invitation.keeping,
        participant_id=None if participant is None else participant.public_id,
        language=invitation.language,
        wishes=invitation.wishes,
    )
    return drafts.begin_draft(_going_on(draft, earlier), by=by)


def add_code(draft_id: str, participant_id: str, *, by: Actor) -> Draft:
    """Take up the code that somebody chose to show after all; what was kept with it before is shown from now on."""
    participant = get_participant_of(by, participant_id)
    earlier = _earlier(last_of(by, participant), by)

    def add(draft: Draft) -> Draft:
        draft = replace(draft, participant_id=participant.public_id, keeping=Keeping.WITH_CODE)
        return draft if draft.earlier else _going_on(draft, earlier)

    return drafts.change_draft(draft_id, add, by=by)


def _participant(invitation: Invitation, by: Actor) -> Participant | None:
    """Return whose conversation it is, where they want it with their code."""
    if invitation.keeping is not Keeping.WITH_CODE:
        return None
    if invitation.participant_id:
        return get_participant_of(by, invitation.participant_id)
    if not invitation.conversation_id:
        return None
    return find_whose(by, get_conversation(by, invitation.conversation_id))


def _conversation_id(invitation: Invitation, participant: Participant | None, by: Actor) -> str | None:
    """Return the conversation that goes on: the one that was opened, else the last one with this code."""
    if invitation.conversation_id:
        return invitation.conversation_id
    return None if participant is None else last_of(by, participant)


def _earlier(conversation_id: str | None, by: Actor) -> Earlier | None:
    """Return what was kept last; looking at it is written down."""
    if conversation_id is None:
        return None
    earlier = earlier_of(by, conversation_id)
    note_seen(get_conversation(by, conversation_id), by=by)
    return earlier


def _going_on(draft: Draft, earlier: Earlier | None) -> Draft:
    """Return the draft with what was kept last, and the plan of then to go on with."""
    if earlier is None:
        return draft
    steps = plan_today(earlier.steps, draft.steps)
    return replace(draft, earlier=earlier, steps=steps, goal=draft.goal or earlier.goal)
