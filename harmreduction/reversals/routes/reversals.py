"""Tell of an overdose: from a talk about naloxone, from a visit, or by itself."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.queries import find_place, get_visit_of
from harmreduction.encounters.queries.naloxone import get_talk_of, list_naloxone
from harmreduction.reversals import actions
from harmreduction.reversals.forms import StaffForm
from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.queries.reports import list_reports_on
from harmreduction.reversals.queries.starting import find_visit_site, said_in_talk, start_of
from harmreduction.reversals.routes.pages import questions_of, show_problem
from harmreduction.reversals.rules.reports import NewReport
from harmreduction.sites import queries as sites
from harmreduction.sites.models import Site
from harmreduction.web.access import current_actor, requires

bp = Blueprint("reversals", __name__, url_prefix="/reversals")


@bp.app_template_global()
def reversals_on_visit(visit: Encounter) -> Sequence[ReversalReport]:
    """Return the reports of a visit, for the page of the visit, which knows nothing of reports."""
    return list_reports_on(visit.id)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.RECORD_CARE)
def report() -> ResponseReturnValue:
    """Tell of an overdose without a visit."""
    return _report(StaffForm())


@bp.route("/visit/<uuid:visit_id>", methods=["GET", "POST"])
@requires(Permission.RECORD_CARE)
def report_for_visit(visit_id: UUID) -> ResponseReturnValue:
    """Tell of an overdose on a visit."""
    visit = get_visit_of(current_actor(), str(visit_id))
    return _report(StaffForm(), visit=visit)


@bp.route("/talk/<uuid:talk_id>", methods=["GET", "POST"])
@requires(Permission.RECORD_CARE)
def report_for_talk(talk_id: UUID) -> ResponseReturnValue:
    """Tell of an overdose on which the kit before was used; what the talk said is filled in."""
    talk, visit = get_talk_of(current_actor(), str(talk_id))
    form = StaffForm(number=request.args.get("number", "1"))
    if request.method == "GET" and not _told_before(visit, form):  # what a page that was sent leaves out was not told
        form = StaffForm(number=form.number.data, **said_in_talk(talk))
    return _report(form, visit=visit, talk_id=talk.public_id, times=talk.times_used)


def _report(
    form: StaffForm, *, visit: Encounter | None = None, talk_id: str | None = None, times: int | None = None
) -> ResponseReturnValue:
    """Ask what happened, and keep it."""
    form.offer(sites.list_sites_of(current_actor()), list_naloxone(), _usual_site())
    before = _told_before(visit, form)
    if before and not form.is_submitted():
        form.number.data = str(len(before) + 1)
    shown: dict[str, Any] = {"form": form, "visit": visit, "talk_id": talk_id, "times": times, "before": before}
    shown["time_zone"] = find_visit_site(visit).time_zone if visit else ""
    if form.validate_on_submit():
        try:
            site = find_visit_site(visit) if visit else sites.get_site_of(current_actor(), form.site.data or "")
            new = _told(form, site, visit, talk_id)
            reported = actions.report_reversal(new, by=current_actor(), at=clock.now())
            return _saved(None if new.is_cut_loose else reported.report_id, visit, talk_id, form.which_number())
        except DomainError as problem:
            show_problem(form, problem)
    return render_template("reversals/report.html", **shown, **questions_of(form))


def _told_before(visit: Encounter | None, form: StaffForm) -> Sequence[ReversalReport]:
    """Return the reports of a visit if this page would tell once more what one of them tells; Back opens such pages."""
    told = list_reports_on(visit.id) if visit else []
    return told if len(told) >= form.which_number() else []


def _told(form: StaffForm, site: Site, visit: Encounter | None, talk_id: str | None) -> NewReport:
    """Return the report that the page tells."""
    items = {item.public_id: item.id for item in list_naloxone()}
    return NewReport(
        **form.told(today=clock.today(site.time_zone)),
        site_id=site.id,
        visit=start_of(visit) if visit else None,
        talk_id=talk_id,
        is_cut_loose=form.is_cut_loose.data,
        item_id=items.get(form.item.data or ""),
    )


def _saved(report_id: str | None, visit: Encounter | None, talk_id: str | None, number: int) -> Response:
    """Go on to what comes next; the address of a report that is cut loose stands beside no visit."""
    visit_id, told = visit.public_id if visit else None, number if talk_id else None
    return redirect(url_for("reversal_after.saved", report=report_id, visit=visit_id, talk=talk_id, number=told))


def _usual_site() -> str:
    """Return where this person works now, as a public id, or nothing."""
    place = find_place(current_actor(), now=clock.now())
    return place.site_public_id if place is not None else ""
