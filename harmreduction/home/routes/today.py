"""Where everybody starts, the lead's day, and whether the app is well."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.core.revisions import is_up_to_date
from harmreduction.home import queries
from harmreduction.home.frame import navigation
from harmreduction.home.needs import people_things_to_do
from harmreduction.settings.queries import current_settings
from harmreduction.stock.needs import things_to_do
from harmreduction.stock.queries.overview import get_overview
from harmreduction.web.access import current_actor, public, requires, signed_in
from harmreduction.web.i18n import day

bp = Blueprint("home", __name__)


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
    return render_template(
        "home/today.html",
        day_figures=queries.get_programme_day(now=now),
        day_name=day(clock.today(current_settings().time_zone, now), "full"),
        needs=[*people_things_to_do(now=now), *things_to_do(get_overview(current_actor(), now=now))],
    )


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer "ok" when the database opens and every migration has run."""
    if not is_up_to_date():
        return {"status": "migrations are missing; run: flask --app app hr prepare"}, 503
    return {"status": "ok"}
