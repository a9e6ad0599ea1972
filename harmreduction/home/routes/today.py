"""Where everybody starts, the lead's day, and whether the app is well."""

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.core.revisions import is_up_to_date
from harmreduction.home import queries
from harmreduction.home.frame import navigation
from harmreduction.settings.queries import current_settings
from harmreduction.stock import queries as stock
from harmreduction.stock.models import StockDiscrepancy
from harmreduction.stock.queries import StockRow
from harmreduction.stock.rules import DISCREPANCY_KINDS, DiscrepancyKind
from harmreduction.web.access import current_actor, public, requires, signed_in
from harmreduction.web.i18n import day, say, translated, units

bp = Blueprint("home", __name__)

SOON = timedelta(days=90)


@bp.get("/")
@signed_in
def start() -> ResponseReturnValue:
    """Send everybody to the page that they use most."""
    places = navigation(current_actor())
    return redirect(places[0].url if places else url_for("my_account.show"))


@bp.get("/today")
@requires(Permission.VIEW_REPORTS)
def today() -> ResponseReturnValue:
    """Show the programme's day: what went out, and what needs someone."""
    now = clock.now()
    locations = [location.id for location in stock.list_locations_of(current_actor())]
    stock_day = stock.today_at(locations, now=now)
    expiring = stock.list_expiring(locations, until=stock_day + SOON)
    discrepancies = stock.list_open_discrepancies(locations)
    return render_template(
        "home/today.html",
        day_figures=queries.get_programme_day(now=now),
        day_name=day(clock.today(current_settings().time_zone, now), "full"),
        needs=[*map(_to_look_into, discrepancies), *(_to_use_first(row, stock_day) for row in expiring)],
    )


def _to_look_into(discrepancy: StockDiscrepancy) -> dict[str, str]:
    """Describe a discrepancy as a thing to do."""
    lot = discrepancy.lot
    return {
        "icon": "alert",
        "title": say(DISCREPANCY_KINDS[DiscrepancyKind(discrepancy.kind)]),
        "detail": f"{discrepancy.location.name} · {translated(lot.item.name)} {lot.lot_number}".strip(),
        "url": url_for("stock.place", location_id=discrepancy.location.public_id),
        "about": translated(lot.item.name),
    }


def _to_use_first(row: StockRow, on: date) -> dict[str, str]:
    """Describe a lot close to its date as a thing to do."""
    left = (row.lot.effective_expiry - on).days if row.lot.effective_expiry else 0
    amount = units(row.item, row.on_hand)
    if left < 0:
        title = _("%(amount)s past their date", amount=amount)
    else:
        title = ngettext(
            "%(amount)s to use within %(num)s day",
            "%(amount)s to use within %(num)s days",
            left,
            amount=amount,
        )
    return {
        "icon": "clock",
        "title": title,
        "detail": f"{translated(row.item.name)} {row.lot.lot_number}".strip(),
        "url": url_for("stock.places"),
        "about": f"{translated(row.item.name)} {row.lot.lot_number}".strip(),
    }


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer "ok" when the database opens and every migration has run."""
    if not is_up_to_date():
        return {"status": "migrations are missing; run: flask --app app hr prepare"}, 503
    return {"status": "ok"}
