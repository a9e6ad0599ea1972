"""Areas that a person keeps on the phone: the page that lists them, and the worker that serves them offline."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from harmreduction.directory.routes.gate import open_directory
from harmreduction.web.access import anonymous
from harmreduction.web.headers import Kept, kept

bp = Blueprint("offline", __name__, url_prefix="/find")


@bp.get("/saved")
@open_directory
def saved() -> ResponseReturnValue:
    """Show the areas that are kept on this phone; the server does not know them."""
    return render_template("directory/saved.html")


@bp.get("/offline.js")
@anonymous
@kept(Kept.WHILE_UNCHANGED)
def worker() -> ResponseReturnValue:
    """Send the service worker; it lies under /find/ because a worker sees only what lies beside it."""
    return current_app.send_static_file("js/finder/offline.js")
