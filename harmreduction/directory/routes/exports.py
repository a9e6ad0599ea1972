"""The directory as a file, to give to another program or another programme."""

import io

from flask import Blueprint, Response, render_template, stream_with_context
from flask.typing import ResponseReturnValue

from harmreduction.core.permissions import Permission
from harmreduction.directory.actions.exports import record_export
from harmreduction.directory.forms.imports import ExportForm
from harmreduction.directory.hsds.package import write_zip
from harmreduction.directory.json_lines import lines_of
from harmreduction.directory.queries import export
from harmreduction.web.access import current_actor, requires
from harmreduction.web.confirm import needs_confirmation

bp = Blueprint("directory_exports", __name__)

TYPES = {"zip": "application/zip", "json": "application/json", "ndjson": "application/x-ndjson"}


@bp.get("/directory/export")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def choose() -> ResponseReturnValue:
    """Choose in which shape the directory is taken out."""
    form = ExportForm()
    form.offer()
    return render_template("directory/imports/export.html", form=form, count=len(export.list_service_ids()))


@bp.post("/directory/export")
@requires(Permission.EXPORT_DATA)
@needs_confirmation
def download() -> ResponseReturnValue:
    """Download the directory."""
    form = ExportForm()
    form.offer()
    record_export(by=current_actor())
    shape, is_whole = form.shape.data, bool(form.is_whole.data)
    body = _archive(is_whole=is_whole) if shape == "zip" else stream_with_context(lines_of(shape, is_whole=is_whole))
    headers = {"Content-Disposition": f'attachment; filename="directory.{shape}"'}
    return Response(body, mimetype=TYPES[shape], headers=headers)


def _archive(*, is_whole: bool) -> bytes:
    """Return the data package; it is made in memory, for the disk is not encrypted."""
    stream = io.BytesIO()
    write_zip(export.stored_bundle() if is_whole else export.public_bundle(), stream)
    return stream.getvalue()
