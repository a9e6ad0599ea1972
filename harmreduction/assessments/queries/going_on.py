"""Read what a conversation that goes on begins with: what was said last time, and the plan of then."""

from harmreduction.assessments.queries.card_set import current_cards
from harmreduction.assessments.queries.kept import Kept, get_kept, list_kept_of
from harmreduction.assessments.rules.editions import answers_for
from harmreduction.assessments.rules.going_on import line_today
from harmreduction.assessments.rules.talks import Earlier
from harmreduction.core.actor import Actor
from harmreduction.participants.models import Participant


def earlier_of(actor: Actor, public_id: str) -> Earlier:
    """Return the last version of a conversation as today's cards show it; raises NotFound for another site's."""
    return _earlier(get_kept(actor, public_id))


def last_of(actor: Actor, participant: Participant) -> str | None:
    """Return the public id of the last conversation with somebody at own sites, or None for a first one."""
    return next((kept.conversation.public_id for kept in list_kept_of(actor, participant)), None)


def _earlier(kept: Kept) -> Earlier:
    """Return the last version, with its answers and steps in the codes of today's cards."""
    latest, cards = kept.latest, current_cards()
    recalled = answers_for(cards, latest.answers, latest.cards)
    return Earlier(
        conversation_id=kept.conversation.public_id,
        held_on=latest.held_on,
        answers={code: each.answer for code, each in recalled.items()},
        steps=tuple(line_today(step, latest.cards, cards, latest.language) for step in latest.steps),
        goal=latest.goal,
    )
