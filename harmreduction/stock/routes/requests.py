"""The pages of requests: a place asks another one for supplies, a lead decides and sends them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug import Response

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.actions import requests as actions
from harmreduction.stock.forms.requests import DeclineForm, GrantForm, RequestForm, SendForm
from harmreduction.stock.models import Requisition
from harmreduction.stock.queries import ordering
from harmreduction.stock.queries import requests as asked
from harmreduction.stock.queries.proposals import propose_lots
from harmreduction.stock.rules.requests import (
    IS_OVER,
    REQUEST_STATUSES,
    STANDS_ELSEWHERE,
    STEPS,
    RequestStatus,
    can_still_become,
    may_become,
)
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say, translated, units
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("stock_requests", __name__, url_prefix="/stock/requests")

WORDS = {"statuses": REQUEST_STATUSES, "steps": STEPS, "Status": RequestStatus}


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show the requests from and to one's places: those under way, or those that are over."""
    shows_over = request.args.get("show") == "over"
    number = page_number()
    rows = asked.list_requests(
        current_actor(),
        statuses=[status for status in RequestStatus if (status in IS_OVER) == shows_over],
        offset=min((number - 1) * PER_PAGE, 1_000_000),
        limit=PER_PAGE + 1,
    )
    return render_template("stock/requests.html", page=page_of(rows, number), shows_over=shows_over, **WORDS)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def new() -> ResponseReturnValue:
    """Ask for supplies: choose the place that needs them, then how many of what."""
    places = ordering.list_ordering_places_of(current_actor())
    form = RequestForm(place=request.args.get("place"))
    target = next((place for place in places if place.public_id == form.place.data), None)
    if target is None:
        return render_template("stock/request_place.html", places=places)
    sources = asked.list_sources_for(target)
    form.offer(ordering.list_needs_of(target, now=clock.now()), sources)
    if form.validate_on_submit():
        try:
            actions.draft(form.form_id.data, form.asking(target, sources), by=current_actor(), at=clock.now())
            return redirect(url_for(".show", request_id=form.form_id.data))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/request_form.html", form=form, target=target, asked=None)


@bp.get("/<uuid:request_id>")
@requires(Permission.HANDLE_STOCK)
def show(request_id: str) -> ResponseReturnValue:
    """Show a request, where it stands, and what can be done next."""
    found = _get(request_id)
    status = RequestStatus(found.status)
    return render_template(
        "stock/request.html",
        asked=found,
        status=status,
        next={step for step in RequestStatus if may_become(status, step)},
        asks=current_actor().works_at(found.target.site_id),
        shipments=asked.list_shipments_of(found),
        on_its_way=asked.units_sent_for(found),
        time_zone=queries.time_zone_of(found.target),
        **WORDS,
    )


@bp.route("/<uuid:request_id>/change", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def change(request_id: str) -> ResponseReturnValue:
    """Change a draft."""
    found = _get(request_id)
    if found.status != RequestStatus.DRAFT:
        return _moved_on(found)
    sources = asked.list_sources_for(found.target)
    form = RequestForm(
        source=found.source.public_id, place=found.target.public_id, needed_on=found.needed_on, note=found.note
    )
    form.offer(ordering.list_needs_of(found.target, now=clock.now()), sources, found)
    if form.validate_on_submit():
        try:
            actions.change_draft(found.public_id, form.asking(found.target, sources), by=current_actor())
            flash(_("Changed."), "good")
            return _back(found)
        except OutOfDate:
            return _moved_on(found)
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/request_form.html", form=form, target=found.target, asked=found)


@bp.post("/<uuid:request_id>/submit")
@requires(Permission.HANDLE_STOCK)
def submit(request_id: str) -> ResponseReturnValue:
    """Send a draft to whoever decides."""
    found = _get(request_id)
    actions.submit(found.public_id, by=current_actor(), at=clock.now())
    flash(_("Asked. A programme lead decides."), "good")
    return _back(found)


@bp.post("/<uuid:request_id>/close")
@requires(Permission.HANDLE_STOCK)
def close(request_id: str) -> ResponseReturnValue:
    """Close a request."""
    found = _get(request_id)
    actions.close(found.public_id, by=current_actor())
    flash(_("Closed."), "good")
    return _back(found)


@bp.route("/<uuid:request_id>/approve", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def approve(request_id: str) -> ResponseReturnValue:
    """Grant a request, maybe other numbers than it asks for."""
    found = _get(request_id)
    if _is_too_late(found, RequestStatus.APPROVED):
        return _moved_on(found)
    form = GrantForm()
    needs = ordering.list_needs_of(found.source, now=clock.now())
    form.offer(found, {need.item.id: need.supply.usable for need in needs})
    if form.validate_on_submit():
        try:
            actions.approve(found.public_id, form.granted(), by=current_actor(), at=clock.now())
            flash(_("Approved."), "good")
            _tell_short(form, found)
            return _back(found)
        except OutOfDate:
            return _moved_on(found)
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/request_grant.html", form=form, asked=found)


@bp.route("/<uuid:request_id>/decline", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def decline(request_id: str) -> ResponseReturnValue:
    """Decline a request with a sentence."""
    found = _get(request_id)
    if _is_too_late(found, RequestStatus.DECLINED):
        return _moved_on(found)
    form = DeclineForm()
    if form.validate_on_submit():
        try:
            actions.decline(found.public_id, form.answer.data or "", by=current_actor(), at=clock.now())
            flash(_("Declined."), "good")
            return _back(found)
        except OutOfDate:
            return _moved_on(found)
        except DomainError as problem:
            form.fail(problem, form.answer)
    return render_template("stock/request_decline.html", form=form, asked=found)


@bp.route("/<uuid:request_id>/send", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def send(request_id: str) -> ResponseReturnValue:
    """Send what was granted: lots that expire first are proposed."""
    found = _get(request_id)
    if _is_too_late(found, RequestStatus.DISPATCHED):
        return _moved_on(found)
    granted = {line.item_id: line.approved or 0 for line in found.lines}
    proposal = propose_lots(found.source.id, granted, today=clock.today(queries.time_zone_of(found.source)))
    form = SendForm()
    rows = [row for row in queries.list_stock(found.source.id) if row.item.id in granted and row.on_hand > 0]
    form.offer(rows, {pick.lot_id: pick.quantity for pick in proposal.picks if pick.lot_id is not None})
    if form.validate_on_submit():
        try:
            lots = queries.get_lots(form.chosen().keys())
            actions.dispatch(found.public_id, form.dispatch(lots, clock.now()), by=current_actor())
            flash(_("Sent. It is on the way until it is accepted there."), "good")
            return _back(found)
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/request_send.html", form=form, asked=found, proposal=proposal)


def _get(request_id: str) -> Requisition:
    """Return a request of one's places."""
    return asked.get_request_of(current_actor(), str(request_id))


def _is_too_late(found: Requisition, step: RequestStatus) -> bool:
    """Say whether a page is opened for a step that is over for a request; what is sent again may be saved already."""
    return request.method == "GET" and not can_still_become(RequestStatus(found.status), step)


def _moved_on(found: Requisition) -> Response:
    """Show where a request stands by now."""
    flash(say(STANDS_ELSEWHERE), "wait")
    return _back(found)


def _tell_short(form: GrantForm, found: Requisition) -> None:
    """Say of what more was granted than lies at the place that was asked; it may still arrive there."""
    for item, here in form.short():
        words = {"units": units(item, here), "item": translated(item.name), "place": found.source.name}
        flash(_("Only %(units)s of %(item)s can go out from %(place)s now.", **words), "wait")


def _back(found: Requisition) -> Response:
    """Go back to the page of a request."""
    return redirect(url_for(".show", request_id=found.public_id))
