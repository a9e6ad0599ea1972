"""What somebody needs, at the moment of handing out, and what that comes to for the programme."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions.needs import tell_need
from harmreduction.encounters.forms.needs import NeedForm, as_entered
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.queries.coverage import coverage_on, find_need_on, start_of
from harmreduction.encounters.queries.coverage_figures import coverage_figures
from harmreduction.encounters.queries.hub import participant_of
from harmreduction.encounters.queries.reach import sum_reach
from harmreduction.encounters.queries.taken import syringes_on
from harmreduction.encounters.queries.visits import get_visit_of
from harmreduction.encounters.routes.pages import asked_time
from harmreduction.encounters.rules.coverage import BANDS
from harmreduction.encounters.rules.visits import NotBelievable
from harmreduction.participants.actions.people import note_seen
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import SAFE_METHODS, current_actor, requires

bp = Blueprint("needs", __name__)


@bp.route("/visits/<uuid:visit_id>/need", methods=["GET", "POST"])
@requires(Permission.RECORD_CARE)
def tell(visit_id: UUID) -> ResponseReturnValue:
    """Ask what somebody needs, and write down what they say."""
    actor, now = current_actor(), clock.now()
    visit = get_visit_of(actor, str(visit_id))
    _note_seen(visit)
    told = find_need_on(visit)
    form = NeedForm(data=as_entered(told, syringes_today=syringes_on(visit)))
    coverage = coverage_on(actor, visit, now)
    if form.validate_on_submit():
        try:
            told_now = coverage.told if coverage is not None and request.form.get("do") == "still" else form.told()
            tell_need(start_of(visit), told_now, by=actor, at=now)
            flash(_("Saved: what they need."), "good")
            return redirect(url_for("visits.show", visit_id=visit_id))
        except DomainError as problem:
            form.fail(problem, form[problem.about] if isinstance(problem, NotBelievable) else None)
    before = coverage if told is None else None
    return render_template("encounters/needs.html", form=form, visit=visit, coverage=before)


@bp.get("/coverage")
@requires(Permission.VIEW_REPORTS)
def figures() -> ResponseReturnValue:
    """Show how much of their need those who told it got, and whom supplies reached beyond them."""
    decided = current_settings()
    form, time = asked_time()
    return render_template(
        "encounters/needs_figures.html",
        form=form,
        figures=coverage_figures(time.first, time.last, time_zone=decided.time_zone),
        reach=sum_reach(current_actor(), time),
        bands=BANDS,
        smallest=decided.smallest_shown,
    )


def _note_seen(visit: Encounter) -> None:
    """Write down that somebody looked at what a code told."""
    participant = participant_of(visit)
    if participant is not None and request.method in SAFE_METHODS:
        note_seen(participant, by=current_actor())
