"""Bring in the file of a phone that cannot send any more."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from harmreduction.core import clock
from harmreduction.core.permissions import Permission
from harmreduction.sync.actions.importing import bring_in as take_file
from harmreduction.sync.forms import ImportForm
from harmreduction.sync.rules.exports import NotAnExport
from harmreduction.web.access import current_actor, requires

bp = Blueprint("phone_import", __name__)

LARGEST_UPLOAD = 20 * 1024 * 1024


@bp.url_value_preprocessor
def allow_a_large_file(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the upload be larger than other forms; said here, because the token is looked for in the body next."""
    request.max_content_length = LARGEST_UPLOAD


@bp.route("/phones/import", methods=["GET", "POST"])
@requires(Permission.REVIEW_FIELD_RECORDS)
def bring_in() -> ResponseReturnValue:
    """Choose a file, and say what became of what is in it."""
    form, counts = ImportForm(), None
    if form.validate_on_submit():
        try:
            counts = take_file(form.content(), by=current_actor(), at=clock.now())
        except NotAnExport as problem:
            form.fail(problem, form.file)
    return render_template("sync/import.html", form=form, counts=counts)
