"""What comes up in conversations that were kept, by quarter: for leads, without anybody's name, site or worker."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from harmreduction.assessments.queries.figures import ALL, count_talks, name_figures
from harmreduction.core import clock
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.core.spreadsheets import write_csv
from harmreduction.disclosure.actions import release
from harmreduction.disclosure.queries import find_released, list_released_periods
from harmreduction.reports.actions import record_export
from harmreduction.reports.conversations import PAGE, Told, as_told, draw, figures_to_tell, rows_to_download, so_far
from harmreduction.reports.report_back import NotSettled, Quarter, check_settled
from harmreduction.reports.words import quarter_name
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.confirm import needs_confirmation
from harmreduction.web.i18n import say

bp = Blueprint("conversation_figures", __name__, url_prefix="/conversations")

QUARTERS_BACK = 4  # that are offered to be told; the roll-up changes none of their counts


@bp.get("/figures")
@requires(Permission.VIEW_REPORTS)
def show() -> ResponseReturnValue:
    """Show what was told of each quarter, what can be told next, and how many there are so far."""
    told, this_quarter, locale = _told(), Quarter.of(_today()), get_locale()
    smallest = current_settings().smallest_shown
    return render_template(
        "reports/conversations.html",
        quarter_name=quarter_name,
        told=told,
        to_tell=_to_tell(this_quarter, {each.quarter for each in told}),
        this_quarter=this_quarter,
        so_far=so_far(this_quarter, smallest=smallest),
        smallest=smallest,
        chart=draw(told, is_mirrored=locale is not None and locale.text_direction == "rtl"),
    )


@bp.post("/figures/<quarter_code>/tell")
@requires(Permission.VIEW_REPORTS)
def tell(quarter_code: str) -> ResponseReturnValue:
    """Tell a quarter's numbers, once and for good."""
    quarter = Quarter.from_code(quarter_code)
    if quarter is None:
        raise NotFound(message("There is no such quarter."))
    try:
        check_settled(quarter, today=_today())
        if not find_released(PAGE, quarter.code):  # what was left out then stays out
            figures = figures_to_tell(quarter, smallest=current_settings().smallest_shown)
            release(PAGE, quarter.code, figures, by=current_actor(), at=clock.now())
        flash(_("Told. These numbers stay as they are."), "good")
    except NotSettled as problem:
        flash(say(problem.message), "wait")
    return redirect(url_for(".show"))


@bp.get("/figures.csv")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def download() -> ResponseReturnValue:
    """Download what was told."""
    record_export(by=current_actor())
    headers = {"Content-Disposition": 'attachment; filename="conversations.csv"'}
    return Response("".join(write_csv(rows_to_download(_told()))), mimetype="text/csv", headers=headers)


def _told() -> list[Told]:
    """Return the quarters that were told, the latest first."""
    quarters = [quarter for code in list_released_periods(PAGE) if (quarter := Quarter.from_code(code)) is not None]
    values = {
        quarter: {figure: row.value for figure, row in find_released(PAGE, quarter.code).items()}
        for quarter in quarters
    }
    names = name_figures({figure for told in values.values() for figure in told})
    return [as_told(quarter, told, names) for quarter, told in values.items()]


def _to_tell(this_quarter: Quarter, told: set[Quarter]) -> list[Quarter]:
    """Return the last quarters that have settled, were not told, and had conversations; the latest first."""
    quarter, found = this_quarter, []
    for _back in range(QUARTERS_BACK):
        quarter = quarter.before
        period = quarter.period
        if quarter not in told and quarter.is_settled(_today()) and count_talks(period.start, period.end)[ALL]:
            found.append(quarter)
    return found


def _today() -> date:
    """Return the calendar day of the programme."""
    return clock.today(current_settings().time_zone)
