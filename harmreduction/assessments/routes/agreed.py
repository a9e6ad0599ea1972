"""What the two agree on for after the sitting: a referral, a follow-up, another day, somebody today."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.assessments.actions import together as actions
from harmreduction.assessments.forms.together import FollowUpForm, ReferForm, SameDayForm
from harmreduction.assessments.queries.fitting import list_fitting
from harmreduction.assessments.queries.same_day import same_day_ways
from harmreduction.assessments.routes.pages import current_draft, keep_change, show_talk
from harmreduction.assessments.rules import loops as rules
from harmreduction.assessments.rules.talks import Draft, Loop, LoopKind
from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.referrals.queries import find_target
from harmreduction.referrals.rules.following import ASK_AGAIN_AFTER, CannotRefer
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires

bp = Blueprint("conversation_agreed", __name__, url_prefix="/conversations/now/<uuid:draft_id>/agreed")


@bp.route("/referral", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def refer(draft_id: UUID) -> ResponseReturnValue:
    """Look for a service, and make an ordinary referral; what is wanted stands in no address."""
    draft, form = current_draft(draft_id), ReferForm(follow_up_on=_today() + ASK_AGAIN_AFTER)
    if not form.is_submitted():
        form.need.data = _need_of_line(draft, request.args.get("line", ""))
    results = list_fitting(form.chosen_need, (form.looked_for.data or "").strip(), at=clock.now())
    form.offer(results)
    if form.validate_on_submit() and form.is_sent:
        try:
            return _refer(draft, form)
        except DomainError as problem:
            fields = {field.name: field for field in form}
            form.fail(problem, fields.get(problem.about) if isinstance(problem, CannotRefer) else None)
    return show_talk("assessments/refer.html", draft, form=form, results=results, was_sent=form.is_submitted())


@bp.route("/follow-up", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def follow_up(draft_id: UUID) -> ResponseReturnValue:
    """Agree on a follow-up: a day, how, and nothing else."""
    draft, form = current_draft(draft_id), FollowUpForm()
    if form.validate_on_submit():
        try:
            rules.check_follow_up(form.due_on.data, today=_today())
            return _open(draft, form.loop())
        except rules.CannotFollowUp as problem:
            form.fail(problem, form.due_on)
    return show_talk("assessments/follow_up.html", draft, form=form)


@bp.post("/later/<uuid:line_id>")
@requires(Permission.HOLD_CONVERSATIONS)
def later(draft_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Put a line of the plan off to another day."""
    current_draft(draft_id)
    keep_change(draft_id, lambda draft: rules.for_later(draft, str(line_id)))
    return _back(draft_id)


@bp.post("/let-go/<uuid:begun_id>")
@requires(Permission.HOLD_CONVERSATIONS)
def let_go(draft_id: UUID, begun_id: UUID) -> ResponseReturnValue:
    """Take something off the list of what is open: it is done, or not wanted."""
    current_draft(draft_id)
    keep_change(draft_id, lambda draft: rules.without_loop(draft, str(begun_id)))
    return _back(draft_id)


@bp.route("/today", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def same_day(draft_id: UUID) -> ResponseReturnValue:
    """Show what can be done today for somebody who may not want to wake up, and note what is begun."""
    draft, form = current_draft(draft_id), SameDayForm()
    if form.validate_on_submit():
        words = form.words()
        if words:
            loop_id = rules.loop_id_of(draft, LoopKind.SAME_DAY)
            loop = Loop(loop_id=loop_id, kind=LoopKind.SAME_DAY, words=words, due_on=_today())
            keep_change(draft_id, lambda draft: rules.with_loop(draft, loop))
        next_page = ".same_day" if words else "conversation.overview"
        return redirect(url_for(next_page, draft_id=draft_id), 303)
    ways = same_day_ways(draft, by=current_actor(), at=clock.now())
    return show_talk("assessments/same_day.html", draft, form=form, same_day=ways)


def _refer(draft: Draft, form: ReferForm) -> Response:
    """Make the referral, and leave it open until it ends."""
    target = find_target(form.service.data or "")
    actions.refer(draft, form.referral(draft.site_id, target), by=current_actor(), at=clock.now())
    flash(_("The referral is made. Its slip number is below."), "good")
    return _open(draft, form.loop())


def _open(draft: Draft, loop: Loop) -> Response:
    """Add something to what is open, and go back."""
    keep_change(UUID(draft.draft_id), lambda draft: rules.with_loop(draft, loop))
    return _back(UUID(draft.draft_id))


def _back(draft_id: UUID) -> Response:
    """Go back to the page of what can be done."""
    return redirect(url_for("conversation_together.together", draft_id=draft_id, _anchor="begun"), 303)


def _need_of_line(draft: Draft, step_id: str) -> str:
    """Return what a line of the plan is about, else what the plan asks for first, or nothing."""
    of_line = [line.need for line in rules.offered(draft) if line.step_id == step_id and line.need]
    return next(iter((*of_line, *rules.needs_in(draft))), "other")


def _today() -> date:
    """Return the programme's calendar day."""
    return clock.today(current_settings().time_zone)
