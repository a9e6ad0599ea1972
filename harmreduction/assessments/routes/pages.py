"""What every page of a running conversation does: open the draft, ask who it is after a rest, show the frame."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harmreduction.accounts.rules import SignedIn
from harmreduction.assessments import drafts
from harmreduction.assessments.drafts import GoneDraft, Resting
from harmreduction.assessments.rules.cards import Words, in_words, sentences
from harmreduction.assessments.rules.so_far import said_so_far
from harmreduction.assessments.rules.talks import Draft
from harmreduction.assessments.talk_words import FACE, STATES, TOLD, WAYS_OUT
from harmreduction.assessments.words import line_words
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import SAFE_METHODS, current_actor
from harmreduction.web.confirm import is_confirmed
from harmreduction.web.i18n import in_language, say

# The parts of a conversation, in the order of its menu.
PARTS = (
    "conversation.overview",
    "talk_plan.show",
    "conversation_together.together",
    "conversation_paper.paper",
    "conversation_end.end",
)


def current_draft(draft_id: UUID) -> Draft:
    """Return the conversation that a page is about.

    One that rests goes on when its person proved since then that it is them; else they are asked (`answer_resting`).
    """
    by = current_actor()
    try:
        return drafts.open_draft(str(draft_id), by)
    except Resting as problem:
        if not may_wake(problem):
            raise
        return drafts.wake(str(draft_id), by)


def keep_change(draft_id: UUID, change: Callable[[Draft], Draft]) -> Draft:
    """Change the conversation that a page is about."""
    return drafts.change_draft(str(draft_id), change, by=current_actor())


def may_wake(resting: Resting) -> bool:
    """Say whether the person proved lately, and since it rests, that it is them; a demonstration has no passphrase."""
    is_proved = is_confirmed() and cast(SignedIn, current_actor()).confirmed_at > resting.since
    return is_proved or current_settings().is_demonstration


def answer_resting(problem: Resting) -> ResponseReturnValue:
    """Show the neutral page; a form that was sent meanwhile goes through the passphrase, and is lost in no case."""
    if request.method in SAFE_METHODS:
        return redirect(url_for("conversation.resting", draft_id=problem.draft_id), 303)
    return cast(ResponseReturnValue, current_app.view_functions["confirm.ask"]())


def answer_gone(problem: GoneDraft) -> ResponseReturnValue:
    """Show that a conversation is over, to whoever goes back to it, with a way to the start."""
    return render_template("assessments/gone.html", problem=problem), 404


def show_talk(template: str, draft: Draft, **context: object) -> str:
    """Render a page of a running conversation, with what was said so far beside it."""
    return render_template(
        template,
        draft=draft,
        w=lambda words: _word(words, draft.language),
        sentences=sentences,
        so_far=list(said_so_far(draft)),
        plan_lines=[line_words(step, draft.cards, draft.language) for step in draft.steps],
        parts=[part for part in PARTS if part in current_app.view_functions],
        **_spoken(draft.language),
        **context,
    )


def _spoken(language: str) -> dict[str, dict[str, str]]:
    """Return what a participant reads around the cards, in the language of the conversation."""
    with in_language(language):
        return {
            "face": {name: say(text) for name, text in FACE.items()},
            "told": {way: say(text) for way, text in TOLD.items()},
            "states": {way: say(text) for way, text in STATES.items()},
            "ways_out": {way: say(text) for way, text in WAYS_OUT.items()},
        }


def _word(words: Words | None, language: str) -> str:
    """Return a text of the cards in the language of the conversation."""
    return in_words(words, language) if words else ""
