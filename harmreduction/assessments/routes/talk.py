"""The cards to choose from, and the page that stands there while a conversation rests."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from harmreduction.assessments import drafts
from harmreduction.assessments.drafts import GoneDraft, Resting
from harmreduction.assessments.forms.begin import WishesForm
from harmreduction.assessments.queries.card_set import current_cards
from harmreduction.assessments.routes.pages import answer_gone, answer_resting, current_draft, keep_change, show_talk
from harmreduction.assessments.rules.talks import cards_for
from harmreduction.assessments.rules.what_if import tried_only
from harmreduction.core.permissions import Permission
from harmreduction.web.access import current_actor, requires

bp = Blueprint("conversation", __name__, url_prefix="/conversations/now")
bp.app_errorhandler(Resting)(answer_resting)
bp.app_errorhandler(GoneDraft)(answer_gone)


@bp.get("/<uuid:draft_id>")
@requires(Permission.HOLD_CONVERSATIONS)
def overview(draft_id: UUID) -> ResponseReturnValue:
    """Show the cards that fit, what became of each, and the ways on."""
    draft = current_draft(draft_id)
    has_newer_cards = draft.cards != current_cards()
    return show_talk(
        "assessments/overview.html",
        draft,
        cards=cards_for(draft),
        has_newer_cards=has_newer_cards,
        tried=tried_only(draft),
    )


@bp.route("/<uuid:draft_id>/wishes", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def wishes(draft_id: UUID) -> ResponseReturnValue:
    """Change in the middle how the two talk, and the language of the cards."""
    draft = current_draft(draft_id)
    form = WishesForm(wishes=sorted(draft.wishes), language=draft.language)
    if form.validate_on_submit():
        keep_change(draft_id, lambda before: replace(before, wishes=form.wanted, language=form.chosen_language))
        return redirect(url_for(".overview", draft_id=draft_id), 303)
    return show_talk("assessments/wishes.html", draft, form=form)


@bp.get("/<uuid:draft_id>/resting")
@requires(Permission.HOLD_CONVERSATIONS)
def resting(draft_id: UUID) -> ResponseReturnValue:
    """Show that nothing is shown; it says nothing of what was talked about."""
    mine = next((each for each in drafts.list_drafts(current_actor()) if each.draft_id == str(draft_id)), None)
    return render_template("assessments/resting.html", draft_id=draft_id, mine=mine), 200 if mine else 404


@bp.get("/<uuid:draft_id>/wake")
@requires(Permission.HOLD_CONVERSATIONS)
def wake(draft_id: UUID) -> ResponseReturnValue:
    """Go on after a rest: whoever has not proved since then that it is them is asked."""
    try:
        current_draft(draft_id)
    except Resting:
        return redirect(url_for("confirm.ask", next=url_for(".wake", draft_id=draft_id)), 303)
    return redirect(url_for(".overview", draft_id=draft_id), 303)


@bp.post("/<uuid:draft_id>/rest")
@requires(Permission.HOLD_CONVERSATIONS)
def rest(draft_id: UUID) -> ResponseReturnValue:
    """Empty the screen at once."""
    drafts.rest_draft(str(draft_id), by=current_actor())
    return redirect(url_for(".resting", draft_id=draft_id), 303)


@bp.post("/<uuid:draft_id>/here")
@requires(Permission.HOLD_CONVERSATIONS)
def here(draft_id: UUID) -> ResponseReturnValue:
    """Note that the two are still there: they read, or write, without sending anything."""
    current_draft(draft_id)
    return "", 204
