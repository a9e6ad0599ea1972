"""The pages of vending machines and public boxes: how full, a visit, a top-up."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.actions import points as actions
from harmreduction.stock.forms.loading import TopUpForm, VisitForm
from harmreduction.stock.models import StockLocation
from harmreduction.stock.queries import StockRow, loading, points
from harmreduction.stock.rules import LOCATION_KINDS
from harmreduction.stock.rules.points import TooFull
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import translated

bp = Blueprint("stock_points", __name__, url_prefix="/stock/points")


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show how full each machine and box is, and which is empty soon."""
    return render_template(
        "stock/points.html",
        points=points.list_points(current_actor(), now=clock.now()),
        kinds={kind.value: text for kind, text in LOCATION_KINDS.items()},
    )


@bp.route("/<uuid:point_id>/visit", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def visit(point_id: str) -> ResponseReturnValue:
    """Say what is left in a machine or a box; what is gone was taken."""
    place = points.get_point_of(current_actor(), str(point_id))
    form = VisitForm()
    form.offer(queries.list_stock(place.id))
    if form.validate_on_submit():
        try:
            lots = queries.get_lots(form.counted().keys())
            more = form.more_than_booked()
            actions.visit(form.visit(place, lots, clock.now()), by=current_actor())
            _tell_visit(form, more)
            return redirect(url_for(".top_up", point_id=place.public_id))
        except DomainError as problem:
            form.fail(problem)
    point = points.get_point(place, now=clock.now())
    return render_template("stock/point_visit.html", form=form, place=place, point=point)


@bp.route("/<uuid:point_id>/top-up", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def top_up(point_id: str) -> ResponseReturnValue:
    """Propose what fills a machine or a box up, and save what was put in."""
    place = points.get_point_of(current_actor(), str(point_id))
    form = TopUpForm()
    sources = loading.list_sources_of(current_actor(), place)
    source = loading.choose_source(sources, form.source.data or request.args.get("source"))
    load = _propose(place, source)
    form.offer(load.rows)
    asks = False
    if source is not None and form.validate_on_submit():
        try:
            return _top_up(form, place, source)
        except TooFull as problem:
            asks = True
            form.fail(problem)
        except DomainError as problem:
            form.fail(problem)
    point = points.get_point(place, now=clock.now())
    return render_template(
        "stock/point_top_up.html", form=form, point=point, sources=sources, source=source, load=load, asks=asks
    )


def _tell_visit(form: VisitForm, more: Sequence[StockRow]) -> None:
    """Say what became of a visit, and what may be a slip in it; more: what was found beyond the book."""
    if form.counted() or form.is_too_warm.data:
        flash(_("Saved."), "good")
    else:
        flash(_("No number was entered, so nothing was counted."), "note")
    if more:
        items = ", ".join(dict.fromkeys(translated(row.item.name) for row in more))
        flash(
            _("More was left than was booked in: %(items)s. Look again; a new visit sets it right.", items=items),
            "wait",
        )


def _propose(place: StockLocation, source: StockLocation | None) -> loading.Load:
    """Return what fills a machine up to its par levels, as far as it fits."""
    if source is None:
        return loading.Load(rows=(), remarks=())
    room = points.room_left(place, loading.units_at(place.id))
    today = clock.today(queries.time_zone_of(source))
    return loading.propose_load(place, source, loading.par_levels(place.id), today=today, room=room)


def _top_up(form: TopUpForm, place: StockLocation, source: StockLocation) -> ResponseReturnValue:
    """Save what was put in and taken out."""
    now = clock.now()
    items = queries.get_items(form.chosen().keys())
    past_date = points.get_point(place, now=now).past_date if form.take_out.data else ()
    change = actions.TopUp(
        filling=form.filling(place, source, items, now, clock.today(queries.time_zone_of(source))),
        taken_out={row.lot.id: row.on_hand for row in past_date},
        does_fit=form.does_fit.data,
    )
    actions.top_up(change, by=current_actor())
    flash(_("Saved."), "good")
    return redirect(url_for(".index"))
