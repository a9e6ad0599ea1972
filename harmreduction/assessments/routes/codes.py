"""A code that is shown in a conversation: exactly this code finds somebody, and nothing else is asked here."""

from flask import request

from harmreduction.assessments.forms.codes import CodeForm
from harmreduction.core import clock
from harmreduction.core.messages import message
from harmreduction.participants.actions.codes import look_up
from harmreduction.participants.actions.people import note_seen
from harmreduction.participants.digests import current_recipe
from harmreduction.participants.rules.codes import CodeNotOurs, TooManyLookups, UnusableCode
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor

NOBODY = message(
    "Nobody here has exactly this code. Look at each sign again, or open Participants for a new card:"
    " this conversation waits."
)


def code_form() -> CodeForm:
    """Return the form that takes a code of any kind."""
    return CodeForm(current_recipe(current_settings()), formdata=request.form)


def can_use_code() -> bool:
    """Say whether the programme uses codes at all."""
    decided = current_settings()
    return decided.uses_card_codes or decided.uses_recipe_codes


def find_by_code(form: CodeForm) -> str | None:
    """Return the public id of who has the code that was typed; else None, and the form says why."""
    try:
        found = look_up(form.typed(), by=current_actor(), at=clock.now())
        if found.participant is None:
            raise UnusableCode(NOBODY)
    except (UnusableCode, CodeNotOurs, TooManyLookups) as problem:
        form.fail(problem, form.typed_into)
        return None
    note_seen(found.participant, by=current_actor())
    return found.participant.public_id
