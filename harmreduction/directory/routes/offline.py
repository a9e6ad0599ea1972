"""Areas that a person keeps on the phone: the page that lists them, and the worker that serves them offline."""

from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from harmreduction.web.access import anonymous, public
from harmreduction.web.headers import Kept, kept, runs_by_itself

bp = Blueprint("offline", __name__, url_prefix="/find")

WORKER = Path("js/finder/offline.js")  # below the folder of static files


@bp.get("/saved")
@public
def saved() -> ResponseReturnValue:
    """Show the areas that are kept on this phone; the server does not know them, so they open in a closed directory."""
    return render_template("directory/saved.html")


@bp.get("/offline.js")
@anonymous
@kept(Kept.WHILE_UNCHANGED)
@runs_by_itself
def worker() -> ResponseReturnValue:
    """Send the service worker; it lies under /find/ because a worker sees only what lies beside it.

    It is small and read whole, so that no file stays open until somebody has taken the answer.
    """
    answer = Response((Path(current_app.static_folder or "") / WORKER).read_bytes(), mimetype="text/javascript")
    answer.add_etag()
    return answer.make_conditional(request)
