"""The plan, made together while the conversation runs."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.assessments import words
from harmreduction.assessments.forms.plan import GoalForm, MenuForm, StepForm, TapForm
from harmreduction.assessments.routes.pages import current_draft, keep_change, show_talk
from harmreduction.assessments.rules import plan_page, plans
from harmreduction.assessments.rules.cards import Domain
from harmreduction.assessments.rules.plan_words import DOMAINS, LAYOUTS
from harmreduction.assessments.rules.plans import PlanStep, StepChangedElsewhere, UnusablePlanStep
from harmreduction.assessments.rules.talks import Draft, SignOff
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.web.access import requires

bp = Blueprint("talk_plan", __name__, url_prefix="/conversations/now/<uuid:draft_id>/plan")

Steps = tuple[PlanStep, ...]


@bp.get("")
@requires(Permission.HOLD_CONVERSATIONS)
def show(draft_id: UUID) -> ResponseReturnValue:
    """Show the plan so far, and what may be chosen for each concern."""
    return _page(current_draft(draft_id))


@bp.post("/add")
@requires(Permission.HOLD_CONVERSATIONS)
def add(draft_id: UUID) -> ResponseReturnValue:
    """Add what was ticked on a menu, and an idea of one's own; what is left unticked is nothing."""
    draft, form = current_draft(draft_id), MenuForm()
    if not form.validate_on_submit():
        return _page(draft, sent=form)
    try:
        more = form.steps(draft.cards, draft.layout)
        _change_steps(draft_id, lambda steps: plans.added(steps, *more))
    except UnusablePlanStep as problem:
        form.fail(problem, form.idea)
        return _page(draft, sent=form)
    return _back(draft_id, "lines" if more else None)


@bp.route("/<uuid:line_id>", methods=["GET", "POST"])
@requires(Permission.HOLD_CONVERSATIONS)
def step(draft_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Word one line: when, where, with whose help; where it was changed elsewhere meanwhile, show both."""
    draft = current_draft(draft_id)
    line = _line(draft, line_id)
    form, kept = StepForm(line), None
    if form.validate_on_submit():
        try:
            newer = form.step(line)
            _change_steps(draft_id, lambda steps: plans.changed(steps, newer))
            return _back(draft_id, "lines")
        except StepChangedElsewhere as problem:
            kept = problem.kept
            form.revision.raw_data, form.revision.data = None, kept.revision
        except UnusablePlanStep as problem:
            form.fail(problem, form.words)
    page = show_talk(
        "assessments/step.html", draft, line=line, form=form, kept=kept, last_time=_last_time(draft, line), words=words
    )
    return page, 409 if kept else 200


@bp.post("/<uuid:line_id>/move")
@requires(Permission.HOLD_CONVERSATIONS)
def move(draft_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Move a line one place up or down in its part of the plan."""
    current_draft(draft_id)
    places = TapForm().places
    _change_steps(draft_id, lambda steps: plans.moved(steps, str(line_id), places))
    return _back(draft_id, "lines")


@bp.post("/<uuid:line_id>/remove")
@requires(Permission.HOLD_CONVERSATIONS)
def remove(draft_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Take a line off the plan; the page offers to put it back."""
    current_draft(draft_id)

    def without(draft: Draft) -> Draft:
        steps, gone = plans.removed(draft.steps, str(line_id))
        return replace(draft, steps=steps, removed=gone or draft.removed, sign_off=None)

    keep_change(draft_id, without)
    return _back(draft_id, "lines")


@bp.post("/undo")
@requires(Permission.HOLD_CONVERSATIONS)
def undo(draft_id: UUID) -> ResponseReturnValue:
    """Put the line back that was just taken off."""
    current_draft(draft_id)

    def with_it(draft: Draft) -> Draft:
        return replace(draft, steps=plans.put_back(draft.steps, draft.removed), removed=None, sign_off=None)

    keep_change(draft_id, with_it)
    return _back(draft_id, "lines")


@bp.post("/layout")
@requires(Permission.HOLD_CONVERSATIONS)
def layout(draft_id: UUID) -> ResponseReturnValue:
    """Choose the other layout of the plan, whatever was said on the cards; lines stay."""
    current_draft(draft_id)
    chosen = TapForm().layout
    keep_change(draft_id, lambda draft: replace(draft, chosen_layout=chosen))
    return _back(draft_id)


@bp.post("/goal")
@requires(Permission.HOLD_CONVERSATIONS)
def goal(draft_id: UUID) -> ResponseReturnValue:
    """Say what matters most; what was written on another screen meanwhile stays beside it."""
    draft, form = current_draft(draft_id), GoalForm()
    if not form.validate_on_submit():
        return _page(draft, goal=form)
    sent, before = (_lines_of(text) for text in (form.goal.data, form.before.data))
    newer = keep_change(draft_id, lambda now: _with_goal(now, before, sent))
    if newer.goal != sent:
        flash(_("This was changed on another screen. Both versions are here: choose what stays."), "wait")
    return _back(draft_id)


@bp.post("/sign-off")
@requires(Permission.HOLD_CONVERSATIONS)
def sign_off(draft_id: UUID) -> ResponseReturnValue:
    """Note the answer to "Does this say what you meant?"; not quite leads back to the plan."""
    current_draft(draft_id)
    said = TapForm().sign_off
    keep_change(draft_id, lambda draft: replace(draft, sign_off=said))
    if said is SignOff.YES:
        return redirect(url_for("conversation_end.end", draft_id=draft_id), 303)
    flash(_("Good to know. Change what you like, then read it together again."))
    return _back(draft_id)


def _page(draft: Draft, *, sent: MenuForm | None = None, goal: GoalForm | None = None) -> str:
    """Show the plan, with what was sent and could not be taken."""
    shown_goal = goal or GoalForm(formdata=None, before=draft.goal, goal=draft.goal)
    return show_talk(
        "assessments/plan.html",
        draft,
        lines=plans.in_domains(draft.steps),
        menus=plan_page.menus(draft),
        whole_menu=plan_page.whole_menu(draft),
        in_plan=plan_page.in_plan(draft),
        go_over=Domain.GO_OVER,
        sent=sent,
        blank=MenuForm(formdata=None),
        goal=shown_goal,
        domains=DOMAINS,
        layouts=LAYOUTS,
        words=words,
    )


def _line(draft: Draft, line_id: UUID) -> PlanStep:
    """Return one line of the plan."""
    line = plans.find_step(draft.steps, str(line_id))
    if line is None:
        raise NotFound(message("This line is not in the plan any more."))
    return line


def _last_time(draft: Draft, line: PlanStep) -> PlanStep | None:
    """Return a line as it was kept last time, with its numbers."""
    return plans.find_step(draft.earlier.steps, line.step_id) if draft.earlier else None


def _change_steps(draft_id: UUID, change: Callable[[Steps], Steps]) -> None:
    """Change the lines of the plan; it is to be read together again then."""

    def with_steps(draft: Draft) -> Draft:
        steps = change(draft.steps)
        return replace(draft, steps=steps, sign_off=draft.sign_off if steps == draft.steps else None)

    keep_change(draft_id, with_steps)


def _with_goal(draft: Draft, before: str, sent: str) -> Draft:
    """Return the draft with a goal; one that was written elsewhere since the page was made stays under it."""
    was_changed = draft.goal not in (before, sent)
    goal = f"{draft.goal}\n{sent}".strip() if was_changed else sent
    return replace(draft, goal=goal, sign_off=draft.sign_off if goal == draft.goal else None)


def _lines_of(text: str | None) -> str:
    """Return a text without the line ends of a browser, so that it can be told from another."""
    return "\n".join((text or "").strip().splitlines())


def _back(draft_id: UUID, part: str | None = None) -> Response:
    """Go back to the plan."""
    return redirect(url_for(".show", draft_id=draft_id, _anchor=part), 303)
