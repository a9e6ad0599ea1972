"""The end of a conversation: what was meant, a day to look at it again, and what becomes of it, asked once more."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.assessments.actions.beginning import add_code
from harmreduction.assessments.actions.keeping import CodeGone, end_conversation
from harmreduction.assessments.drafts import GoneDraft
from harmreduction.assessments.forms.begin import EndForm
from harmreduction.assessments.forms.codes import CodeForm
from harmreduction.assessments.queries.ending import find_conversation_of
from harmreduction.assessments.queries.kept import get_conversation
from harmreduction.assessments.routes.codes import can_use_code, code_form, find_by_code
from harmreduction.assessments.routes.pages import current_draft, keep_change, show_talk
from harmreduction.assessments.rules.talks import Draft, Keeping
from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotAllowed, NotFound, NotSaved
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.headers import with_camera
from harmreduction.web.i18n import day

bp = Blueprint("conversation_end", __name__, url_prefix="/conversations")

CODE_FIRST = message("Show or type the code first, or choose one of the other two.")
NOT_FOUND = message("If it was kept, it is found with the code, or with the number that stands on the paper.")


@bp.get("/now/<uuid:draft_id>/ending")
@requires(Permission.HOLD_CONVERSATIONS)
@with_camera
def end(draft_id: UUID) -> ResponseReturnValue:
    """Show what was meant, and ask what becomes of it."""
    draft = current_draft(draft_id)
    return _page(draft, EndForm(review_on=draft.review_on, formdata=None), code_form())


@bp.post("/now/<uuid:draft_id>/ending")
@requires(Permission.HOLD_CONVERSATIONS)
@with_camera
def decide(draft_id: UUID) -> ResponseReturnValue:
    """Do what the participant decided; tapped twice, it is done once."""
    form, code = EndForm(), code_form()
    try:
        draft = current_draft(draft_id)
        if not _is_decided(form):
            return _page(draft, form, code)
        wants_code = code.is_typed and form.chosen_keeping is Keeping.WITH_CODE
        participant_id = find_by_code(code) if wants_code else draft.participant_id
        if form.chosen_keeping is Keeping.WITH_CODE and participant_id is None:
            return _without_code(draft, form, code)
        draft = keep_change(draft_id, lambda before: _decided(before, form))
        return _with_code(draft, participant_id) if wants_code and participant_id else _end(draft)
    except (NotSaved, NotAllowed) as problem:
        form.fail(problem)
        return _page(draft, form, code), 503 if isinstance(problem, NotSaved) else 403
    except CodeGone as problem:
        form.fail(problem)
        return _page(keep_change(draft_id, _without_the_forgotten), form, code)
    except GoneDraft:
        if not form.version.data:
            raise
        return _ended(form)


@bp.get("/<uuid:conversation_id>/saved")
@requires(Permission.HOLD_CONVERSATIONS)
def saved(conversation_id: UUID) -> ResponseReturnValue:
    """Say that it is kept, and show the ways on."""
    kept = get_conversation(current_actor(), str(conversation_id))
    return render_template("assessments/ended.html", kept=kept)


@bp.get("/nothing-kept")
@requires(Permission.HOLD_CONVERSATIONS)
def nothing_kept() -> ResponseReturnValue:
    """Say that nothing was kept, and show the ways on."""
    return render_template("assessments/ended.html", kept=None)


def _is_decided(form: EndForm) -> bool:
    """Say whether a page says what becomes of it; a day to look at it again matters only where it is kept."""
    if form.chosen_keeping is Keeping.NOTHING:
        return True
    return form.check(today=clock.today(current_settings().time_zone)) and form.chosen_keeping is not None


def _end(draft: Draft) -> ResponseReturnValue:
    """Keep it, or nothing of it."""
    kept = end_conversation(draft.draft_id, keeping=draft.keeping, by=current_actor(), at=clock.now())
    if kept is None:
        return redirect(url_for(".nothing_kept"), 303)
    return redirect(url_for(".saved", conversation_id=kept.conversation_id), 303)


def _ended(form: EndForm) -> ResponseReturnValue:
    """Answer who ended it already: the same page as the first time. What is not found is told as that and no more."""
    kept = find_conversation_of(current_actor(), form.version.data or "")
    if kept is not None:
        return redirect(url_for(".saved", conversation_id=kept.public_id), 303)
    if form.chosen_keeping is Keeping.NOTHING:
        return redirect(url_for(".nothing_kept"), 303)
    return render_template("assessments/gone.html", problem=NotFound(NOT_FOUND)), 404


def _without_code(draft: Draft, form: EndForm, code: CodeForm) -> ResponseReturnValue:
    """Say that the code is missing which the decision needs, unless it was typed and something else is said of it."""
    if not code.errors:
        form.fail(DomainError(CODE_FIRST))
    return _page(draft, form, code)


def _with_code(draft: Draft, participant_id: str) -> ResponseReturnValue:
    """Take up the code; a plan that was kept with it before is looked at first."""
    had = draft.earlier
    draft = add_code(draft.draft_id, participant_id, by=current_actor())
    if draft.earlier is had or draft.earlier is None or not draft.earlier.steps:
        return _end(draft)
    flash(
        _(
            "There is a plan with this code from %(day)s. Its lines are in your plan now: look at it once more.",
            day=day(draft.earlier.held_on),
        ),
        "note",
    )
    return redirect(url_for(".end", draft_id=draft.draft_id), 303)


def _decided(draft: Draft, form: EndForm) -> Draft:
    """Return the draft with what was decided."""
    return replace(draft, keeping=form.chosen_keeping or draft.keeping, review_on=form.review_on.data)


def _without_the_forgotten(draft: Draft) -> Draft:
    """Return the draft without whoever was forgotten meanwhile and what they said before; today's words stay."""
    return replace(draft, participant_id=None, earlier=None)


def _page(draft: Draft, form: EndForm, code: CodeForm) -> str:
    """Show the end."""
    form.version.data = draft.version_id
    return show_talk(
        "assessments/end.html",
        draft,
        form=form,
        code=code,
        is_typed=code.is_typed,
        decided=current_settings(),
        can_use_code=draft.participant_id is not None or can_use_code(),
    )
