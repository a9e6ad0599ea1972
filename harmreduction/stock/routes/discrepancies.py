"""The pages of what does not fit: what to do about each, and what was found."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.actions.discrepancies import close_discrepancy
from harmreduction.stock.forms.places import LookedIntoForm
from harmreduction.stock.queries.discrepancies import (
    find_count,
    find_shipment,
    get_discrepancy_of,
    list_discrepancies,
    units_left,
)
from harmreduction.stock.rules import DISCREPANCY_KINDS, DiscrepancyKind
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("stock_discrepancies", __name__, url_prefix="/stock/discrepancies")

WORDS = {
    "kinds": {kind.value: text for kind, text in DISCREPANCY_KINDS.items()},
    "below_zero": DiscrepancyKind.NEGATIVE_BALANCE.value,
}


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show what does not fit, or what was settled."""
    is_open = request.args.get("show") != "settled"
    number = page_number()
    ids = [place.id for place in queries.list_locations_of(current_actor(), only_active=False)]
    rows = list_discrepancies(ids, is_open=is_open, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return render_template(
        "stock/discrepancies.html", page=page_of(rows, number), is_open=is_open, left=units_left(rows), **WORDS
    )


@bp.get("/<uuid:discrepancy_id>")
@requires(Permission.HANDLE_STOCK)
def show(discrepancy_id: str) -> ResponseReturnValue:
    """Show something that does not fit, and what can be done."""
    found = get_discrepancy_of(current_actor(), str(discrepancy_id))
    time_zone = queries.time_zone_of(found.location)
    return render_template(
        "stock/discrepancy.html",
        found=found,
        form=LookedIntoForm(),
        time_zone=time_zone,
        left=units_left([found]).get(found.id),
        count=find_count(found),
        shipment=find_shipment(found),
        **WORDS,
    )


@bp.post("/<uuid:discrepancy_id>/close")
@requires(Permission.MANAGE_CATALOGUE)
def close(discrepancy_id: str) -> ResponseReturnValue:
    """Close something that one looked into."""
    close_discrepancy(str(discrepancy_id), (LookedIntoForm().note.data or "").strip()[:200], by=current_actor())
    flash(_("Noted."), "good")
    return redirect(url_for(".index"))
