"""The pages of what is on the way: the list, one shipment, and accepting it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.actions.shipments import accept
from harmreduction.stock.forms.shipments import AcceptForm
from harmreduction.stock.queries.reasons import find_reason, list_reasons
from harmreduction.stock.queries.shipments import (
    get_shipment_of,
    list_ended,
    list_on_the_way,
    list_shipped_lots,
)
from harmreduction.stock.rules import ReasonUse
from harmreduction.stock.rules.shipments import is_late
from harmreduction.web.access import current_actor, requires
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("stock_shipments", __name__, url_prefix="/stock/shipments")


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show what is on the way, and below it what arrived."""
    actor, now = current_actor(), clock.now()
    number = page_number()
    ended = list_ended(actor, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    on_the_way = list_on_the_way(actor)
    return render_template(
        "stock/shipments.html",
        on_the_way=on_the_way,
        late={shipment.id for shipment in on_the_way if is_late(shipment.sent_at, now)},
        ended=page_of(ended, number),
    )


@bp.get("/<uuid:shipment_id>")
@requires(Permission.HANDLE_STOCK)
def shipment(shipment_id: str) -> ResponseReturnValue:
    """Show a shipment: what was sent, and what arrived or is to be accepted."""
    return _show(str(shipment_id), AcceptForm())


@bp.post("/<uuid:shipment_id>/accept")
@requires(Permission.HANDLE_STOCK)
def accept_shipment(shipment_id: str) -> ResponseReturnValue:
    """Book in what arrived of a shipment."""
    actor, form = current_actor(), AcceptForm()
    sent_off = get_shipment_of(actor, str(shipment_id))
    form.offer(list_shipped_lots(sent_off), list_reasons(ReasonUse.TRANSIT))
    if form.validate_on_submit():
        try:
            reason = find_reason(form.reason.data, [ReasonUse.TRANSIT])
            acceptance = form.acceptance(sent_off, reason, clock.now())
            accept(acceptance, by=actor)
            here = _("Accepted: it lies at %(place)s now.", place=sent_off.target.name)
            flash(here if any(dict(acceptance.lots).values()) else _("Nothing arrived: written down."), "good")
            return redirect(url_for(".shipment", shipment_id=shipment_id))
        except DomainError as problem:
            form.fail(problem)
    return _show(str(shipment_id), form)


def _show(shipment_id: str, form: AcceptForm) -> str:
    """Show a shipment with the form that accepts it."""
    actor = current_actor()
    found = get_shipment_of(actor, shipment_id)
    lots = list_shipped_lots(found)
    if not form.is_submitted():
        form.offer(lots, list_reasons(ReasonUse.TRANSIT))
    return render_template(
        "stock/shipment.html",
        shipment=found,
        lots=lots,
        form=form,
        may_accept=found.acceptance_id is None and actor.works_at(found.target.site_id),
        may_take_back=found.acceptance_id is None and actor.works_at(found.source.site_id),
        is_late=is_late(found.sent_at, clock.now()),
        time_zone=queries.time_zone_of(found.source),
        target_time_zone=queries.time_zone_of(found.target),
    )
