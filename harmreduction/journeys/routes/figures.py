"""How many participants reached each step of the journey, and what stood in the way of the others."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.journeys import queries
from harmreduction.referrals.rules.kinds import BARRIERS
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.forms import PeriodForm

bp = Blueprint("journey_figures", __name__, url_prefix="/journey")


@bp.get("/figures")
@requires(Permission.VIEW_REPORTS)
def show() -> ResponseReturnValue:
    """Show how far those came who visited in a time, and the barriers at each step."""
    decided = current_settings()
    form = PeriodForm(request.args)
    first, last = form.period(today=clock.today(decided.time_zone), usual_days=366)
    counts = queries.count_steps(current_actor(), first, last)
    return render_template(
        "journeys/figures.html",
        form=form,
        counts=counts,
        names={step.id: step.name for step in queries.list_steps()},
        barrier_names=BARRIERS,
        smallest_shown=decided.smallest_shown,
    )
