"""The pages of lots: which come near their end, another date, another status, one lot under two numbers, heat."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, NotFound, OutOfDate
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.settings.rules import ExpiredStock
from harmreduction.stock import queries
from harmreduction.stock.actions import dates, heat, merging, statuses
from harmreduction.stock.forms.lots import (
    DateForm,
    HeatForm,
    MergeItemForm,
    MergeLotForm,
    StatusForm,
    read_seen,
    seen_value,
)
from harmreduction.stock.models import Lot
from harmreduction.stock.queries import batches
from harmreduction.stock.queries.dates import count_unseen, count_warnings, list_warnings
from harmreduction.stock.queries.heat import list_heat
from harmreduction.stock.rules import LOT_STATUSES, LotStatus
from harmreduction.stock.rules.dates import EXPIRY_AUTHORITIES, EXPIRY_BANDS, ExpiryBand
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import number
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("stock_lots", __name__, url_prefix="/stock")


@bp.get("/dates")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show the lots at one's places that come near their end, what nobody saw yet first."""
    actor, band, page = current_actor(), _band(), page_number()
    rows = list_warnings(actor, band=band, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE)
    return render_template(
        "stock/dates.html",
        page=page_of(rows, page),
        band=band,
        bands=EXPIRY_BANDS,
        counts=count_warnings(actor),
        unseen=count_unseen(actor),
        seen_value=seen_value,
        is_last_resort=current_settings().expired_stock == ExpiredStock.LAST_RESORT,
    )


@bp.post("/dates/seen")
@requires(Permission.HANDLE_STOCK)
def seen() -> ResponseReturnValue:
    """Note that somebody saw one warning, or all of a page."""
    warnings = read_seen(request.form.getlist("seen"))
    new = dates.mark_seen(warnings, by=current_actor(), at=clock.now())
    if new:
        flash(ngettext("%(n)s warning noted as seen.", "%(n)s warnings noted as seen.", new, n=number(new)), "good")
    return redirect(url_for(".index", band=request.form.get("band") or None))


@bp.route("/lots/<uuid:lot_id>/date", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def change_date(lot_id: str) -> ResponseReturnValue:
    """Give a lot another last day of use."""
    lot = batches.get_lot(str(lot_id))
    form = DateForm(lot)
    if form.validate_on_submit():
        try:
            dates.revise_date(form.revision(lot), by=current_actor(), at=clock.now())
            flash(_("Date changed. Kits that hold this lot follow."), "good")
            return redirect(url_for(".change_date", lot_id=lot.public_id))
        except OutOfDate as problem:
            form.look_again(lot)
            form.fail(problem)
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/lot_date.html", form=form, **_about(lot))


@bp.route("/lots/<uuid:lot_id>/status", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def change_status(lot_id: str) -> ResponseReturnValue:
    """Hold a lot back, or release it."""
    lot = batches.get_lot(str(lot_id))
    form = StatusForm(lot)
    if form.validate_on_submit():
        try:
            statuses.change_status(
                lot.public_id, form.chosen(), reason=form.reason.data.strip(), by=current_actor(), at=clock.now()
            )
            flash(_("Saved."), "good")
            return redirect(url_for(".change_status", lot_id=lot.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/lot_status.html", form=form, **_about(lot))


@bp.route("/lots/<uuid:lot_id>/merge", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def merge_lot(lot_id: str) -> ResponseReturnValue:
    """Let a lot whose number was a slip go on under the right one, after asking once more."""
    lot = batches.get_lot(str(lot_id))
    form, stays = MergeLotForm(), None
    if form.validate_on_submit():
        try:
            stays = batches.find_by_number(lot.item_id, form.number)
            if form.is_confirmed(stays):
                merging.merge_lots(form.merge(lot, stays, clock.now()), by=current_actor())
                flash(_("Merged. It goes on as lot %(lot)s.", lot=form.number), "good")
                return redirect(url_for("stock_card.show", lot_id=stays.public_id))
        except NotFound as problem:
            form.fail(problem, form.lot_number)
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/lot_merge.html", form=form, other=_about(stays) if stays else None, **_about(lot))


@bp.route("/items/<uuid:item_id>/merge", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def merge_item(item_id: str) -> ResponseReturnValue:
    """Let an item that was listed twice go on under the other one, after asking once more."""
    item = queries.get_item(str(item_id))
    form, stays = MergeItemForm(), None
    form.offer(item, queries.list_items())
    if form.validate_on_submit():
        try:
            stays = queries.get_item(form.stays.data)
            if form.is_confirmed(stays):
                merging.merge_items(form.merge(item, stays, clock.now()), by=current_actor())
                flash(_("Merged."), "good")
                return redirect(url_for("stock_items.items"))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/lot_merge_item.html", form=form, item=item, stays=stays)


@bp.get("/heat")
@requires(Permission.HANDLE_STOCK)
def list_too_warm() -> ResponseReturnValue:
    """Show what got too warm or too cold at one's places."""
    page = page_number()
    rows = list_heat(current_actor(), limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE)
    return render_template(
        "stock/heat.html", page=page_of(rows, page), places=queries.list_locations_of(current_actor())
    )


@bp.route("/<uuid:location_id>/heat", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def note_heat(location_id: str) -> ResponseReturnValue:
    """Note that lots got too warm or too cold at a place."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = HeatForm()
    form.offer(queries.list_stock(location.id))
    if form.validate_on_submit():
        try:
            lots = queries.get_lots(form.lots.data)
            ids = [lot.id for lot in lots.values()]
            heat.flag_heat(location.id, ids, form.note.data or "", by=current_actor(), at=clock.now())
            flash(_("Noted. These go out first."), "good")
            return redirect(url_for(".list_too_warm"))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/heat_note.html", form=form, location=location)


@bp.post("/heat/<uuid:flag_id>/clear")
@requires(Permission.HANDLE_STOCK)
def clear_heat(flag_id: str) -> ResponseReturnValue:
    """Let a lot take its turn by date again."""
    heat.clear_heat(str(flag_id), by=current_actor(), at=clock.now())
    flash(_("Cleared. It takes its turn by date again."), "good")
    return redirect(url_for(".list_too_warm"))


def _about(lot: Lot) -> dict[str, Any]:
    """Return what a page tells of a lot and its whole batch."""
    batch = batches.batch_of(lot)
    ids = [each.id for each in batch]
    return {
        "lot": lot,
        "goes_on_as": batches.root_of(lot) if lot.merged_into_id else None,
        "sources": sorted({each.funding_source.name for each in batch}),
        "places": batches.list_places_of(ids),
        "kits": batches.kits_holding(ids),
        "revisions": batches.list_revisions(ids),
        "status_changes": batches.list_status_changes(ids),
        "statuses": {status.value: text for status, text in LOT_STATUSES.items()},
        "authorities": {kind.value: text for kind, text in EXPIRY_AUTHORITIES.items()},
        "is_recalled": lot.status == LotStatus.RECALLED,
    }


def _band() -> ExpiryBand | None:
    """Return the band that the address names, or None for all."""
    asked = request.args.get("band", "")
    return next((band for band in ExpiryBand if str(band.value) == asked), None)
