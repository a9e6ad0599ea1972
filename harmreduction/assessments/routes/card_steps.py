"""The pages on which a programme words the steps of its menus, and adds steps of its own."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.assessments.actions.card_editing import change_cards
from harmreduction.assessments.forms.card_editing import NewStepForm, StepWordsForm
from harmreduction.assessments.queries.card_set import current_cards
from harmreduction.assessments.routes.card_editing import wanted_language
from harmreduction.assessments.rules import card_editing as rules
from harmreduction.assessments.rules.card_parts import UnusableCardSet
from harmreduction.assessments.rules.cards import Step
from harmreduction.assessments.rules.plan_words import DOMAINS
from harmreduction.core import clock
from harmreduction.core.errors import OutOfDate
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires

bp = Blueprint("conversation_steps", __name__, url_prefix="/conversations/cards/steps")


@bp.get("")
@requires(Permission.SHAPE_QUESTIONS)
def index() -> ResponseReturnValue:
    """Show the steps under their part of the plan, with the cards that offer each."""
    return render_template("assessments/team/steps.html", cards=current_cards(), domains=DOMAINS)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def new() -> ResponseReturnValue:
    """Add a step of the programme's own; the cards choose it for their menus."""
    form = NewStepForm()
    if form.validate_on_submit() and _keep(form, None, "en"):
        return _saved()
    return render_template("assessments/team/step_edit.html", form=form, step=None, language="en")


@bp.route("/<step_code>", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def edit(step_code: str) -> ResponseReturnValue:
    """Change what a step says in one language."""
    language, step = wanted_language(), rules.find_step(current_cards(), step_code)
    form = StepWordsForm()
    if form.validate_on_submit() and _keep(form, step, language):
        return _saved(step_code)
    if not form.is_submitted():
        form.show(step, language)
    return render_template("assessments/team/step_edit.html", form=form, step=step, language=language)


def _keep(form: StepWordsForm, step: Step | None, language: str) -> bool:
    """Keep what was entered, or show why not; what somebody changed meanwhile is then what the next save replaces."""
    try:
        entered = form.step(step, language)
        change = partial(rules.with_step, step=entered, seen=(form.seen.data or "") if step else None)
        change_cards(change, by=current_actor(), today=clock.today(current_settings().time_zone))
    except (UnusableCardSet, OutOfDate) as problem:
        form.fail(problem)
        if step:
            form.seen.data = rules.revision_of(step)
        return False
    return True


def _saved(step_code: str | None = None) -> ResponseReturnValue:
    """Go back to the list, to the step if it was there before, and say that it is saved."""
    flash(_("Saved. Conversations that run now keep the cards that they began with."), "good")
    return redirect(url_for(".index", _anchor=step_code))
