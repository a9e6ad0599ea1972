"""Where a programme shapes what it asks and its own lists."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from harmreduction.core.permissions import Permission
from harmreduction.web.access import requires

bp = Blueprint("questions", __name__, url_prefix="/questions")


@bp.get("/")
@requires(Permission.SHAPE_QUESTIONS)
def index() -> ResponseReturnValue:
    """Show everything that the programme can shape itself."""
    return render_template("home/questions.html")
