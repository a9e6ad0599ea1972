"""The pages on which a programme words the steps of its menus, and adds steps of its own."""

from functools import partial

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from harmreduction.assessments.actions.card_editing import change_cards
from harmreduction.assessments.forms.card_editing import fail_where
from harmreduction.assessments.forms.step_editing import NewStepForm, OwnStepForm, StepWordsForm
from harmreduction.assessments.queries.card_set import current_cards
from harmreduction.assessments.routes.card_editing import reading_of, tell_saved, wanted_language
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
    form = NewStepForm(current_cards(), str(get_locale()))
    if form.validate_on_submit() and _keep(form, None, "en"):
        return _saved(form)
    return _page(form, None, "en")


@bp.route("/<step_code>", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def edit(step_code: str) -> ResponseReturnValue:
    """Change what a step says in one language, and what would change with it if it is the programme's own."""
    language, step = wanted_language(), rules.find_step(current_cards(), step_code)
    form = _form_for(step, language)
    if form.validate_on_submit() and _keep(form, step, language):
        return _saved(form, step_code, language)
    if not form.is_submitted():
        form.show(step, language)
    return _page(form, step, language)


def _form_for(step: Step, language: str) -> StepWordsForm:
    """Return the form for a step; what would change with it is said in English before it is in another language."""
    if rules.is_own(step) and (language == "en" or step.what_if):
        return OwnStepForm(current_cards(), str(get_locale()), language)
    return StepWordsForm()


def _page(form: StepWordsForm, step: Step | None, language: str) -> str:
    """Show a step with its form."""
    reading = reading_of(form, language)
    return render_template("assessments/team/step_edit.html", form=form, step=step, language=language, reading=reading)


def _keep(form: StepWordsForm, step: Step | None, language: str) -> bool:
    """Keep what was entered, or show why not; what somebody changed meanwhile is then what the next save replaces."""
    try:
        entered = form.step(step, language)
        change = partial(rules.with_step, step=entered, seen=(form.seen.data or "") if step else None)
        change_cards(change, by=current_actor(), today=clock.today(current_settings().time_zone))
    except (UnusableCardSet, OutOfDate) as problem:
        fail_where(form, problem)
        if step:
            form.seen.data = rules.revision_of(step)
        return False
    return True


def _saved(form: StepWordsForm, step_code: str | None = None, language: str = "en") -> ResponseReturnValue:
    """Go back to the list, to the step if it was there before, and say that it is saved."""
    tell_saved(form, language)
    return redirect(url_for(".index", _anchor=step_code))
