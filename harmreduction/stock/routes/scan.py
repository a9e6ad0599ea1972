"""Scan a pack: what it is, what is known of its lot, and where it lies."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.settings.queries import current_settings
from harmreduction.stock import queries
from harmreduction.stock.actions.identifiers import add_identifier
from harmreduction.stock.forms.scan import ScanForm, ScanPurpose, TeachForm
from harmreduction.stock.queries.funding import sources_of_twins
from harmreduction.stock.queries.identifiers import Scanned, find_scanned
from harmreduction.stock.rules import LOT_STATUSES
from harmreduction.stock.rules.codes import read_code
from harmreduction.web.access import current_actor, requires
from harmreduction.web.headers import with_camera

bp = Blueprint("stock_scan", __name__, url_prefix="/stock/scan")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.LOG_DISTRIBUTIONS)
@with_camera
def index() -> ResponseReturnValue:
    """Scan or type a code; a code is sent in the body, because it may hold a serial number."""
    form = ScanForm()
    if not form.validate_on_submit():
        return render_template("stock/scan.html", form=form, scanned=None)
    scanned = find_scanned(read_code(form.code.data))
    onward = _onward(form, scanned)
    if onward:
        return redirect(onward)
    form.code.data = ""
    return _show(form, scanned)


@bp.post("/teach")
@requires(Permission.MANAGE_CATALOGUE)
def teach() -> ResponseReturnValue:
    """Say which item a code belongs to that nobody knew here."""
    form = TeachForm()
    form.offer(queries.list_items())
    if form.validate_on_submit():
        try:
            today = clock.today(current_settings().time_zone)
            add_identifier(queries.get_item(form.item.data), form.printed_code(today), by=current_actor())
            flash(_("Saved. From now on this code is known."), "good")
            return redirect(url_for(".index"))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/scan.html", form=ScanForm(formdata=None), scanned=None, teach=form)


def _onward(form: ScanForm, scanned: Scanned) -> str:
    """Return the page that is filled in by the code, where it was scanned for one and leaves no doubt."""
    if scanned.item is None or scanned.code.warnings or form.wanted_for is ScanPurpose.LOOK:
        return ""
    lot = scanned.lots[0].public_id if len(scanned.lots) == 1 else None
    about: dict[str, Any] = {"item": scanned.item.public_id, "lot": lot}
    if form.wanted_for is ScanPurpose.HAND_OUT:
        return url_for("encounters.hand_out_items", **about)
    if form.wanted_for is ScanPurpose.NALOXONE:
        return url_for("naloxone.talk", visit=form.receiving_place, **about)
    return url_for(
        "stock_movements.receive",
        location_id=form.receiving_place,
        item=scanned.item.public_id,
        lot=scanned.lot_number or None,
        expiry=scanned.code.expiry,
        pack=scanned.pack_size if scanned.pack_size > 1 else None,
    )


def _show(form: ScanForm, scanned: Scanned) -> str:
    """Show what a code is here, and what can be done with it."""
    actor = current_actor()
    teach_form = TeachForm(formdata=None, gtin=scanned.code.gtin, pack_size=1)
    teach_form.offer(queries.list_items())
    here = queries.list_locations_of(actor)
    return render_template(
        "stock/scan.html",
        form=form,
        scanned=scanned,
        sources=sources_of_twins(scanned.lots),
        teach=teach_form,
        places=here if actor.may(Permission.HANDLE_STOCK) else [],
        statuses={status.value: text for status, text in LOT_STATUSES.items()},
        today=queries.today_at([place.id for place in here], now=clock.now()),
    )
