"""What the programme tells participants and staff: a page for the team, a poster, and a page for anybody."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.core.permissions import Permission
from harmreduction.disclosure.actions import release
from harmreduction.disclosure.queries import find_released, list_released_periods
from harmreduction.disclosure.rules import at_least, shown_outside
from harmreduction.reports.queries.report_back import count_figures
from harmreduction.reports.report_back import FIGURES, LEADING, PAGE, NotSettled, Quarter, check_settled
from harmreduction.reports.words import quarter_name
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, public, requires, signed_in
from harmreduction.web.i18n import say

bp = Blueprint("report_back", __name__)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One number of a quarter in words; value None: too few to tell. leads: it stands first and largest."""

    figure: str
    value: int | None
    words: str
    is_at_least: bool = False

    @property
    def leads(self) -> bool:
        """Say whether this is the line that a poster begins with."""
        return self.figure == LEADING


@bp.get("/report-back")
@signed_in
def show() -> ResponseReturnValue:
    """Show the team what was told of each quarter, and, to a lead, what could be told next."""
    this_quarter = _this_quarter()
    quarters = _released()
    preview = _preview(this_quarter.before, quarters) if current_actor().may(Permission.VIEW_REPORTS) else []
    return render_template(
        "reports/report_back.html",
        quarter_name=quarter_name,
        quarters=[(quarter, _lines(quarter)) for quarter in quarters],
        so_far=_so_far(this_quarter),
        this_quarter=this_quarter,
        to_release=this_quarter.before if preview else None,
        preview=preview,
        smallest=current_settings().smallest_shown,
        is_public=current_settings().is_report_back_public,
    )


@bp.post("/report-back/<quarter_code>/release")
@requires(Permission.VIEW_REPORTS)
def tell(quarter_code: str) -> ResponseReturnValue:
    """Tell a quarter's numbers, once and for good."""
    quarter = _quarter(quarter_code)
    try:
        check_settled(quarter, today=_today())
        release(PAGE, quarter.code, count_figures(quarter.period), by=current_actor(), at=clock.now())
        flash(_("Told. These numbers stay as they are."), "good")
    except NotSettled as problem:
        flash(say(problem.message), "wait")
    return redirect(url_for(".show"))


@bp.get("/report-back/<quarter_code>/poster")
@signed_in
def poster(quarter_code: str) -> ResponseReturnValue:
    """Show a poster of a quarter that was told."""
    quarter = _quarter(quarter_code)
    lines = _lines(quarter)
    if not lines:
        raise NotFound(message("Nothing was told of this quarter yet."))
    return render_template(
        "reports/poster.html",
        quarter_name=quarter_name,
        quarter=quarter,
        lines=lines,
        smallest=current_settings().smallest_shown,
        large="large" in request.args,
    )


@bp.get("/what-we-did-together")
@public
def anybody() -> ResponseReturnValue:
    """Show anybody what was told last, where the programme decided so."""
    if not current_settings().is_report_back_public:
        raise NotFound(message("This programme does not show its numbers here."))
    quarters = _released()[:4]
    return render_template(
        "reports/together.html",
        quarter_name=quarter_name,
        quarters=[(quarter, _lines(quarter)) for quarter in quarters],
        smallest=current_settings().smallest_shown,
    )


def _today() -> date:
    """Return the calendar day of the programme."""
    return clock.today(current_settings().time_zone)


def _this_quarter() -> Quarter:
    """Return the quarter of today."""
    return Quarter.of(_today())


def _quarter(code: str) -> Quarter:
    """Return the quarter that an address names."""
    quarter = Quarter.from_code(code)
    if quarter is None:
        raise NotFound(message("There is no such quarter."))
    return quarter


def _released() -> list[Quarter]:
    """Return the quarters that were told, the latest first."""
    return [quarter for code in list_released_periods(PAGE) if (quarter := Quarter.from_code(code)) is not None]


def _lines(quarter: Quarter) -> list[Line]:
    """Return what was told of a quarter; a count of none is left out."""
    told = find_released(PAGE, quarter.code)
    return [
        Line(figure=figure, value=told[figure].value, words=say(words))
        for figure, words in FIGURES.items()
        if figure in told and told[figure].value != 0
    ]


def _preview(quarter: Quarter, told: list[Quarter]) -> list[Line]:
    """Return what would be told of a quarter; nothing if it was told, still settles, or had nothing to tell."""
    if quarter in told or not quarter.is_settled(_today()):
        return []
    counts, smallest = count_figures(quarter.period), current_settings().smallest_shown
    return [
        Line(figure=figure, value=shown_outside(count, smallest=smallest), words=say(FIGURES[figure]))
        for figure, count in counts.items()
        if count
    ]


def _so_far(quarter: Quarter) -> list[Line]:
    """Return what can be told of a quarter that has not ended: whole tens."""
    smallest = current_settings().smallest_shown
    counts = {figure: at_least(count, smallest=smallest) for figure, count in count_figures(quarter.period).items()}
    return [
        Line(figure=figure, value=tens, words=say(FIGURES[figure]), is_at_least=True)
        for figure, tens in counts.items()
        if tens is not None
    ]
