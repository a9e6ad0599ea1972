"""Services, tests and topics of a visit."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions.care import record_care
from harmreduction.encounters.forms.care import CareForm
from harmreduction.encounters.queries.care import list_activities, outcomes_on
from harmreduction.encounters.routes.pages import begin_on, page_visit, show_problem
from harmreduction.web.access import current_actor, requires

bp = Blueprint("care", __name__, url_prefix="/care")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.RECORD_CARE)
def tell() -> ResponseReturnValue:
    """Say what was done on a visit, or offered and not wanted."""
    form = CareForm()
    visit, place = page_visit(form)
    if place is None:
        return redirect(url_for("encounters.choose_place"))
    form.offer(list_activities(), outcomes_on(visit.id) if visit else {})
    if form.validate_on_submit():
        if visit is None and not form.outcomes:
            flash(_("Nothing was chosen, so nothing was saved."), "note")
            return redirect(url_for("encounters.hand_out", said=1))
        try:
            start = begin_on(visit, form, place)
            record_care(form.care(start), by=current_actor(), at=clock.now())
            return redirect(url_for("visits.show", visit_id=start.visit_id, saved="care"))
        except DomainError as problem:
            show_problem(form, problem)
    return render_template("encounters/care.html", form=form, visit=visit, place=place)
