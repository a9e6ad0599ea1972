"""Look through reports: count public ones or put them aside, and say which tell of one overdose."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.reversals import actions
from harmreduction.reversals.forms import PutAsideForm, SameForm
from harmreduction.reversals.queries.reports import count_waiting, get_report_of, list_waiting, read_note
from harmreduction.reversals.queries.same_event import list_pairs_to_decide
from harmreduction.reversals.words import summary_words, when_words
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("reversal_review", __name__, url_prefix="/reversals")


@bp.get("/review")
@requires(Permission.REVIEW_REVERSALS)
def show() -> ResponseReturnValue:
    """Show the public reports that wait, and pairs that may tell of one overdose."""
    number = page_number()
    actions.note_listed(by=current_actor())  # first, for what is saved lets every row be read again
    waiting = list_waiting(offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template(
        "reversals/review.html",
        page=page_of(waiting, number),
        count=count_waiting(),
        pairs=list_pairs_to_decide(today=clock.today(current_settings().time_zone)) if number == 1 else [],
        form=PutAsideForm(formdata=None),
        read_note=read_note,
        when_words=when_words,
        summary_words=summary_words,
    )


@bp.post("/<uuid:report_id>/count")
@requires(Permission.REVIEW_REVERSALS)
def count(report_id: UUID) -> ResponseReturnValue:
    """Let a report count."""
    actions.count_report(str(report_id), by=current_actor())
    flash(_("It counts."), "good")
    return _back(report_id)


@bp.post("/<uuid:report_id>/put-aside")
@requires(Permission.REVIEW_REVERSALS)
def put_aside(report_id: UUID) -> ResponseReturnValue:
    """Put a report aside, with a reason."""
    get_report_of(current_actor(), str(report_id))
    form = PutAsideForm()
    if form.validate_on_submit():
        actions.put_aside(str(report_id), form.chosen(), by=current_actor())
        flash(_("Put aside. It does not count."), "good")
    else:
        flash(_("Nothing was saved. Choose why."), "wait")
    return _back(report_id)


@bp.post("/<uuid:report_id>/put-back")
@requires(Permission.REVIEW_REVERSALS)
def put_back(report_id: UUID) -> ResponseReturnValue:
    """Take the decision about a report back."""
    actions.put_back(str(report_id), by=current_actor())
    flash(_("Taken back."), "good")
    return _back(report_id)


@bp.post("/same")
@requires(Permission.REVIEW_REVERSALS)
def same() -> ResponseReturnValue:
    """Say whether two reports tell of one overdose."""
    form = SameForm()
    try:
        if form.validate_on_submit() and form.is_same is not None:
            pair = (form.first.data or "", form.second.data or "")
            actions.decide_same(*pair, is_same=form.is_same, by=current_actor(), at=clock.now())
            flash(_("They count as one.") if form.is_same else _("They count as two."), "good")
    except DomainError as problem:
        flash(say(problem.message), "stop")
    return redirect(url_for(".show"))


def _back(report_id: UUID) -> Response:
    """Go back to where a button was tapped."""
    if request.form.get("back") == "list":
        return redirect(url_for(".show"))
    return redirect(url_for("reversal.show", report_id=report_id))
