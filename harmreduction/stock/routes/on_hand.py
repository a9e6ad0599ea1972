"""The list of what lies where, and its files to keep."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.core.spreadsheets import write_csv
from harmreduction.core.workbooks import MIME_TYPE, write_workbook
from harmreduction.stock import queries
from harmreduction.stock.actions.exports import record_export
from harmreduction.stock.exports import SheetRow, rows_of_on_hand
from harmreduction.stock.forms.on_hand import OnHandForm
from harmreduction.stock.models import Lot
from harmreduction.stock.queries.funding import sources_of_twins
from harmreduction.stock.queries.on_hand import (
    COUNTED_UP_TO,
    Wanted,
    count_on_hand,
    find_lot,
    iterate_on_hand,
    list_on_hand,
    narrowed,
)
from harmreduction.stock.rules import LOT_STATUSES, LotStatus
from harmreduction.web.access import current_actor, requires
from harmreduction.web.confirm import needs_confirmation
from harmreduction.web.paging import PER_PAGE

bp = Blueprint("stock_lists", __name__, url_prefix="/stock")

SOON = 30  # days


@bp.get("/on-hand")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show lots on hand, first to expire first."""
    form, wanted = _asked()
    wanted = narrowed(wanted)
    rows = list_on_hand(wanted, after=_after(), limit=PER_PAGE + 1)
    return render_template(
        "stock/on_hand.html",
        form=form,
        rows=rows[:PER_PAGE],
        sources=sources_of_twins(row.lot for row in rows),
        next_after=rows[PER_PAGE - 1].lot.public_id if len(rows) > PER_PAGE else None,
        is_first=_after() is None,
        count=count_on_hand(wanted),
        counted_up_to=COUNTED_UP_TO,
        today=wanted.today,
        soon=SOON,
        statuses={status.value: text for status, text in LOT_STATUSES.items() if status is not LotStatus.AVAILABLE},
    )


@bp.get("/on-hand.csv")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def as_csv() -> ResponseReturnValue:
    """Download lots on hand as a CSV file."""
    return _download("".join(write_csv(_sheet())), "text/csv", "csv")


@bp.get("/on-hand.xlsx")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def as_workbook() -> ResponseReturnValue:
    """Download lots on hand as an Excel workbook."""
    return _download(write_workbook(_sheet(), _("On hand")), MIME_TYPE, "xlsx")


def _asked() -> tuple[OnHandForm, Wanted]:
    """Return the form as it was asked, and which lots it asks for."""
    places = queries.list_locations_of(current_actor(), only_active=False)
    form = OnHandForm(request.args)
    form.offer(places, queries.list_items(only_active=False))
    ids = [place.id for place in places]
    return form, form.wanted(ids, queries.today_at(ids, now=clock.now()))


def _after() -> Lot | None:
    """Return the last lot of the page before, if this is not the first page."""
    try:
        return find_lot(str(UUID(request.args.get("after", ""))))
    except ValueError:
        return None


def _sheet() -> list[SheetRow]:
    """Return every row that was asked for, and note that they left."""
    _form, wanted = _asked()
    rows = list(rows_of_on_hand(iterate_on_hand(narrowed(wanted))))
    record_export(by=current_actor())
    return rows


def _download(content: str | bytes, kind: str, ending: str) -> Response:
    """Answer with a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="on-hand.{ending}"'}
    return Response(content, mimetype=kind, headers=headers)
