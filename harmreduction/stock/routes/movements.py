"""The pages of supplies that move: receive, move to another place, take back a slip."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.stock import actions, queries
from harmreduction.stock.forms import ReceiveForm, TransferForm
from harmreduction.stock.models import Item
from harmreduction.stock.rules import (
    UnknownLot,
)
from harmreduction.web.access import current_actor, requires

bp = Blueprint("stock_movements", __name__, url_prefix="/stock")


@bp.route("/<uuid:location_id>/receive", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def receive(location_id: str) -> ResponseReturnValue:
    """Book in what arrived at a place."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = ReceiveForm(item=request.args.get("item"), lot_number=request.args.get("lot"))
    form.offer(queries.list_items())
    if form.validate_on_submit():
        try:
            item = queries.get_item(form.item.data)
            actions.receive(form.receipt(location, item, clock.now()), by=current_actor())
            _say_booked_in(item, form.lot_number.data)
            return redirect(url_for("stock.place", location_id=location.public_id))
        except UnknownLot as problem:
            form.fail(problem, form.lot_number)
        except DomainError as problem:
            form.fail(problem)
    below_zero = queries.list_below_zero(location.id)
    return render_template("stock/receive.html", form=form, location=location, below_zero=below_zero)


def _say_booked_in(item: Item, lot_number: str | None) -> None:
    """Say that it is saved, and point out a lot number that the programme follows and nobody entered."""
    if item.is_lot_tracked and not (lot_number or "").strip():
        flash(_("Booked in without a lot number."), "wait")
    else:
        flash(_("Booked in."), "good")


@bp.route("/<uuid:location_id>/move", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def move(location_id: str) -> ResponseReturnValue:
    """Move lots from a place to another one, like a van."""
    actor = current_actor()
    source = queries.get_location_of(actor, str(location_id))
    form = TransferForm()
    form.offer(queries.list_stock(source.id), queries.list_targets_of(actor, source))
    if form.validate_on_submit():
        try:
            target = queries.get_location_of(actor, form.to.data)
            lots = queries.get_lots(form.chosen().keys())
            actions.transfer(form.transfer(source, target, lots, clock.now()), by=actor)
            flash(_("Moved to %(place)s.", place=target.name), "good")
            return redirect(url_for("stock.place", location_id=source.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/move.html", form=form, location=source)


@bp.post("/moves/<uuid:fact_id>/take-back")
@requires(Permission.HANDLE_STOCK)
def take_back(fact_id: str) -> ResponseReturnValue:
    """Take back a receipt or a move that was a slip."""
    location = queries.get_location_of(current_actor(), request.form.get("location", ""))
    actions.take_back_at(location.id, str(fact_id), by=current_actor(), at=clock.now())
    flash(_("Taken back."), "good")
    return redirect(url_for("stock.place", location_id=location.public_id))
