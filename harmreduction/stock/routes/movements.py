"""The pages of supplies that move at a place: receive, move, adjust, throw away, take in, take back a slip."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.stock import actions, queries
from harmreduction.stock.actions.adjusting import adjust as adjust_stock
from harmreduction.stock.actions.adjusting import take_in, throw_away
from harmreduction.stock.actions.receiving import Receipt
from harmreduction.stock.actions.shipments import send
from harmreduction.stock.forms import ReceiveForm, TransferForm
from harmreduction.stock.forms.adjusting import AdjustForm, CameBackForm, WasteForm
from harmreduction.stock.models import Item, StockLocation
from harmreduction.stock.queries import StockRow
from harmreduction.stock.queries.funding import get_funding_source, list_funding_sources, list_received_with
from harmreduction.stock.queries.known_lots import is_held, list_known_lots
from harmreduction.stock.queries.moves import is_known
from harmreduction.stock.queries.reasons import find_reason, get_reason, list_reasons
from harmreduction.stock.rules import LOT_STATUSES, LocationKind, ReasonUse, UnknownLot, is_unusual
from harmreduction.stock.rules.funding import FundingAsksOnceMore, FundingBlocked
from harmreduction.stock.rules.lots import is_expired
from harmreduction.stock.rules.shipments import needs_acceptance
from harmreduction.web.access import current_actor, requires
from harmreduction.web.headers import with_camera
from harmreduction.web.i18n import day

bp = Blueprint("stock_movements", __name__, url_prefix="/stock")

LINES_SHOWN = 50  # of one delivery
CHANGES = (ReasonUse.MORE, ReasonUse.LESS)


@bp.route("/<uuid:location_id>/receive", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
@with_camera
def receive(location_id: str) -> ResponseReturnValue:
    """Book in what arrived at a place, one line of a delivery at a time."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = _receive_form(location)
    if form.validate_on_submit() and _book_in(form, location):
        if "next" in request.form:
            return redirect(url_for(".receive", location_id=location.public_id, **form.next_line()))
        return redirect(url_for("stock.place", location_id=location.public_id))
    number = (form.document.data or "").strip()
    return render_template(
        "stock/receive.html",
        form=form,
        location=location,
        below_zero=queries.list_below_zero(location.id),
        lines=list_received_with(number, location_id=location.id, limit=LINES_SHOWN) if number else [],
    )


@bp.route("/<uuid:location_id>/opening", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def opening(location_id: str) -> ResponseReturnValue:
    """Book in what lay at a place before its stock was kept here."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = _receive_form(location)
    form.ask_for_opening()
    if form.validate_on_submit() and _book_in(form, location, is_opening=True):
        return redirect(url_for(".opening", location_id=location.public_id))
    return render_template("stock/opening_lot.html", form=form, location=location)


@bp.route("/<uuid:location_id>/move", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def move(location_id: str) -> ResponseReturnValue:
    """Move lots from a place to another one, like a van; to another site or a partner they are sent off."""
    actor = current_actor()
    source = queries.get_location_of(actor, str(location_id))
    today = queries.today_at([source.id], now=clock.now())
    form = TransferForm()
    form.offer(_asked_for(queries.list_stock(source.id)), queries.list_targets_of(actor, source))
    if form.validate_on_submit():
        try:
            target = queries.get_location_of(actor, form.to.data)
            if is_known(form.form_id.data) or form.is_settled(source, target, today):
                return redirect(_move_or_send(form, source, target))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/move.html", form=form, location=source, aside=_put_aside(form), **_tags(today))


@bp.route("/<uuid:location_id>/adjust", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def adjust(location_id: str) -> ResponseReturnValue:
    """Set right what is booked of a lot, with a reason."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = AdjustForm(lot=request.args.get("lot"))
    form.offer(list_known_lots(location.id), list_reasons(*CHANGES))
    if form.validate_on_submit():
        try:
            lot = queries.get_lots([form.lot.data])[form.lot.data]
            reason = get_reason(form.reason.data, CHANGES)
            if is_known(form.form_id.data) or form.is_settled(reason):
                adjust_stock(form.adjustment(location, lot, reason, clock.now()), by=current_actor())
                flash(_("Adjusted."), "good")
                return redirect(url_for("stock.place", location_id=location.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/adjust.html", form=form, location=location)


@bp.route("/<uuid:location_id>/waste", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def waste(location_id: str) -> ResponseReturnValue:
    """Book out what was thrown away, with a reason; every lot may be, whatever its date or status."""
    location = queries.get_location_of(current_actor(), str(location_id))
    today = queries.today_at([location.id], now=clock.now())
    form = WasteForm()
    form.offer(_no_use_first(_asked_for(queries.list_stock(location.id)), today), list_reasons(ReasonUse.WASTE))
    if form.validate_on_submit():
        try:
            lots = queries.get_lots(form.chosen().keys())
            reason = get_reason(form.reason.data, [ReasonUse.WASTE])
            if is_known(form.form_id.data) or form.is_settled():
                throw_away(form.waste(location, lots, reason, clock.now()), by=current_actor())
                flash(_("Booked out as thrown away."), "good")
                return redirect(url_for("stock.place", location_id=location.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/waste.html", form=form, location=location, **_tags(today))


@bp.route("/<uuid:location_id>/came-back", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def came_back(location_id: str) -> ResponseReturnValue:
    """Take in what a participant brought back; nobody is asked who they are."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = CameBackForm(item=request.args.get("item"), lot_number=request.args.get("lot"))
    form.offer(queries.list_items(), list_reasons(ReasonUse.RETURN))
    if form.validate_on_submit():
        try:
            _take_in(form, location)
            return redirect(url_for("stock.place", location_id=location.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/came_back.html", form=form, location=location)


@bp.post("/moves/<uuid:fact_id>/take-back")
@requires(Permission.HANDLE_STOCK)
def take_back(fact_id: str) -> ResponseReturnValue:
    """Take back what was booked by a slip."""
    location = queries.get_location_of(current_actor(), request.form.get("location", ""))
    actions.take_back_at(location.id, str(fact_id), by=current_actor(), at=clock.now())
    flash(_("Taken back."), "good")
    return redirect(url_for("stock.place", location_id=location.public_id))


def _tags(today: date) -> dict[str, Any]:
    """Return what the tags of lots are made of."""
    return {"today": today, "statuses": {status.value: text for status, text in LOT_STATUSES.items()}}


def _put_aside(form: TransferForm) -> str:
    """Return the name of a place where lots are put aside, if one can be chosen, while the form asks about them."""
    places = queries.list_locations_of(current_actor(), kinds=[LocationKind.QUARANTINE]) if form.errors else []
    return next((place.name for place in places if place.public_id in form.to.choices), "")


def _receive_form(location: StockLocation) -> ReceiveForm:
    """Return the form of what arrived, with the lists it chooses from."""
    form = ReceiveForm.starting_with(request.args)
    form.offer(queries.list_items(), list_funding_sources(), today=clock.today(queries.time_zone_of(location)))
    return form


def _book_in(form: ReceiveForm, location: StockLocation, *, is_opening: bool = False) -> bool:
    """Book a line in and say so; else show at its field what is in the way."""
    try:
        item = queries.get_item(form.item.data)
        source = get_funding_source(form.source.data) if form.source.data else None
        time_zone = queries.time_zone_of(location)
        receipt = form.receipt(location, item, source, now=clock.now(), time_zone=time_zone, is_opening=is_opening)
        actions.receive(receipt, by=current_actor())
    except UnknownLot as problem:
        form.fail(problem, form.lot_number)
    except FundingBlocked as problem:
        form.fail(problem, form.source)
    except FundingAsksOnceMore as problem:
        form.fail(problem, form.is_funding_checked)
    except DomainError as problem:
        form.fail(problem)
    else:
        _say_booked_in(item, receipt)
        if receipt.expiry and is_expired(receipt.expiry, clock.today(time_zone)):
            flash(_("It is past its date: %(day)s.", day=day(receipt.expiry)), "wait")
        return True
    return False


def _say_booked_in(item: Item, receipt: Receipt) -> None:
    """Say that it is saved, and point out what somebody has to look at: a lot that is held, or without a number."""
    if is_held(item.id, receipt.lot_number):
        flash(_("Booked in. This lot is on hold or recalled: put it aside."), "stop")
    elif item.is_lot_tracked and not receipt.lot_number:
        flash(_("Booked in without a lot number."), "wait")
    else:
        flash(_("Booked in."), "good")


def _move_or_send(form: TransferForm, source: StockLocation, target: StockLocation) -> str:
    """Move what was chosen, or send it off where somebody has to accept it; return the page to go on with."""
    actor, lots = current_actor(), queries.get_lots(form.chosen().keys())
    must_accept = needs_acceptance(from_site=source.site_id, to_site=target.site_id, to_kind=LocationKind(target.kind))
    if must_accept and not form.has_arrived.data:
        sending = form.sending(source, target, lots, clock.now())
        send(sending, by=actor)
        flash(_("Sent off to %(place)s.", place=target.name), "good")
        return url_for("stock_shipments.shipment", shipment_id=sending.client_id)
    actions.transfer(form.transfer(source, target, lots, clock.now()), by=actor)
    flash(_("Moved to %(place)s.", place=target.name), "good")
    return url_for("stock.place", location_id=source.public_id)


def _take_in(form: CameBackForm, location: StockLocation) -> None:
    """Take in what came back, and say where it is now."""
    now = clock.now()
    item = queries.get_item(form.item.data)
    reason = find_reason(form.reason.data, [ReasonUse.RETURN])
    today = queries.today_at([location.id], now=now)
    if take_in(form.came_back(location, item, reason, at=now, today=today), by=current_actor()):
        flash(_("Taken in: it is back on the shelf."), "good")
    elif form.condition.data == "usable":
        flash(_("This lot is past its date, so it is booked as thrown away."), "wait")
    else:
        flash(_("Taken in and booked as thrown away."), "good")


def _asked_for(rows: list[StockRow]) -> list[StockRow]:
    """Leave only the lots or the item that the address asks for, where it does."""
    lots, item = set(request.args.getlist("lot")), request.args.get("item")
    return [row for row in rows if (not lots or row.lot.public_id in lots) and (not item or row.item.public_id == item)]


def _no_use_first(rows: list[StockRow], today: date) -> list[StockRow]:
    """Return lots with those first that are past their date or held: they are the likeliest to be thrown away."""
    return sorted(rows, key=lambda row: not is_unusual(row.lot.effective_expiry, row.lot.status, today))
