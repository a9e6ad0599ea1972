"""The pages on which a directory file comes in: choose, say what columns mean, look, confirm."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from harmreduction.core import clock
from harmreduction.core.errors import DomainError, OutOfDate
from harmreduction.core.permissions import Permission
from harmreduction.core.spreadsheets import CannotRead, write_csv
from harmreduction.directory.actions import applying, imports, staging
from harmreduction.directory.background import in_background
from harmreduction.directory.forms.imports import ConfirmForm, MappingForm, UploadForm
from harmreduction.directory.import_words import EFFECTS, VERDICTS, changes_of, percent, rows_of_refused
from harmreduction.directory.queries import imports as queries
from harmreduction.directory.queries.imports import ImportView
from harmreduction.directory.rules.imports import State, is_interrupted
from harmreduction.settings.queries import current_settings
from harmreduction.web.access import current_actor, requires
from harmreduction.web.confirm import needs_confirmation
from harmreduction.web.i18n import say
from harmreduction.web.paging import PER_PAGE, page_number, page_of

bp = Blueprint("imports", __name__)

LARGEST_UPLOAD = 20 * 1024 * 1024
LOOK_AGAIN = "2"  # seconds


@bp.url_value_preprocessor
def allow_a_large_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the upload be larger than other forms; said here, because the token is looked for in the body next."""
    if endpoint == "imports.start":
        request.max_content_length = LARGEST_UPLOAD


@bp.route("/directory/import", methods=["GET", "POST"])
@requires(Permission.MANAGE_DIRECTORY)
def start() -> ResponseReturnValue:
    """Choose a file; a file that says itself what it holds is read at once."""
    form = UploadForm()
    form.offer({source.public_id: source.name for source in queries.list_sources()})
    if form.validate_on_submit():
        try:
            by, at = current_actor(), clock.now()
            import_id = imports.start_import(form.content(), form.file_name(), form.named(), by=by, at=at)
            in_background(lambda: staging.read_import(import_id, by=by))
            return redirect(url_for(".show", import_id=import_id))
        except DomainError as problem:
            form.fail(problem, form.file if isinstance(problem, CannotRead) else None)
    time_zone = current_settings().time_zone
    return render_template(
        "directory/imports/start.html",
        form=form,
        imports=queries.list_imports(),
        local=lambda moment: clock.in_zone(moment, time_zone),
    )


@bp.get("/directory/import/<uuid:import_id>")
@requires(Permission.MANAGE_DIRECTORY)
def show(import_id: UUID) -> ResponseReturnValue:
    """Show how far a file is, and what somebody has to decide about it."""
    view = queries.get_import(str(import_id))
    if view.state is State.MAPPING or ("columns" in request.args and view.may_be_mapped):
        return _columns_page(view)
    if view.state.is_moving:
        return _progress_page(view)
    if view.state is State.READY:
        return _preview_page(view)
    return render_template("directory/imports/decided.html", view=view, counts=view.entry.counts)


@bp.post("/directory/import/<uuid:import_id>/columns")
@requires(Permission.MANAGE_DIRECTORY)
def say_columns(import_id: UUID) -> ResponseReturnValue:
    """Read the file as the person says, from its beginning."""
    view, by = queries.get_import(str(import_id)), current_actor()
    names = [column.name for column in queries.list_columns(view)] if view.may_be_mapped else []
    try:
        imports.map_import(str(import_id), MappingForm().mapping(names), at=clock.now())
    except DomainError as problem:
        flash(say(problem.message), "stop")
        return redirect(url_for(".show", import_id=import_id, columns=1))
    in_background(lambda: staging.read_import(str(import_id), by=by))
    return redirect(url_for(".show", import_id=import_id))


@bp.post("/directory/import/<uuid:import_id>/confirm")
@requires(Permission.MANAGE_DIRECTORY)
@needs_confirmation
def confirm(import_id: UUID) -> ResponseReturnValue:
    """Let come in what the preview showed."""
    form, by = ConfirmForm(), current_actor()
    retires = bool(form.retires_missing.data)
    imports.confirm_import(str(import_id), seen=form.seen.data or "", retires_missing=retires, by=by, at=clock.now())
    in_background(lambda: applying.apply_import(str(import_id), by=by))
    return redirect(url_for(".show", import_id=import_id))


@bp.post("/directory/import/<uuid:import_id>/continue")
@requires(Permission.MANAGE_DIRECTORY)
def go_on(import_id: UUID) -> ResponseReturnValue:
    """Go on with a file that was interrupted."""
    state, by = queries.get_import(str(import_id)).state, current_actor()
    if state is State.READING:
        in_background(lambda: staging.read_import(str(import_id), by=by))
    elif state is State.APPLYING:
        in_background(lambda: applying.apply_import(str(import_id), by=by))
    return redirect(url_for(".show", import_id=import_id))


@bp.post("/directory/import/<uuid:import_id>/leave")
@requires(Permission.MANAGE_DIRECTORY)
def leave(import_id: UUID) -> ResponseReturnValue:
    """Forget a file."""
    try:
        imports.leave_import(str(import_id), at=clock.now())
        flash(gettext("Nothing was changed, and the file is gone."), "good")
    except OutOfDate as problem:
        flash(say(problem.message), "stop")
    return redirect(url_for(".start"))


@bp.get("/directory/import/<uuid:import_id>/refused.csv")
@requires(Permission.MANAGE_DIRECTORY)
def refused_csv(import_id: UUID) -> ResponseReturnValue:
    """Download every refused row with its reasons."""
    rows = rows_of_refused(queries.iterate_refused(queries.get_import(str(import_id))))
    headers = {"Content-Disposition": 'attachment; filename="refused-rows.csv"'}
    return Response("".join(write_csv(rows)), mimetype="text/csv", headers=headers)


def _columns_page(view: ImportView) -> str:
    """Return the page on which somebody says what the columns mean."""
    columns = {column.name: column.examples for column in queries.list_columns(view)}
    form = MappingForm.of(queries.mapping_of(view), list(columns))
    form.offer(columns)
    return render_template("directory/imports/columns.html", view=view, form=form)


def _progress_page(view: ImportView) -> ResponseReturnValue:
    """Return the page that shows how far a file is; browsers open it again by themselves."""
    stopped = is_interrupted(view.state, view.entry.moved_at, clock.now())
    response = make_response(
        render_template("directory/imports/progress.html", view=view, is_stopped=stopped, done=percent(view))
    )
    if not stopped:
        response.headers["Refresh"] = LOOK_AGAIN
    return response


def _preview_page(view: ImportView) -> str:
    """Return the page that shows what a file would change."""
    verdict, effect = request.args.get("verdict", ""), request.args.get("effect", "")
    number = page_number()
    rows = queries.list_rows(view, verdict=verdict, effect=effect, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    return render_template(
        "directory/imports/preview.html",
        view=view,
        counts=view.entry.counts,
        page=page_of(rows, number),
        verdict=verdict,
        effect=effect,
        verdicts=VERDICTS,
        effects=EFFECTS,
        changes_of=changes_of,
        confirm=ConfirmForm(seen=view.entry.mark),
    )
