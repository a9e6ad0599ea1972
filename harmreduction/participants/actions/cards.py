"""Draw codes for cards; each is told once, to whoever prints it, and nowhere kept."""

import secrets
from datetime import datetime

from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import transaction
from harmreduction.core.errors import NotFound, NotSaved
from harmreduction.core.keyed import code_digests
from harmreduction.core.messages import message
from harmreduction.participants.actions.codes import insert_code
from harmreduction.participants.actions.people import add_participant, note_at_site, one_at_a_time
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.codes import find_code
from harmreduction.participants.queries.people import find_participant, get_participant_of
from harmreduction.participants.rules.cards import DRAWN, card_code
from harmreduction.participants.rules.codes import Begun, CodeKind, NewCard
from harmreduction.settings.rules import CODE_SIGNS

TRIES = 20  # codes that were drawn before; one such in a row is already rare


def draw_card_code() -> str:
    """Return the code of a card, drawn by lot, with its check sign."""
    return card_code([secrets.choice(CODE_SIGNS) for _ in range(DRAWN)])


def print_blank_cards(count: int, *, by: Actor, at: datetime) -> list[str]:
    """Return the codes of new blank cards; nobody has them until they are first shown."""
    with transaction():
        codes = [_new_code(None, at=at) for _ in range(count)]
        record(Event.CARDS_PRINTED, by=by)
        return codes


def give_card(value: NewCard, *, by: Actor, at: datetime) -> tuple[Begun, str]:
    """Draw a card for one person, new or known, and return whose it is and its code.

    Sent twice, it is one person with another card: the code of the first was told and is kept nowhere.
    """
    if not by.works_at(value.site_id):
        raise NotFound(message("There is no such site."))
    with transaction():
        one_at_a_time(value.site_id)
        known = _known(value, by=by)
        participant = known or add_participant(value.client_id, value.site_id, at=at)
        code = _new_code(participant.id, at=at)
        note_at_site(participant, value.site_id, at=at)
        event = Event.CODE_CHANGED if known else Event.CODE_STARTED
        record(event, by=by, subject=participant.trail_today, site_id=value.site_id)
        is_once_more = known is not None and value.participant_id is None
        return Begun(participant_id=participant.public_id, is_once_more=is_once_more), code


def _known(value: NewCard, *, by: Actor) -> Participant | None:
    """Return who gets the card, if they are not new; raises NotFound for somebody of another site, by whichever id."""
    if value.participant_id is not None:
        return get_participant_of(by, value.participant_id)
    is_sent_before = find_participant(value.client_id) is not None
    return get_participant_of(by, value.client_id) if is_sent_before else None


def _new_code(participant_id: int | None, *, at: datetime) -> str:
    """Draw a code that no card has, with today's key or the one before, and write its digest down."""
    for _ in range(TRIES):
        code = draw_card_code()
        digests = code_digests(CodeKind.CARD, code)
        if find_code(digests[1:]) is None and insert_code(
            CodeKind.CARD, digests[0], participant_id, at=at, version=None
        ):
            return code
    raise NotSaved(message("No free code was found. Send it again."))
