"""The pages of recalls: which are open, where their lots are and went, the notice, releasing and closing."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError
from harmreduction.core.permissions import Permission
from harmreduction.core.spreadsheets import write_csv
from harmreduction.core.workbooks import MIME_TYPE, write_workbook
from harmreduction.sites.queries import list_sites
from harmreduction.stock import queries
from harmreduction.stock.actions import recalls as actions
from harmreduction.stock.forms.recalls import RecallForm, ReleaseForm
from harmreduction.stock.models import Recall
from harmreduction.stock.queries import recalls
from harmreduction.stock.queries.batches import get_lot
from harmreduction.stock.queries.funding import sources_of_twins
from harmreduction.stock.queries.genealogy import list_inside
from harmreduction.stock.queries.tracing import Held
from harmreduction.stock.recall_tables import is_real, out_by_month, out_by_place, rows_of_trace, summarise
from harmreduction.stock.rules import LOCATION_KINDS, LOT_SOURCES, LOT_STATUSES, LotStatus
from harmreduction.stock.rules.recalls import RECALL_CLASSES
from harmreduction.web.access import current_actor, requires
from harmreduction.web.confirm import needs_confirmation
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("stock_recalls", __name__, url_prefix="/stock/recalls")

WORDS = {
    "classes": {kind.value: text for kind, text in RECALL_CLASSES.items()},
    "kinds": {kind.value: text for kind, text in LOCATION_KINDS.items()},
    "sources": {source.value: text for source, text in LOT_SOURCES.items()},
    "statuses": {status.value: text for status, text in LOT_STATUSES.items()},
}


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show recalls, open ones first."""
    number = page_number()
    found = recalls.list_recalls(offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template("stock/recalls.html", page=page_of(found, number), **WORDS)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def new() -> ResponseReturnValue:
    """Open a recall."""
    form, items = RecallForm(), queries.list_items()
    form.offer(items)
    if form.validate_on_submit():
        try:
            recall = actions.open_recall(
                form.form_id.data, form.notice(), form.named(items), by=current_actor(), at=clock.now()
            )
            flash(_("Recalled. These lots are not proposed for hand-outs any more."), "good")
            return redirect(url_for(".show", recall_id=recall.public_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/recall_form.html", form=form, recall=None)


@bp.get("/<uuid:recall_id>")
@requires(Permission.HANDLE_STOCK)
def show(recall_id: str) -> ResponseReturnValue:
    """Show where the lots of a recall are and went."""
    recall = recalls.get_recall(str(recall_id))
    found = recalls.trace_recall(recall, to=current_actor(), at=clock.now())
    return render_template(
        "stock/recall.html",
        recall=recall,
        found=found,
        summaries=summarise(found),
        here=[row for row in found.trace.held if is_real(row)],
        paid_by=sources_of_twins(found.trace.lots),
        out_by_place=out_by_place(found.trace.went_out),
        out_by_month=out_by_month(found.trace.went_out),
        site_names=_site_names(),
        **WORDS,
    )


@bp.route("/<uuid:recall_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def edit(recall_id: str) -> ResponseReturnValue:
    """Change what a recall says, or add lots to it."""
    recall = recalls.get_recall(str(recall_id))
    form, items = RecallForm(), queries.list_items()
    form.offer(items)
    if form.validate_on_submit():
        try:
            actions.change_recall(
                recall.public_id, form.notice(), form.named(items), by=current_actor(), at=clock.now()
            )
            flash(_("Changed."), "good")
            return redirect(url_for(".show", recall_id=recall_id))
        except DomainError as problem:
            form.fail(problem)
    elif not form.is_submitted():
        form.show(recall)
    return render_template("stock/recall_form.html", form=form, recall=recall)


@bp.route("/<uuid:recall_id>/release", methods=["GET", "POST"])
@requires(Permission.MANAGE_CATALOGUE)
def release(recall_id: str) -> ResponseReturnValue:
    """Let lots of a recall be used again, each with a reason, and close it."""
    recall = recalls.get_recall(str(recall_id))
    form = ReleaseForm()
    form.offer(recalls.list_touched(recall.id))
    lying = _list_lying(recall)
    if form.validate_on_submit() and form.is_settled(lying):
        try:
            actions.settle_recall(
                recall.public_id, form.reasons(), closes=form.closes.data, by=current_actor(), at=clock.now()
            )
            flash(_("Saved. What was not released stays recalled."), "good")
            return redirect(url_for(".show", recall_id=recall_id))
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/recall_release.html", form=form, recall=recall, lying=lying)


@bp.get("/<uuid:recall_id>/notice")
@requires(Permission.LOG_DISTRIBUTIONS)
def notice(recall_id: str) -> ResponseReturnValue:
    """Show a notice to print, for sites and partners."""
    recall = recalls.get_recall(str(recall_id))
    lots = recalls.list_touched(recall.id)
    return render_template("stock/recall_notice.html", recall=recall, lots=lots, **WORDS)


@bp.get("/<uuid:recall_id>/trace.csv")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def trace_csv(recall_id: str) -> ResponseReturnValue:
    """Download the trace as CSV."""
    found = _exported(str(recall_id))
    text = "".join(write_csv(rows_of_trace(found, _site_names())))
    return Response(text, mimetype="text/csv", headers=_as_file(found.recall.reference, "csv"))


@bp.get("/<uuid:recall_id>/trace.xlsx")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def trace_xlsx(recall_id: str) -> ResponseReturnValue:
    """Download the trace as a workbook."""
    found = _exported(str(recall_id))
    content = write_workbook(rows_of_trace(found, _site_names()), found.recall.reference)
    return Response(content, mimetype=MIME_TYPE, headers=_as_file(found.recall.reference, "xlsx"))


@bp.get("/lots/<uuid:lot_id>")
@requires(Permission.HANDLE_STOCK)
def lot(lot_id: str) -> ResponseReturnValue:
    """Show what lies inside the kits of a lot, and which recalls touch it."""
    lot = get_lot(str(lot_id))
    return render_template(
        "stock/recall_lot.html",
        lot=lot,
        inside=list_inside(lot.id),
        recalls=recalls.list_recalls_of_lot(lot.id),
        **WORDS,
    )


def _list_lying(recall: Recall) -> list[Held]:
    """Return where lots of a recall lie that are still recalled."""
    held = recalls.trace_recall(recall, to=current_actor(), at=clock.now()).trace.held
    return [row for row in held if is_real(row) and row.units > 0 and row.lot.status == LotStatus.RECALLED]


def _exported(public_id: str) -> recalls.RecallTrace:
    """Return a trace that is downloaded, and note that it was."""
    recall = recalls.get_recall(public_id)
    found = recalls.trace_recall(recall, to=current_actor(), at=clock.now())
    actions.record_export(recall.public_id, by=current_actor())
    return found


def _as_file(reference: str, ending: str) -> dict[str, str]:
    """Return the headers of a download; the number of a notice may hold any sign, a file's name not."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in reference)
    return {"Content-Disposition": f'attachment; filename="recall-{plain}.{ending}"'}


def _site_names() -> dict[int | None, str]:
    """Return the names of the sites by row id."""
    return {site.id: site.name for site in list_sites()}
