"""A code that is shown in a conversation: exactly this code finds somebody, and nothing else is asked here."""

from harmreduction.assessments.forms.begin import CodeForm
from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.messages import message
from harmreduction.participants.actions.codes import look_up
from harmreduction.participants.actions.people import note_seen
from harmreduction.participants.rules.codes import CodeNotOurs, TooManyLookups, UnusableCode
from harmreduction.web.access import current_actor

NOBODY = message(
    "Nobody here has exactly this code. Look at each sign again, or open Participants for a new card:"
    " this conversation waits."
)


def find_by_code(form: CodeForm) -> str | None:
    """Return the public id of who has the code that was typed; else None, and the form says why."""
    try:
        found = look_up(form.typed(), by=current_actor(), at=clock.now())
    except (UnusableCode, CodeNotOurs) as problem:
        form.fail(problem, form.typed_into)
        return None
    except TooManyLookups as problem:
        form.fail(problem)
        return None
    if found.participant is None:
        form.fail(DomainError(NOBODY), form.typed_into)
        return None
    note_seen(found.participant, by=current_actor())
    return found.participant.public_id
