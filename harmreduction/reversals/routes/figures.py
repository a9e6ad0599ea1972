"""What the reports of a time add up to, for the team, and the poster that leads to the public page."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.core.qr import qr_code
from harmreduction.directory.rules.links import opens_here_alone
from harmreduction.reversals.queries.figures import count_doses_handed_out, count_reversals
from harmreduction.reversals.queries.reports import count_waiting
from harmreduction.reversals.words import answer_words
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import requires
from harmreduction.web.forms import PeriodForm

bp = Blueprint("reversal_figures", __name__, url_prefix="/reversals")


@bp.get("/figures")
@requires(Permission.VIEW_REPORTS)
def show() -> ResponseReturnValue:
    """Show the figures of a time."""
    decided = current_settings()
    form = PeriodForm(request.args)
    first, last = form.period(today=clock.today(decided.time_zone), usual_days=90)
    figures = count_reversals(first, last, time_zone=decided.time_zone)
    doses = count_doses_handed_out(first, last, time_zone=decided.time_zone)
    return render_template(
        "reversals/figures.html",
        form=form,
        figures=figures,
        doses=doses,
        for_100_kits=figures.for_100_kits(doses),
        waiting=count_waiting(),
        smallest=decided.smallest_shown,
        answer_words=answer_words,
    )


@bp.get("/poster")
@requires(Permission.RECORD_CARE)
def poster() -> ResponseReturnValue:
    """Show a poster with the code that opens the public page."""
    address = url_for("used.tell", _external=True)
    return render_template(
        "reversals/poster.html",
        address=address,
        is_local=opens_here_alone(address),
        is_open=current_settings().takes_public_reversals,
        qr=qr_code(address),
    )
