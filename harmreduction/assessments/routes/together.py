"""What can be done right now, in the same sitting: hand out, practise, and see what was begun."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.assessments.actions import together as actions
from harmreduction.assessments.forms.together import ItemForm, TapForm, TeachBackForm
from harmreduction.assessments.queries import together as queries
from harmreduction.assessments.queries.loops import list_open_of
from harmreduction.assessments.routes.pages import current_draft, keep_change, show_talk
from harmreduction.assessments.rules import loops as rules
from harmreduction.assessments.rules.talks import Draft
from harmreduction.core import clock
from harmreduction.core.db import new_id
from harmreduction.core.errors import DomainError, NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters import actions as encounters
from harmreduction.encounters.actions import Logged
from harmreduction.encounters.queries import Place, count_tiles, get_place_on_page, list_usual_lines
from harmreduction.encounters.rules import Distribution, TakenBackBefore
from harmreduction.encounters.rules.naloxone import ACTS
from harmreduction.referrals.words import need_name, service_name
from harmreduction.stock import queries as stock
from harmreduction.stock.queries.recalls import told_at
from harmreduction.stock.rules import Outcome
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say

bp = Blueprint("conversation_together", __name__, url_prefix="/conversations/now/<uuid:draft_id>/together")


@bp.get("")
@requires(Permission.HOLD_CONVERSATIONS)
def together(draft_id: UUID) -> ResponseReturnValue:
    """Show what can be done right now."""
    return _show(current_draft(draft_id), TapForm())


@bp.post("/hand-out")
@requires(Permission.HOLD_CONVERSATIONS)
def hand_out(draft_id: UUID) -> ResponseReturnValue:
    """Hand out by one tap on a tile; an ordinary hand-out, whatever becomes of the conversation."""
    draft, form = current_draft(draft_id), TapForm()
    if form.validate_on_submit():
        try:
            lines = list_usual_lines(form.give.data or "")
            return _hand_out(draft, form, lambda place: form.distribution(place, lines, draft.visit_id))
        except DomainError as problem:
            _show_problem(form, problem)
    return _show(draft, form)


@bp.route("/items", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def give(draft_id: UUID) -> ResponseReturnValue:
    """Hand out any one item."""
    draft, form = current_draft(draft_id), ItemForm()
    place = queries.place_of(draft, by=current_actor(), now=clock.now())
    form.offer(stock.list_items())
    if form.validate_on_submit():
        try:
            item = stock.get_item(form.item.data or "")
            return _hand_out(draft, form, lambda place: form.distribution(place, item, draft.visit_id))
        except DomainError as problem:
            _show_problem(form, problem)
    form.show(place)
    visit = queries.so_far(draft, by=current_actor(), now=clock.now()).visit
    return show_talk("assessments/give.html", draft, form=form, place=place, visit=visit)


@bp.post("/undo/<uuid:distribution_id>")
@requires(Permission.HOLD_CONVERSATIONS)
def undo(draft_id: UUID, distribution_id: UUID) -> ResponseReturnValue:
    """Undo one's own hand-out, and stay in the conversation."""
    draft = current_draft(draft_id)
    try:
        encounters.undo_distribution(str(distribution_id), by=current_actor())
        flash(_("Undone. The supplies are back in the stock."), "good")
    except DomainError as problem:
        flash(say(problem.message), "wait")
    return _back(draft)


@bp.route("/teach-back", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def teach_back(draft_id: UUID) -> ResponseReturnValue:
    """Go through the five acts; what was talked about and not shown back stays open."""
    draft, form = current_draft(draft_id), TeachBackForm()
    if form.validate_on_submit():
        try:
            return _practise(draft, form)
        except DomainError as problem:
            form.fail(problem)
    elif not form.is_submitted():
        form.given_before.data = queries.kit_to_talk_about(draft, by=current_actor()) or ""
    before = queries.so_far(draft, by=current_actor(), now=clock.now()).acts
    return show_talk("assessments/teach_back.html", draft, form=form, before=before)


def _show(draft: Draft, form: TapForm) -> str:
    """Return the page with everything that was begun."""
    by, now = current_actor(), clock.now()
    place, done = queries.place_of(draft, by=by, now=now), queries.so_far(draft, by=by, now=now)
    form.show(place)
    tiles = queries.list_tiles(draft) if place else []
    return show_talk(
        "assessments/together.html",
        draft,
        form=form,
        place=place,
        tiles=tiles,
        in_sitting=count_tiles(tiles, [each.distribution for each in done.given]),
        recalls=told_at(place.location_id) if place else None,
        done=done,
        offered=rules.offered(draft),
        before=list_open_of(draft.earlier.conversation_id) if draft.earlier else [],
        kinds=rules.LOOP_KINDS,
        acts=ACTS,
        saved=request.args.get("saved", ""),
        need_name=need_name,
        service_name=service_name,
    )


def _hand_out(draft: Draft, form: TapForm | ItemForm, distribution_of: Callable[[Place], Distribution]) -> Response:
    """Log what was tapped where its page said, and show it with its way back."""
    site, location = form.place_shown()
    if not location:
        raise NotFound(message("Choose first where you hand out from."))
    place = get_place_on_page(current_actor(), site, location, None)
    logged = actions.hand_out(draft, distribution_of(place), by=current_actor(), at=clock.now())
    return _after(draft, logged)


def _show_problem(form: TapForm | ItemForm, problem: DomainError) -> None:
    """Show a problem; what was taken back may be handed out anew, by a new id."""
    form.fail(problem)
    if isinstance(problem, TakenBackBefore):
        form["form_id"].data = new_id()


def _after(draft: Draft, logged: Logged) -> Response:
    """Go back to the page; one that is sent again is told that it was."""
    if logged.outcome is Outcome.EXISTS:
        flash(_("This was saved before. No supplies were added."), "note")
    return _back(draft, saved=logged.distribution_id)


def _practise(draft: Draft, form: TeachBackForm) -> Response:
    """Save what was practised, and leave open what is still to be shown."""
    told = form.practised()
    if told.acts:
        waiting = actions.practise(draft, told, by=current_actor(), at=clock.now())
        words = ", ".join(say(ACTS[act]) for act in waiting)
        keep_change(UUID(draft.draft_id), lambda draft: rules.after_practice(draft, words))
        flash(_("Saved."), "good")
    return _back(draft)


def _back(draft: Draft, *, saved: str | None = None) -> Response:
    """Go back to the page of what can be done."""
    return redirect(url_for(".together", draft_id=draft.draft_id, saved=saved), 303)
