"""Whom supplies reach through peer distributors and partners, as they tell it: sums, and nobody in particular."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.encounters.actions.peers import remove_peer_report, tell_peer_report
from harmreduction.encounters.forms.community import RemoveForm
from harmreduction.encounters.forms.peers import PeerForm
from harmreduction.encounters.queries.community import may_change
from harmreduction.encounters.queries.reach import (
    get_report_of,
    list_distributors,
    list_reports,
    sum_reach,
    told_until,
)
from harmreduction.encounters.routes.pages import asked_time, show_problem
from harmreduction.stock import queries as stock
from harmreduction.stock.queries.partners import get_partner_of, list_items_there
from harmreduction.stock.rules import LOCATION_KINDS, LocationKind
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("peers", __name__, url_prefix="/community/distributors")


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show who passes supplies on, and whom they reached in a time."""
    form, time = asked_time()
    return render_template(
        "encounters/community_reach.html",
        form=form,
        distributors=list_distributors(current_actor(), time),
        totals=sum_reach(current_actor(), time),
        kinds={kind.value: text for kind, text in LOCATION_KINDS.items()},
    )


@bp.get("/<uuid:partner_id>")
@requires(Permission.HANDLE_STOCK)
def show(partner_id: UUID) -> ResponseReturnValue:
    """Show what one of them told, time by time."""
    place, number = get_partner_of(current_actor(), str(partner_id)), page_number()
    reports = list_reports(place.id, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return render_template(
        "encounters/community_distributor.html",
        partner=place,
        kind=LOCATION_KINDS[LocationKind(place.kind)],
        page=page_of(reports, number),
        may_change=lambda report: may_change(current_actor(), report),
    )


@bp.route("/<uuid:partner_id>/told", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def tell(partner_id: UUID) -> ResponseReturnValue:
    """Write down what one of them tells of a time, and what they handed on in it."""
    place, form = get_partner_of(current_actor(), str(partner_id)), PeerForm()
    until = told_until(place.id)
    there = [row.item for row in list_items_there(place.id)]
    form.offer(there, stock.list_items(), told_until=until, today=clock.today(stock.time_zone_of(place)))
    if form.validate_on_submit():
        try:
            tell_peer_report(form.told(place), by=current_actor(), at=clock.now())
            flash(_("Saved."), "good")
            return redirect(url_for(".show", partner_id=partner_id))
        except DomainError as problem:
            show_problem(form, problem)
    return render_template("encounters/community_told.html", form=form, partner=place, told_until=until)


@bp.route("/reports/<uuid:peer_report_id>/remove", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def remove(peer_report_id: UUID) -> ResponseReturnValue:
    """Remove what one of them told, where it was a slip."""
    report, form = get_report_of(current_actor(), str(peer_report_id)), RemoveForm()
    if not may_change(current_actor(), report):
        raise NotFound(message("There is no such report."))
    if form.validate_on_submit():
        remove_peer_report(report.public_id, reason=form.chosen(), by=current_actor(), at=clock.now())
        flash(_("Removed. What was handed on with it lies with them again."), "good")
        return redirect(url_for(".index"))
    text = _("It no longer counts. What was handed on with it lies with them again.")
    return render_template(
        "encounters/community_remove.html",
        form=form,
        title=_("What a distributor told"),
        text=text,
        back=url_for(".index"),
    )
