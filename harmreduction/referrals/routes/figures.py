"""How many of those who were offered a service got there and stayed, and what stood in the way."""

from functools import partial

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.core.spreadsheets import write_csv
from harmreduction.referrals import actions, queries
from harmreduction.referrals.exports import by_need, by_service, rows_of_linkage
from harmreduction.referrals.rules.kinds import BARRIERS
from harmreduction.referrals.rules.linkage import count_linkage
from harmreduction.referrals.words import service_named
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.confirm import needs_confirmation
from harmreduction.web.forms import PeriodForm

bp = Blueprint("referral_figures", __name__, url_prefix="/referrals")


@bp.get("/figures")
@requires(Permission.VIEW_REPORTS)
def show() -> ResponseReturnValue:
    """Show how far referrals came, by need and by service, and the barriers."""
    zone = current_settings().time_zone
    form = PeriodForm(request.args)
    first, last = form.period(today=clock.today(zone))
    referrals = queries.list_followed(first, last, time_zone=zone)
    names = queries.name_services(first, last, time_zone=zone)
    return render_template(
        "referrals/figures.html",
        form=form,
        whole=count_linkage(referrals),
        needs=by_need(referrals),
        services=by_service(referrals, names),
        barriers=queries.count_barriers(first, last, time_zone=zone),
        barrier_names=BARRIERS,
        service_name=partial(service_named, names),
        local_day=lambda moment: clock.today(zone, moment),
    )


@bp.get("/figures.csv")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def download() -> ResponseReturnValue:
    """Download the figures of a time."""
    zone = current_settings().time_zone
    first, last = PeriodForm(request.args).period(today=clock.today(zone))
    referrals = queries.list_followed(first, last, time_zone=zone)
    barriers = queries.count_barriers(first, last, time_zone=zone)
    names = queries.name_services(first, last, time_zone=zone)
    actions.record_export(by=current_actor())
    name = f"referrals-{first:%Y-%m-%d}-{last:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    rows = rows_of_linkage(referrals, barriers, names)
    return Response("".join(write_csv(rows)), mimetype="text/csv", headers=headers)
