"""Read reports: those of one's sites, and one whole; cut one loose."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.reversals import actions
from harmreduction.reversals.forms import PutAsideForm
from harmreduction.reversals.queries.reports import count_waiting, get_detail, list_reports_of
from harmreduction.reversals.queries.same_event import find_possible_with
from harmreduction.reversals.rules.reports import PUT_ASIDE_REASONS, CannotReport, PutAside
from harmreduction.reversals.words import answer_words, answers_in_order, summary_words, when_words
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("reversal", __name__, url_prefix="/reversals")


@bp.get("/")
@requires(Permission.RECORD_CARE)
def list_all() -> ResponseReturnValue:
    """Show the reports of one's sites, newest first."""
    actor, number = current_actor(), page_number()
    actions.note_listed(by=actor)  # first, for what is saved lets every row be read again
    reports = list_reports_of(actor, offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template(
        "reversals/list.html",
        page=page_of(reports, number),
        waiting=count_waiting() if actor.may(Permission.REVIEW_REVERSALS) else 0,
        takes_public=current_settings().takes_public_reversals,
        when_words=when_words,
        summary_words=summary_words,
    )


@bp.get("/<uuid:report_id>")
@requires(Permission.RECORD_CARE)
def show(report_id: UUID) -> ResponseReturnValue:
    """Show what a report tells; looking at it is written down."""
    actor = current_actor()
    detail = get_detail(actor, str(report_id))
    actions.note_seen(detail.report, by=actor)
    aside = detail.report.put_aside_reason
    return render_template(
        "reversals/show.html",
        detail=detail,
        report=detail.report,
        told=answers_in_order(detail.answers),
        pairs=find_possible_with(detail.report) if actor.may(Permission.REVIEW_REVERSALS) else [],
        form=PutAsideForm(formdata=None),
        came_on=clock.today(current_settings().time_zone, detail.report.received_at),
        put_aside_words=say(PUT_ASIDE_REASONS[PutAside(aside)]) if aside else "",
        when_words=when_words,
        summary_words=summary_words,
        answer_words=answer_words,
    )


@bp.post("/<uuid:report_id>/cut-loose")
@requires(Permission.RECORD_CARE)
def cut_loose(report_id: UUID) -> ResponseReturnValue:
    """Cut a report loose for good; its new address is not shown, because the next entry of the trail would name it."""
    try:
        actions.cut_loose(str(report_id), by=current_actor())
        flash(_("Cut loose. Nothing stored leads from this report to a visit or a code any more."), "good")
    except CannotReport as problem:
        flash(say(problem.message), "stop")
    return redirect(url_for(".list_all"))
