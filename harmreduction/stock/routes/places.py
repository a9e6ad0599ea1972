"""The pages of stock places: what lies where, what needs someone, opening a place."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.sites import queries as sites
from harmreduction.stock import actions, queries
from harmreduction.stock.forms import LocationForm
from harmreduction.stock.queries.moves import Move, list_moves
from harmreduction.stock.rules import (
    DISCREPANCY_KINDS,
    LOCATION_KINDS,
    DiscrepancyKind,
    LocationKind,
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


@bp.post("/discrepancies/<uuid:discrepancy_id>/close")
@requires(Permission.MANAGE_CATALOGUE)
def close_discrepancy(discrepancy_id: str) -> ResponseReturnValue:
    """Close something that one looked into."""
    actions.look_into(str(discrepancy_id), by=current_actor())
    return redirect(url_for(".places"))


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


def _may_be_taken_back(moves: Sequence[Move]) -> set[str]:
    """Return the facts among these moves that this person may take back now."""
    leads, now = current_actor().may(Permission.MANAGE_CATALOGUE), clock.now()
    return {
        move.fact_id
        for move in moves
        if may_take_back(recorded_at=move.logged_at, now=now, sites=move.sites, leads=leads)
    }
