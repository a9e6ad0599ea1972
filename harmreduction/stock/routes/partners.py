"""The pages of partner agencies and secondary distributors: what lies there, what they handed on, what came back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.actions.partners import hand_on as hand_on_stock
from harmreduction.stock.forms.partners import HandOnForm
from harmreduction.stock.models import StockLocation
from harmreduction.stock.queries.partners import (
    get_partner_of,
    items_named,
    list_items_there,
    list_months,
    summarise_partners,
)
from harmreduction.stock.queries.shipments import list_on_the_way
from harmreduction.stock.rules import LOCATION_KINDS, LocationKind
from harmreduction.web.access import current_actor, requires

bp = Blueprint("stock_partners", __name__, url_prefix="/stock/partners")


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show the partners who pass supplies on."""
    return render_template(
        "stock/partners.html",
        partners=summarise_partners(current_actor()),
        kinds={kind.value: text for kind, text in LOCATION_KINDS.items()},
    )


@bp.get("/<uuid:partner_id>")
@requires(Permission.HANDLE_STOCK)
def partner(partner_id: str) -> ResponseReturnValue:
    """Show what lies with a partner, what is on the way there, and what they handed on, month by month."""
    place = get_partner_of(current_actor(), str(partner_id))
    time_zone = queries.time_zone_of(place)
    months = list_months(place.id, today=clock.today(time_zone), time_zone=time_zone)
    on_the_way = list_on_the_way(current_actor())
    return render_template(
        "stock/partner.html",
        partner=place,
        kind=LOCATION_KINDS[LocationKind(place.kind)],
        there=[row for row in list_items_there(place.id) if row.on_hand],
        on_the_way=[shipment for shipment in on_the_way if shipment.to_location_id == place.id],
        months=months,
        items=items_named(months),
    )


@bp.route("/<uuid:partner_id>/handed-on", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def hand_on(partner_id: str) -> ResponseReturnValue:
    """Note what a partner handed on in a month, as they say."""
    place = get_partner_of(current_actor(), str(partner_id))
    form = HandOnForm()
    today = clock.today(queries.time_zone_of(place))
    form.offer(list_items_there(place.id), queries.list_items(), today=today)
    if form.validate_on_submit():
        try:
            _hand_on(form, place)
            flash(_("Noted."), "good")
            return redirect(url_for(".partner", partner_id=place.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/partner_handed_on.html", form=form, partner=place)


def _hand_on(form: HandOnForm, place: StockLocation) -> None:
    """Note what was told."""
    items = queries.get_items(form.chosen().keys())
    told = form.handed_on(place, items, now=clock.now(), time_zone=queries.time_zone_of(place))
    hand_on_stock(told, by=current_actor())
