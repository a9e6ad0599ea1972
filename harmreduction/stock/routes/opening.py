"""Bring in an opening stock sheet: choose a file, look at what it says, book it in."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.core.spreadsheets import decoded, write_csv
from harmreduction.stock.actions.opening import bring_in
from harmreduction.stock.forms.opening import BringInForm, OpeningSheetForm
from harmreduction.stock.queries.opening import read_opening_sheet
from harmreduction.stock.rules.opening import OpeningRow
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import number

bp = Blueprint("stock_opening", __name__, url_prefix="/stock/opening")


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def index() -> ResponseReturnValue:
    """Choose a sheet, and see what each of its rows says before anything is booked."""
    form = OpeningSheetForm()
    if form.validate_on_submit():
        content = form.content()
        confirm = BringInForm(formdata=None)
        try:
            rows = read_opening_sheet(content, current_actor(), confirm.form_id.data)
            confirm.text.data = decoded(content)
            return _preview(confirm, rows)
        except DomainError as problem:
            form.fail(problem, form.file)
    return render_template("stock/opening_sheet.html", form=form)


@bp.post("/book")
@requires(Permission.MANAGE_CATALOGUE)
def book() -> ResponseReturnValue:
    """Book in the sheet that the preview showed."""
    form = BringInForm()
    if not form.validate_on_submit():
        return redirect(url_for(".index"))
    rows = read_opening_sheet(form.content(), current_actor(), form.form_id.data)
    try:
        booked = bring_in(
            rows,
            form.form_id.data,
            leave_out_others=form.leave_out_others.data,
            by=current_actor(),
            at=clock.now(),
        )
    except DomainError as problem:
        form.fail(problem)
        return _preview(form, rows)
    flash(ngettext("%(n)s row booked in.", "%(n)s rows booked in.", booked, n=number(booked)), "good")
    return redirect(url_for("stock.places"))


@bp.get("/sheet.csv")
@requires(Permission.MANAGE_CATALOGUE)
def empty_sheet() -> ResponseReturnValue:
    """Download an empty sheet with its columns and one row to show how."""
    rows = (
        ("place", "item", "lot", "use by", "units", "source"),
        (_("Store room"), "naloxone-nasal-4", "NX26A02", "2028-01-31", 240, ""),
    )
    return Response(
        "".join(write_csv(rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=opening-stock.csv"},
    )


def _preview(form: BringInForm, rows: list[OpeningRow]) -> str:
    """Show what each row says."""
    bad = [row for row in rows if row.line is None]
    return render_template("stock/opening_sheet_preview.html", form=form, rows=rows, bad=bad, good=len(rows) - len(bad))
