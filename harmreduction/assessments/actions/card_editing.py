"""Change the cards of the conversation: each change is another set, kept whole; running conversations keep theirs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from harmreduction.assessments.actions.card_sets import ensure_card_set
from harmreduction.assessments.card_sets import as_json, digest_of, read_card_set, release_set
from harmreduction.assessments.models import CardSetVersion
from harmreduction.assessments.queries.card_set import IN_USE, LOOKED_AT, find_contents, find_set_in_use
from harmreduction.assessments.rules.cards import CardSet
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, transaction
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.settings.actions import set_values


def change_cards(change: Callable[[CardSet], CardSet], *, by: Actor, today: date) -> None:
    """Use another set from now on, made from the one in use; where it says the same, that one stays.

    Raises what `change` raises, and UnusableCardSet, which names the place.
    """
    with transaction():
        record(Event.CARDS_CHANGED, by=by)  # first, so that of two who change them the second sees what the first did
        now = find_set_in_use()
        if not now.is_of_programme:  # so that what was in use before can be held beside it
            ensure_card_set(now.cards, today=today)
        wanted = replace(change(now.cards), edition=now.cards.edition)
        if wanted != now.cards:
            wanted = read_card_set(as_json(replace(wanted, edition=_next_edition())))
            ensure_card_set(wanted, is_of_programme=True, made_by=by.label, today=today)
            set_values(_own(digest_of(wanted), now.is_of_programme), by=by)


def use_set(fingerprint: str, *, by: Actor, today: date) -> None:
    """Go back to a set that was in use before; raises NotFound, or UnusableCardSet for one too old to be read."""
    with transaction():
        contents = find_contents(fingerprint)
        if contents is None:
            raise NotFound(message("There is no such set of cards."))
        read_card_set(contents)
        if fingerprint == digest_of(release_set()):
            return use_release(by=by, today=today)
        record(Event.CARDS_CHANGED, by=by)
        return set_values({IN_USE: fingerprint}, by=by)


def use_release(*, by: Actor, today: date) -> None:
    """Use the cards that came with this release; the programme's own are kept among the sets of before."""
    with transaction():
        record(Event.CARDS_CHANGED, by=by)
        ensure_card_set(release_set(), today=today)
        set_values({IN_USE: "", LOOKED_AT: ""}, by=by)


def keep_own(*, by: Actor) -> None:
    """Go on with the programme's own cards after a look at those of a newer release."""
    set_values({LOOKED_AT: digest_of(release_set())}, by=by)


def _own(fingerprint: str, was_own: bool) -> dict[str, str]:
    """Return the settings that put an own set in use; the first one was made from the cards of this release."""
    begun = {} if was_own else {LOOKED_AT: digest_of(release_set())}
    return {IN_USE: fingerprint, **begun}


def _next_edition() -> int:
    """Return the number of the next set, so that each is a set of its own."""
    return (db.session.scalar(select(func.max(CardSetVersion.number))) or 0) + 1
