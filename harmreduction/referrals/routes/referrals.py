"""Make a referral, print its slip, and see whom to call today."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.core.qr import QrCode, qr_code
from harmreduction.directory.queries import get_service_view
from harmreduction.directory.rules.terms import terms_of
from harmreduction.directory.service_page import phones_of
from harmreduction.directory.view import ServiceView
from harmreduction.encounters import queries as encounters
from harmreduction.participants.models import Participant
from harmreduction.referrals import actions, queries
from harmreduction.referrals.forms import AskedForm, NewForm, QuickForm, SlipForm
from harmreduction.referrals.routes.pages import open_referral, show_problem
from harmreduction.referrals.rules.following import ASK_AGAIN_AFTER, CannotRefer
from harmreduction.referrals.rules.kinds import usual_need
from harmreduction.referrals.words import moment_words, need_name, service_name, state_name
from harmreduction.settings.queries import current_settings
from harmreduction.sites import queries as sites
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("referrals", __name__, url_prefix="/referrals")

SERVICE_PAGE = "service.show"  # the public page of a service, which the picture on a slip leads to


@bp.get("/")
@requires(Permission.MAKE_REFERRALS)
def to_call() -> ResponseReturnValue:
    """Show whom to call today, then what waits."""
    own_sites = sites.list_sites_of(current_actor())
    form = AskedForm(request.args)
    form.offer(own_sites)
    number = page_number()
    at, part = clock.now(), {"offset": (number - 1) * PER_PAGE, "limit": PER_PAGE + 1}
    today = clock.today(current_settings().time_zone, at)
    rows = queries.list_to_call(current_actor(), form.asked(own_sites), today=today, **part)
    return render_template(
        "referrals/to_call.html",
        form=form,
        page=page_of(rows, number),
        quick=QuickForm(formdata=None),
        find=SlipForm(formdata=None),
        called=queries.list_called((row.referral for row in rows), at=at),
        phones_of=phones_of,
        need_name=need_name,
        state_name=state_name,
        service_name=service_name,
        today=today,
        has_sites=bool(own_sites),
    )


@bp.post("/find")
@requires(Permission.MAKE_REFERRALS)
def find() -> ResponseReturnValue:
    """Look a referral up by its slip number, which therefore stands in no address."""
    referral = queries.find_by_slip_number(current_actor(), SlipForm().slip_number.data or "")
    if referral is None:
        flash(_("No referral of your sites has this slip number. Look at each sign of it again."), "stop")
        return redirect(url_for(".to_call"))
    return redirect(url_for("referral.show", referral_id=referral.public_id))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MAKE_REFERRALS)
def new() -> ResponseReturnValue:
    """Make a referral, to a service or for a need only."""
    today = clock.today(current_settings().time_zone)
    form = NewForm(
        service=request.args.get("service", ""),
        place=request.args.get("place", ""),
        participant=request.args.get("participant", ""),
        visit=request.args.get("visit", ""),
        need=_usual_need(request.args.get("service", "")) or request.args.get("need", ""),
        follow_up_on=today + ASK_AGAIN_AFTER,
    )
    form.offer(sites.list_sites_of(current_actor()), _usual_site(form.visit.data or ""))
    target = queries.find_target(form.service.data or "", form.place.data or "")
    whose = _whose(form)
    if form.validate_on_submit():
        try:
            site = sites.get_site_of(current_actor(), form.site.data or "")
            told = form.referral(site.id, target, whose)
            made = actions.make_referral(told, by=current_actor(), at=clock.now())
            return redirect(url_for(".made", referral_id=made.public_id, visit=form.visit.data or None))
        except CannotRefer as problem:
            show_problem(form, problem)
    return render_template("referrals/new.html", form=form, target=target, whose=whose)


@bp.get("/<uuid:referral_id>/made")
@requires(Permission.MAKE_REFERRALS)
def made(referral_id: UUID) -> ResponseReturnValue:
    """Show the slip number large, and what to do with it."""
    referral = open_referral(referral_id)
    return render_template(
        "referrals/made.html",
        referral=referral,
        target=queries.target_of(referral),
        whose=queries.find_participant(current_actor(), referral),
        visit=encounters.find_visit_of(current_actor(), request.args.get("visit", "")),
    )


@bp.get("/<uuid:referral_id>/slip")
@requires(Permission.MAKE_REFERRALS)
def slip(referral_id: UUID) -> ResponseReturnValue:
    """Show the slip as it is printed: the service and the number, and nobody's name."""
    referral = open_referral(referral_id)
    target = queries.target_of(referral)
    view = get_service_view(target.service_hsds_id, for_staff=False, at=clock.now()) if target else None
    chosen = [place for place in view.places if place.pair_id == target.place_hsds_id] if view and target else []
    return render_template(
        "referrals/slip.html",
        referral=referral,
        view=view,
        places=chosen or (view.places if view else ()),
        code=_code_of(view),
        moment_words=moment_words,
        time_zone=current_settings().time_zone,
    )


def _usual_site(visit_id: str) -> str:
    """Return the public id of the site of a visit, else of the one where this person works now, or nothing."""
    visit = encounters.find_visit_of(current_actor(), visit_id) if visit_id else None
    if visit is not None:
        own = sites.list_sites_of(current_actor())
        return next((site.public_id for site in own if site.id == visit.site_id), "")
    place = encounters.find_place(current_actor(), now=clock.now())
    return place.site_public_id if place else ""


def _whose(form: NewForm) -> Participant | None:
    """Return the participant for whose page or visit the referral is made, if for any."""
    return queries.find_whose(current_actor(), participant=form.participant.data or "", visit=form.visit.data or "")


def _usual_need(service: str) -> str:
    """Return what people usually want from a service, or nothing; only for a page that begins."""
    target = queries.find_target(service) if request.method == "GET" else None
    if target is None:
        return ""
    view = get_service_view(target.service_hsds_id, for_staff=True, at=clock.now())
    return usual_need(term.code for term in terms_of(view.terms)) or ""


def _code_of(view: ServiceView | None) -> QrCode | None:
    """Return the code of the service's public page, where anybody may open it."""
    is_open = SERVICE_PAGE in current_app.view_functions and current_settings().is_directory_public
    if view is None or not is_open:
        return None
    return qr_code(url_for(SERVICE_PAGE, service_id=view.merged_into or view.hsds_id, _external=True))
