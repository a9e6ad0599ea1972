"""The pages of supplies: what lies where, receive, move, and the lists a programme edits."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.sites import queries as sites
from harmreduction.stock import actions, queries
from harmreduction.stock.forms import ItemForm, LocationForm, ReceiveForm, TransferForm, in_readers_order
from harmreduction.stock.models import Item
from harmreduction.stock.moves import Move, list_moves
from harmreduction.stock.rules import (
    DISCREPANCY_KINDS,
    LOCATION_KINDS,
    DiscrepancyKind,
    LocationKind,
    UnknownLot,
    may_take_back,
)
from harmreduction.web.access import current_actor, requires

bp = Blueprint("stock", __name__, url_prefix="/stock")

SOON = timedelta(days=90)
MOVES_SHOWN = 25


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def places() -> ResponseReturnValue:
    """Show the stock places of one's sites, and what needs someone."""
    locations = queries.list_locations_of(current_actor())
    ids = [location.id for location in locations]
    today = queries.today_at(ids, now=clock.now())
    return render_template(
        "stock/places.html",
        places=queries.summarise_places(locations),
        expiring=queries.list_expiring(ids, until=today + SOON),
        discrepancies=queries.list_open_discrepancies(ids),
        kinds={kind.value: text for kind, text in LOCATION_KINDS.items()},
        discrepancy_kinds={kind.value: text for kind, text in DISCREPANCY_KINDS.items()},
        closes_itself=DiscrepancyKind.NEGATIVE_BALANCE.value,
        today=today,
    )


@bp.get("/<uuid:location_id>")
@requires(Permission.HANDLE_STOCK)
def place(location_id: str) -> ResponseReturnValue:
    """Show what lies at a place, and what moved lately."""
    location = queries.get_location_of(current_actor(), str(location_id))
    time_zone = queries.time_zone_of(location)
    today = clock.today(time_zone)
    moves = list_moves(location.id, limit=MOVES_SHOWN)
    return render_template(
        "stock/place.html",
        location=location,
        kind=LOCATION_KINDS[LocationKind(location.kind)],
        rows=queries.list_stock(location.id),
        moves=moves,
        may_be_taken_back=_may_be_taken_back(moves),
        time_zone=time_zone,
        today=today,
        soon=today + SOON,
    )


def _may_be_taken_back(moves: Sequence[Move]) -> set[str]:
    """Return the facts among these moves that this person may take back now."""
    leads, now = current_actor().may(Permission.MANAGE_CATALOGUE), clock.now()
    return {
        move.fact_id
        for move in moves
        if may_take_back(recorded_at=move.logged_at, now=now, sites=move.sites, leads=leads)
    }


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
            return redirect(url_for(".place", location_id=location.public_id))
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
            return redirect(url_for(".place", location_id=source.public_id))
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
    return redirect(url_for(".place", location_id=location.public_id))


@bp.post("/discrepancies/<uuid:discrepancy_id>/close")
@requires(Permission.MANAGE_CATALOGUE)
def close_discrepancy(discrepancy_id: str) -> ResponseReturnValue:
    """Close something that one looked into."""
    actions.look_into(str(discrepancy_id), by=current_actor())
    return redirect(url_for(".places"))


@bp.get("/items")
@requires(Permission.MANAGE_CATALOGUE)
def items() -> ResponseReturnValue:
    """Show the programme's list of items."""
    items = in_readers_order(queries.list_items(only_active=False))
    return render_template("stock/items.html", items=items, categories=queries.list_categories())


@bp.route("/items/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new_item() -> ResponseReturnValue:
    """Add an item."""
    form = ItemForm()
    form.offer(queries.list_categories())
    if form.validate_on_submit():
        try:
            actions.add_item(form.form_id.data, form.change(), by=current_actor())
            flash(_("Added."), "good")
            return redirect(url_for(".items"))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/item.html", form=form, item=None)


@bp.route("/items/<uuid:item_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def edit_item(item_id: str) -> ResponseReturnValue:
    """Change an item."""
    item = queries.get_item(str(item_id))
    form = ItemForm(obj=item)
    form.offer(queries.list_categories())
    if form.validate_on_submit():
        try:
            actions.change_item(str(item_id), form.change(), by=current_actor())
            flash(_("Changed."), "good")
            return redirect(url_for(".items"))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/item.html", form=form, item=item)


@bp.route("/places/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new_place() -> ResponseReturnValue:
    """Open a stock place."""
    form = LocationForm()
    form.offer(sites.list_sites(only_active=True))
    if form.validate_on_submit():
        try:
            site = sites.get_site(form.site.data)
            actions.open_location(
                form.name.data.strip(),
                form.chosen_kind(),
                site_id=site.id,
                is_strict=form.is_strict.data,
                by=current_actor(),
            )
            flash(_("Opened."), "good")
            return redirect(url_for(".places"))
        except DomainError as problem:
            form.fail(problem, form.name)
    return render_template("stock/new_place.html", form=form)
