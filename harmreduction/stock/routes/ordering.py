"""The pages of ordering: what runs low, how much a place wants to hold, what will be left over, the order sheet."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.core.spreadsheets import write_csv
from harmreduction.core.workbooks import MIME_TYPE, write_workbook
from harmreduction.stock import queries
from harmreduction.stock.actions.policies import record_export, set_levels
from harmreduction.stock.forms.ordering import LevelsForm, NeedsFilterForm, OrderSheetForm
from harmreduction.stock.models import StockLocation
from harmreduction.stock.order_sheet import draw_months, rounded, rows_of_sheet
from harmreduction.stock.queries import ordering
from harmreduction.stock.queries.consumption import use_by_month
from harmreduction.stock.queries.left_over import list_left_over
from harmreduction.stock.rules.ordering import RUNNING_LOW, STOCK_STATUSES, packs_of
from harmreduction.web.access import current_actor, requires
from harmreduction.web.confirm import needs_confirmation
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("stock_orders", __name__, url_prefix="/stock/orders")

MONTHS_SHOWN = 12
WORDS = {
    "statuses": STOCK_STATUSES,
    "running_low": RUNNING_LOW,
    "rounded": rounded,
    "packs_of": packs_of,
}


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show what runs low at one's places, or everything, worst first."""
    places = ordering.list_ordering_places_of(current_actor())
    form = NeedsFilterForm(request.args)
    form.offer(places)
    needs = ordering.list_needs(form.chosen(places), now=clock.now())
    shown = [need for need in needs if form.show.data == "all" or need.status in RUNNING_LOW]
    number = page_number()
    page = page_of(shown[(number - 1) * PER_PAGE : number * PER_PAGE + 1], number)
    return render_template("stock/orders.html", form=form, page=page, places=places, **WORDS)


@bp.get("/left-over")
@requires(Permission.HANDLE_STOCK)
def left_over() -> ResponseReturnValue:
    """Show what will come to its last day before anybody uses it, and where it would be used."""
    places, number = ordering.list_ordering_places_of(current_actor()), page_number()
    found = list_left_over(places, now=clock.now(), limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    page = page_of(found, number)
    return render_template("stock/order_left_over.html", page=page)


@bp.route("/<uuid:location_id>", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def sheet(location_id: str) -> ResponseReturnValue:
    """Show the order sheet of a place; sent with other numbers, show their packs."""
    location, form = _sheet_of(location_id)
    form.validate_on_submit()
    return render_template("stock/order_sheet.html", form=form, location=location, today=_today(location), **WORDS)


@bp.post("/<uuid:location_id>/download")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def download(location_id: str) -> ResponseReturnValue:
    """Download the order sheet with the numbers as they stand on the page."""
    location, form = _sheet_of(location_id)
    if not form.validate_on_submit():
        return render_template("stock/order_sheet.html", form=form, location=location, today=_today(location), **WORDS)
    record_export(location.id, by=current_actor())
    rows = rows_of_sheet(form.ordered())
    if request.form.get("format") == "xlsx":
        return Response(write_workbook(rows, location.name), mimetype=MIME_TYPE, headers=_as_file(location, "xlsx"))
    return Response("".join(write_csv(rows)), mimetype="text/csv", headers=_as_file(location, "csv"))


@bp.route("/<uuid:location_id>/levels", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def levels(location_id: str) -> ResponseReturnValue:
    """Set how much of each item a place wants to hold."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = LevelsForm()
    form.offer(ordering.list_needs_of(location, now=clock.now()))
    if form.validate_on_submit():
        try:
            set_levels(location.id, form.chosen(), by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for(".sheet", location_id=location_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/order_levels.html", form=form, location=location, **WORDS)


@bp.get("/<uuid:location_id>/items/<uuid:item_id>")
@requires(Permission.HANDLE_STOCK)
def item(location_id: str, item_id: str) -> ResponseReturnValue:
    """Show what a place used of an item month by month, and how its order comes about."""
    location = queries.get_location_of(current_actor(), str(location_id))
    about = queries.get_item(str(item_id))
    need = ordering.get_need(location, about, now=clock.now())
    months = use_by_month(location, about.id, months=MONTHS_SHOWN, now=clock.now())
    return render_template(
        "stock/order_item.html", need=need, location=location, months=months, chart=draw_months(months), **WORDS
    )


def _sheet_of(location_id: str) -> tuple[StockLocation, OrderSheetForm]:
    """Return a place and the form of its order sheet."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = OrderSheetForm()
    form.offer(ordering.list_needs([location], now=clock.now()))
    return location, form


def _today(location: StockLocation) -> object:
    """Return the calendar day at a place."""
    return clock.today(queries.time_zone_of(location))


def _as_file(location: StockLocation, ending: str) -> dict[str, str]:
    """Return the headers of a download; a place's name may hold any sign, a file's name not."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in location.name)
    return {"Content-Disposition": f'attachment; filename="order-{plain}-{_today(location)}.{ending}"'}
