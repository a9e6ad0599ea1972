"""The directory as a file, to give to another program or another programme."""

import io
import json
from collections.abc import Iterator

from flask import Blueprint, Response, render_template, stream_with_context
from flask.typing import ResponseReturnValue

from harmreduction.core.permissions import Permission
from harmreduction.directory.actions.exports import record_export
from harmreduction.directory.forms.imports import ExportForm
from harmreduction.directory.hsds.package import write_zip
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
    body = _archive(is_whole=is_whole) if shape == "zip" else stream_with_context(_lines(shape, is_whole=is_whole))
    headers = {"Content-Disposition": f'attachment; filename="directory.{shape}"'}
    return Response(body, mimetype=TYPES[shape], headers=headers)


def _archive(*, is_whole: bool) -> bytes:
    """Return the data package; it is made in memory, for the disk is not encrypted."""
    stream = io.BytesIO()
    write_zip(export.stored_bundle() if is_whole else export.public_bundle(), stream)
    return stream.getvalue()


def _lines(shape: str, *, is_whole: bool) -> Iterator[str]:
    """Yield one document a line, in the brackets of a list where that is asked for."""
    before, between, after = ("[\n", ",\n", "\n]\n") if shape == "json" else ("", "\n", "\n")
    for number, (_kind, document) in enumerate(export.list_documents(is_whole=is_whole)):
        yield (between if number else before) + json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        before = ""
    yield before + after if before else after
