"""The pages of supplies: what lies where, receive, move, and the lists a programme edits."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.sites import queries as sites
from harmreduction.stock import actions, queries
from harmreduction.stock.forms import ItemForm, LocationForm, ReceiveForm, TransferForm
from harmreduction.stock.rules import DISCREPANCY_KINDS, LOCATION_KINDS, DiscrepancyKind, LocationKind
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
    return render_template(
        "stock/places.html",
        places=queries.summarise_places(locations),
        expiring=queries.list_expiring(ids, until=clock.now().date() + SOON),
        discrepancies=queries.list_open_discrepancies(ids),
        kinds={kind.value: text for kind, text in LOCATION_KINDS.items()},
        discrepancy_kinds={kind.value: text for kind, text in DISCREPANCY_KINDS.items()},
        closes_itself=DiscrepancyKind.NEGATIVE_BALANCE.value,
        today=clock.now().date(),
    )


@bp.get("/<uuid:location_id>")
@requires(Permission.HANDLE_STOCK)
def place(location_id: str) -> ResponseReturnValue:
    """Show what lies at a place, and what moved lately."""
    location = queries.get_location_of(current_actor(), str(location_id))
    return render_template(
        "stock/place.html",
        location=location,
        kind=LOCATION_KINDS[LocationKind(location.kind)],
        rows=queries.list_stock(location.id),
        moves=queries.list_moves(location.id, limit=MOVES_SHOWN),
        time_zone=queries.time_zone_of(location),
        today=clock.today(queries.time_zone_of(location)),
        soon=clock.today(queries.time_zone_of(location)) + SOON,
    )


@bp.route("/<uuid:location_id>/receive", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def receive(location_id: str) -> ResponseReturnValue:
    """Book in what arrived at a place."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = ReceiveForm()
    form.offer(queries.list_items())
    if form.validate_on_submit():
        try:
            item = queries.get_item(form.item.data)
            actions.receive(form.receipt(location, item, clock.now()), by=current_actor())
            flash(_("Booked in."), "good")
            return redirect(url_for(".place", location_id=location.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/receive.html", form=form, location=location)


@bp.route("/<uuid:location_id>/move", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def move(location_id: str) -> ResponseReturnValue:
    """Move lots from a place to another one, like a van."""
    actor = current_actor()
    source = queries.get_location_of(actor, str(location_id))
    form = TransferForm()
    others = [other for other in queries.list_locations_of(actor) if other.id != source.id]
    form.offer(queries.list_stock(source.id), others)
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
    actions.take_back_at(location.id, str(fact_id), by=current_actor())
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
    return render_template(
        "stock/items.html", items=queries.list_items(only_active=False), categories=queries.list_categories()
    )


@bp.route("/items/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new_item() -> ResponseReturnValue:
    """Add an item."""
    form = ItemForm()
    form.offer(queries.list_categories())
    if form.validate_on_submit():
        actions.add_item(form.change(), by=current_actor())
        flash(_("Added."), "good")
        return redirect(url_for(".items"))
    return render_template("stock/item.html", form=form, item=None)


@bp.route("/items/<uuid:item_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def edit_item(item_id: str) -> ResponseReturnValue:
    """Change an item."""
    item = queries.get_item(str(item_id))
    form = ItemForm(obj=item)
    form.offer(queries.list_categories())
    if form.validate_on_submit():
        actions.change_item(str(item_id), form.change(), by=current_actor())
        flash(_("Changed."), "good")
        return redirect(url_for(".items"))
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
