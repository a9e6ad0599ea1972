"""Participants with codes for tests; every code here is drawn or made up."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from harmreduction.audit.models import AuditEntry
from harmreduction.core.actor import Actor
from harmreduction.core.clock import now
from harmreduction.core.db import db, new_id
from harmreduction.participants.actions.cards import draw_card_code, give_card, print_blank_cards
from harmreduction.participants.actions.codes import begin_with_code
from harmreduction.participants.digests import current_recipe, keyed_code
from harmreduction.participants.models import Participant
from harmreduction.participants.queries.people import find_participant
from harmreduction.participants.rules.cards import typed_card
from harmreduction.participants.rules.codes import Beginning, Begun, NewCard, TypedCode
from harmreduction.participants.rules.recipes import typed_recipe
from harmreduction.settings.actions import set_values
from harmreduction.settings.queries import current_settings
from harmreduction.settings.rules import YES
from harmreduction.sites.models import Site
from tests.factories import SYSTEM

ANSWERS = {"first2": "Heron", "parent2": "Otter", "month": "3", "year2": "71"}
PHRASE = "three herons by the river"


def allow_codes(**values: str) -> None:
    """Let the programme use cards and recipes."""
    set_values({"uses_card_codes": YES, "uses_recipe_codes": YES} | values, by=SYSTEM)


def make_participant(site: Site, *, by: Actor = SYSTEM, at: datetime | None = None) -> Participant:
    """Begin somebody new with a card at a site."""
    return make_participant_with_card(site, by=by, at=at)[0]


def make_participant_with_card(
    site: Site, *, by: Actor = SYSTEM, at: datetime | None = None
) -> tuple[Participant, str]:
    """Begin somebody new with a card at a site, and return the code of the card too."""
    begun, code = give_card(NewCard(client_id=new_id(), site_id=site.id), by=by, at=at or now())
    return the_participant(begun.participant_id), code


def draw_code() -> str:
    """Return a code that could stand on a card, and that nobody printed."""
    return draw_card_code()


def print_card(*, by: Actor = SYSTEM) -> str:
    """Return the code of a blank card of ours."""
    return print_blank_cards(1, by=by, at=now())[0]


def recipe(**answers: str) -> TypedCode:
    """Return answers to the recipe that is asked for today, as typed."""
    return typed_recipe(current_recipe(current_settings()), ANSWERS | answers)


def begin(typed: TypedCode | str, site: Site, *, by: Actor = SYSTEM, **told: Any) -> Begun:
    """Begin with a code at a site; a text is the code of a card."""
    typed = typed_card(typed) if isinstance(typed, str) else typed
    keyed = keyed_code(typed, current_settings())
    fields: dict[str, Any] = {"client_id": new_id()} | told
    at = fields.pop("at", None) or now()
    return begin_with_code(Beginning(site_id=site.id, code=keyed, **fields), by=by, at=at)


def the_participant(public_id: str) -> Participant:
    """Return a participant as they are, merged or not."""
    participant = find_participant(public_id)
    assert participant is not None
    return participant


def count_trail(event: str, participant: Participant | None = None) -> int:
    """Return how often something is in the audit trail; a participant is called otherwise there each day."""
    entries = db.session.execute(select(AuditEntry.at, AuditEntry.subject).where(AuditEntry.event == event)).all()
    return sum(participant is None or subject == participant.in_trail(at.date()) for at, subject in entries)
