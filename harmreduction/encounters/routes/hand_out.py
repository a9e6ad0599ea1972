"""The pages of an outreach worker: hand out, undo, void, details of a visit, my shift."""

from datetime import date, timedelta
from uuid import UUID, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from harmreduction.core import clock
from harmreduction.core.db import new_id
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.encounters import actions, queries
from harmreduction.encounters.actions import Logged
from harmreduction.encounters.forms import DayForm, DetailsForm, HandOutForm, ItemsForm, PlaceForm, TilesForm, VoidForm
from harmreduction.encounters.queries import Place
from harmreduction.encounters.rules import (
    FILLING_IN,
    SAME_VISIT,
    NotBelievable,
    TakenBackBefore,
    choose_visit,
    may_undo,
    still_belongs,
)
from harmreduction.sites import queries as sites
from harmreduction.stock import queries as stock
from harmreduction.stock.models import Lot
from harmreduction.stock.queries.lots import find_lot
from harmreduction.stock.queries.recalls import told_at
from harmreduction.stock.queries.shifts import find_van
from harmreduction.stock.rules import Outcome, is_unusual
from harmreduction.web.access import current_actor, requires
from harmreduction.web.forms import Form
from harmreduction.web.headers import with_camera
from harmreduction.web.i18n import clock_time

bp = Blueprint("encounters", __name__)

SAME_AS_LAST = "last:"


@bp.route("/hand-out", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def hand_out() -> ResponseReturnValue:
    """Hand out by one tap on a tile."""
    form = TilesForm()
    place = _place_of(form)
    if place is None:
        return redirect(url_for(".choose_place"))
    if form.validate_on_submit():
        try:
            distribution = form.distribution(place, _tapped(form), _visit_of(form, place, within=SAME_VISIT))
            return _show_saved(actions.log_distribution(distribution, by=current_actor()), place)
        except DomainError as problem:
            _show_problem(form, problem)
    shown = {"form": form, "place": place, "recalls": told_at(place.location_id), "van": find_van(place.location_id)}
    return render_template("encounters/hand_out.html", **shown, **_tiles_and_last_saved())


@bp.route("/hand-out/items", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
@with_camera
def hand_out_items() -> ResponseReturnValue:
    """Hand out any items, with whatever else was told."""
    form = _items_form()
    place = _place_of(form)
    if place is None:
        return redirect(url_for(".choose_place"))
    items = stock.list_items()
    form.offer(
        items,
        stock.list_stock(place.location_id),
        today=_day_of(form, place),
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
            _show_problem(form, problem)
    shown = {"form": form, "place": place, "recalls": told_at(place.location_id)}
    return render_template("encounters/items.html", **shown, unusual=unusual, items=items)


@bp.route("/hand-out/place", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def choose_place() -> ResponseReturnValue:
    """Say where one hands out from, and for which day."""
    actor = current_actor()
    place = _place()
    form = PlaceForm(
        place=f"{place.site_public_id}:{place.location_public_id}" if place else None,
        day=place.day if place else None,
    )
    form.offer(sites.list_sites_of(actor), stock.list_hand_out_places_of(actor))
    if form.validate_on_submit():
        site, location = form.chosen()
        try:
            actions.choose_working_place(site, location, day=form.day.data, by=actor)
            return redirect(url_for(".hand_out"))
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
    left = queries.list_given_on(undone.encounter_id)
    return redirect(url_for(".hand_out", saved=left[-1].public_id if left else None))


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


@bp.route("/visits/<uuid:visit_id>", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
def details(visit_id: str) -> ResponseReturnValue:
    """Add what was told or seen on a visit."""
    visit = queries.get_visit_of(current_actor(), str(visit_id))
    form = DetailsForm(data=queries.details_as_entered(visit))
    if form.validate_on_submit():
        try:
            actions.add_details(str(visit_id), form.details(), by=current_actor())
            flash(_("Details saved."), "good")
            return redirect(url_for(".hand_out"))
        except DomainError as problem:
            _show_problem(form, problem)
    given = queries.sum_given(queries.list_given_on(visit.id))
    return render_template("encounters/details.html", form=form, visit=visit, given=given)


@bp.get("/shift")
@requires(Permission.LOG_DISTRIBUTIONS)
def shift() -> ResponseReturnValue:
    """Show what one logged since the shift began."""
    place = _place()
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


def _place() -> Place | None:
    """Return where this person hands out from; chosen for them where there is only one."""
    actor = current_actor()
    place = queries.find_place(actor, now=clock.now())
    if place is None and actions.choose_only_place(by=actor):
        place = queries.find_place(actor, now=clock.now())
    return place


def _place_of(form: HandOutForm) -> Place | None:
    """Return the place and day that the page said, or for a new page those that are remembered."""
    site, location = form.place_shown()
    if location:
        return queries.get_place_on_page(current_actor(), site, location, form.day.data)
    place = _place()
    if place is not None and not form.is_submitted():
        form.place.data = f"{place.site_public_id}:{place.location_public_id}"
        form.day.process_data(place.day)
    return place


def _items_form() -> ItemsForm:
    """Return the full list; opened from a visit, it begins with what was told there."""
    visit_id = request.args.get("visit", "")
    visit = queries.find_visit_of(current_actor(), visit_id) if visit_id and request.method == "GET" else None
    return ItemsForm(data={"visit": visit_id, **queries.details_as_entered(visit)} if visit else None)


def _day_of(form: HandOutForm, place: Place) -> date:
    """Return the calendar day at the place for which the page hands out."""
    return form.day.data or clock.today(place.time_zone)


def _tapped(form: TilesForm) -> list[tuple[int, int]]:
    """Return (item id, units) of the tile that was tapped, or of the last hand-out that the page showed."""
    give = form.give.data or ""
    if give.startswith(SAME_AS_LAST):
        return queries.list_lines_of(current_actor(), give.removeprefix(SAME_AS_LAST))
    return queries.list_usual_lines(give)


def _visit_of(form: TilesForm | ItemsForm, place: Place, *, within: timedelta) -> str:
    """Return the id of the visit that this hand-out joins or begins."""
    posted, now = form.visit.data or "", clock.now()
    return choose_visit(
        posted=posted,
        fresh=form.own_visit,
        otherwise=str(uuid5(UUID(form.client_id), "visit")),
        known=queries.find_visits(current_actor(), {posted, form.own_visit}),
        belongs=lambda visit: still_belongs(
            visit, site_id=place.site_id, day=_day_of(form, place), now=now, within=within
        ),
    )


def _show_saved(logged: Logged, place: Place) -> Response:
    """Go on to the tiles, which show what was saved; a page that is sent again is told that it was."""
    if logged.distribution_id is None:
        flash(_("Saved: nothing handed out, only what was told."), "good")
    elif logged.outcome is Outcome.EXISTS:
        saved = queries.get_distribution_of(current_actor(), logged.distribution_id)
        time = clock_time(saved.recorded_at, place.time_zone)
        flash(_("This was saved before, at %(time)s. No supplies were added.", time=time), "note")
    return redirect(url_for(".hand_out", saved=logged.distribution_id))


def _show_problem(form: Form, problem: DomainError) -> None:
    """Show a problem at what it is about; a page whose hand-out was taken back may be tapped again."""
    form.fail(problem, form[problem.about] if isinstance(problem, NotBelievable) and problem.about in form else None)
    if isinstance(problem, TakenBackBefore):
        form["form_id"].data = new_id()


def _tiles_and_last_saved() -> dict[str, object]:
    """Return the tiles, and what was just saved with how often each tile is in it."""
    tiles = queries.list_usual_handouts()
    last = queries.find_last_of(current_actor())
    saved_id = request.args.get("saved")
    saved = queries.find_distribution_of(current_actor(), saved_id) if saved_id else None
    if saved is None or saved.void is not None:
        return {"tiles": tiles, "last": last, "saved": None, "in_visit": {}, "can_undo": False, "visit_given": []}
    on_visit = queries.list_given_on(saved.encounter_id)
    return {
        "tiles": tiles,
        "last": last,
        "saved": saved,
        "in_visit": queries.count_tiles(tiles, on_visit),
        "visit_given": queries.sum_given(on_visit),
        "can_undo": may_undo(
            logged_by_id=saved.recorded_by_id,
            logged_at=saved.recorded_at,
            by_id=current_actor().account_id,
            now=clock.now(),
        ),
    }


def _unusual_lots(form: ItemsForm, place: Place) -> list[Lot]:
    """Return chosen lots that are past their date or held, unless the person said once more that it was them."""
    if form.lots_are_right.data:
        return []
    today = _day_of(form, place)
    lots = stock.get_lots({lot for _item, _units, lot in form.chosen() if lot})
    return [lot for lot in lots.values() if is_unusual(lot.effective_expiry, lot.status, today)]


def _save_items(form: ItemsForm, place: Place) -> Response:
    """Save what the full list says, and show it on the tiles."""
    chosen = form.chosen()
    distribution = form.distribution(
        place,
        stock.get_items({item for item, _units, _lot in chosen}),
        stock.get_lots({lot for _item, _units, lot in chosen if lot}),
        _visit_of(form, place, within=FILLING_IN),
    )
    return _show_saved(actions.log_distribution(distribution, by=current_actor()), place)
