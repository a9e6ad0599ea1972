"""The pages of an outreach worker: hand out, undo, void, details of a visit, my shift."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters import actions, queries
from harmreduction.encounters.forms import DayForm, ItemsForm, PlaceForm, TilesForm, VoidForm
from harmreduction.encounters.models import Encounter
from harmreduction.encounters.queries import Place
from harmreduction.encounters.queries.queue import find_entry_of_visit
from harmreduction.encounters.routes.pages import (
    as_address,
    asked_visit,
    can_undo,
    current_place,
    day_of,
    just_saved,
    page_visit,
    sees_codes,
    show_problem,
    show_saved,
    stays_open,
    visit_of,
)
from harmreduction.encounters.rules import (
    FILLING_IN,
    SAME_VISIT,
)
from harmreduction.sites import queries as sites
from harmreduction.stock import queries as stock
from harmreduction.stock.models import Lot
from harmreduction.stock.queries.lots import find_lot
from harmreduction.stock.queries.recalls import told_at
from harmreduction.stock.queries.shifts import find_van
from harmreduction.stock.rules import is_unusual
from harmreduction.web.access import current_actor, requires
from harmreduction.web.headers import with_camera

bp = Blueprint("encounters", __name__)

SAME_AS_LAST = "last:"


@bp.route("/hand-out", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def hand_out() -> ResponseReturnValue:
    """Hand out by one tap on a tile."""
    form = TilesForm()
    visit, place = page_visit(form)
    if place is None:
        return redirect(url_for(".choose_place"))
    if form.validate_on_submit():
        try:
            distribution = form.distribution(place, _tapped(form), visit_of(form, place, within=SAME_VISIT))
            return show_saved(actions.log_distribution(distribution, by=current_actor()), place)
        except DomainError as problem:
            show_problem(form, problem)
    shown = {"form": form, "place": place, "recalls": told_at(place.location_id), "van": find_van(place.location_id)}
    return render_template("encounters/hand_out.html", **shown, **_tiles_and_last_saved(form, visit))


@bp.route("/hand-out/items", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
@with_camera
def hand_out_items() -> ResponseReturnValue:
    """Hand out any items, with whatever else was told."""
    form = _items_form()
    _visit, place = page_visit(form)
    if place is None:
        return redirect(url_for(".choose_place"))
    items = stock.list_items()
    form.offer(
        items,
        stock.list_stock(place.location_id),
        today=day_of(form, place),
        scanned_item=request.args.get("item", ""),
        scanned_lot=find_lot(form.scanned_lot.data or request.args.get("lot", "")),
    )
    unusual: list[Lot] = []
    if form.validate_on_submit():
        try:
            unusual = _unusual_lots(form, place)
            if not unusual:
                return _save_items(form, place)
        except DomainError as problem:
            show_problem(form, problem)
    shown = {"form": form, "place": place, "recalls": told_at(place.location_id)}
    return render_template("encounters/items.html", **shown, unusual=unusual, items=items)


@bp.route("/hand-out/place", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def choose_place() -> ResponseReturnValue:
    """Say where one hands out from, and for which day."""
    actor = current_actor()
    place = current_place()
    form = PlaceForm(
        place=f"{place.site_public_id}:{place.location_public_id}" if place else None,
        day=place.day if place else None,
    )
    form.offer(sites.list_sites_of(actor), stock.list_hand_out_places_of(actor))
    if form.validate_on_submit():
        site, location = form.chosen()
        try:
            actions.choose_working_place(site, location, day=form.day.data, by=actor)
            return redirect(url_for(".hand_out", **as_address(current_place())))
        except DomainError as problem:
            form.fail(problem, form.day)
    return render_template("encounters/place.html", form=form, place=place)


@bp.post("/hand-out/<uuid:distribution_id>/undo")
@requires(Permission.LOG_DISTRIBUTIONS)
def undo(distribution_id: str) -> ResponseReturnValue:
    """Undo one's own hand-out."""
    actions.undo_distribution(str(distribution_id), by=current_actor())
    flash(_("Undone. The supplies are back in the stock."), "good")
    undone = queries.get_distribution_of(current_actor(), str(distribution_id))
    if request.args.get("then") == "visit":
        return redirect(url_for("visits.show", visit_id=undone.encounter.public_id))
    left = queries.list_given_on(undone.encounter_id)
    return redirect(url_for(".hand_out", saved=left[-1].public_id if left else None, said=None if left else 1))


@bp.route("/hand-out/<uuid:distribution_id>/void", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def void(distribution_id: str) -> ResponseReturnValue:
    """Void a hand-out that did not happen as logged."""
    distribution = queries.get_distribution_of(current_actor(), str(distribution_id))
    form = VoidForm()
    if form.validate_on_submit():
        try:
            actions.void_distribution(str(distribution_id), reason=form.chosen(), by=current_actor())
            flash(_("Voided. The supplies are back in the stock."), "good")
            return redirect(url_for(".shift"))
        except DomainError as problem:
            form.fail(problem)
    return render_template("encounters/void.html", form=form, distribution=distribution)


@bp.get("/shift")
@requires(Permission.LOG_DISTRIBUTIONS)
def shift() -> ResponseReturnValue:
    """Show what one logged since the shift began."""
    place = current_place()
    return render_template(
        "encounters/shift.html",
        shift=queries.get_shift(current_actor(), now=clock.now()),
        time_zone=place.time_zone if place else clock.UTC_ZONE,
        van=find_van(place.location_id) if place else None,
    )


@bp.get("/hand-outs")
@requires(Permission.VOID_ANY_DISTRIBUTION)
def day_list() -> ResponseReturnValue:
    """Show what everybody logged at a site on a day, so that a slip can be put right."""
    own_sites = sites.list_sites_of(current_actor())
    form = DayForm(request.args)
    form.offer(own_sites)
    chosen = next((site for site in own_sites if site.public_id == form.site.data), None)
    time_zone = chosen.time_zone if chosen else clock.UTC_ZONE
    day = form.day.data or clock.today(time_zone)
    form.day.process_data(day)
    entries = queries.list_day(chosen, day) if chosen else []
    return render_template("encounters/day_list.html", form=form, entries=entries, time_zone=time_zone)


def _items_form() -> ItemsForm:
    """Return the full list; opened from a visit, it begins with what was told there."""
    visit = asked_visit() if request.method == "GET" else None
    return ItemsForm(data=queries.details_as_entered(visit) if visit else None)


def _tapped(form: TilesForm) -> list[tuple[int, int]]:
    """Return (item id, units) of the tile that was tapped, or of the last hand-out that the page showed."""
    give = form.give.data or ""
    if give.startswith(SAME_AS_LAST):
        return queries.list_lines_of(current_actor(), give.removeprefix(SAME_AS_LAST))
    return queries.list_usual_lines(give)


def _tiles_and_last_saved(form: TilesForm, visit: Encounter | None) -> dict[str, object]:
    """Return the tiles, how often each is in the visit that goes on here, and what was just saved.

    A page that shows what was saved on a visit with a code goes on with that visit, from when it was saved.
    """
    tiles = queries.list_usual_handouts()
    saved = just_saved()
    goes_on = saved.encounter if saved is not None and stays_open(saved) else visit
    if saved is not None and goes_on is not None and goes_on.participant_id is not None and sees_codes():
        form.opened.data = saved.recorded_at.isoformat()
    shown = saved.encounter if saved is not None else visit
    on_visit = queries.list_given_on(shown.id) if shown is not None else []
    return {
        "tiles": tiles,
        "last": queries.find_last_of(current_actor()),
        "saved": saved,
        "visit": goes_on,
        "in_visit": queries.count_tiles(tiles, on_visit),
        "visit_given": queries.sum_given(on_visit),
        "ticket": find_entry_of_visit(saved.encounter_id) if saved is not None else None,
        "can_undo": saved is not None and can_undo(saved),
    }


def _unusual_lots(form: ItemsForm, place: Place) -> list[Lot]:
    """Return chosen lots that are past their date or held, unless the person said once more that it was them."""
    if form.lots_are_right.data:
        return []
    today = day_of(form, place)
    lots = stock.get_lots({lot for _item, _units, lot in form.chosen() if lot})
    return [lot for lot in lots.values() if is_unusual(lot.effective_expiry, lot.status, today)]


def _save_items(form: ItemsForm, place: Place) -> Response:
    """Save what the full list says, and show it on the tiles."""
    chosen = form.chosen()
    distribution = form.distribution(
        place,
        stock.get_items({item for item, _units, _lot in chosen}),
        stock.get_lots({lot for _item, _units, lot in chosen if lot}),
        visit_of(form, place, within=FILLING_IN),
    )
    return show_saved(actions.log_distribution(distribution, by=current_actor()), place)
