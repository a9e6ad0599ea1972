"""The pages of counts: where one is due, the sheet, the review, what it came to."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.permissions import Permission
from harmreduction.stock import queries
from harmreduction.stock.actions import counts as actions
from harmreduction.stock.forms.counts import FoundForm, ReviewForm, SheetForm, StartForm
from harmreduction.stock.models import StockCount
from harmreduction.stock.queries import counts
from harmreduction.stock.queries.reasons import list_reasons
from harmreduction.stock.rules import COUNT_PURPOSES, CountPurpose, CountStatus, ReasonUse, UnknownLot
from harmreduction.stock.rules.counting import measure
from harmreduction.web.access import current_actor, requires
from harmreduction.web.i18n import say
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("stock_counts", __name__, url_prefix="/stock/counts")

LOTS_ON_A_PAGE = 50


@bp.get("/")
@requires(Permission.HANDLE_STOCK)
def index() -> ResponseReturnValue:
    """Show where a count is due or under way, and the latest counts."""
    places = counts.list_places_to_count(current_actor(), now=clock.now())
    number = page_number()
    rows = counts.list_counts([place.location.id for place in places], limit=PER_PAGE + 1, offset=_offset(number))
    return render_template("stock/counts.html", places=places, page=page_of(rows, number), purposes=_purposes())


@bp.route("/at/<uuid:location_id>", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def at_place(location_id: str) -> ResponseReturnValue:
    """Begin a count at a place, or join the one under way; show the earlier ones."""
    location = queries.get_location_of(current_actor(), str(location_id))
    form = StartForm()
    if form.validate_on_submit():
        try:
            count = actions.start_count(
                form.form_id.data, location.id, is_blind=not form.is_open.data, by=current_actor()
            )
            return redirect(url_for(".count", count_id=count.public_id))
        except DomainError as problem:
            form.fail(problem)
    number = page_number()
    rows = counts.list_counts([location.id], limit=PER_PAGE + 1, offset=_offset(number))
    return render_template(
        "stock/count_start.html",
        form=form,
        location=location,
        draft=counts.draft_at(location.id),
        page=page_of(rows, number),
        purposes=_purposes(),
    )


@bp.route("/<uuid:count_id>", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def count(count_id: str) -> ResponseReturnValue:
    """Show the sheet of a count and save what was counted; once posted, show what it came to."""
    count = counts.get_count_of(current_actor(), str(count_id))
    if count.status != CountStatus.DRAFT:
        return _over(count)
    number = page_number()
    offset = (number - 1) * LOTS_ON_A_PAGE
    sheet = page_of(counts.list_sheet(count, limit=LOTS_ON_A_PAGE + 1, offset=offset), number, LOTS_ON_A_PAGE)
    form = SheetForm()
    form.offer(sheet.rows)
    if form.validate_on_submit():
        try:
            if _save(count, form):
                return redirect(_after_saving(count, number))
        except DomainError as problem:
            form.fail(problem)
    return render_template(
        "stock/count.html", form=form, count=count, page=sheet, time_zone=queries.time_zone_of(count.location)
    )


@bp.route("/<uuid:count_id>/found", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def found(count_id: str) -> ResponseReturnValue:
    """Add a lot that was found and is not on the sheet."""
    count = counts.get_count_of(current_actor(), str(count_id))
    form = FoundForm()
    form.offer(queries.list_items())
    if form.validate_on_submit():
        try:
            item = queries.get_item(form.item.data)
            actions.add_found(count.public_id, form.found(item), by=current_actor(), at=clock.now())
            flash(_("Counted."), "good")
            return redirect(url_for(".count", count_id=count.public_id))
        except UnknownLot as problem:
            form.fail(problem, form.lot_number)
        except DomainError as problem:
            form.fail(problem)
    return render_template("stock/count_found.html", form=form, count=count)


@bp.route("/<uuid:count_id>/review", methods=["GET", "POST"])
@requires(Permission.HANDLE_STOCK)
def review(count_id: str) -> ResponseReturnValue:
    """Show what differs from the book, let a person say why, and post the count."""
    count = counts.get_count_of(current_actor(), str(count_id))
    if count.status != CountStatus.DRAFT:
        return redirect(url_for(".count", count_id=count.public_id))
    rows, reasons = counts.compare(count), list_reasons(ReasonUse.COUNT)
    form = ReviewForm(seen=actions.state_of(count))
    form.offer([row for row in rows if row.at_first], reasons)
    if form.validate_on_submit():
        try:
            actions.post_count(count.public_id, reasons=form.reasons(reasons), seen=form.seen.data, by=current_actor())
            return redirect(url_for(".count", count_id=count.public_id))
        except OutOfDate as problem:
            flash(say(problem.message), "wait")
            return redirect(url_for(".review", count_id=count.public_id))
        except DomainError as problem:
            form.fail(problem)
    not_counted = counts.list_not_counted(count)
    return render_template("stock/count_review.html", form=form, count=count, rows=rows, not_counted=not_counted)


@bp.post("/<uuid:count_id>/drop")
@requires(Permission.HANDLE_STOCK)
def drop(count_id: str) -> ResponseReturnValue:
    """Drop a count that nobody finishes."""
    actions.drop_count(str(count_id), by=current_actor())
    flash(_("Dropped. The book stays as it was."), "good")
    return redirect(url_for(".index"))


def _over(count: StockCount) -> ResponseReturnValue:
    """Show what a count came to."""
    compared = counts.compare(count) if count.status == CountStatus.POSTED else []
    rows = [row for row in compared if row.booked or row.counted or row.explained]
    accuracy = measure((row.booked, row.counted) for row in rows)
    return render_template(
        "stock/count_posted.html",
        count=count,
        rows=rows,
        accuracy=accuracy,
        purpose=COUNT_PURPOSES[CountPurpose(count.purpose)],
        time_zone=queries.time_zone_of(count.location),
    )


def _save(count: StockCount, form: SheetForm) -> bool:
    """Save the lines that the person changed; what others changed meanwhile stays and is shown: then it is False."""
    changes = form.changes()
    lots = queries.get_lots(changes.keys())
    counted = {lots[lot].id: units for lot, units in changes.items()}
    shown = form.shown()
    was = {lots[lot].id: shown[lot] for lot in changes}
    theirs = actions.save_lines(count.public_id, counted, was=was, by=current_actor(), at=clock.now())
    if theirs:
        form.keep_theirs({lot: theirs[lots[lot].id] for lot in changes if lots[lot].id in theirs})
    return not theirs


def _after_saving(count: StockCount, number: int) -> str:
    """Return where a person goes on: to the next lots, to a lot that was found, or to the review."""
    step = request.form.get("then")
    if step == "next":
        return url_for(".count", count_id=count.public_id, page=number + 1)
    if step in ("found", "review"):
        return url_for(f".{step}", count_id=count.public_id)
    flash(_("Saved."), "good")
    return url_for(".count", count_id=count.public_id, page=number)


def _purposes() -> dict[str, object]:
    """Return what counts are for, in words."""
    return {purpose.value: text for purpose, text in COUNT_PURPOSES.items()}


def _offset(number: int) -> int:
    """Return how many rows come before a page."""
    return (number - 1) * PER_PAGE
