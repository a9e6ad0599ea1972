"""After a report: a kit in its place, the next report, where to turn to."""

from uuid import UUID, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions import choose_only_place, log_distribution
from harmreduction.encounters.queries import Place, find_place, find_visit_of
from harmreduction.encounters.queries.naloxone import get_talk_of, list_naloxone
from harmreduction.encounters.rules import Distribution
from harmreduction.reversals.forms import KitForm
from harmreduction.reversals.models import ReversalReport
from harmreduction.reversals.queries.reports import find_report_of
from harmreduction.reversals.queries.same_event import find_possible_with
from harmreduction.reversals.queries.starting import has_naloxone
from harmreduction.stock.rules import Wanted
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say

bp = Blueprint("reversal_after", __name__, url_prefix="/reversals")


@bp.get("/saved")
@requires(Permission.RECORD_CARE)
def saved() -> ResponseReturnValue:
    """Say that a report is saved, and offer what comes next."""
    report = find_report_of(current_actor(), request.args.get("report", ""))
    visit = find_visit_of(current_actor(), request.args.get("visit", ""))
    kits = list_naloxone()
    return render_template(
        "reversals/saved.html",
        report=report,
        visit=visit,
        kit=kits[0] if kits else None,
        has_kit=visit is not None and has_naloxone(visit),
        form=KitForm(formdata=None, visit=visit.public_id if visit else ""),
        next_report=_next_report(),
        has_possible=report is not None and _has_possible(report),
    )


@bp.post("/kit")
@requires(Permission.RECORD_CARE)
def give_kit() -> ResponseReturnValue:
    """Hand the usual kit out, in the place of the one that was used."""
    form, place, kits = KitForm(), _place(), list_naloxone()
    if place is None:
        return redirect(url_for("encounters.choose_place"))
    if not form.validate_on_submit() or not kits:
        return redirect(url_for("encounters.hand_out_items"))
    try:
        wanted = (Wanted(item_id=kits[0].id, quantity=1),)
        logged = log_distribution(_hand_out(form, place, wanted), by=current_actor())
    except DomainError as problem:
        flash(say(problem.message), "stop")
        return redirect(url_for("encounters.hand_out", said=1))
    return redirect(url_for("encounters.hand_out", saved=logged.distribution_id))


def _has_possible(report: ReversalReport) -> bool:
    """Say whether a report that this person may read too may tell of the same overdose; others stay unsaid."""
    others = (pair.second.public_id for pair in find_possible_with(report))
    return any(find_report_of(current_actor(), other) is not None for other in others)


def _hand_out(form: KitForm, place: Place, lines: tuple[Wanted, ...]) -> Distribution:
    """Return the hand-out: on the visit of the page if it is at the site where this person works, else on a new one."""
    visit = find_visit_of(current_actor(), form.visit.data or "")
    is_here = visit is not None and visit.site_id == place.site_id
    return Distribution(
        client_id=form.form_id.data,
        visit_id=visit.public_id if visit and is_here else str(uuid5(UUID(form.form_id.data), "visit")),
        site_id=place.site_id,
        location_id=place.location_id,
        time_zone=place.time_zone,
        lines=lines,
        day=place.day,
    )


def _place() -> Place | None:
    """Return where this person hands out from; chosen for them where there is only one."""
    place = find_place(current_actor(), now=clock.now())
    if place is None and choose_only_place(by=current_actor()):
        place = find_place(current_actor(), now=clock.now())
    return place


def _next_report() -> dict[str, object] | None:
    """Return the address of the next report where a talk said that several kits were used, and which number it is."""
    number = request.args.get("number", 0, type=int)
    try:
        talk, _visit = get_talk_of(current_actor(), request.args.get("talk", ""))
    except DomainError:
        return None
    if not 1 <= number < (talk.times_used or 1):
        return None
    words = _("Report the next one (%(number)s of %(times)s)", number=number + 1, times=talk.times_used)
    return {
        "url": url_for("reversals.report_for_talk", talk_id=talk.public_id, number=number + 1),
        "words": words,
    }
