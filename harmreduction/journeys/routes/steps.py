"""The pages on which the programme shapes its ideal journey."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.permissions import Permission
from harmreduction.journeys import actions, queries
from harmreduction.journeys.forms import MoveForm, StepForm
from harmreduction.journeys.models import JourneyStep
from harmreduction.journeys.rules.steps import MEASURES, CannotShape
from harmreduction.web.access import current_actor, requires

bp = Blueprint("journey_steps", __name__, url_prefix="/journey/steps")


@bp.get("/")
@requires(Permission.SHAPE_QUESTIONS)
def index() -> ResponseReturnValue:
    """Show the steps in order, those that are no longer used last."""
    steps = [(step, queries.measure_of(step)) for step in queries.list_steps(only_active=False)]
    return render_template("journeys/steps.html", steps=steps, measures=MEASURES)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def new() -> ResponseReturnValue:
    """Add a step, which is marked by hand."""
    return _edit(None)


@bp.route("/<uuid:step_id>", methods=["GET", "POST"])
@requires(Permission.SHAPE_QUESTIONS)
def edit(step_id: UUID) -> ResponseReturnValue:
    """Rename a step, or stop using it."""
    return _edit(queries.get_step(str(step_id)))


@bp.post("/<uuid:step_id>/move")
@requires(Permission.SHAPE_QUESTIONS)
def move(step_id: UUID) -> ResponseReturnValue:
    """Move a step one place earlier or later."""
    actions.move_step(str(step_id), MoveForm().places, by=current_actor())
    return redirect(url_for(".index"))


def _edit(step: JourneyStep | None) -> ResponseReturnValue:
    """Show the form of a step, and save what was entered."""
    form = StepForm(name=step.name if step else None, is_active=step.is_active if step else True)
    if form.validate_on_submit():
        try:
            actions.save_step(form.step(step), by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for(".index"))
        except CannotShape as problem:
            form.fail(problem, form.name)
    measure = queries.measure_of(step) if step else None
    return render_template("journeys/step_edit.html", form=form, step=step, measure=measure and MEASURES[measure])
