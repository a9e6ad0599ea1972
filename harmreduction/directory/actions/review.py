"""Take suggestions from anybody, and decide on them."""

from datetime import datetime, timedelta

from sqlalchemy import select

from harmreduction.accounts.actions import count_try
from harmreduction.accounts.rules import TooManyTries
from harmreduction.audit.actions import record
from harmreduction.audit.rules import Event
from harmreduction.core.actor import Actor
from harmreduction.core.db import db, new_id, transaction
from harmreduction.core.errors import NotFound, OutOfDate
from harmreduction.core.messages import counted_message, message
from harmreduction.core.sealing import seal
from harmreduction.directory.models import Suggestion
from harmreduction.directory.queries.review import SEALED_IN, count_open_suggestions
from harmreduction.directory.queries.views import get_service
from harmreduction.directory.rules.suggestions import MOST_OPEN, CannotSuggest, Topic, check_suggestion

COUNTED_AS = "directory suggestion"  # no sign-in name holds a blank
KEPT_AFTER = timedelta(days=30)


def suggest(service_id: str | None, topic: Topic, text: str, *, by: Actor | None, at: datetime) -> None:
    """Keep what somebody says about a service (HSDS id), or about one that is missing, sealed.

    by None: somebody who is not signed in; all of them together may send a few a minute, and nothing about who they
    are is kept. Raises CannotSuggest.
    """
    check_suggestion(text)
    if by is None:
        _slow_down()
    with transaction():
        public_id = new_id()
        db.session.add(
            Suggestion(
                public_id=public_id,
                service_id=get_service(service_id).id if service_id is not None else None,
                topic=topic.value,
                text_sealed=seal(text.strip(), **SEALED_IN, row=public_id),
                is_from_public=by is None,
                made_at=at,
                made_by=by.label[:80] if by is not None else "",
            )
        )


def take_suggestion(public_id: str, *, by: Actor, at: datetime) -> None:
    """Decide that a suggestion is right; whoever does so enters it next."""
    _decide(public_id, "taken", by=by, at=at)


def decline_suggestion(public_id: str, *, by: Actor, at: datetime) -> None:
    """Decide that nothing changes; the text goes."""
    _decide(public_id, "declined", by=by, at=at)


def _decide(public_id: str, state: str, *, by: Actor, at: datetime) -> None:
    """Note a decision once."""
    with transaction():
        suggestion = db.session.scalar(select(Suggestion).where(Suggestion.public_id == public_id).with_for_update())
        if suggestion is None:
            raise NotFound(message("This suggestion is not here."))
        if suggestion.state != "open":
            raise OutOfDate(message("Somebody decided on this suggestion already."))
        suggestion.state, suggestion.decided_at, suggestion.decided_by = state, at, by.label[:80]
        if state == "declined":
            _erase(suggestion)
        _erase_old(at)
        record(Event.SUGGESTION_DECIDED, by=by, subject=public_id)


def _erase_old(at: datetime) -> None:
    """Erase the words of suggestions that were decided long ago."""
    old = select(Suggestion).where(Suggestion.state == "taken", Suggestion.decided_at < at - KEPT_AFTER)
    for suggestion in db.session.scalars(old):
        _erase(suggestion)


def _erase(suggestion: Suggestion) -> None:
    """Put nothing in the place of the words."""
    suggestion.text_sealed = seal("", **SEALED_IN, row=suggestion.public_id)


def _slow_down() -> None:
    """Count a suggestion of the public; raise CannotSuggest when too many come, or too many wait."""
    if count_open_suggestions() >= MOST_OPEN:
        raise CannotSuggest(message("So many suggestions wait already that no more are taken now. Call us instead."))
    try:
        count_try(COUNTED_AS)
    except TooManyTries as problem:
        raise CannotSuggest(
            counted_message(
                "Many suggestions came in this minute. Wait %(count)s second, then send it again.",
                "Many suggestions came in this minute. Wait %(count)s seconds, then send it again.",
                problem.seconds,
            )
        ) from problem
