"""The pages of shifts: load out, close out, what became of the supplies."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.actions import shifts as actions
from harmreduction.stock.forms.loading import CloseOutForm, LoadForm
from harmreduction.stock.models import StockLocation, StockShift
from harmreduction.stock.queries import loading, shifts
from harmreduction.stock.queries.reasons import list_reasons
from harmreduction.stock.queries.tallies import tally_items, tally_lots
from harmreduction.stock.rules import MOBILE_KINDS, Outcome, ReasonUse
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("stock_shifts", __name__, url_prefix="/stock/shifts")


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show which vans and backpacks are out, and the shifts that were closed out."""
    places = shifts.list_mobile_places(current_actor(), now=clock.now())
    number = page_number()
    ids = [place.location.id for place in places]
    rows = shifts.list_shifts(ids, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return render_template("stock/shifts.html", places=places, page=page_of(rows, number))


@bp.route("/at/<uuid:van_id>", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def load_out(van_id: str) -> ResponseReturnValue:
    """Propose what a van or a backpack takes along, and load it."""
    van = _van(str(van_id))
    out = shifts.open_shift_at(van.id)
    form = LoadForm()
    if out is not None and out.public_id != form.form_id.data:
        return redirect(url_for(".shift", shift_id=out.public_id))
    sources = _sources(van)
    source = loading.choose_source(sources, form.source.data or request.args.get("source"))
    load = _propose(van, source)
    form.offer(load.rows)
    if form.validate_on_submit():
        try:
            return _load_out(form, van, source)
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/shift_load_out.html", form=form, van=van, sources=sources, source=source, load=load)


@bp.get("/<uuid:shift_id>")
@requires(Permission.HANDLE_STOCK)
def shift(shift_id: str) -> ResponseReturnValue:
    """Show what became of the supplies of a shift, so far or in the end."""
    shift = shifts.get_shift_of(current_actor(), str(shift_id))
    items = tally_items(tally_lots(shift))
    return render_template(
        "stock/shift.html",
        shift=shift,
        items=items,
        differs=any(item.tally.difference for item in items),
        packed=shifts.lots_to_pack(actions.load_fact_of(shift.public_id)),
        brought_back=shifts.lots_to_pack(actions.back_fact_of(shift.public_id)),
        time_zone=queries.time_zone_of(shift.location),
    )


@bp.route("/<uuid:shift_id>/close-out", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def close_out(shift_id: str) -> ResponseReturnValue:
    """Say what is left, and close the shift."""
    shift = shifts.get_shift_of(current_actor(), str(shift_id))
    if shift.closed_at is not None:
        return redirect(url_for(".shift", shift_id=shift.public_id))
    rows, reasons, store = tally_lots(shift), list_reasons(ReasonUse.COUNT), _store(shift)
    form = CloseOutForm()
    form.offer(rows, reasons, store)
    if form.validate_on_submit():
        try:
            close = form.close_out(store, reasons, clock.now())
            actions.close_out(shift.public_id, close, by=current_actor())
            flash(_("Closed out."), "good")
            return redirect(url_for(".shift", shift_id=shift.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/shift_close_out.html", form=form, shift=shift, items=tally_items(rows), store=store)


def _van(public_id: str) -> StockLocation:
    """Return a van or a backpack of a site that this person works for."""
    van = queries.get_location_of(current_actor(), public_id)
    if van.kind not in MOBILE_KINDS:
        raise NotFound(message("There is no such van or backpack."))
    return van


def _sources(van: StockLocation) -> Sequence[StockLocation]:
    """Return the places from which a van is loaded, the one of last time first where none is set."""
    last = shifts.last_shift_at(van.id)
    return loading.list_sources_of(current_actor(), van, last=None if last is None else last.source_location_id)


def _store(shift: StockShift) -> StockLocation | None:
    """Return the place to which a shift can bring back what is left."""
    sources = loading.list_sources_of(current_actor(), shift.location, last=shift.source_location_id)
    came_from = [place for place in sources if place.id == shift.source_location_id]
    return next(iter([*came_from, *sources]), None)


def _propose(van: StockLocation, source: StockLocation | None) -> loading.Load:
    """Return what fills a van up: to its par levels, and what it had last time of what has none."""
    if source is None:
        return loading.Load(rows=(), remarks=())
    last = shifts.last_shift_at(van.id)
    wanted = ({} if last is None else shifts.held_after_load_out(last)) | loading.par_levels(van.id)
    return loading.propose_load(van, source, wanted, today=clock.today(queries.time_zone_of(source)))


def _load_out(form: LoadForm, van: StockLocation, source: StockLocation | None) -> ResponseReturnValue:
    """Load out and show the shift."""
    items = queries.get_items(form.chosen().keys())
    today = clock.today(queries.time_zone_of(source or van))
    load = form.load_out(van, source, items, clock.now(), today)
    if actions.load_out(load, by=current_actor()) is Outcome.CREATED:
        flash(_("Loaded out."), "good")
    return redirect(url_for(".shift", shift_id=load.client_id))
