"""Read what a conversation that goes on begins with: what was said last time, and the plan of then."""

from dataclasses import replace

from harmreduction.assessments.queries.card_set import current_cards
from harmreduction.assessments.queries.kept import Kept, get_kept, list_kept_of
from harmreduction.assessments.rules.cards import CardSet, Words
from harmreduction.assessments.rules.changes import rated_until, said_until
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
    """Return what holds by now, answers and steps in the codes of today's cards."""
    latest, cards = kept.latest, current_cards()
    today = said_until((*kept.versions, replace(latest, cards=cards, answers={})))
    return Earlier(
        conversation_id=kept.conversation.public_id,
        held_on=latest.held_on,
        answers={card: answer for card, (_on, answer) in today.items()},
        steps=tuple(line_today(step, latest.cards, cards, latest.language) for step in rated_until(kept.versions)),
        goal=latest.goal,
        said_on={card: on for card, (on, _answer) in today.items()},
        gone=_gone(kept, cards),
    )


def _gone(kept: Kept, cards: CardSet) -> dict[str, tuple[Words, ...]]:
    """Return what was chosen last on each card and can be chosen no more, in the words of then."""
    last = {code: version for version in kept.versions for code in version.answers}
    recalled = [answers_for(cards, {code: of.answers[code]}, of.cards) for code, of in last.items()]
    return {card: each.gone for found in recalled for card, each in found.items() if each.gone}
