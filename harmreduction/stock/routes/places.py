"""The pages of stock places: what needs someone, what lies where; opening, changing and closing a place."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.sites import queries as sites
from harmreduction.stock import queries
from harmreduction.stock.actions.places import change_place, close_place, open_place, reopen_place
from harmreduction.stock.forms.places import LocationForm
from harmreduction.stock.models import StockLocation
from harmreduction.stock.needs import things_to_do
from harmreduction.stock.queries.counts import last_counted
from harmreduction.stock.queries.moves import Move, list_moves
from harmreduction.stock.queries.overview import get_overview, heated_at, list_states, par_levels_at
from harmreduction.stock.queries.shelves import MOST_SHOWN, list_shelf
from harmreduction.stock.queries.shifts import open_shift_at
from harmreduction.stock.queries.sizes import sizes_of
from harmreduction.stock.rules import (
    HAND_OUT_KINDS,
    LOCATION_KINDS,
    LOT_STATUSES,
    MOBILE_KINDS,
    PASSING_ON_KINDS,
    SELF_SERVICE_KINDS,
    LocationKind,
    NameTaken,
    may_take_back,
)
from harmreduction.stock.rules.movements import TAKEN_BACK_HERE
from harmreduction.stock.rules.places import CannotClose
from harmreduction.stock.words import fold_moves, moves_sentence
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say

bp = Blueprint("stock", __name__, url_prefix="/stock")

SOON = 90  # days
MOVES_READ, LINES_SHOWN = 100, 15
KINDS = {kind.value: text for kind, text in LOCATION_KINDS.items()}


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def places() -> ResponseReturnValue:
    """Show what needs someone, and the stock places of one's sites."""
    actor = current_actor()
    locations = queries.list_locations_of(actor, only_active=False)
    in_use = [location for location in locations if location.is_active]
    return render_template(
        "stock/places.html",
        needs=things_to_do(get_overview(actor, now=clock.now())),
        groups=_groups(in_use),
        closed=[location for location in locations if not location.is_active],
        kinds=KINDS,
        symbols=SYMBOLS,
        never_counted=PASSING_ON_KINDS,
    )


@bp.get("/<uuid:location_id>")
@requires(Permission.HANDLE_STOCK)
def place(location_id: str) -> ResponseReturnValue:
    """Show what lies at a place, and what moved lately."""
    location = queries.get_location_of(current_actor(), str(location_id))
    time_zone = queries.time_zone_of(location)
    moves = list_moves(location.id, limit=MOVES_READ)
    return render_template(
        "stock/place.html",
        location=location,
        kind=KINDS[location.kind],
        is_mobile=location.kind in MOBILE_KINDS,
        is_point=location.kind in SELF_SERVICE_KINDS,
        is_partner=location.kind in PASSING_ON_KINDS,
        has_targets=bool(queries.list_targets_of(current_actor(), location)),
        moves=fold_moves(moves, time_zone)[:LINES_SHOWN],
        sentence=moves_sentence,
        may_be_taken_back=sizes_of(_may_be_taken_back(moves)),
        time_zone=time_zone,
        **_shelf_of(location, clock.today(time_zone)),
    )


@bp.route("/places/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new_place() -> ResponseReturnValue:
    """Open a stock place."""
    form = LocationForm()
    form.offer(sites.list_sites(only_active=True), queries.list_locations_of(current_actor()))
    if form.validate_on_submit():
        try:
            site = sites.get_site(form.site.data)
            opened = open_place(form.change(), site_id=site.id, by=current_actor())
            flash(_("Opened."), "good")
            return redirect(url_for(".place", location_id=opened.public_id))
        except DomainError as problem:
            form.fail(problem, form.name)
    return render_template("stock/new_place.html", form=form, location=None)


@bp.route("/places/<uuid:location_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def edit_place(location_id: str) -> ResponseReturnValue:
    """Change a stock place."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = _form_of(location)
    if form.validate_on_submit():
        try:
            change_place(location.public_id, form.change(), by=current_actor())
            flash(_("Changed."), "good")
            return redirect(url_for(".place", location_id=location.public_id))
        except NameTaken as problem:
            form.fail(problem, form.name)
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/new_place.html", form=form, location=location)


@bp.post("/places/<uuid:location_id>/close")
@requires(Permission.MANAGE_CATALOGUE)
def close(location_id: str) -> ResponseReturnValue:
    """Take a place out of use."""
    try:
        close_place(str(location_id), by=current_actor())
    except CannotClose as problem:
        flash(say(problem.message), "stop")
        return redirect(url_for(".edit_place", location_id=location_id))
    flash(_("Closed. What happened there stays."), "good")
    return redirect(url_for(".places"))


@bp.post("/places/<uuid:location_id>/reopen")
@requires(Permission.MANAGE_CATALOGUE)
def reopen(location_id: str) -> ResponseReturnValue:
    """Take a closed place into use again."""
    reopen_place(str(location_id), by=current_actor())
    flash(_("Open again."), "good")
    return redirect(url_for(".place", location_id=location_id))


def _shelf_of(location: StockLocation, today: date) -> dict[str, Any]:
    """Return what lies at a place, and what is to be said of it."""
    return {
        "shelf": list_shelf(location.id, today=today),
        "most_shown": MOST_SHOWN,
        "pars": par_levels_at(location.id),
        "heated": heated_at(location.id),
        "counted_at": last_counted([location.id]).get(location.id),
        "shift": open_shift_at(location.id),
        "statuses": {status.value: text for status, text in LOT_STATUSES.items()},
        "today": today,
        "soon": SOON,
    }


def _form_of(location: StockLocation) -> LocationForm:
    """Return the form with a place as it is."""
    others = [place for place in queries.list_locations_of(current_actor()) if place.id != location.id]
    source = next((place.public_id for place in others if place.id == location.served_from_id), "")
    form = LocationForm(obj=location, served_from=source)
    form.offer([], others)
    return form


def _groups(locations: Sequence[StockLocation]) -> list[tuple[str, list[object]]]:
    """Return places by what they are for, each group with its heading."""
    states = list_states(locations)
    own = (*HAND_OUT_KINDS, LocationKind.QUARANTINE)
    groups = (
        (_("Our places"), own),
        (_("Machines and boxes"), SELF_SERVICE_KINDS),
        (_("Partners and distributors"), PASSING_ON_KINDS),
    )
    found = [(heading, [state for state in states if state.location.kind in kinds]) for heading, kinds in groups]
    return [(heading, list(here)) for heading, here in found if here]


def _may_be_taken_back(moves: Sequence[Move]) -> set[str]:
    """Return the facts among these moves that this person may take back now."""
    leads, now = current_actor().may(Permission.MANAGE_CATALOGUE), clock.now()
    return {
        move.fact_id
        for move in moves
        if move.kind in TAKEN_BACK_HERE
        and may_take_back(recorded_at=move.logged_at, now=now, sites=move.sites, leads=leads)
    }


SYMBOLS = {
    LocationKind.WAREHOUSE.value: "warehouse",
    LocationKind.FIXED_SITE.value: "box",
    LocationKind.VAN.value: "van",
    LocationKind.BACKPACK.value: "backpack",
    LocationKind.VENDING_MACHINE.value: "bag",
    LocationKind.PUBLIC_BOX.value: "box",
    LocationKind.PARTNER_AGENCY.value: "people",
    LocationKind.SECONDARY_DISTRIBUTOR.value: "people",
    LocationKind.QUARANTINE.value: "shield",
}
