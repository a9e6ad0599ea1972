"""The pages of totals and of the years before: look, download, bring in."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.core.spreadsheets import write_csv
from harmreduction.reports import actions, queries
from harmreduction.reports.drawing import draw
from harmreduction.reports.exports import CsvRow, rows_of_refused, rows_of_totals
from harmreduction.reports.forms import ConfirmForm, MatchingForm, TotalsForm, UploadForm
from harmreduction.reports.history import CannotMatch
from harmreduction.reports.preview import Effect
from harmreduction.reports.words import counted_name, item_units, period_name, place_name
from harmreduction.settings.queries import current_settings
from harmreduction.sites.queries import list_sites
from harmreduction.stock.queries import list_items
from harmreduction.web.access import current_actor, requires
from harmreduction.web.confirm import needs_confirmation
from harmreduction.web.i18n import number, say

bp = Blueprint("reports", __name__)

LARGEST_UPLOAD = 20 * 1024 * 1024


@bp.url_value_preprocessor
def allow_a_large_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the upload be larger than other forms; said here, because the token is looked for in the body next."""
    if endpoint == "reports.history":
        request.max_content_length = LARGEST_UPLOAD


@bp.get("/reports/totals")
@requires(Permission.VIEW_REPORTS)
def totals() -> ResponseReturnValue:
    """Show totals by month, site and what was counted."""
    form = _totals_form()
    report = queries.get_report(form.question())
    items = list_items(only_active=False)
    title = counted_name(report.question.counted, items)
    locale = get_locale()
    chart = draw(report, title=title, today=_today(), is_mirrored=locale is not None and locale.text_direction == "rtl")
    return render_template(
        "reports/totals.html",
        form=form,
        report=report,
        chart=chart,
        title=title,
        today=_today(),
        site_name=form.site.choices[form.site.data],
        counted_name=lambda counted: counted_name(counted, items),
        item_units=lambda counted, quantity: item_units(counted, quantity, items),
        place_name=place_name,
        period_name=period_name,
    )


@bp.get("/reports/totals.csv")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def totals_csv() -> ResponseReturnValue:
    """Download totals by month and site: one count, or every one."""
    form = _totals_form()
    found = queries.list_monthly_totals(form.question(), every_count="what" not in request.args)
    actions.record_export(by=current_actor())
    return _csv(rows_of_totals(found, list_items(only_active=False)), f"totals-{form.year.data}.csv")


@bp.route("/reports/history", methods=["GET", "POST"])
@requires(Permission.IMPORT_HISTORY)
def history() -> ResponseReturnValue:
    """Choose a file of past totals."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            staged_id = actions.stage_history(form.content(), by=current_actor(), at=clock.now())
            return redirect(url_for(".preview", staged_id=staged_id))
        except DomainError as problem:
            form.fail(problem, form.file)
    time_zone = current_settings().time_zone
    return render_template(
        "reports/history.html",
        form=form,
        imports=queries.list_imports(),
        local=lambda moment: clock.in_zone(moment, time_zone),
    )


@bp.get("/reports/history/<uuid:staged_id>")
@requires(Permission.IMPORT_HISTORY)
def preview(staged_id: UUID) -> ResponseReturnValue:
    """Show how a file is read and what it would change; nothing changes yet."""
    look = queries.look_at_staged(current_actor(), str(staged_id), today=_today())
    sites, items = list_sites(), list_items(only_active=False)
    form = MatchingForm.of(look, queries.site_finder(look.matching), sites, items)
    if look.problem is not None:
        form.fail(look.problem)
    return render_template(
        "reports/preview.html",
        form=form,
        look=look,
        preview=look.preview,
        confirm=ConfirmForm(seen=look.matching.fingerprint),
        site_names={site.id: site.name for site in sites},
        counted_name=lambda counted: counted_name(counted, items),
        period_name=period_name,
    )


@bp.post("/reports/history/<uuid:staged_id>/matching")
@requires(Permission.IMPORT_HISTORY)
def match(staged_id: UUID) -> ResponseReturnValue:
    """Read the file in another way, and show again what it would change."""
    try:
        actions.match_history(str(staged_id), MatchingForm().matching(), by=current_actor())
    except CannotMatch as problem:
        flash(say(problem.message), "stop")
    return redirect(url_for(".preview", staged_id=staged_id, _anchor="preview"))


@bp.get("/reports/history/<uuid:staged_id>/refused.csv")
@requires(Permission.IMPORT_HISTORY)
def refused_csv(staged_id: UUID) -> ResponseReturnValue:
    """Download every refused row of one's own file with its reasons."""
    refused = queries.list_refused(current_actor(), str(staged_id), today=_today())
    return _csv(rows_of_refused(refused), "refused-rows.csv")


@bp.post("/reports/history/<uuid:staged_id>/confirm")
@requires(Permission.IMPORT_HISTORY)
def confirm(staged_id: UUID) -> ResponseReturnValue:
    """Bring in what the preview showed."""
    seen = ConfirmForm().seen.data or ""
    imported = actions.confirm_history(str(staged_id), seen=seen, by=current_actor(), at=clock.now()).preview
    flash(
        gettext(
            "Brought in: %(new)s new, %(changed)s changed, %(same)s unchanged.",
            new=number(imported.effects[Effect.NEW]),
            changed=number(imported.effects[Effect.CHANGED]),
            same=number(imported.effects[Effect.UNCHANGED]),
        ),
        "good",
    )
    return redirect(url_for(".totals", year=max(imported.years, default=None)))


@bp.post("/reports/history/<uuid:staged_id>/cancel")
@requires(Permission.IMPORT_HISTORY)
def cancel(staged_id: UUID) -> ResponseReturnValue:
    """Forget an uploaded file."""
    actions.cancel_history(str(staged_id), by=current_actor())
    flash(gettext("Nothing was changed, and the file is gone."), "good")
    return redirect(url_for(".history"))


def _totals_form() -> TotalsForm:
    """Return the form of what is asked, with everything that can be asked."""
    form = TotalsForm(request.args)
    form.offer(queries.list_years() or [_today().year], queries.list_places(), list_items(only_active=False))
    return form


def _today() -> date:
    """Return the programme's day."""
    return clock.today(current_settings().time_zone)


def _csv(rows: Iterable[CsvRow], name: str) -> Response:
    """Answer with a CSV file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("".join(write_csv(rows)), mimetype="text/csv", headers=headers)
