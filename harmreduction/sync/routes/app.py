"""The files of a phone that works without a signal: modules, the worker, what its home screen shows, a quiet page."""

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from harmreduction.core.errors import NotFound
from harmreduction.core.messages import message
from harmreduction.sync.app_files import module_address, module_text, worker_text
from harmreduction.web.access import anonymous
from harmreduction.web.assets import asset_address
from harmreduction.web.headers import Kept, kept, runs_by_itself
from harmreduction.web.pressing import pressed

bp = Blueprint("field_app", __name__)

SCRIPT = "text/javascript"
SCOPE = "/hand-out"
NAME = "Log"
COLOUR = "#123d36"
PICTURES = (  # below the folder of static files; drawn by scripts/draw_icons.py
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/icon-mask.png", "512x512", "maskable"),
)


@bp.app_template_global()
def field_module(name: str) -> str:
    """Return the address of a module of the log page."""
    return module_address(name)


@bp.get("/field/app/<app_version>/<module>.js")
@anonymous
@kept(Kept.FOR_GOOD)
def module(app_version: str, module: str) -> ResponseReturnValue:
    """Send a module of today; one of today beside those of before, in a page that is still open, would not fit."""
    if module_address(module) != request.path:
        raise NotFound(message("There is no such file."))
    return Response(module_text(module), mimetype=SCRIPT)


@bp.get("/field/worker.js")
@anonymous
@kept(Kept.WHILE_UNCHANGED)
@runs_by_itself
def worker() -> ResponseReturnValue:
    """Send the worker, which may look after the log page and nothing beside it."""
    answer = Response(worker_text(), mimetype=SCRIPT, headers={"Service-Worker-Allowed": SCOPE})
    answer.add_etag()
    return pressed(answer.make_conditional(request))


@bp.get("/field/manifest.json")
@anonymous
@kept(Kept.WHILE_UNCHANGED)
def manifest() -> ResponseReturnValue:
    """Say how the log page looks on a home screen, in words that tell nothing of a programme."""
    answer = jsonify(
        id=SCOPE,
        name=NAME,
        short_name=NAME,
        start_url=SCOPE,
        scope="/",
        display="standalone",
        theme_color=COLOUR,
        background_color=COLOUR,
        icons=[{"src": asset_address(path), "sizes": sizes, "purpose": use} for path, sizes, use in PICTURES],
    )
    answer.mimetype = "application/manifest+json"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/quiet")
@anonymous
def quiet() -> ResponseReturnValue:
    """Show an empty page of notes, for who has to hide the log page quickly; what is typed there goes nowhere."""
    return render_template("sync/quiet.html")
